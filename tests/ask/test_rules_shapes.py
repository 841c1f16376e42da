"""Numbers, dates, years and times written as text are compared, ranked and added up as what they are."""

from __future__ import annotations

from typing import Any

import pytest

from insights_ext.ask.rules.shapes import shape_of_texts

RACES = """
CREATE TABLE races AS SELECT * FROM (VALUES
    ('Ann Lie', '1,200', '$950', '12 May 1994', '2:05.3', '1994-95', '98 (3)'),
    ('Bob Ray', '900', '$1,050', '3 June 1993', '1:59.2', '1993-94', '102 (7)'),
    ('Cid Moe', '11,000', '$20', '21 December 1995', '2:10.0', '1995-96', '9')
) t(racer, spectators, prize, "race date", "lap time", season, laps)
"""


@pytest.fixture
def races(desk_of: Any) -> Any:
    return desk_of(RACES)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which racer has the most spectators", [("Cid Moe",)]),
        ("which racer has the lowest spectators", [("Bob Ray",)]),
        ("racer with the highest prize", [("Bob Ray",)]),
        ("what is the highest prize", [("$1,050",)]),
        ("which racer has the earliest race date", [("Bob Ray",)]),
        ("which racer has the slowest lap time", [("Cid Moe",)]),
        ("total spectators", [(13_100.0,)]),
        ("how many races with laps over 50", [(2,)]),
        ("racer with prize below 1000", [("Ann Lie",), ("Cid Moe",)]),
        ("racer with spectators 900", [("Bob Ray",)]),
        ("how many races in May 1994", [(1,)]),
        ("how many races after 1993", [(2,)]),
    ],
)
def test_what_a_text_holds_is_what_counts(races: Any, question: str, expected: list[Any]) -> None:
    assert sorted(races.rows(question)) == sorted(expected)


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["$1,234", "–3", "12 (3)", "1st", "–"], "number"),
        (["58.1%", "5 km (3.1 mi)"], "number"),
        (["September 14", "October 3"], "date"),
        (["11/26/1985*", "12/01/1985"], "date"),
        (["1989–90", "2000 (Bulldogs)"], "year"),
        (["1:02.3", "2:05"], "clock"),
        (["2–1", "W 24–21"], None),
        (["70-72-73", "71-70-70"], None),
        (["north", "south", "3"], None),
        (["12"], None),
    ],
)
def test_a_shape_is_what_most_texts_are(texts: list[str], kind: str | None) -> None:
    shape = shape_of_texts(texts)
    assert (shape.kind if shape else None) == kind
