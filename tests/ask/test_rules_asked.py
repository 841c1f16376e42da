"""What a question asks for, as against what it only says: its opening column, numbers, names of years."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from conftest import Desk, MakeDesk

from insights_ext.ask.planner import Plan

RACES = """
CREATE TABLE races AS SELECT * FROM (VALUES
    (1, 'Ada Bell', 'Ray Moss', 'Ray Moss', 11, 2.5),
    (2, 'Ray Moss', 'Ada Bell', 'Kim Fox', 12, 4.0),
    (3, 'Kim Fox', 'Ada Bell', 'Ada Bell', 13, 3.5)
) t("Round", "Pole Position", "Fastest Lap", "Winner", "Number", "Viewers (millions)")
"""
SEASONS = """
CREATE TABLE cups AS SELECT * FROM (VALUES
    ('Rovers', 'League Cup', 'Reading', 4, 7, '1r', 'a', 12, 1.25, '1945'),
    ('United', 'City Cup', 'Leeds', 9, 2, '2r', '1r', 30, 2.5, 'February 1974'),
    ('Athletic', 'League Cup', 'Hull', 0, 5, 'a', '2r', 8, 3.75, 'March 1974')
) t("Club", "Competition", "Town", "1991-92", "2006-07 Points", "1996", "1997", "Days with frost",
    "% same-sex marriages", "Year")
"""


@pytest.fixture
def races(desk_of: MakeDesk) -> Desk:
    return desk_of(RACES)


@pytest.fixture
def cups(desk_of: MakeDesk) -> Desk:
    return desk_of(SEASONS)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what is the winner with a Ray Moss pole position?", ["Kim Fox"]),
        ("which winner had Ray Moss in pole position", ["Kim Fox"]),
        ("what round was it when Ray Moss had the fastest lap?", [1]),
        ("what is the number of the race that Kim Fox won?", [12]),
        ("which pole position had Ada Bell as the winner", ["Kim Fox"]),
        ("what round was watched by 4 million viewers?", [2]),
    ],
)
def test_what_a_question_opens_with_is_asked_for(races: Desk, question: str, answer: list[Any]) -> None:
    assert races.rows(question) == [(a,) for a in answer]


def test_the_column_asked_for_is_no_condition(races: Desk) -> None:
    """It may be refused, but the fastest lap of another race is no answer."""
    reply = races.reply("what pole position was Ray Moss when he had the fastest lap?")
    assert not isinstance(reply, Plan) or reply.sql.named_selects == ["Pole Position"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what is the result in 91-92 for United", [9]),
        ("how many 2006-2007 points did Rovers get", [7]),
        ("what is the 2006/07 points minimum", [2]),
        ("which club plays in the league cup in Hull", ["Athletic"]),
        ("how many days with frost were there in Leeds", [30]),
        ("what is the % of same-sex marriages in Leeds", [2.5]),
        ("what percentage of same-sex marriages has Hull", [3.75]),
        ("which club is it in 1945?", ["Rovers"]),
        ("what is the 1996 with a 1r 1997", ["2r"]),
    ],
)
def test_names_that_are_years_seasons_and_shares(cups: Desk, question: str, answer: list[Any]) -> None:
    assert cups.rows(question) == [(a,) for a in answer]


def test_a_value_of_several_words_is_not_taken_apart(cups: Desk) -> None:
    """ "League" and "cup" alone would only say what kind of thing is meant."""
    asked = cups.plan("what is the club of the league cup in reading")
    assert "'League Cup'" in asked.sql.sql()


def test_the_lowest_of_what_the_question_states_is_not_asked(cups: Desk) -> None:
    assert not isinstance(
        cups.reply("what is the lowest days with frost for clubs with 30 days with frost"), Plan
    )


def test_a_year_is_no_number_of_rows(cups: Desk) -> None:
    reply = cups.reply("show the 2007 points minimum for Rovers")
    assert not isinstance(reply, Plan) or reply.limit is None


def test_a_number_of_something_singular_is_asked_back(desk_of: MakeDesk) -> None:
    desk = desk_of(
        "CREATE TABLE radio AS SELECT * FROM (VALUES ('KXA', 88.5, 'Salem'), ('KXB', 91.25, 'Salem'),"
        ' (\'KXC\', 99.5, \'Bend\')) t("Call sign", "Frequency", "Town")'
    )
    asked = desk.clarification("number of frequency in Salem")
    assert [c.label for c in asked.choices] == ["Frequency", "number of rows"]
    assert sorted(desk.rows(asked.choices[0].question)) == [(88.5,), (91.25,)]
    assert desk.rows(asked.choices[1].question) == [(2,)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how many players joined before 1900", [2]),
        ("which player joined in 1899", ["Vale"]),
        ("when was Hill filmed", ["sept / oct 1968"]),
        ("which player has under 10 assists", ["Vale"]),
    ],
)
def test_years_and_abbreviations_in_names(desk_of: MakeDesk, question: str, answer: list[Any]) -> None:
    desk = desk_of(
        "CREATE TABLE squads AS SELECT * FROM (VALUES ('Vale', 1899, 'aug 1968', 4),"
        " ('Hill', 1920, 'sept / oct 1968', 12), ('Mill', 1880, 'may 1970', 30))"
        ' t("player", "debut", "filmed", "asts")'
    )
    assert desk.rows(question.replace("joined", "made their debut")) == [(a,) for a in answer]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what is the percentage of Judaism in Oz", [0.5]),
        ("Judaism percentage in Uz", [2.25]),
        ("what is the Judaism when islam is 40%", [2.25]),
    ],
)
def test_a_column_of_percentages_is_looked_up(faiths: Desk, question: str, answer: list[Any]) -> None:
    assert faiths.rows(question) == [(a,) for a in answer]


def test_percentages_are_averaged_where_nobody_says_how(faiths: Desk) -> None:
    assert sorted(float(v) for _, v in faiths.rows("judaism by region")) == [1.375, 4.0]
    assert faiths.plan("judaism by region").columns[1].unit == "%"


@pytest.fixture
def faiths(desk_of: MakeDesk) -> Desk:
    desk = desk_of(
        "CREATE TABLE faiths AS SELECT * FROM (VALUES ('Oz', 'East', 30.0, 0.5), ('Uz', 'East', 40.0, 2.25),"
        ' (\'Az\', \'West\', 20.0, 4.0)) t("Country", "Region", "Islam", "Judaism")'
    )
    view = desk.views[0]
    columns = [c.model_copy(update={"unit": "%"} if c.kind == "numeric" else {}) for c in view.stats.columns]
    stats = view.stats.model_copy(update={"columns": columns, "content_sha256": "percentages"})
    return replace(desk, views=(replace(view, stats=stats),))


VISITS = (
    "CREATE TABLE visits AS SELECT * FROM (VALUES"
    " ('Yalata', 'Council', DATE '2024-04-03', '6''1', 8.5, 4),"
    " ('Orroroo', 'Town', DATE '2024-03-04', '5''9', 7.25, 12),"
    " ('Quorn', 'Town', DATE '2024-03-15', '6''1', 9.75, 20))"
    ' t("Area", "Type", "Seen", "Height", "2011", "Runs")'
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what type of area is Yalata?", ["Council"]),
        ("which area has a 2011 rating of 8.5", ["Yalata"]),
        ("which area was seen on 15.03.2024", ["Quorn"]),
        ("which area was seen on 03/15/2024", ["Quorn"]),
        ("which area was seen on 4.3.2024", ["Orroroo"]),
        ("how many areas with height 6'1", [2]),
    ],
)
def test_types_results_dates_and_heights_as_people_write_them(
    desk_of: MakeDesk, question: str, answer: list[Any]
) -> None:
    assert desk_of(VISITS).rows(question) == [(a,) for a in answer]


def test_a_date_that_can_be_read_in_two_ways_is_asked_back(desk_of: MakeDesk) -> None:
    desk = desk_of(VISITS)
    asked = desk.clarification("which area was seen on 03/04/2024")
    assert {c.label: desk.rows(c.question) for c in asked.choices} == {
        "2024-03-04": [("Orroroo",)],
        "2024-04-03": [("Yalata",)],
    }


FILMS = (
    "CREATE TABLE entries AS SELECT * FROM (VALUES"
    " (101, 'Salem', 'Mo Lee', TRUE, 3, 10.5, 'thn', '7-9'),"
    " (102, 'Bend', 'Al Poe', FALSE, 4, 20.0, 'thn', '10'),"
    " (103, 'Bend', 'Mo Lee', TRUE, 9, 30.0, 'abc', '11-14'))"
    ' t("No", "Town", "Pilot", "Writer", "Runs", "Speed (km/h)", "Type", "Numbers")'
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what is the number of the pilot in Salem", [101]),
        ("which town has the pilot which had 9 runs", ["Bend"]),
        ("how many entries had a total of 9 runs", [1]),
    ],
)
def test_what_a_thing_is_numbered_is_told(desk_of: MakeDesk, question: str, answer: list[Any]) -> None:
    desk = desk_of(FILMS.replace('"Numbers"', '"Units"'))
    assert desk.rows(question) == [(a,) for a in answer]


def test_a_column_called_numbers_counts_nothing(desk_of: MakeDesk) -> None:
    desk = desk_of(FILMS.replace('"No"', '"Entry"'))
    assert desk.rows("what are the numbers of the abc type") == [("11-14",)]


@pytest.mark.parametrize(
    "question",
    [
        "who is the writer in Bend",  # rows where the flag is true are no person
        "sum of speed per speed",
        "towns with less than 5000 entries",  # there are three
        "what are the runs of the entries with 9 runs",
        "for an A 7 the town",
    ],
)
def test_what_tells_nothing_is_no_answer(desk_of: MakeDesk, question: str) -> None:
    assert not isinstance(desk_of(FILMS).reply(question), Plan)
