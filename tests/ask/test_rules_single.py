"""Questions about one table as people type them: strange words, slips, places, days and years said apart."""

# ruff: noqa: E501 - a table, or a question and its SQL, stand on one line
from __future__ import annotations

import pytest
from conftest import Desk, MakeDesk

from insights_ext.ask.planner import Plan
from insights_ext.ask.rules.scope import Scope
from insights_ext.ask.rules.slips import mended
from insights_ext.ask.rules.tokens import place, spelled, tokenise

LIGHTS = """
CREATE TABLE lighthouses AS SELECT * FROM (VALUES
    ('Skerry Point', 'Orkney', 1862, 38.5::DOUBLE, 'White', 'automated', 1200, 12.0::DOUBLE, 'Ada Lunn', 5),
    ('Gull Head', 'Fife', 1901, 21.0, 'Red', 'manned', 340, 31.5, 'Ivo Marsh', 7),
    ('Far Ness', 'Orkney', 1935, 44.2, 'White', 'automated', 980, 8.5, 'Una Thorn', 9),
    ('Black Rock', 'Argyll', 1888, 30.0, 'Green', 'disused', 77, 44.0, 'Ada Lunn', 4),
    ('Saltmouth', 'Fife', 1935, 19.5, 'Red', 'automated', 2610, 2.0, 'Per Holm', 3)
) t("Lighthouse", "County", "Year lit", "Height (m)", "Light colour", "Status", "Visitors (2019)",
    "Damp %", "Designed by", "Lamps")
"""
REGATTA = """
CREATE TABLE regatta AS SELECT * FROM (VALUES
    (1, '6th', 'Kestrel', 'Dana Ruiz', DATE '2021-06-04', 'none', 3, 'Cove'),
    (2, '5th', 'Heron', 'Olu Adeyemi', DATE '2021-06-05', 'rain or fog', 1, 'Harbour'),
    (3, '1st', 'Kestrel', 'Mia Stone', DATE '2021-06-12', 'rain', 8, 'Cove'),
    (4, '2nd', 'Swift', 'Olu Adeyemi', DATE '2021-07-03', 'fog', 5, 'Cove')
) t("Heat", "Place", "Boat", "Skipper", "Date", "Delays", "Points", "Course 1")
"""
MEDALS = """
CREATE TABLE games AS SELECT * FROM (VALUES
    ('Norland', 3, 1, 2, 6, '1 June 1994'), ('Sudmark', 1, 0, 0, 1, '26 August 1995'),
    ('Estavia', 0, 5, 4, 9, 'August 27, 1995')
) t("Nation", "Gold", "Silver", "Bronze", "Total", "Joined")
"""

OF_LIGHTS = [
    ("Which lighthouse was visited by 2610 travellers?", "SELECT 'Saltmouth'"),
    ("what is the status of the beacon that wobbled in Argyll", "SELECT 'disused'"),
    ("how many visitors did saltmouth have in 2019", "SELECT 2610"),
    ("what is the county with a damp % of 44", "SELECT 'Argyll'"),
    ("lighthouses taller than 31", "SELECT unnest(['Skerry Point', 'Far Ness'])"),
    ("avergae height of red lighthouses", "SELECT 20.25"),
    ("hwo many lighthouses are in orkney", "SELECT 2"),
    ("what is the light colour where the number of lamps is 9", "SELECT 'White'"),
    (
        "what is the status when the year lit is after 1901 and the lamps are less then 9",
        "SELECT 'automated'",
    ),
    ("which lighthouse has a height of no larger than 20", "SELECT 'Saltmouth'"),
    ("which lighthouse has 44% damp", "SELECT 'Black Rock'"),
    ("what county has lamps at 7", "SELECT 'Fife'"),
    ("which lighthouse did Una Thorn design", "SELECT 'Far Ness'"),
]
OF_REGATTA = [
    ("which boat sailed in the 3rd heat", "SELECT 'Kestrel'"),
    ("who was the skipper in the fourth heat", "SELECT 'Olu Adeyemi'"),
    ("which skipper came 2nd", "SELECT 'Olu Adeyemi'"),
    ("how many points did kestrel get on june 12th", "SELECT 8"),
    ("which boat has delays of none", "SELECT 'Kestrel'"),
    ("which boat has delays of rain or fog", "SELECT 'Heron'"),
    ("which boat is represented the most", "SELECT 'Kestrel'"),
    ("who skippered the Swift", "SELECT 'Olu Adeyemi'"),
    ("what is the first course of Heron", "SELECT 'Harbour'"),
    ("how many heats took place in the race", "SELECT 4"),
    ("which boat scored 8 points or more", "SELECT 'Kestrel'"),
    ("which came more often, Kestrel or Heron?", "SELECT 'Kestrel'"),
]
OF_MEDALS = [
    ("which nation won the most medals", "SELECT 'Estavia'"),
    ("what is the nation joined on 27 august", "SELECT 'Estavia'"),
    ("which nation has the most gold medals", "SELECT 'Norland'"),
]


@pytest.fixture(scope="module")
def lights(desk_of: MakeDesk) -> Desk:
    return desk_of(LIGHTS)


@pytest.fixture(scope="module")
def regatta(desk_of: MakeDesk) -> Desk:
    return desk_of(REGATTA)


@pytest.fixture(scope="module")
def medals(desk_of: MakeDesk) -> Desk:
    return desk_of(MEDALS)


def answers(desk: Desk, question: str) -> list[str]:
    return sorted(str(row[0]) for row in desk.rows(question))


@pytest.mark.parametrize(("question", "truth"), OF_LIGHTS)
def test_lighthouses_are_asked_about_in_everyday_words(lights: Desk, question: str, truth: str) -> None:
    got, wanted = answers(lights, question), sorted(str(row[0]) for row in lights.sql(truth))
    assert [g.rstrip("0").rstrip(".") if "." in g else g for g in got] == wanted


@pytest.mark.parametrize(("question", "truth"), OF_REGATTA)
def test_places_days_and_values_of_a_regatta_are_found(regatta: Desk, question: str, truth: str) -> None:
    assert answers(regatta, question) == sorted(str(row[0]) for row in regatta.sql(truth))


@pytest.mark.parametrize(("question", "truth"), OF_MEDALS)
def test_medals_of_no_metal_are_all_of_them(medals: Desk, question: str, truth: str) -> None:
    assert answers(medals, question) == sorted(str(row[0]) for row in medals.sql(truth))


@pytest.mark.parametrize(
    "question",
    [
        "what is the net height of gull head",
        "what is the adjusted height of gull head",
        "what is the height variance of gull head",
        "how many dragons are in fife",
        "who is the janitor of gull head",
        "what is the status of every haunted lighthouse",
        "what is the height without scaffolding of gull head",
        "which lighthouse is the spookiest",
    ],
)
def test_a_strange_word_that_changes_what_is_asked_is_refused(lights: Desk, question: str) -> None:
    lights.refusal(question)


def test_a_strange_word_that_is_passed_over_is_said(lights: Desk) -> None:
    plan = lights.plan("what is the status of the beacon that wobbled in Argyll")
    said = " ".join(e.detail for e in plan.evidence if e.kind == "assumption")
    assert "'beacon'" in said
    assert "'wobbled'" in said


def test_a_slip_of_the_finger_is_said(lights: Desk) -> None:
    plan = lights.plan("avergae height of red lighthouses")
    assert any("read as average" in e.detail for e in plan.evidence)


def test_words_of_the_table_are_no_slips(desk_of: MakeDesk) -> None:
    desk = desk_of("CREATE TABLE notes AS SELECT 'toatl loss' AS remark, 3 AS hwo")
    scope = Scope.of(*desk.views)
    assert [t.norm for t in mended(tokenise("toatl hwo teh starring"), scope).items] == [
        "toatl", "hwo", "the", "starring",
    ]  # fmt: skip


def test_a_value_beats_the_beginning_of_a_filled_cell(regatta: Desk) -> None:
    plan = regatta.plan("which skipper has a place of 5th")
    assert plan.filters == ("place is 5th",)


def test_a_number_outside_a_column_is_not_taken_for_it(desk_of: MakeDesk) -> None:
    desk = desk_of(
        "CREATE TABLE polls AS SELECT * FROM (VALUES ('Elm', 29266, 61.1), ('Oak', 1200, 38.9)) "
        't("ward", "lee", "lee %")'
    )
    assert desk.rows("what is the ward for lee being 29266") == [("Elm",)]
    assert desk.rows("what is the ward for lee of 38.9%") == [("Oak",)]


def test_higher_than_a_rank_is_a_smaller_number(desk_of: MakeDesk) -> None:
    desk = desk_of(
        "CREATE TABLE ladder AS SELECT i AS rank, 'team ' || i AS crew, 90 - i AS points FROM range(1, 6) t(i)"
    )
    assert desk.rows("which crew is ranked higher than 2") == [("team 1",)]
    assert desk.rows("which crew has a rank lower than 4") == [("team 5",)]
    assert desk.rows("which crew has a rank smaller than 2") == [("team 1",)]
    assert desk.rows("which crew has points higher than 88") == [("team 1",)]


def test_the_player_who_asks_for_nothing_anew(desk_of: MakeDesk) -> None:
    desk = desk_of(
        "CREATE TABLE tour AS SELECT * FROM (VALUES ('Ida', 3, 500), ('Ben', 9, 500), ('Kai', 1, 70)) "
        "t(player, rank, earnings)"
    )
    assert desk.rows("what is the highest rank for the player who earns 500") == [(9,)]


def test_highest_is_a_word_of_a_column_called_high(desk_of: MakeDesk) -> None:
    desk = desk_of(
        "CREATE TABLE log AS SELECT 4 AS game, 'Ann Lee (31)' AS \"high points\", 'Bo Ray' AS \"high assists\""
    )
    assert desk.rows("who had the highest points in game 4") == [("Ann Lee (31)",)]


def test_texts_are_shown_as_they_are_written(desk_of: MakeDesk) -> None:
    desk = desk_of(
        "CREATE TABLE coins AS SELECT * FROM (VALUES ('penny', '1,200'), ('penny', '3,400'), ('crown', '90')) "
        't("coin", "quantity made")'
    )
    assert sorted(desk.rows("what is the quantity made when the coin is penny")) == [("1,200",), ("3,400",)]


def test_the_name_of_a_row_goes_before_another_column_that_holds_it(desk_of: MakeDesk) -> None:
    desk = desk_of(
        "CREATE TABLE lands AS SELECT * FROM (VALUES ('Velden', 'Velden', 12), ('Ostrava', 'Mir', 30)) "
        "t(country, capital, lakes)"
    )
    assert desk.plan("how many lakes does Velden have").filters == ("country is Velden",)
    assert desk.plan("what are the lakes where the capital is Velden").filters == ("capital is Velden",)


def test_a_column_called_like_a_verb_takes_its_value(desk_of: MakeDesk) -> None:
    desk = desk_of(
        "CREATE TABLE legs AS SELECT * FROM (VALUES (1, 'Riga', 'Cesis'), (2, 'Cesis', 'Riga')) t(leg, start, arrival)"
    )
    assert desk.rows("which leg starts with Riga") == [(1,)]


def test_a_year_of_a_column_is_that_of_the_column_used(desk_of: MakeDesk) -> None:
    desk = desk_of(
        "CREATE TABLE towns AS SELECT * FROM (VALUES ('Elm', 10, 20, 'x'), ('Oak', 30, 40, 'y')) "
        't("town", "births (2010)", "births (2011)", "mayor")'
    )
    assert desk.rows("what were the births of Oak in 2011") == [(40,)]
    assert not isinstance(desk.reply("who was the mayor of Oak in 2011"), Plan)


def test_ordinals_are_read_in_words_digits_and_roman_numerals() -> None:
    assert [place(w) for w in ("fourth", "4th", "iv", "four", "22nd")] == ["4", "4", "4", None, "22"]
    assert {"11th", "eleventh", "xi"} < set(spelled("11"))
    assert "21st" in spelled("21")
