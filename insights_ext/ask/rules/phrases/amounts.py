"""Phrases that measure: totals, averages, counts."""

from __future__ import annotations

from typing import Any

from ..chart import PIECE
from ..conditions import info, number_of
from ..intents import Aggregate, ColumnRef, count_of
from ..pieces import (
    LooseFunction,
    Measure,
    Target,
)
from ..scope import Scope
from .meaning import measured
from .rule import rule

NUMBER_OR_COUNT = 0.3
"""What "the number of frequency" costs, be it the frequency or how many there are: the two are to tie."""


@rule("MEASURE", "AGGS of? COL", "AGGS of? head_count COL")
def _aggregate(scope: Scope, functions: tuple[str, ...], *rest: Any) -> Any:
    if functions == ("sum",) and "count" in rest[:-1] and not info(scope, rest[-1]).additive:
        return None  # "the total number of rounds" counts them
    found = measured(scope, functions, rest[-1])
    if found is None or functions != ("sum",) or "count" not in rest[:-1] or not _one(scope, rest[-1]):
        return found
    return [(found, NUMBER_OR_COUNT)]


@rule("MEASURE", "aggregate of? COLS", cost=0.08)
def _aggregate_each(scope: Scope, function: str, _of: Any, columns: tuple[ColumnRef, ...]) -> Any:
    """ "Average latitude and longitude": the function of each."""
    if len(columns) < 2 or not all(info(scope, c).measure for c in columns):
        return None
    found = [measured(scope, (function,), c) for c in columns]
    return Measure(tuple(a for m in found if m is not None for a in m.aggregates))


@rule("MEASURE", "COL is? extreme_one", cost=-0.6)
def _extreme_one(scope: Scope, column: ColumnRef, _is: Any, function: str) -> Any:
    """ "Which total is the highest one": the highest total."""
    return measured(scope, (function,), column)


@rule("MEASURE", "COL aggregate", cost=0.4)
def _aggregate_behind(scope: Scope, column: ColumnRef, function: str) -> Any:
    return measured(scope, (function,), column)


@rule("MEASURE", "head_count of? rows", "head_count distinct? rows")
def _count_rows(scope: Scope, *rest: Any) -> Any:
    table = rest[-1]
    return Measure((count_of(table) if table else Aggregate("count"),))


@rule("MEASURE", "head_count distinct? of? COL", "distinct head_count COL")
def _count_column(scope: Scope, *rest: Any) -> Any:
    column = info(scope, rest[-1])
    if "distinct" in rest:
        return Measure((Aggregate("count", rest[-1], distinct=True),))
    if column.flag and not column.numeric:
        return None  # "how many escalated" counts the rows of which it is true
    if column.stats.semantic_type == "id" and column.numeric and not column.near_unique:
        return [(Measure((Aggregate("count", rest[-1], distinct=True),)), 0.2)]
    if column.numeric:
        repeated = column.is_year and not column.near_unique and scope.alone
        counted = Measure((Aggregate("count", rest[-1], distinct=repeated),))
        return [(counted, 0.2)] if column.ordinal else None
    if "times" in rest and scope.alone and not column.ordered:
        return Measure((count_of(scope.tables[0].name),))
    return None if column.amounts or column.noted else Measure((number_of(scope, rest[-1]),))


def _one(scope: Scope, column: ColumnRef) -> bool:
    """An amount whose name is in the singular ("frequency"), so that no number of things is meant."""
    known = info(scope, column)
    many = any(w.norm != w.singular for w in known.words)
    return scope.alone and known.measure and not (known.ordinal or known.metric or many)


@rule("MEASURE", "number_of COL", cost=NUMBER_OR_COUNT)
def _number_or_count(scope: Scope, number: str, column: ColumnRef) -> Any:
    """ "The number of frequency": the frequency, or how many there are. Nobody can tell, so it is asked."""
    if number != "number" or not _one(scope, column):
        return None
    gaps = bool(info(scope, column).stats.null_count)
    return Measure((Aggregate("count", column) if gaps else count_of(column.table),))


@rule(PIECE, "head_count of? COL", cost=NUMBER_OR_COUNT)
def _count_number(scope: Scope, _how: Any, _of: Any, column: ColumnRef) -> Any:
    """ "How many points": the number itself, not how many different numbers there are."""
    known = info(scope, column)
    number = known.amounts or known.noted or (known.measure and not known.ordinal)
    return Target((column,), amount=True) if number else None


@rule(PIECE, "aggregate", cost=0.6)
def _loose(scope: Scope, function: Any) -> Any:
    return LooseFunction(function)
