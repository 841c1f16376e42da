"""Building conditions: which column, operator and constant fit one another."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from .columns import ColumnInfo
from .dates import MonthOfYear, Period
from .intents import (
    Aggregate,
    Among,
    Between,
    ColumnRef,
    Compare,
    Comparison,
    Condition,
    InMonth,
    InPeriod,
    Many,
    Missing,
    Not,
    TextMatch,
    count_of,
)
from .numbers import Number
from .scope import Scope
from .tokens import fold

COMPARISONS: dict[str, Comparison] = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "ne": "!=", "eq": "="}
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
ORDERED = {"after": "gt", "since": "ge", "before": "lt", "until": "le"}
_YEARS = range(1000, 2200)
MOST_STEPS = 12
"""Different whole numbers up to which a column holds sizes, doors or stars rather than amounts."""

_OPPOSITE: dict[Comparison, Comparison] = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True)
class Stored:
    """Stored texts of one column that the question's words are."""

    of: ColumnRef
    values: tuple[str, ...]
    said: str = ""


def info(scope: Scope, ref: ColumnRef) -> ColumnInfo:
    """The column that `ref` names."""
    return scope.by_ref[ref]


def stored_as(scope: Scope, ref: ColumnRef, text: str) -> bool:
    """Whether a text column holds exactly these words: then they are its value, not a number or a date."""
    held = scope.by_table[ref.table].view.values.lookup(fold(text))
    return info(scope, ref).text and any(h.column == ref.column for h in held)


def continuous(scope: Scope, ref: ColumnRef) -> bool:
    """An amount of many values, which one does not group by."""
    known = info(scope, ref)
    rows, values = known.stats.count, known.stats.distinct_count
    few = values is not None and values <= MOST_STEPS and rows >= 4 * values and _whole(known)
    return known.measure and not known.ordinal and not few


def _whole(known: ColumnInfo) -> bool:
    return "INT" in known.stats.type.upper()


def _spellings(column: ColumnInfo, when: Period | MonthOfYear) -> list[str]:
    """How a column of texts may write a period."""
    if isinstance(when, MonthOfYear) or when.grain != "day" or column.shape is None:
        return [when.label]
    texts = (when.start.strftime(form.format) for form in column.shape.forms)
    return [form for text in texts for form in (text, re.sub(r"\b0(\d)", r"\1", text))]


def number_of(scope: Scope, column: ColumnRef) -> Aggregate:
    """How many there are of what a column names: different values, or rows where each has its own."""
    known = info(scope, column)
    if known.near_unique and not known.stats.null_count:
        return count_of(column.table)
    return Aggregate("count", column, distinct=not known.near_unique)


def among(*stored: Stored) -> Among:
    """One of the stored texts (of the same column)."""
    values = tuple(dict.fromkeys(v for s in stored for v in s.values))
    return Among(stored[0].of, values, tuple(dict.fromkeys(s.said or s.values[0] for s in stored)))


def negated(condition: Condition, no: object) -> Condition:
    """The condition or, where a word of negation stands, its opposite."""
    if no is None:
        return condition
    if isinstance(condition, Compare):
        return Compare(condition.of, _OPPOSITE[condition.op], condition.value)
    if isinstance(condition, Many):
        return Many(condition.of, _OPPOSITE[condition.op], condition.value)
    return Not(condition)


def compare(scope: Scope, ref: ColumnRef, op: str, number: Number) -> Condition | None:
    """A numeric column against a number; a whole-percent column takes 5% as 5."""
    column = info(scope, ref)
    if not column.numeric or (op == "eq" and stored_as(scope, ref, number.text)):
        return None
    scale = next(
        (s for word, s in _SCALES.items() if word in number.text.lower() and word in column.stems), 1
    )
    if scale > 1:
        return Compare(ref, COMPARISONS[op], round(number.value / scale, 9))
    if number.percent and isinstance(column.stats.max, (int, float)) and abs(column.stats.max) <= 1:
        return Compare(ref, COMPARISONS[op], number.value / 100)
    return Compare(ref, COMPARISONS[op], number.exact)


def in_year(scope: Scope, ref: ColumnRef, number: Number) -> tuple[Condition] | None:
    """A column of plain numbers that are all years, in a year."""
    low, high = info(scope, ref).stats.min, info(scope, ref).stats.max
    years = all(isinstance(v, int) and v in _YEARS for v in (number.exact, low, high))
    return (Compare(ref, "=", number.exact),) if years and info(scope, ref).numeric else None


def truth(scope: Scope, ref: ColumnRef, *, holds: bool) -> Condition | None:
    """A column of yes and no says yes (or no), however it is written; None for other columns."""
    column = info(scope, ref)
    if not column.flag:
        return None
    if column.boolean:
        return Compare(ref, "=", holds)
    if column.numeric and not column.text:
        return Compare(ref, "=", int(holds))
    value = str(column.stats.max if holds else column.stats.min)
    return Among(ref, (value,), (value,))


def at_time(scope: Scope, ref: ColumnRef, clock: str) -> Condition | None:
    """A column of times of day at a time."""
    return Compare(ref, "=", clock) if info(scope, ref).stats.type.upper() == "TIME" else None


def numeric_range(scope: Scope, ref: ColumnRef, low: Number, high: Number) -> Condition | None:
    """A numeric column between two numbers, both included."""
    if not info(scope, ref).numeric or (info(scope, ref).is_year and low.exact in _YEARS):
        return None
    first, second = sorted((low.exact, high.exact))
    return Between(ref, first, second)


def in_period(scope: Scope, ref: ColumnRef, how: str, when: Period | MonthOfYear) -> Condition | None:
    """A date or year column in, before, after, since or until a period."""
    column = info(scope, ref)
    if how == "in" and any(stored_as(scope, ref, text) for text in _spellings(column, when)):
        return None
    if isinstance(when, MonthOfYear):
        return InMonth(ref, when.month, when.label) if column.temporal and how == "in" else None
    if column.is_year:
        if when.grain != "year":
            return None
    elif not column.temporal or (column.shape is not None and column.shape.yearless):
        return None
    start: dt.date | None
    end: dt.date | None
    start, end, said = {
        "in": (when.start, when.end, f"in {when.label}"),
        "after": (when.end, None, f"after {when.label}"),
        "since": (when.start, None, f"since {when.label}"),
        "before": (None, when.start, f"before {when.label}"),
        "until": (None, when.end, f"until {when.label}"),
    }[how]
    if how == "in" and when.grain == "day":
        said = f"on {when.label}"
    return InPeriod(ref, start, end, said)


def period_range(scope: Scope, ref: ColumnRef, low: Any, high: Any) -> Condition | None:
    """A date or year column between two periods, both included."""
    if isinstance(low, MonthOfYear) or isinstance(high, MonthOfYear) or high.start < low.start:
        return None
    column = info(scope, ref)
    if not (column.temporal or (column.is_year and low.grain == high.grain == "year")):
        return None
    return InPeriod(ref, low.start, high.end, f"from {low.label} to {high.label}")


def text_match(scope: Scope, ref: ColumnRef, how: str, text: str) -> Condition | None:
    """A text column that contains, starts or ends with a text."""
    if not info(scope, ref).text:
        return None
    return TextMatch(ref, {"contains": "contains", "starts": "starts", "ends": "ends"}[how], text)  # type: ignore[arg-type]


def missing(ref: ColumnRef, present: bool = False) -> Condition:
    """The column is null, or is not."""
    return Not(Missing(ref)) if present else Missing(ref)
