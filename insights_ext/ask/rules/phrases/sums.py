"""Phrases for amounts added to one another: "labour plus parts", "freight and duty combined"."""

from __future__ import annotations

from typing import Any

from ..calculations import Fold, Together
from ..conditions import info
from ..intents import Aggregate, ColumnRef
from ..lexicon import Adjective
from ..pieces import Best, Measure
from ..scope import Scope
from .meaning import way
from .rule import rule

Columns = tuple[ColumnRef, ...]


@rule("SUMMED", "COL plus COL", cost=-0.15)
def _plus(scope: Scope, first: ColumnRef, _plus: Any, second: ColumnRef) -> Any:
    return _alike(scope, (first, second))


@rule("SUMMED", "SUMMED plus COL", cost=-0.05, repeat=2)
def _and_more(scope: Scope, columns: Columns, _plus: Any, more: ColumnRef) -> Any:
    return _alike(scope, (*columns, more))


@rule("SUMMED", "COLS put_together", "put_together COLS", cost=-0.3)
def _combined(scope: Scope, *rest: Any) -> Any:
    """ "Labour and parts combined"."""
    columns = next(r for r in rest if isinstance(r, tuple))
    return _alike(scope, columns) if len(columns) > 1 else None


def _alike(scope: Scope, columns: Columns) -> Columns | None:
    """The columns, where their sum means something: amounts of one kind of row in one unit."""
    known = [info(scope, c) for c in columns]
    kinds = {(c.table, c.unit) for c in known}
    summed = all(c.additive or (c.measure and c.nature("spent")) for c in known)  # pay may be added to pay
    if len(kinds) > 1 or len(set(columns)) < len(columns) or not summed:
        return None
    return columns if not any(c.ordinal or c.text for c in known) else None


@rule("MEASURE", "SUMMED", "aggregate of? SUMMED", cost=-0.1)
def _sum(scope: Scope, *rest: Any) -> Any:
    columns: Columns = rest[-1]
    function = rest[0] if len(rest) > 1 else "sum"
    if function == "sum":
        return Measure((_added(columns),))
    if any(info(scope, c).stats.null_count for c in columns):
        return None  # of a row that lacks one, the sum is not known
    return Measure((Fold(function, Together(columns)),))  # type: ignore[arg-type]


@rule("BEST", "superlative SUMMED")
def _most(scope: Scope, adjective: Adjective, columns: Columns) -> Any:
    """ "The highest labour plus parts"."""
    return Best(way(adjective.plain), _added(columns)) if adjective.plain else None


def _added(columns: Columns) -> Together:
    return Together(tuple(Aggregate("sum", c) for c in columns))
