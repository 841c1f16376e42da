"""Phrases for ratios and differences of two quantities: "the ratio of X to Y", "revenue per unit"."""

from __future__ import annotations

from typing import Any

from ..calculations import Difference, Fold, Ratio
from ..chart import PIECE
from ..conditions import Stored, among, info
from ..dates import Period
from ..intents import Aggregate, ColumnRef, InPeriod, count_of
from ..joins import tables_of
from ..pieces import Filler, Measure
from ..quantities import Quantity, amount_of, of_a_row, parallel
from ..scope import Scope
from .rule import rule

MANY_VALUES = 30
Pair = tuple[Quantity, Quantity]


@rule("PAIR", "ratio QTY ratio_to QTY", "QTY divided QTY", cost=-0.1)
@rule("PAIR", "QTY ratio_to QTY ratio", "QTY QTY ratio")
def _ratio(scope: Scope, *rest: Any) -> Any:
    """ "The ratio of revenue to cost", "the revenue to cost ratio"."""
    first, second = (r for r in rest if isinstance(r, Quantity))
    return (first, second) if first != second and parallel(first, second) else None


@rule("PAIR", "COL per COL", cost=-0.1)
def _per(scope: Scope, first: ColumnRef, _per: Any, second: ColumnRef) -> Any:
    """ "Revenue per unit": an amount for each piece of another amount, not for each of its values."""
    above, below = info(scope, first), info(scope, second)
    if not (above.measure and below.additive) or first == second:
        return None
    counted = below.nature("per_piece") or (below.stats.distinct_count or 0) > MANY_VALUES
    return (Quantity(first), Quantity(second)) if counted else None


@rule("PAIR", "ratio WHERE ratio_to WHERE rows?", "WHERE ratio_to WHERE rows? ratio", cost=0.05)
def _ratio_of_groups(scope: Scope, *rest: Any) -> Any:
    """ "The ratio of women to men"."""
    tables = [r for r in rest if isinstance(r, str) and r in scope.by_table]
    sides = [Quantity(Aggregate("count"), r) for r in rest if isinstance(r, tuple)]
    if any(not of_a_row(c) for s in sides for c in s.where) or not parallel(sides[0], sides[1]):
        return None
    return _counted(sides, tables)


def _counted(sides: list[Quantity], tables: list[str]) -> Pair | None:
    """The sides as numbers of rows of the table that their conditions look at."""
    looked = tables or sorted({t for s in sides for t in tables_of(s.where)})
    if len(looked) != 1 or sides[0] == sides[1]:
        return None
    return Quantity(count_of(looked[0]), sides[0].where), Quantity(count_of(looked[0]), sides[1].where)


@rule("MEASURE", "PAIR")
def _over(scope: Scope, pair: Pair) -> Any:
    first, second = pair
    return Measure((Ratio(amount_of(scope, first), amount_of(scope, second)),))


@rule("MEASURE", "aggregate of? PAIR", cost=-0.1)
def _aggregate_over(scope: Scope, function: Any, _of: Any, pair: Pair) -> Any:
    """ "The average ratio of speed to load": the ratio of each row, then its average."""
    columns = [side.of for side in pair if isinstance(side.of, ColumnRef) and not side.where]
    return Measure((Fold(function, Ratio(columns[0], columns[1])),)) if len(columns) == 2 else None


@rule("MEASURE", "QTY as_percent QTY", cost=-0.1)
def _as_percent(scope: Scope, first: Quantity, _as: Any, second: Quantity) -> Any:
    """ "Cost as a percentage of revenue"."""
    if first == second or not parallel(first, second):
        return None
    return Measure((Ratio(amount_of(scope, first), amount_of(scope, second), percent=True),))


@rule("MEASURE", "difference QTY and|ratio_to QTY", cost=-0.1)
def _difference(scope: Scope, which: str, first: Quantity, _and: Any, second: Quantity) -> Any:
    if first == second or not parallel(first, second):
        return None
    return Measure((Difference(amount_of(scope, first), amount_of(scope, second), which == "absolute"),))


@rule("MEASURE", "difference QTY between|of VALS", cost=-0.1)
def _difference_of_values(
    scope: Scope, which: str, quantity: Quantity, _between: Any, stored: tuple[Stored, ...]
) -> Any:
    """ "The difference in revenue between North and South"."""
    if len(stored) != 2 or quantity.where:
        return None
    sides = [amount_of(scope, Quantity(quantity.of, (among(s),))) for s in stored]
    return Measure((Difference(sides[0], sides[1], which == "absolute"),))


@rule("MEASURE", "change|difference QTY between|from DATE and|to DATE", cost=-0.1)
def _change(scope: Scope, how: str, quantity: Quantity, _from: Any, first: Any, _to: Any, last: Any) -> Any:
    """ "The growth of revenue from 2022 to 2023": the later period less the earlier."""
    if not isinstance(first, Period) or not isinstance(last, Period) or quantity.where:
        return None
    readings = []
    for column in scope.times:
        if column.temporal or (column.is_year and first.grain == last.grain == "year"):
            old, new = (
                amount_of(
                    scope, Quantity(quantity.of, (InPeriod(column.ref, p.start, p.end, f"in {p.label}"),))
                )
                for p in sorted((first, last), key=lambda p: p.start)
            )
            gap = Difference(new, old)
            readings.append((Measure((Ratio(gap, old, True) if how == "percent" else gap,)), 0.0))
    return readings or None


@rule(PIECE, "out_of rows")
def _out_of(scope: Scope, *_rest: Any) -> Any:
    """ "… out of all flights": the whole that a share is taken of anyway."""
    return Filler()
