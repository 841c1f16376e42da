"""Dates and periods in questions: 2024, March 2024, 2020-01-01, Q3 2023, last month, past 7 days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .tokens import Tokens

Grain = Literal["day", "week", "month", "quarter", "year"]

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MONTH_NUMBER = {name: k + 1 for k, name in enumerate(_MONTHS)}
MONTH_NUMBER |= {name[:3]: k + 1 for k, name in enumerate(_MONTHS)} | {"sept": 9}
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMERIC, MONTHS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)"), 12
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?![:.]?\d)(?:\s?([ap])\.?m\b\.?)?", re.IGNORECASE)
_DAY = re.compile(r"([1-9]|[12]\d|3[01])(st|nd|rd|th)?")
_YEAR = re.compile(r"1[0-9]\d\d|20\d\d|21\d\d")
_LAST = {"last", "previous", "prior"}
_PAST = {"last", "past", "previous"}
_FEW = {
    w: n for n, w in enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 2)
} | {"twelve": 12}
_UNITS: dict[str, Grain] = {
    "day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month", "months": "month",
    "quarter": "quarter", "quarters": "quarter", "year": "year", "years": "year",
}  # fmt: skip


@dataclass(frozen=True)
class Period:
    """The days from `start` to before `end`; `label` says it in words."""

    start: dt.date
    end: dt.date
    grain: Grain
    label: str


@dataclass(frozen=True)
class MonthOfYear:
    """A calendar month of any year, 1 to 12."""

    month: int
    label: str


def begin(day: dt.date, grain: Grain) -> dt.date:
    """First day of the period of `grain` that holds `day`; weeks start on Monday."""
    if grain == "week":
        return day - dt.timedelta(days=day.weekday())
    if grain == "month":
        return day.replace(day=1)
    if grain == "quarter":
        return dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return dt.date(day.year, 1, 1) if grain == "year" else day


def shift(start: dt.date, grain: Grain, steps: int) -> dt.date:
    """`start` moved by `steps` periods; the day of the month is clipped where a month is shorter."""
    if grain in ("day", "week"):
        return start + dt.timedelta(days=steps * (7 if grain == "week" else 1))
    months = start.year * 12 + start.month - 1 + steps * {"month": 1, "quarter": 3, "year": 12}[grain]
    year, month = divmod(months, 12)
    for day in range(start.day, 27, -1):
        try:
            return dt.date(year, month + 1, day)
        except ValueError:
            continue
    return dt.date(year, month + 1, min(start.day, 28))


def period(day: dt.date, grain: Grain, label: str) -> Period:
    """The period of `grain` that holds `day`."""
    start = begin(day, grain)
    return Period(start, shift(start, grain, 1), grain, label)


def dates(tokens: Tokens, today: dt.date) -> Iterator[tuple[int, int, Period | MonthOfYear]]:
    """Every date or period and the tokens ``[i, j)`` that state it."""
    for i in range(len(tokens)):
        try:
            yield from _iso(tokens, i)
            yield from _numeric(tokens, i)
            yield from _named(tokens, i)
            yield from _quarter(tokens, i, today)
            yield from _relative(tokens, i, today)
        except (ValueError, OverflowError):
            continue


def _iso(tokens: Tokens, i: int) -> Iterator[tuple[int, int, Period | MonthOfYear]]:
    match = _ISO.match(tokens.question, tokens.items[i].start)
    if match:
        day = dt.date(*(int(g) for g in match.groups()))
        j = i
        while j < len(tokens) and tokens.items[j].start < match.end():
            j += 1
        yield i, j, period(day, "day", day.isoformat())


def _numeric(tokens: Tokens, i: int) -> Iterator[tuple[int, int, Period | MonthOfYear]]:
    """ "15.03.2024", "03/15/2024": day first behind dots, else whichever can be; both where both can."""
    match = _NUMERIC.match(tokens.question, tokens.items[i].start)
    if match is None or tokens.question[tokens.items[i].start - 1 : tokens.items[i].start].isdigit():
        return
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    days = [(first, second)] if match[2] == "." else sorted({(first, second), (second, first)})
    j = i
    while j < len(tokens) and tokens.items[j].start < match.end():
        j += 1
    for day, month in days:
        if month <= MONTHS:
            yield i, j, _day(year, month, day)


def clocks(tokens: Tokens) -> Iterator[tuple[int, int, str]]:
    """Every time of day and the tokens ``[i, j)`` that state it, written ``HH:MM:SS``."""
    for i, token in enumerate(tokens.items):
        match = _CLOCK.match(tokens.question, token.start)
        if match is None or (token.start and tokens.question[token.start - 1] in ":."):
            continue
        hour, minute, second, half = match.groups()
        shifted = int(hour) % 12 + 12 * (half.lower().startswith("p")) if half else int(hour)
        if shifted > 23:
            continue
        j = i
        while j < len(tokens) and tokens.items[j].start < match.end():
            j += 1
        yield i, j, f"{shifted:02}:{minute}:{second or '00'}"


def _word(tokens: Tokens, i: int) -> str:
    return tokens.items[i].norm if i < len(tokens) else ""


def _skip_comma(tokens: Tokens, i: int) -> int:
    return i + 1 if i < len(tokens) and not tokens.items[i].norm else i


def _named(tokens: Tokens, i: int) -> Iterator[tuple[int, int, Period | MonthOfYear]]:
    first = _word(tokens, i)
    if _YEAR.fullmatch(first) and tokens.items[i].text == first and not _decimal(tokens, i):
        yield i, i + 1, period(dt.date(int(first), 1, 1), "year", first)
    if first in MONTH_NUMBER:
        month = MONTH_NUMBER[first]
        if len(first) > 3 or first not in ("mar", "may", "dec", "jan", "sep"):
            yield i, i + 1, MonthOfYear(month, _MONTHS[month - 1].capitalize())
        k = _skip_comma(tokens, i + 1)
        k = k + 1 if _word(tokens, k) == "of" else k
        if _YEAR.fullmatch(_word(tokens, k)):
            label = f"{_MONTHS[month - 1].capitalize()} {_word(tokens, k)}"
            yield i, k + 1, period(dt.date(int(_word(tokens, k)), month, 1), "month", label)
        day = _DAY.fullmatch(_word(tokens, i + 1))
        k = _skip_comma(tokens, i + 2)
        if day and _YEAR.fullmatch(_word(tokens, k)):
            yield i, k + 1, _day(int(_word(tokens, k)), month, int(day.group(1)))
    day = _DAY.fullmatch(first)
    if day:
        k = i + 2 if _word(tokens, i + 1) == "of" else i + 1
        if _word(tokens, k) in MONTH_NUMBER:
            y = _skip_comma(tokens, k + 1)
            if _YEAR.fullmatch(_word(tokens, y)):
                yield i, y + 1, _day(int(_word(tokens, y)), MONTH_NUMBER[_word(tokens, k)], int(day.group(1)))


def _decimal(tokens: Tokens, i: int) -> bool:
    token, text = tokens.items[i], tokens.question
    after = text[token.end : token.end + 2]
    before = text[max(0, token.start - 2) : token.start]
    return bool(re.match(r"[.,%]\d|%", after) or re.search(r"\d[.,]$|[$€£]$", before))


def _day(year: int, month: int, day: int) -> Period:
    date = dt.date(year, month, day)
    return period(date, "day", date.isoformat())


def _quarter(tokens: Tokens, i: int, today: dt.date) -> Iterator[tuple[int, int, Period | MonthOfYear]]:
    word = _word(tokens, i)
    match = re.fullmatch(r"q([1-4])", word)
    year = _word(tokens, _skip_comma(tokens, i + 1))
    if match and _YEAR.fullmatch(year):
        day = dt.date(int(year), 3 * int(match.group(1)) - 2, 1)
        yield i, _skip_comma(tokens, i + 1) + 1, period(day, "quarter", f"Q{match.group(1)} {year}")
    elif _YEAR.fullmatch(word) and re.fullmatch(r"q[1-4]", _word(tokens, i + 1)):
        number = int(_word(tokens, i + 1)[1])
        yield i, i + 2, period(dt.date(int(word), 3 * number - 2, 1), "quarter", f"Q{number} {word}")
    elif match and _word(tokens, i + 1) != "of":
        number = int(match.group(1))
        last = today.year if dt.date(today.year, 3 * number - 2, 1) <= today else today.year - 1
        day = dt.date(last, 3 * number - 2, 1)
        yield i, i + 1, period(day, "quarter", f"Q{number} {last}, the latest")


def _relative(tokens: Tokens, i: int, today: dt.date) -> Iterator[tuple[int, int, Period | MonthOfYear]]:
    word, following = _word(tokens, i), _word(tokens, i + 1)
    if word == "today":
        yield i, i + 1, period(today, "day", f"today ({today.isoformat()})")
    if word == "yesterday":
        day = today - dt.timedelta(days=1)
        yield i, i + 1, period(day, "day", f"yesterday ({day.isoformat()})")
    if word in _LAST | {"this", "current"} and following in _UNITS and not following.endswith("s"):
        grain = _UNITS[following]
        start = shift(begin(today, grain), grain, -1 if word in _LAST else 0)
        end = shift(start, grain, 1)
        span = str(start.year) if grain == "year" else f"{start.isoformat()} to {end - dt.timedelta(days=1)}"
        yield i, i + 2, Period(start, end, grain, f"{word} {following} ({span})")
    if (word, following, _word(tokens, i + 2)) == ("year", "to", "date") or word == "ytd":
        end = today + dt.timedelta(days=1)
        label = f"this year up to {today.isoformat()}"
        yield i, i + (1 if word == "ytd" else 3), Period(begin(today, "year"), end, "day", label)
    if word == "past" and following in _UNITS and not following.endswith("s"):
        start = shift(today, _UNITS[following], -1)
        label = f"the past {following} (since {start.isoformat()})"
        yield i, i + 2, Period(start, today + dt.timedelta(days=1), "day", label)
    unit = _word(tokens, i + 2)
    following = str(_FEW.get(following, following))
    if word in _PAST and following.isdigit() and unit in _UNITS and int(following) <= 10_000:
        start = shift(today, _UNITS[unit], -int(following))
        label = f"the last {following} {unit} (since {start.isoformat()})"
        yield i, i + 3, Period(start, today + dt.timedelta(days=1), _UNITS[unit], label)
