"""Phrases about what recurs in dates: by weekday, by hour of the day, on weekends."""

from __future__ import annotations

from typing import Any

from ..calculations import DatePart
from ..chart import PIECE
from ..columns import ColumnInfo
from ..conditions import info
from ..intents import Bucket, ColumnRef, Key, Weekday
from ..pieces import By
from ..scope import Scope
from .meaning import MOST_READINGS
from .rule import rule

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORKING, _FREE = (1, 2, 3, 4, 5), (6, 7)


@rule("KEY", "COL date_part", "date_part of COL", cost=-0.05)
def _part_of_column(scope: Scope, *rest: Any) -> Any:
    column = next(r for r in rest if isinstance(r, ColumnRef))
    part = rest[0] if rest[-1] is column else rest[-1]
    return DatePart(column, part) if _has(info(scope, column), part) else None


@rule("KEY", "date_part", cost=0.05)
def _part(scope: Scope, part: Any) -> Any:
    """ "By day of the week": of the column that says when."""
    found = [DatePart(c.ref, part) for c in scope.times if _has(c, part)][:MOST_READINGS]
    return [(key, 0.0) for key in found] or None


def _has(column: ColumnInfo, part: str) -> bool:
    """Whether the column has this part: hours need times of the clock."""
    if not column.temporal or (column.shape is not None and column.shape.yearless):
        return False
    return part != "hour" or (column.shape is None and column.stats.type.upper().startswith("TIMESTAMP"))


@rule(PIECE, "head date_part", "part_contrast", cost=-0.3)
def _which_part(scope: Scope, *rest: Any) -> Any:
    """ "Which weekday has the most orders", "weekends vs weekdays"."""
    part = rest[-1]
    found = [DatePart(c.ref, part) for c in scope.times if _has(c, part)][:MOST_READINGS]
    return [(By((key,), asked=rest[0] == "which"), 0.0) for key in found] or None


@rule(PIECE, "head grain", cost=-0.3)
def _which_period(scope: Scope, head: str, grain: Any) -> Any:
    """ "Which month had the highest revenue": one group a month, and the best of them."""
    if head != "which":
        return None
    dates = [c for c in scope.times if c.temporal][:MOST_READINGS]
    years = [c for c in scope.periods if c.yearly] if grain == "year" else []
    keys: list[Key] = [*(c.ref for c in years), *(Bucket(c.ref, grain) for c in dates)]
    return [(By((key,), asked=True), 0.0) for key in keys] or None


@rule("WHERE", "when? weekday", cost=0.3)
def _on(scope: Scope, how: Any, said: str) -> Any:
    """ "On Mondays", "at the weekend"."""
    if how not in (None, "in"):
        return None
    days = _FREE if said == "weekend" else _WORKING if said == "weekdays" else (WEEK.index(said) + 1,)
    spoken = {"weekend": "on a weekend", "weekdays": "on a weekday"}.get(said, f"on a {said.capitalize()}")
    columns = [c for c in scope.times if _has(c, "weekday")][:MOST_READINGS]
    return [((Weekday(c.ref, days, spoken),), 0.0) for c in columns] or None
