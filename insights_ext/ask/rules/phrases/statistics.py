"""Phrases of statistics: percentiles, correlation, outliers, and the time between two dates."""

from __future__ import annotations

from typing import Any

from ..calculations import Correlation, Elapsed, Fold, Percentile, Split
from ..chart import PIECE
from ..conditions import info, missing, truth
from ..intents import ColumnRef
from ..pieces import By, Measure, Outliers
from ..scope import Scope
from .rule import rule

QUARTILES = {"lower": 25.0, "upper": 75.0}

_EXTREMES = {
    "long": "max", "most": "max", "high": "max", "short": "min", "least": "min", "low": "min",
}  # fmt: skip


@rule("MEASURE", "PERCENTILE of? COL", "COL PERCENTILE")
def _percentile(scope: Scope, *rest: Any) -> Any:
    column = next(r for r in rest if isinstance(r, ColumnRef))
    part = next(r for r in rest if isinstance(r, float))
    return Measure((Percentile(column, part),)) if info(scope, column).numeric else None


@rule("MEASURE", "quartile of? COL")
def _quartile(scope: Scope, which: str, _of: Any, column: ColumnRef) -> Any:
    return Measure((Percentile(column, QUARTILES[which]),)) if info(scope, column).numeric else None


@rule("MEASURE", "coefficient COL and|with|to COL", cost=-0.5)
def _correlation(scope: Scope, _word: Any, first: ColumnRef, _and: Any, second: ColumnRef) -> Any:
    """ "The correlation coefficient of X and Y": a number, no chart."""
    both = info(scope, first).numeric and info(scope, second).numeric
    return Measure((Correlation(first, second),)) if both and first != second else None


@rule(PIECE, "outlier of? COL", "COL outlier")
def _outliers(scope: Scope, *rest: Any) -> Any:
    """ "Outliers in revenue": the rows that hold them."""
    column = next(r for r in rest if isinstance(r, ColumnRef))
    return Outliers(column) if info(scope, column).measure else None


@rule("TIME", "elapsed COL and|to COL", "elapsed? from COL to COL")
def _elapsed(scope: Scope, *rest: Any) -> Any:
    """ "Days between order and delivery": in the unit said, else in days."""
    start, end = (r for r in rest if isinstance(r, ColumnRef))
    unit: Any = rest[0] if rest[0] not in (None, "any", "from") else "day"
    both = info(scope, start).temporal and info(scope, end).temporal and start != end
    return Elapsed(start, end, unit) if both else None


@rule("TIME", "TIME in_unit", cost=-0.05)
def _elapsed_in(scope: Scope, time: Elapsed, unit: Any) -> Any:
    return Elapsed(time.start, time.end, unit)


@rule("MEASURE", "aggregate of? TIME", cost=-0.1)
def _elapsed_folded(scope: Scope, function: Any, _of: Any, time: Elapsed) -> Any:
    return Measure((Fold(function, time),)) if function != "std" else None


@rule("MEASURE", "TIME", cost=0.2)
def _elapsed_mean(scope: Scope, time: Elapsed) -> Any:
    """Without another word times are averaged."""
    return Measure((Fold("mean", time),))


@rule("MEASURE", "superlative TIME")
def _elapsed_extreme(scope: Scope, adjective: Any, time: Elapsed) -> Any:
    function: Any = _EXTREMES.get(adjective.name)
    return Measure((Fold(function, time),)) if function else None


@rule(PIECE, "with_and_without COL|BOOL", cost=-0.2)
def _with_and_without(scope: Scope, _both: Any, column: ColumnRef) -> Any:
    """ "Customers with and without an email": two groups."""
    known = info(scope, column)
    met = truth(scope, column, holds=True) or missing(column, present=True)
    return By((Split(met, f"with {known.spoken}", f"without {known.spoken}"),))
