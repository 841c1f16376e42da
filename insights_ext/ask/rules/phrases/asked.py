"""Phrases that say what is wanted: columns, rows, question words."""

from __future__ import annotations

from typing import Any

from ..chart import PIECE
from ..conditions import info
from ..intents import ColumnRef
from ..pieces import (
    ByRows,
    Head,
    Measure,
    Rows,
    ShareOf,
    Target,
    Whole,
)
from ..scope import Scope
from .rule import rule

NAMESAKE = 0.3
_CODES = frozenset({"id", "cod", "code", "key"})


@rule(PIECE, "COLS", "distinct COLS", "distinct of? COLS", "of COLS", cost=0.0)
def _target(scope: Scope, *rest: Any) -> Any:
    columns = next(r for r in rest if isinstance(r, tuple))
    entity = isinstance(rest[0], str) and rest[0] == "of"
    return [(Target(columns, "distinct" in rest, entity), 0.1 if entity else 0.0)]


@rule(PIECE, "alongside own COLS|NAMES", cost=0.05)
def _beside(scope: Scope, _with: Any, _own: Any, columns: tuple[ColumnRef, ...]) -> Any:
    """ "… with their prices": asked for together with what stands before."""
    return Target(columns, beside=True) if len(scope.tables) > 1 else None


@rule(PIECE, "naming COLS", cost=0.02)
def _named(scope: Scope, _naming: Any, columns: tuple[ColumnRef, ...]) -> Any:
    known = info(scope, columns[0])
    coded = known.stems & _CODES and any(c is not known for c in scope.labels(known.table))
    if not known.text or coded:
        return None
    # "The name of the airline" is a name in the table of airlines, where there is one.
    whole = (t for t in scope.tables if t.name != known.table and t.stems == known.stems and t.label)
    return [(Target(columns), NAMESAKE if any(True for _ in whole) else 0.0)]


@rule(PIECE, "naming rows", cost=0.05)
def _named_rows(scope: Scope, *_rest: Any) -> Any:
    """ "The names of the technicians": the columns that name a row, if the table has them."""
    table = scope.by_table.get(_rest[-1])
    labels = tuple(c.ref for c in scope.labels(table.name)) if table is not None else ()
    return Target(labels) if labels else None


@rule(PIECE, "identifier distinct? rows", cost=0.05)
def _identifiers(scope: Scope, *rest: Any) -> Any:
    """ "The ids of the songs": the column that tells rows apart."""
    table = scope.by_table.get(rest[-1])
    return Target((table.identifier.ref,)) if table is not None and table.identifier is not None else None


@rule(PIECE, "rows", "distinct rows", "of rows")
def _rows(scope: Scope, *rest: Any) -> Any:
    return Rows(rest[-1])


@rule(PIECE, "everything about rows", cost=-0.1)
def _whole(scope: Scope, _all: Any, _about: Any, table: str) -> Any:
    """ "All information about the customers": every column of theirs."""
    return Whole(table) if table and len(scope.tables) > 1 else None


@rule(PIECE, "head listing", cost=0.02)
def _listing(scope: Scope, head: Any, _listing: Any) -> Any:
    """ "Display a list of …" asks as "list …" does."""
    return Head("list") if head == "list" else None


@rule(PIECE, "by rows")
def _by_rows(scope: Scope, by: str, table: str) -> Any:
    """ "Per customer" groups; "across all customers" and "bought by customers" only name them."""
    if not table:
        return None
    grouping, naming = {"each": (0.0, 0.6), "across": (0.5, 0.1), "by": (0.15, 0.1)}[by]
    return [(ByRows(table), grouping), (Rows(table, by), naming)]


@rule(PIECE, "head")
def _head(scope: Scope, kind: Any) -> Any:
    return Head(kind)


@rule(PIECE, "head_count", cost=0.0)
def _head_count(scope: Scope, _kind: Any) -> Any:
    return Head("count")


@rule(PIECE, "MEASURE")
def _measure(scope: Scope, measure: Measure) -> Any:
    return measure


@rule(PIECE, "share")
def _share(scope: Scope, share: str) -> Any:
    return ShareOf(share == "percent")
