"""Questions that speak of more than the table names: kinds of things, verbs, contents of columns, times."""

# ruff: noqa: E501 - a question and its SQL stand on one line
from __future__ import annotations

from typing import Any

import pytest
from conftest import Desk, MakeDesk

MATCHES = """
CREATE TABLE t_12 AS SELECT * FROM (VALUES
    (1, 'Leyton', 'Harrow', '2 - 1', 4100, TIME '15:00:00', 'Ada Finch', '12.5%', 1902, 61),
    (2, 'Bashley', 'Leyton', '0 - 0', 349, TIME '19:30:00', 'Noor Saleh', '8.0%', 1911, 83),
    (3, 'Harrow', 'Bashley', '3 - 2', 1200, TIME '15:00:00', 'Ada Finch', '30.7%', 1960, 24),
    (4, 'Leyton', 'Bashley', '1 - 4', 2050, TIME '12:15:00', 'Ugo Brandt', '4.0%', 1985, 83)
) t("round", "home team", "away team", "score", "attendance", "kick off", "director", "late entries", "founded", "grid")
"""
TRADE = """
CREATE TABLE t_13 AS SELECT * FROM (VALUES
    ('Malta', 1.1, 1.3, 'Sliema', 210, 'Vella Ltd', 101, 1.5, '2/3/05', false, true, 0, 'Lija', 1954, '4 400'),
    ('Cyprus', 2.4, 2.1, 'Paphos', 180, 'Nikos & Co', 340, 2.06, '14/6/06', true, false, 3, 'Nikos & Co', 1910, '9 800'),
    ('Iceland', 0.8, 0.9, 'Akureyri', 95, 'Jons ehf', 883, 3.1, '1/1/07', true, true, 0, 'Hekla', 1988, '4 100')
) t("country", "arrivals (2010)", "arrivals (2011)", "coverage", "height", "constructor", "60 mh",
    "us viewers (millions)", "opening", "oslo",
    "rome", "strikes", "senior medal", "founding year", "births")
"""

SAME_ROWS = [
    ("What was the attendance at the game with Bashley as the home team?", "SELECT 349"),
    ("What was the score of the match in which the away team was Harrow?", "SELECT '2 - 1'"),
    ("What is the grid number for round 3?", "SELECT 24"),
    ("What is the home team value when the attendance is 2050?", "SELECT 'Leyton'"),
    ("What is the largest number for grid?", "SELECT 83"),
    ("Which home team has 30.7% for late entries?", "SELECT 'Harrow'"),
    ("Which home team had a late entries value of 8.0%?", "SELECT 'Bashley'"),
    ("What is the score when the kick off is 12:15?", "SELECT '1 - 4'"),
    ("What was the attendance when the game started at 7:30 pm?", "SELECT 349"),
    ("Which home team has a round after 3?", "SELECT 'Leyton'"),
    ("What is the score after round 3?", "SELECT '1 - 4'"),
    ("How many games were there?", "SELECT 4"),
    ("What was the score of the club founded before 1905?", "SELECT '2 - 1'"),
    ("What was the score of the game directed by Noor Saleh?", "SELECT '0 - 0'"),
]
SAME_ROWS_OF_TRADE = [
    ("What are the arrivals in 2011 for Cyprus?", "SELECT 2.1"),
    ("What is the constructor of the station that covers Sliema?", "SELECT 'Vella Ltd'"),
    ("How tall is Iceland?", "SELECT 95"),
    ("Which country has Oslo yes and Rome no?", "SELECT 'Cyprus'"),
    ("Which country has a no for Oslo?", "SELECT 'Malta'"),
    ("Which countries have no strikes?", "SELECT unnest(['Malta', 'Iceland'])"),
    ("What is the country opened on 2/3/05?", "SELECT 'Malta'"),
    ("What is the hight of Cyprus?", "SELECT 180"),
    ("Who won the senior medal when the coverage was Paphos?", "SELECT 'Nikos & Co'"),
    ("What is the earliest founding year?", "SELECT 1910"),
    ("What is the height of the country with a 60mH of 883?", "SELECT 95"),
    ("What is the height of the country with U.S. viewers of 2.06 million?", "SELECT 180"),
    ("What is the final height of Malta?", "SELECT 210"),
    ("What was the total number of founding years?", "SELECT 3"),
    ("Which height is the highest one that has a rome of true?", "SELECT 210"),
    ("How many births are there for Cyprus?", "SELECT '9 800'"),
    ("What is the coverage when births is 9 800?", "SELECT 'Paphos'"),
    ("What is the country constructed by Vella Ltd?", "SELECT 'Malta'"),
]


@pytest.fixture(scope="module")
def matches(desk_of: MakeDesk) -> Desk:
    return desk_of(MATCHES)


@pytest.fixture(scope="module")
def trade(desk_of: MakeDesk) -> Desk:
    return desk_of(TRADE)


def first_column(rows: list[tuple[Any, ...]]) -> list[str]:
    return sorted(str(row[0]) for row in rows)


@pytest.mark.parametrize(("question", "query"), SAME_ROWS)
def test_questions_about_matches(matches: Desk, question: str, query: str) -> None:
    assert first_column(matches.rows(question)) == first_column(matches.sql(query))


@pytest.mark.parametrize(("question", "query"), SAME_ROWS_OF_TRADE)
def test_questions_about_trade(trade: Desk, question: str, query: str) -> None:
    assert first_column(trade.rows(question)) == first_column(trade.sql(query))


def test_a_kind_of_thing_is_said_to_be_passed_over(matches: Desk) -> None:
    details = [e.detail for e in matches.plan("What was the attendance at the game in round 2?").evidence]
    assert any("game" in d and "kind of thing" in d for d in details)


@pytest.mark.parametrize(
    "question",
    [
        "How many films had a grid of 83?",
        "How many elections had a grid of 83?",
        "What is the film?",
        "Who built the round 3?",
    ],
)
def test_what_is_asked_of_a_thing_the_table_does_not_hold_is_refused(matches: Desk, question: str) -> None:
    assert matches.refusal(question).text


def test_a_team_at_home_or_away_is_asked_back(matches: Desk) -> None:
    choices = matches.clarification("Which team has the most games?").choices
    assert {c.label for c in choices} == {"home team", "away team"}
