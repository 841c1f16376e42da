"""Phrases about the order of rows: first, last, next, previous, after and before a row that is named."""

from __future__ import annotations

from typing import Any

from .. import conditions as where
from ..chart import PIECE
from ..conditions import Stored, info
from ..intents import Aggregate, ColumnRef, Compare, count_of
from ..pieces import Best, End, Nearby, Nearest, Only, Where
from ..scope import Scope
from .meaning import ranks
from .rule import rule

_ENDS = frozenset({"first", "last", "final", "initial"})


@rule(PIECE, "next_to VALS", cost=0.3)
def _beside(scope: Scope, way: str, stored: tuple[Stored, ...]) -> Any:
    if not scope.alone or len(stored) > 1:
        return None
    return Nearby(where.among(*stored), 1 if way == "after" else -1)


@rule(PIECE, "next_to COL is? VALS|WVALS", "next_to rows VALS", cost=0.2)
def _beside_value(scope: Scope, way: str, *rest: Any) -> Any:
    column, stored = rest[0], rest[-1]
    if isinstance(column, ColumnRef) and (stored[0].of != column or info(scope, column).ordered):
        return None
    return _beside(scope, way, stored)


@rule(PIECE, "next_to COL NUM", cost=0.9)
def _beside_number(scope: Scope, way: str, column: ColumnRef, number: Any) -> Any:
    found = where.compare(scope, column, "eq", number) if scope.alone else None
    return None if found is None else Nearby(found, 1 if way == "after" else -1)


@rule(PIECE, "nearest", cost=0.1)
def _nearest(scope: Scope, way: str) -> Any:
    return Nearest(1 if way == "after" else -1) if scope.alone else None


@rule(PIECE, "end COL", cost=-0.06)
def _end_column(scope: Scope, which: str, column: ColumnRef) -> Any:
    known = info(scope, column)
    if not scope.alone or known.measure or known.stems & _ENDS:
        return None
    return End(which == "last", target=column)


@rule(PIECE, "end rows", cost=-0.06)
def _end_rows(scope: Scope, which: str, _rows: Any) -> Any:
    return End(which == "last", rows=True) if scope.alone else None


@rule(PIECE, "end", cost=0.12)
def _end(scope: Scope, which: str) -> Any:
    return End(which == "last") if scope.alone else None


@rule(PIECE, "standing", cost=-0.1)
def _standing(scope: Scope, which: str) -> Any:
    """ "In first place": rank 1 where there are ranks, else the first row of the file."""
    if not scope.alone:
        return None
    places = [c for c in scope.columns if ranks(c)]
    if len(places) == 1 and which == "first":
        return Where((Compare(places[0].ref, "=", 1),))
    return End(which == "last", listed=True)


@rule(PIECE, "mode", cost=-0.1)
def _mode(scope: Scope, which: str) -> Any:
    counted = count_of(scope.tables[0].name) if scope.alone else Aggregate("count")
    return Best("desc" if which == "most" else "asc", counted)


@rule(PIECE, "only", cost=0.15)
def _only(scope: Scope, _only: Any) -> Any:
    return Only() if scope.alone else None
