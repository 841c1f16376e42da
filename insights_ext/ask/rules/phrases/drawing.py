"""Phrases about charts: their kind, their axes, colours and panels, and what goes with what."""

from __future__ import annotations

from typing import Any

from ..chart import PIECE
from ..conditions import continuous, info
from ..intents import Aggregate, Bucket, ColumnRef, Key, count_of
from ..numbers import Number
from ..pieces import (
    Axis,
    Bins,
    By,
    Chart,
    Comparison,
    Draw,
    Filler,
    Head,
    How,
    Measure,
    Pair,
    Versus,
)
from ..scope import Scope
from .rule import rule


@rule(PIECE, "draw|drawn_as? style? style? chart of? format?", cost=-0.3)
def _chart(scope: Scope, _draw: Any, _style: Any, _more: Any, mark: str, *_rest: Any) -> Any:
    return Chart(mark)


@rule(PIECE, "draw_first", cost=0.1)
def _draw(scope: Scope, _draw: Any) -> Any:
    return Draw()


@rule(PIECE, "breakdown", cost=0.1)
def _breakdown(scope: Scope, _breakdown: Any) -> Any:
    return Draw()


@rule(PIECE, "layout", cost=0.1)
def _layout(scope: Scope, _layout: Any) -> Any:
    return Filler()


@rule(PIECE, "split? style? style? panel|chart by|for of? KEYS", cost=0.05)
@rule(PIECE, "color rows? by KEYS", cost=0.05)
def _panels(scope: Scope, *rest: Any) -> Any:
    """ "With separate charts by region": a chart per group shows what a colour per group shows."""
    return By(rest[-1])


@rule(PIECE, "multiples of?", cost=0.05)
def _multiples(scope: Scope, *_rest: Any) -> Any:
    """ "Small multiples of …": panels asked for before what they show."""
    return Draw()


@rule(PIECE, "side_by_side", cost=0.1)
def _compared(scope: Scope, _compare: Any) -> Any:
    return Comparison()


@rule(PIECE, "add? KEY legend", cost=0.05)
def _legend(scope: Scope, _add: Any, key: Key, _legend: Any) -> Any:
    return By((key,))


@rule(PIECE, "axis is? KEY", "axis of? KEY", "KEY for? axis", cost=0.02)
def _axis(scope: Scope, *rest: Any) -> Any:
    which = next(r for r in rest if r in ("x", "y"))
    shown = rest[-1] if rest[0] == which else rest[0]
    return Axis(which, shown)


@rule(PIECE, "axis is? MEASURE|head_count", "MEASURE|head_count for? axis", cost=0.02)
def _measured_axis(scope: Scope, *rest: Any) -> Any:
    return next((r for r in rest if isinstance(r, Measure)), Head("count"))


@rule(
    PIECE, "bin_width of? NUM", "by|into|split? NUM unit? one_bin", "with? one_bin width of? NUM", cost=0.02
)
def _bin_width(scope: Scope, *rest: Any) -> Any:
    """ "Bins of 500", "by 500 intervals", "in 20 minute bins"."""
    number = next(r for r in rest if isinstance(r, Number))
    return Bins(width=float(number.value)) if number.value > 0 else None


@rule(PIECE, "into|split? NUM many_bins", cost=0.05)
def _bin_count(scope: Scope, *rest: Any) -> Any:
    """ "Into 8 buckets"."""
    count = next(r for r in rest if isinstance(r, Number)).exact
    return Bins(count=count) if isinstance(count, int) and 1 < count <= 100 else None


@rule(PIECE, "how_it", cost=0.2)
def _how(scope: Scope, _how: Any) -> Any:
    return How()


@rule(PIECE, "depend KEYS")
def _depends(scope: Scope, _depend: Any, keys: tuple[Key, ...]) -> Any:
    return By(keys, depends=True)


@rule(PIECE, "over KEYS", cost=0.1)
def _over(scope: Scope, _over: Any, keys: tuple[Key, ...]) -> Any:
    """ "Over the years", "across genres": not over an amount, which would be a threshold."""
    plain = [k for k in keys if isinstance(k, ColumnRef)]
    return By(keys) if not any(continuous(scope, k) for k in plain) else None


def _counts(measure: Measure) -> bool:
    return all(isinstance(a, Aggregate) and a.function == "count" for a in measure.aggregates)


@rule(PIECE, "COL versus COL", cost=0.1)
@rule(PIECE, "relation COL versus|onto|with|and COL", "COL relation onto|with COL")
def _versus(scope: Scope, *rest: Any) -> Any:
    """Two amounts are dots, "price against size" with the size along; groups are the axis of an amount."""
    first, second = [r for r in rest if isinstance(r, ColumnRef)]
    if first == second:
        return None
    amounts = [c for c in (first, second) if info(scope, c).measure]
    keys = [c for c in (first, second) if not continuous(scope, c)]
    related = bool({"relates", "related", "correlated"} & {r for r in rest if isinstance(r, str)})
    if len(amounts) == 2 and ("correlated" in rest or len(keys) != 1):
        along = "relation" in rest or "related" in rest or "correlated" in rest
        return Versus(first, second, related) if along else Versus(second, first, related)
    if len(keys) == 1:
        amount = second if keys[0] == first else first
        return Pair(keys[0], amount)
    return None


@rule(PIECE, "MEASURE|head_count versus|onto KEY", cost=0.1)
@rule(PIECE, "KEY versus MEASURE", cost=0.1)
def _measure_versus(scope: Scope, *rest: Any) -> Any:
    """ "Average price vs region"."""
    measure = next((r for r in rest if isinstance(r, Measure)), None)
    key = rest[0] if rest[-1] is measure else rest[-1]
    table = key.of.table if isinstance(key, Bucket) else key.table
    if isinstance(key, ColumnRef) and continuous(scope, key) and (measure is None or _counts(measure)):
        return None  # hardly a row shares its amount with another: there is nothing to count
    return Pair(key, measure.aggregates if measure is not None else (count_of(table),))
