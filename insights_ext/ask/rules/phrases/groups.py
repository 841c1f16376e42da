"""Phrases that group: by, per, for each, monthly, over time."""

from __future__ import annotations

from typing import Any

from ..chart import PIECE
from ..conditions import continuous, info
from ..intents import Bucket, ColumnRef, Key
from ..pieces import (
    By,
    Measure,
    Period,
)
from ..scope import Scope
from .conditions import other_time
from .meaning import MOST_READINGS
from .rule import rule

AMOUNT_AS_GROUP = 0.1
NAMED_YEAR = 0.3
"""What cutting a date into years costs where a column holds the years themselves."""


@rule("KEY", "COL")
def _key(scope: Scope, column: ColumnRef) -> Any:
    known = info(scope, column)
    if continuous(scope, column):
        return [(column, AMOUNT_AS_GROUP)]
    if known.temporal and known.stats.type.upper().startswith("TIMESTAMP"):
        return Bucket(column, "day")
    return column


@rule("KEY", "COL grain", "grain of COL", cost=0.05)
def _key_grain(scope: Scope, *rest: Any) -> Any:
    column = next(r for r in rest if isinstance(r, ColumnRef))
    grain = rest[0] if rest[-1] is column else rest[-1]
    return Bucket(column, grain) if info(scope, column).temporal else None


@rule("KEY", "grain", cost=0.1)
def _key_period(scope: Scope, grain: Any) -> Any:
    dates = [c for c in scope.times if c.temporal][:MOST_READINGS]
    years = [c for c in scope.periods if c.yearly] if grain == "year" else []
    rival = grain == "year" and any(c.yearly for c in scope.columns)
    readings: list[tuple[Key, float]] = [
        (Bucket(c.ref, grain), NAMED_YEAR * rival + other_time(scope, c)) for c in dates
    ]
    return readings + [(c.ref, 0.0) for c in years] or None


@rule("KEY", "head_count of? COL", "COL head_count", cost=0.1)
def _key_number(scope: Scope, *rest: Any) -> Any:
    """ "By number of doors": the number itself is the group."""
    column = next(r for r in rest if isinstance(r, ColumnRef))
    return column if info(scope, column).measure and not continuous(scope, column) else None


@rule("KEY", "COL many_bins", "many_bins of COL", cost=0.05)
def _key_binned(scope: Scope, *rest: Any) -> Any:
    """ "By weight buckets"."""
    column = next(r for r in rest if isinstance(r, ColumnRef))
    return column if continuous(scope, column) else None


@rule("KEYS", "KEY")
def _keys(scope: Scope, key: Key) -> Any:
    return (key,)


@rule("KEYS", "KEYS comma? and|by KEY", "KEYS comma KEY", cost=0.05, repeat=2)
def _more_keys(scope: Scope, keys: tuple[Key, ...], *rest: Any) -> Any:
    more = rest[-1]
    return (*keys, more) if more not in keys else None


@rule(PIECE, "by KEYS", "color KEYS", "and by KEYS")
def _by(scope: Scope, *rest: Any) -> Any:
    return By(rest[-1])


@rule(PIECE, "COL tally", cost=-0.3)
def _tally(scope: Scope, column: ColumnRef, _tally: str) -> Any:
    """ "Status counts": how many rows each value has."""
    known = info(scope, column)
    return By((column,)) if not known.measure and not known.near_unique else None


@rule(PIECE, "by MEASURE", cost=0.1)
def _by_measure(scope: Scope, _by: Any, measure: Measure) -> Any:
    """ "Top 3 regions by total revenue": what ranks them."""
    return measure


@rule(PIECE, "grain_adverb", cost=0.1)
def _periodic(scope: Scope, grain: Any) -> Any:
    found = _key_period(scope, grain)
    return [(By((key,)), cost) for key, cost in found] if found else None


@rule(PIECE, "trend of?")
def _trend(scope: Scope, *_rest: Any) -> Any:
    return Period(None) if scope.periods else None
