"""Tokens, numbers, dates and names."""

from __future__ import annotations

import datetime as dt

import pytest

from insights_ext.ask.rules.columns import name_words
from insights_ext.ask.rules.dates import MonthOfYear, Period, dates
from insights_ext.ask.rules.link import edits
from insights_ext.ask.rules.numbers import numbers
from insights_ext.ask.rules.tokens import singular, stem, tokenise

TODAY = dt.date(2024, 11, 23)


def longest(found: list[tuple[int, int, object]]) -> object:
    return max(found, key=lambda f: (f[1] - f[0], -f[0]))[2]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12), ("1,370", 1370), ("1.5k", 1500), ("2 million", 2e6), ("twenty five", 25), ("-3.5", -3.5),
        ("3bn", 3e9), ("two hundred", 200), ("0.40%", 0.4), ("$1,000.50", 1000.5),
    ],
)  # fmt: skip
def test_numbers_are_read_as_written(text: str, value: float) -> None:
    number = longest(list(numbers(tokenise(text))))
    assert number.value == value  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", "2024-01-01", "2025-01-01"), ("March 2024", "2024-03-01", "2024-04-01"),
        ("2020-01-05", "2020-01-05", "2020-01-06"), ("March 5, 2024", "2024-03-05", "2024-03-06"),
        ("5th of March 2024", "2024-03-05", "2024-03-06"), ("Q3 2023", "2023-07-01", "2023-10-01"),
        ("last month", "2024-10-01", "2024-11-01"), ("this year", "2024-01-01", "2025-01-01"),
        ("last week", "2024-11-11", "2024-11-18"), ("past 7 days", "2024-11-16", "2024-11-24"),
        ("yesterday", "2024-11-22", "2024-11-23"), ("last quarter", "2024-07-01", "2024-10-01"),
    ],
)  # fmt: skip
def test_periods_have_their_first_and_last_day(text: str, start: str, end: str) -> None:
    period = longest(list(dates(tokenise(text), TODAY)))
    assert isinstance(period, Period)
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)


def test_a_month_alone_is_of_any_year() -> None:
    assert longest(list(dates(tokenise("in march"), TODAY))) == MonthOfYear(3, "March")


@pytest.mark.parametrize("text", ["2023-02-31", "32 March 2024", "31 April 2024"])
def test_days_that_do_not_exist_are_no_dates(text: str) -> None:
    assert not [p for _, _, p in dates(tokenise(text), TODAY) if isinstance(p, Period) and p.grain == "day"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unitPrice", ["unit", "price"]), ("order_date", ["order", "date"]),
        ("Revenue (USD)", ["revenue", "usd"]),
        ("sales2024", ["sales", "2024"]), ("HTTPStatus", ["http", "status"]), ("60 mH", ["60", "mh"]),
        ("Café-Größe", ["cafe", "grosse"]),
    ],
)  # fmt: skip
def test_names_fall_into_words(name: str, words: list[str]) -> None:
    assert [w.norm for w in name_words(name)] == words


def test_words_meet_at_their_stem() -> None:
    assert singular("countries") == "country"
    assert singular("bus") == "bus"
    assert stem("scored") == stem("scores") == stem("scoring")
    assert stem("returned") == stem("returns")


def test_tokens_know_their_place() -> None:
    tokens = tokenise('What is "The Harbour", Zoë?')
    assert [t.norm for t in tokens.items if t.norm] == ["what", "is", "the", "harbour", "zoe"]
    assert tokens.phrase(*tokens.quotes[0]) == "The Harbour"


@pytest.mark.parametrize(("a", "b", "n"), [("region", "regoin", 1), ("abc", "abc", 0), ("abc", "xyz", 2)])
def test_edits_are_bounded(a: str, b: str, n: int) -> None:
    assert edits(a, b, 1) == n
