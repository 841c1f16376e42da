"""Lists over several tables: two in one question, what each has and what all have in common."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def library(desk_of: Any) -> Any:
    return desk_of(
        "CREATE TABLE authors AS SELECT * FROM (VALUES (1, 'Ann Lee'), (2, 'Bo Day')) t(id, name)",
        "CREATE TABLE novels AS SELECT * FROM (VALUES (1, 'Tides', 'Norse', 1), (2, 'Embers', 'Welsh', 2)) "
        "t(novel_id, title, language, author_id)",
        "CREATE TABLE essays AS SELECT * FROM (VALUES (1, 'On Salt', 'Norse', 1), (2, 'On Ash', 'Welsh', 2)) "
        "t(essay_id, title, language, author_id)",
    )


@pytest.fixture
def cars(desk_of: Any) -> Any:
    return desk_of(
        "CREATE TABLE cars AS SELECT * FROM (VALUES (1, 'Volta'), (2, 'Rondo'), (3, 'Brio')) t(id, name)",
        "CREATE TABLE features AS SELECT * FROM (VALUES (1, 'Airbag'), (2, 'Sunroof')) t(id, feature_name)",
        "CREATE TABLE cars_features AS SELECT * FROM (VALUES (1, 1), (2, 1), (3, 1), (2, 2)) "
        "t(car_id, feature_id)",
    )


@pytest.fixture
def staff(desk_of: Any) -> Any:
    return desk_of(
        "CREATE TABLE hotels AS SELECT * FROM (VALUES (1, 'Grand'), (2, 'Park View')) t(id, name)",
        "CREATE TABLE workers AS SELECT * FROM (VALUES (1, 'Ann', 'Housekeeper', 1), "
        "(2, 'Ann', 'Laundry Attendant', 1), (3, 'Cy', 'Laundry Attendant', 2), (4, 'Dee', 'Cook', 2)) "
        "t(id, name, job, hotel_id)",
    )


def test_two_demands_are_one_list(library: Any) -> None:
    assert sorted(library.rows("show all novels and also show the essays in Norse")) == [
        ("Embers",), ("On Salt",), ("Tides",),
    ]  # fmt: skip


def test_the_same_is_what_the_first_half_said(library: Any) -> None:
    found = library.rows("which novels are in Welsh and which essays are in the same language?")
    assert sorted(found) == [("Embers",), ("On Ash",)]


def test_either_holds_for_both(library: Any) -> None:
    found = library.rows("show both novels and essays where either are in Norse")
    assert sorted(found) == [("On Salt",), ("Tides",)]


def test_a_condition_behind_two_kinds_is_asked_back(library: Any) -> None:
    choices = library.clarification("show novels and essays in Norse").choices
    assert [sorted(library.rows(c.question)) for c in choices] == [
        [("On Salt",), ("Tides",)], [("Embers",), ("On Salt",), ("Tides",)],
    ]  # fmt: skip


def test_values_name_kinds_and_rows_of_one_name_stay_apart(staff: Any) -> None:
    assert staff.rows("show all housekeepers") == [("Ann",)]
    found = staff.rows("list all housekeepers and also list laundry attendants of the Park View hotel")
    assert sorted(found) == [("Ann",), ("Cy",)]
    both = staff.rows("list all housekeepers and also list laundry attendants of the Grand hotel")
    assert sorted(both) == [("Ann",), ("Ann",)]


def test_what_is_asked_for_is_not_what_is_said(staff: Any) -> None:
    assert staff.rows("which housekeepers work in the Grand hotel") == [("Ann",)]


def test_each_behind_may_mean_all(cars: Any) -> None:
    choices = cars.clarification("show me the features that each car has").choices
    pairs, common = (cars.rows(c.question) for c in choices)
    assert sorted(pairs) == [
        ("Brio", "Airbag"), ("Rondo", "Airbag"), ("Rondo", "Sunroof"), ("Volta", "Airbag"),
    ]  # fmt: skip
    assert common == [("Airbag",)]


@pytest.mark.parametrize(
    "question",
    [
        "which features are common to all cars",
        "what is the common feature that all cars have",
        "what features do we have in common for every car",
    ],
)
def test_common_is_of_every_row(cars: Any, question: str) -> None:
    assert cars.rows(question) == [("Airbag",)]


def test_for_each_in_front_leaves_no_doubt(cars: Any) -> None:
    assert len(cars.rows("for each car, list the features")) == 4


def test_every_row_that_points_here(staff: Any) -> None:
    assert staff.rows("which hotels are common to all workers") == []


def test_names_run_together_are_read(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE baseballteams AS SELECT * FROM (VALUES (1, 'Cubs'), (2, 'Mets')) t(id, team_name)",
        "CREATE TABLE cities AS SELECT * FROM (VALUES (1, 'Oslo'), (2, 'Bern')) t(id, city_name)",
    )
    assert len(desk.rows("list all baseball teams")) == 2


def test_a_link_goes_to_the_key_of_its_table(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE clinics AS SELECT * FROM (VALUES (1, 'North'), (2, 'South')) t(clinic_id, name)",
        "CREATE TABLE patients AS SELECT * FROM (VALUES (1, 'Ann', 2), (2, 'Bo', 1)) "
        "t(patient_id, name, clinic_id)",
        "CREATE TABLE visits AS SELECT * FROM (VALUES (1, 1), (2, 1), (3, 2)) t(visit_id, patient_id)",
    )
    assert desk.rows("how many visits does the patient Ann have") == [(2,)]


def test_two_question_words_ask_for_two_columns(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE hospitals AS SELECT * FROM (VALUES (1, 'Mercy', 'Oslo'), (2, 'Hope', 'Bern')) "
        "t(id, name, city)",
        "CREATE TABLE doctors AS SELECT * FROM (VALUES (1, 'Ann Lee', 2), (2, 'Bo Day', 1)) "
        "t(id, name, hospital_id)",
    )
    assert desk.rows("what hospital does Ann Lee work at and in what city is it?") == [("Hope", "Bern")]


@pytest.fixture
def movies(desk_of: Any) -> Any:
    return desk_of(
        "CREATE TABLE studios AS SELECT * FROM (VALUES (1, 'Nordlys'), (2, 'Halo')) t(id, name)",
        "CREATE TABLE directors AS SELECT * FROM (VALUES (1, 'Ida'), (2, 'Tom')) t(id, name)",
        "CREATE TABLE movies AS SELECT * FROM (VALUES (1, 'Salt', 2011, 1, 2), (2, 'Wind', 2014, 2, 1)) "
        "t(id, title, release_year, studio_id, director_id)",
    )


def test_things_joined_by_and_are_all_shown(movies: Any) -> None:
    assert movies.rows("which studio and director made the latest movie") == [("Halo", "Ida")]


def test_a_number_that_points_elsewhere_shows_the_name(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE countries AS SELECT * FROM (VALUES (1, 'Peru'), (2, 'Chad')) t(id, country_name)",
        "CREATE TABLE migrants AS SELECT * FROM (VALUES (1, 'Ann', 2, 70), (2, 'Bo', 1, 30)) "
        "t(id, name, country_of_origin, age)",
    )
    assert desk.rows("what is the country of origin of the oldest migrant") == [("Chad",)]
