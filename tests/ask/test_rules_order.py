"""Questions about rows among rows: the first, the next, one or the other, how far apart, the same."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Desk, MakeDesk

from insights_ext.services.guard import check

CUP = """
CREATE TABLE t_7 AS SELECT * FROM (VALUES
    ('1st', 'Vale Rovers', '1,204', 31, 'Leeds', 2004),
    ('2nd', 'Old Mill', '980', 40, 'York', 1998),
    ('3rd', 'Harbour FC', '2,110', 22, 'Hull', 2004),
    ('4th', 'Castle Town', '640', 22, 'York', 1987)
) t("place", "club", "supporters", "goals", "city", "founded in")
"""
FIXTURES = """
CREATE TABLE t_8 AS SELECT * FROM (VALUES
    ('September 14, 1983', 'Liberty', 'W 2-0', 'Newport'),
    ('October 2, 1983', 'Endeavour', 'L 0-1', 'Sydney'),
    ('March 3, 1982', 'Liberty', 'W 4-1', 'Perth')
) t("date", "opponent", "result", "site")
"""


@pytest.fixture
def cup(desk_of: MakeDesk) -> Desk:
    return desk_of(CUP)


@pytest.fixture
def fixtures(desk_of: MakeDesk) -> Desk:
    return desk_of(FIXTURES)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        # the order of the file
        ("which club is listed first?", ["Vale Rovers"]),
        ("what is the last club on the list?", ["Castle Town"]),
        ("what is the first city listed?", ["Leeds"]),
        ("which club comes after Old Mill?", ["Harbour FC"]),
        ("who was the next club after Harbour FC?", ["Castle Town"]),
        ("which club is right before Harbour FC?", ["Old Mill"]),
        ("what club is above Castle Town", ["Harbour FC"]),
        ("which team came in first place?", ["Vale Rovers"]),
        # one or the other
        ("which club has more goals, Old Mill or Castle Town?", ["Old Mill"]),
        ("who had fewer supporters, Vale Rovers or Harbour FC?", ["Vale Rovers"]),
        ("which club had the most goals, Harbour FC or Vale Rovers?", ["Vale Rovers"]),
        # how far apart
        ("what is the difference in goals between Old Mill and Vale Rovers?", [9]),
        ("how many more supporters does Harbour FC have than Castle Town?", [1470]),
        # the same
        ("which club has the same goals as Harbour FC?", ["Castle Town"]),
        ("which club has the same city as Old Mill?", ["Castle Town"]),
        # how often
        ("which city appears the most?", ["York"]),
        # nouns for rows
        ("how many teams are in York?", [2]),
        ("what is the only club in Hull?", ["Harbour FC"]),
        ("how many times was the city York?", [2]),
        # words inside a value
        ("how many goals did Harbour have?", [22]),
        ("which club comes after Vale?", ["Old Mill"]),
    ],
)
def test_rows_among_rows(cup: Desk, question: str, answer: list[Any]) -> None:
    assert cup.rows(question) == [(a,) for a in answer]


def test_first_and_last_are_by_date_where_there_is_one(fixtures: Desk) -> None:
    assert fixtures.rows("who was the first opponent?") == [("Liberty",)]
    assert fixtures.rows("what was the site of the first game?") == [("Perth",)]
    assert fixtures.rows("what is the last site?") == [("Sydney",)]
    assert fixtures.rows("how many games were played in 1983?") == [(2,)]


def test_the_order_of_the_file_is_said(cup: Desk) -> None:
    plan = cup.plan("which club comes after Old Mill?")
    assert any("order of the file" in e.detail for e in plan.evidence)
    assert plan.filters == ("the row is the next one after the one where club is Old Mill",)


def test_a_difference_needs_two_things(cup: Desk) -> None:
    cup.refusal("what is the difference in goals between Old Mill?")
    cup.refusal("which club has more goals than")


@pytest.mark.parametrize(
    "question",
    [
        "which club comes after Old Mill?",
        "what is the last club on the list?",
        "what is the difference in goals between Old Mill and Vale Rovers?",
        "which club has the same city as Old Mill?",
        "who had fewer supporters, Vale Rovers or Harbour FC?",
    ],
)
def test_what_is_planned_passes_the_guard(cup: Desk, question: str) -> None:
    assert check(cup.plan(question).sql, ["t_7"])
