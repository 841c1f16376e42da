"""Phrases that say whose column is meant: "student name", "the name of the student"."""

from __future__ import annotations

from typing import Any

from ..intents import ColumnRef
from ..scope import Scope
from .rule import rule


@rule("COL", "rows COL", "rows s COL", cost=-0.02)
def _column_of_rows(scope: Scope, table: str, *rest: Any) -> Any:
    """ "Student name": the table's name before its column."""
    return rest[-1] if rest[-1].table == table and len(scope.tables) > 1 else None


@rule("COL", "COL of distinct? rows", cost=-0.02)
def _column_of(scope: Scope, column: ColumnRef, _of: Any, _distinct: Any, table: str) -> Any:
    return column if column.table == table and len(scope.tables) > 1 else None
