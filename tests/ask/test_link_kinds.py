"""Columns are found by what they hold and by other expressions for them."""

from typing import Any

import pytest

CARS = """
CREATE TABLE wagons AS SELECT
    'Model ' || i AS model,
    ['Norway', 'Japan', 'Europe', 'USA'][1 + i % 4] AS origin,
    15 + (i * 7) % 30 AS mpg,
    1000 + (i * 37) % 900 AS worldwide_gross
FROM range(1, 81) t(i)
"""
FLIGHTS = """
CREATE TABLE flights AS SELECT
    i AS number, ['OSL', 'JFK', 'LHR'][1 + i % 3] AS origin, ['JFK', 'NRT'][1 + i % 2] AS destination
FROM range(1, 61) t(i)
"""


@pytest.fixture(scope="module")
def wagons(desk_of: Any) -> Any:
    return desk_of(CARS)


@pytest.mark.parametrize("word", ["country", "region", "country of origin", "place of origin"])
def test_a_column_of_countries_is_meant_by_country(wagons: Any, word: str) -> None:
    assert wagons.rows(f"average mpg by {word}") == wagons.rows("average mpg by origin")


def test_a_column_of_other_places_is_not(desk_of: Any) -> None:
    desk_of(FLIGHTS).refusal("number of flights by country")


@pytest.mark.parametrize(
    ("question", "same"),
    [
        ("average miles per gallon by origin", "average mpg by origin"),
        ("which origin has the best fuel economy on average", "which origin has the best mpg on average"),
        ("total gross revenue by origin", "total worldwide gross by origin"),
        ("total ww gross by origin", "total worldwide gross by origin"),
    ],
)
def test_other_expressions_name_a_column(wagons: Any, question: str, same: str) -> None:
    assert wagons.rows(question) == wagons.rows(same)
