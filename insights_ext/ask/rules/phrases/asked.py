"""Phrases that say what is wanted: columns, rows, question words, charts."""

from __future__ import annotations

from typing import Any

from ..chart import PIECE
from ..conditions import info
from ..intents import ColumnRef
from ..pieces import (
    Chart,
    Filler,
    Head,
    Rows,
    ShareOf,
    Target,
    Versus,
)
from ..scope import Scope
from .meaning import ref
from .rule import rule


@rule(PIECE, "COLS", "distinct COLS", "distinct of? COLS", "of COLS", cost=0.0)
def _target(scope: Scope, *rest: Any) -> Any:
    columns = next(r for r in rest if isinstance(r, tuple))
    entity = isinstance(rest[0], str) and rest[0] == "of"
    return [(Target(columns, "distinct" in rest, entity), 0.1 if entity else 0.0)]


@rule(PIECE, "naming COLS", cost=0.02)
def _named(scope: Scope, _naming: Any, columns: tuple[ColumnRef, ...]) -> Any:
    return Target(columns) if info(scope, columns[0]).text else None


@rule(PIECE, "naming rows", cost=0.05)
def _named_rows(scope: Scope, *_rest: Any) -> Any:
    """ "The names of the technicians": the column that names a row, if the table has one."""
    return Target((ref(scope, scope.label.name),)) if scope.label is not None else None


@rule(PIECE, "rows", "distinct rows", "of rows", "by rows")
def _rows(scope: Scope, *_rest: Any) -> Any:
    return Rows()


@rule(PIECE, "head")
def _head(scope: Scope, kind: Any) -> Any:
    return Head(kind)


@rule(PIECE, "head_count", cost=0.0)
def _head_count(scope: Scope, _kind: Any) -> Any:
    return Head("count")


@rule(PIECE, "share")
def _share(scope: Scope, _share: Any) -> Any:
    return ShareOf()


@rule(PIECE, "draw? chart of?", cost=-0.3)
def _chart(scope: Scope, _draw: Any, mark: str, _of: Any) -> Any:
    return Chart(mark)


@rule(PIECE, "draw_first", cost=0.1)
def _draw(scope: Scope, _draw: Any) -> Any:
    return Filler()


@rule(PIECE, "COL versus COL", cost=0.1)
@rule(PIECE, "relation COL versus|to|with COL")
def _versus(scope: Scope, *rest: Any) -> Any:
    columns = [r for r in rest if isinstance(r, ColumnRef)]
    both = all(info(scope, c).numeric for c in columns) and columns[0] != columns[1]
    spelled = rest[0] == "relation" or "versus" in rest
    return Versus(columns[0], columns[1]) if both and spelled else None
