"""Questions over related tables: what belongs together, what all have, what is asked beside what."""

# ruff: noqa: E501 - a question and its SQL stand on one line
from __future__ import annotations

from typing import Any

import pytest

# Numbers that are called by no table's name ("guide_no", "BT_id"), and some that point to nothing.
BOATS = [
    """CREATE TABLE boat_tours AS SELECT * FROM (VALUES (1, 'Fjord Loop', 'North'), (2, 'Seal Watch', 'South'), (3, 'Night Sail', 'North'))
       t(tour_id, tour_name, coast)""",
    """CREATE TABLE snacks AS SELECT * FROM (VALUES (1, 'Waffle', 4.5), (2, 'Soup', 6.0), (3, 'Cake', 3.0), (4, 'Nuts', 2.0))
       t(id, snack_name, price)""",
    """CREATE TABLE boat_tours_snacks AS SELECT * FROM (VALUES (1, 1), (1, 2), (2, 1), (3, 1), (3, 3), (2, 7))
       t(BT_id, snacks_id)""",
]
CLINIC = [
    """CREATE TABLE doctor AS SELECT * FROM (VALUES (1, 'Ines Holt', 44), (2, 'Omar Said', 51), (3, 'Pia Krug', 38)) t(id, name, age)""",
    """CREATE TABLE ward AS SELECT * FROM (VALUES (1, 'East', 20), (2, 'West', 35)) t(id, ward_name, beds)""",
    """CREATE TABLE opening_year AS SELECT * FROM (VALUES (1, 1990), (2, 2004)) t(id, year)""",
    """CREATE TABLE stay AS SELECT * FROM (VALUES (1, 'Flu', 1, 1, 1, 'F', 30), (2, 'Fracture', 2, 1, 2, 'M', 18), (3, 'Asthma', 1, 2, 1, 'F', 62),
       (4, 'Burn', 3, 2, 2, 'M', 18), (5, 'Allergy', 3, 2, 2, 'M', 44)) t(stay_id, illness, doctor_id, ward_id, opening_id, sex, age)""",
]
QUARRY = [
    """CREATE TABLE region AS SELECT * FROM (VALUES (1, 'Tarn', 900), (2, 'Aude', 400), (3, 'Lot', 150)) t(region_id, name, area)""",
    """CREATE TABLE peak AS SELECT * FROM (VALUES (1, 'Crow', 1, 900, 3), (2, 'Kite', 1, 1200, 1), (3, 'Wren', 2, 1500, 2), (4, 'Swift', 3, 300, 8))
       t(peak_id, peak_name, region_id, height, number_of_huts)""",
    """CREATE TABLE climber AS SELECT * FROM (VALUES (1, 'Ulf', 'Norway'), (2, 'Mara', 'Spain'), (3, 'Jon', 'Norway')) t(id, name, country)""",
    """CREATE TABLE ascent AS SELECT * FROM (VALUES (1, 1, 1, 'solo'), (2, 1, 2, 'rope'), (3, 2, 2, 'rope'), (4, 3, 4, 'solo'))
       t(id, climber_id, peak_id, style)""",
]

SAME_ROWS = {
    "boats": [
        # a table named after two others says what belongs together, whatever its columns are called
        (
            "For each boat tour, list the snacks available.",
            "SELECT tour_name, snack_name FROM boat_tours JOIN boat_tours_snacks ON BT_id = tour_id JOIN snacks ON id = snacks_id",
        ),
        (
            "for every boat tour list the snacks they serve",
            "SELECT tour_name, snack_name FROM boat_tours JOIN boat_tours_snacks ON BT_id = tour_id JOIN snacks ON id = snacks_id",
        ),
        (
            "for each boat tour, could you show me the names and prices of the snacks",
            "SELECT tour_name, snack_name, price FROM boat_tours JOIN boat_tours_snacks ON BT_id = tour_id JOIN snacks ON id = snacks_id",
        ),
        ("what snacks are common to all boat tours?", "SELECT 'Waffle'"),
        ("which snacks are consistent across all boat tours?", "SELECT 'Waffle'"),
        ("display a list of the snacks", "SELECT * FROM snacks"),
        ("show the snack names, including prices", "SELECT snack_name, price FROM snacks"),
    ],
    "clinic": [
        # what stands beside what, over single rows
        ("who is the doctor of the stay with the illness Flu", "SELECT 'Ines Holt'"),
        (
            "list the illness of each stay with its ward and doctor",
            "SELECT illness, ward_name, name FROM stay s JOIN ward w ON w.id = ward_id JOIN doctor d ON d.id = doctor_id",
        ),
        (
            "list the illness and opening year of each stay",
            "SELECT illness, year FROM stay JOIN opening_year o ON o.id = opening_id",
        ),
        ("how many stays are 18 years old", "SELECT 2"),
        ("what is the average age for female and male stays", "SELECT sex, avg(age) FROM stay GROUP BY 1"),
        ("show all information about the ward with the most beds", "SELECT 2, 'West', 35"),
        ("show all the details of the doctors", "SELECT * FROM doctor"),
        ("which ward had the illness Burn", "SELECT 'West'"),
    ],
    "quarry": [
        ("what is the highest peak?", "SELECT 'Wren'"),
        (
            "for each region, return the highest height among its peaks",
            "SELECT name, max(height) FROM peak JOIN region USING (region_id) GROUP BY 1",
        ),
        (
            "total number of huts by region",
            "SELECT name, sum(number_of_huts) FROM peak JOIN region USING (region_id) GROUP BY 1",
        ),
        ("which climbers do not have norway as country", "SELECT 'Mara'"),
        # one row with each of two values, never one row with either
        ("climbers with solo and rope ascents", "SELECT 'Ulf'"),
        ("climbers without rope", "SELECT 'Jon'"),
        # verbs that no column holds
        ("which peaks were never visited", "SELECT 'Wren'"),
        ("what is the most climbed peak", "SELECT 'Kite'"),
        ("aude area vs tarn area", "SELECT name, area FROM region WHERE name IN ('Aude', 'Tarn')"),
    ],
}
TABLES = {"boats": BOATS, "clinic": CLINIC, "quarry": QUARRY}


@pytest.mark.parametrize(
    ("tables", "question", "sql"), [(t, q, s) for t, asked in SAME_ROWS.items() for q, s in asked]
)
def test_the_answer_has_the_rows_of_hand_written_sql(
    tables: str, question: str, sql: str, desk_of: Any
) -> None:
    desk = desk_of(*TABLES[tables])
    assert sorted(map(str, desk.rows(question))) == sorted(map(str, desk.sql(sql)))


@pytest.mark.parametrize(
    ("tables", "question"),
    [
        ("clinic", "which doctor treated the illness Flu and who paid the stay?"),
        ("clinic", "what is the price of a particular stay"),
        ("clinic", "what are the beds of a particular ward"),
        ("quarry", "which countries have never had a solo ascent"),
        ("quarry", "what is the most common peak name"),
        ("quarry", "list the details and height of the peaks"),
        ("quarry", "which ascents have 3 climbers"),
    ],
)
def test_what_no_reading_answers_in_full_is_not_answered(tables: str, question: str, desk_of: Any) -> None:
    assert not hasattr(desk_of(*TABLES[tables]).reply(question), "sql")


def test_all_in_front_of_things_that_belong_to_many_is_asked_back(desk_of: Any) -> None:
    desk = desk_of(*BOATS)
    assert len(desk.clarification("what snacks do all boat tours own?").choices) == 2
    assert len(desk.clarification("show me the snacks for all boat tours").choices) == 2
