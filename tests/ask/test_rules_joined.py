"""Questions over several tables whose joins would repeat or lose rows: answered right, or refused."""

from __future__ import annotations

import pytest
from conftest import Desk, MakeDesk

from insights_ext.ask.planner import Plan

STUDENTS = """CREATE TABLE students AS SELECT * FROM (VALUES (1, 'Ann', 20, 1), (2, 'Bob', 30, 1),
    (3, 'Cy', 40, 2), (4, 'Dee', 50, NULL)) t(student_id, student_name, age, town_id)"""
CLASSES = """CREATE TABLE classes AS SELECT * FROM (VALUES (1, 'Art', 10), (2, 'Bio', 50))
    t(class_id, title, capacity)"""
ENROLLED = "CREATE TABLE enrolled AS SELECT * FROM (VALUES (1, 1), (1, 2), (2, 1)) t(student_id, class_id)"
TOWNS = "CREATE TABLE towns AS SELECT * FROM (VALUES (1, 'Bergen'), (2, 'Turku')) t(town_id, town_name)"
AIRPORTS = """CREATE TABLE airports AS SELECT * FROM (VALUES (1, 'Gardermoen', 10), (2, 'Fiumicino', 11),
    (3, 'Orly', 12)) t(airport_id, airport_name, country_id)"""
COUNTRIES = """CREATE TABLE countries AS SELECT * FROM (VALUES (10, 'Norway'), (11, 'Italy'), (12, 'France'))
    t(country_id, country_name)"""
FLIGHTS = """CREATE TABLE flights AS SELECT * FROM (VALUES (1, 1, 2), (2, 1, 3), (3, 2, 1), (4, 3, 1))
    t(flight_id, source_airport_id, destination_airport_id)"""


@pytest.fixture(scope="module")
def school(desk_of: MakeDesk) -> Desk:
    return desk_of(STUDENTS, CLASSES, ENROLLED)


@pytest.mark.parametrize(
    "question",
    [
        "average age of students and average capacity of classes",
        "total capacity of classes and total age of students",
        "total age of students and the number of classes",
    ],
)
def test_amounts_of_two_kinds_are_not_taken_over_their_pairs(school: Desk, question: str) -> None:
    school.refusal(question)


def test_averages_per_partner_are_taken(school: Desk) -> None:
    assert school.rows("average age per class title") == [("Art", 25.0), ("Bio", 20.0)]


def test_a_part_of_rows_is_not_taken_of_those_with_a_partner_only(school: Desk) -> None:
    school.refusal("percentage of students in Art")


def test_rows_that_point_nowhere_belong_to_the_whole(desk_of: MakeDesk) -> None:
    desk = desk_of(STUDENTS, TOWNS)
    assert desk.rows("percentage of students in Bergen") == [(50.0,)]


@pytest.mark.parametrize("question", ["how many flights per country", "how many flights are from Norway"])
def test_two_ways_to_a_table_on_the_way_are_not_guessed(desk_of: MakeDesk, question: str) -> None:
    desk_of(AIRPORTS, COUNTRIES, FLIGHTS).refusal(question)


def test_what_ranks_is_shown_when_it_is_asked_for(school: Desk) -> None:
    assert school.rows("what is the age of the oldest student") == [(50,)]
    assert school.rows("name and age of the oldest student") == [("Dee", 50)]
    assert school.rows("student name and age of the oldest student") == [("Dee", 50)]
    assert school.rows("name of the oldest student") == [("Dee",)]


def test_lists_that_only_share_their_owner_are_not_crossed(desk_of: MakeDesk) -> None:
    singers = (
        "CREATE TABLE singers AS SELECT * FROM (VALUES (1, 'Ann'), (2, 'Bob')) t(singer_id, singer_name)"
    )
    songs = (
        "CREATE TABLE songs AS SELECT * FROM (VALUES (1, 'S1', 1), (2, 'S2', 1)) t(song_id, title, singer_id)"
    )
    concerts = """CREATE TABLE concerts AS SELECT * FROM (VALUES (1, 'Hall', 1), (2, 'Arena', 1))
        t(concert_id, venue, singer_id)"""
    desk = desk_of(singers, songs, concerts)
    desk.refusal("singer names, song titles and venues")
    assert sorted(desk.rows("singer names and song titles")) == [("Ann", "S1"), ("Ann", "S2")]


@pytest.mark.parametrize("whom", ["students", "student names"])
def test_an_order_by_a_number_of_things_is_not_taken_for_one_of_names(school: Desk, whom: str) -> None:
    reply = school.reply(f"{whom} sorted by the number of classes")
    assert not isinstance(reply, Plan) or "count" in reply.sql.sql("duckdb").lower()


def test_the_most_rows_of_things_without_a_name_are_refused(desk_of: MakeDesk) -> None:
    desk_of("CREATE TABLE visits AS SELECT 2 * i AS weight FROM range(5) t(i)").refusal(
        "which visits has the most visits"
    )
