"""Questions as people type them about their own files: what each class of them is taken for, and what is not."""

# ruff: noqa: E501 - a table and its rows, or a question and its SQL, stand on one line

from __future__ import annotations

from typing import Any

import pytest

from insights_ext.ask.narrative import sentence
from insights_ext.ask.rules.tokens import tokenise

GARAGE = (
    "CREATE TABLE mechanics AS SELECT * FROM (VALUES (1, 'Ann Ruiz', DATE '2011-04-01', 'Day'),"
    " (2, 'Bo Lund', DATE '2019-09-15', 'Night'), (3, 'Cy Adler', DATE '2021-02-20', 'Day'),"
    " (4, 'Di Marsh', DATE '2016-02-20', 'Night')) t(mechanic_id, mechanic_name, joined_on, shift)",
    "CREATE TABLE clients AS SELECT * FROM (VALUES (1, 'Eva Lind', 71), (2, 'Fay Wong', 34),"
    " (3, 'Gus Ito', 52), (4, 'Hal Bone', 29)) t(client_id, full_name, age)",
    "CREATE TABLE repairs AS SELECT 100 + i AS repair_id, 1 + i % 3 AS mechanic_id, 1 + (i * 2) % 3 AS client_id,"
    " ['brakes', 'engine', 'paint'][1 + (i * 5) % 3] AS repair_type,"
    " DATE '2024-01-05' + CAST(i * 11 AS INTEGER) AS repaired_on, 40 + (i * 37) % 200 AS charge_eur,"
    " i % 4 = 0 AS warranty FROM range(24) t(i)",
)


def said(desk: Any, question: str) -> str:
    plan = desk.plan(question)
    table = desk.connection.cursor().sql(plan.sql.sql("duckdb")).to_arrow_table()
    return sentence(plan, table, table.num_rows)


@pytest.fixture(scope="module")
def garage(desk_of: Any) -> Any:
    return desk_of(*GARAGE)


@pytest.fixture(scope="module")
def rides(desk_of: Any) -> Any:
    return desk_of(
        "CREATE TABLE rides AS SELECT 'R' || i AS ride_id, ['Ola', 'Per', 'Siv'][1 + i % 3] AS driver,"
        ' 5 + (i * 13) % 40 AS fare_usd, CASE WHEN i % 5 > 0 THEN 1 + (i * 7) % 5 END AS "Stars (1-5)",'
        " 15.0 + (i * 3) % 20 AS temp_c, CASE WHEN i % 3 = 0 THEN 'Y' ELSE 'N' END AS escalated,"
        " ['Paid', 'Refunded', 'No-show'][1 + (i * 11) % 3] AS status,"
        " DATE '2024-01-01' + CAST(i * 6 AS INTEGER) AS ride_date FROM range(60) t(i)"
    )


def test_rows_per_thing_are_counted_and_not_listed(garage: Any) -> None:
    counted = "SELECT mechanic_name, count(*) FROM repairs JOIN mechanics USING (mechanic_id) GROUP BY 1"
    assert sorted(garage.rows("repairs per mechanic")) == sorted(garage.sql(counted))
    by_kind = "SELECT mechanic_name, repair_type, count(*) FROM repairs JOIN mechanics USING (mechanic_id) GROUP BY 1, 2"
    assert sorted(garage.rows("repair type per mechanic")) == sorted(garage.sql(by_kind))


def test_an_adjective_measures_the_thing_it_stands_before(garage: Any) -> None:
    assert garage.rows("newest mechanic") == [("Cy Adler",)]
    assert garage.rows("oldest client") == [("Eva Lind",)]
    garage.refusal("oldest mechanic")
    garage.refusal("which mechanic is the youngest")


def test_a_plural_that_is_a_table_means_its_rows(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE clubs AS SELECT * FROM (VALUES (1, 'Chess'), (2, 'Judo'), (3, 'Choir')) t(club_id, club_name)",
        "CREATE TABLE grades AS SELECT * FROM (VALUES (1, 1, 5), (2, 1, NULL), (3, 2, 4)) t(grade_id, club_id, grade)",
    )
    assert desk.rows("clubs without grades") == [("Choir",)]


def test_a_percent_sign_is_a_word(rides: Any) -> None:
    assert rides.rows("% of rides that escalated") == rides.sql(
        "SELECT 100.0 * count(*) FILTER (WHERE escalated = 'Y') / count(*) FROM rides"
    )
    assert [t.norm for t in tokenise("the win % of 5% w/o").items] == [
        "the",
        "win",
        "percent",
        "of",
        "5",
        "without",
    ]


def test_shorthand_is_spelled_out() -> None:
    def words(question: str) -> str:
        return " ".join(t.norm for t in tokenise(question).items)

    assert words("# of rides w/o tip b4 2020") == "count of rides without tip before 2020"
    assert words("top10 drivers with 4+ stars") == "top 10 drivers with 4 or more stars"
    assert words("track #7 in seat B4") == "track 7 in seat b4"


def test_states_are_counted_where_they_are_asked_for(rides: Any) -> None:
    assert rides.rows("how many escalated") == [(20,)]
    by_driver = (
        "SELECT driver, 100.0 * count(*) FILTER (WHERE escalated = 'Y') / count(*) FROM rides GROUP BY 1"
    )
    assert sorted(rides.rows("escalation rate by driver")) == sorted(rides.sql(by_driver))
    no_shows = rides.sql("SELECT 100.0 * count(*) FILTER (WHERE status = 'No-show') / count(*) FROM rides")
    assert rides.rows("no-show rate") == rides.rows("% of rides that are no-shows") == no_shows
    assert sorted(rides.rows("status counts")) == sorted(
        rides.sql("SELECT status, count(*) FROM rides GROUP BY 1")
    )


def test_grades_and_temperatures_are_averaged(rides: Any) -> None:
    assert sorted(rides.rows("temp by driver")) == sorted(
        rides.sql("SELECT driver, avg(temp_c) FROM rides GROUP BY 1")
    )
    best = 'SELECT driver FROM rides GROUP BY 1 ORDER BY avg("Stars (1-5)") DESC LIMIT 1'
    assert rides.rows("best driver by stars") == rides.sql(best)
    cheapest = "SELECT driver FROM rides GROUP BY 1 ORDER BY avg(fare_usd) LIMIT 1"
    assert rides.rows("which driver is the cheapest") == rides.sql(cheapest)
    assert "1-5)" not in said(rides, "average stars by driver").replace("Stars (1-5)", "")


def test_what_is_counted_once_each_singles_nothing_out(desk_of: Any) -> None:
    desk = desk_of("CREATE TABLE films AS SELECT 'Film ' || i AS title, 1990 + i AS year FROM range(9) t(i)")
    desk.refusal("most popular film")


def test_rows_whose_label_many_share_are_shown_whole(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE depots AS SELECT * FROM (VALUES (1, 'East'), (2, 'West')) t(depot_id, depot_name)",
        "CREATE TABLE parcels AS SELECT i AS parcel_no, 1 + i % 2 AS depot_id, ['Ann', 'Bo'][1 + i % 2] AS customer,"
        " ['Lost', 'Sent'][1 + (i // 2) % 2] AS state FROM range(12) t(i)",
    )
    assert len(desk.rows("lost parcels")) == 6


def test_years_are_written_without_separators(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE bridges AS SELECT 'B' || i AS bridge, 1950 + i AS year_built FROM range(9) t(i)"
    )
    assert "1958" in said(desk, "what is the latest year built")
