"""Phrases that say whose column is meant: "student name", "the name of the student"."""

from __future__ import annotations

from typing import Any

from ..chart import PIECE
from ..intents import ColumnRef
from ..pieces import Target
from ..scope import Scope
from .rule import rule


@rule("COL", "rows COL", "rows s COL", cost=-0.02)
def _column_of_rows(scope: Scope, table: str, *rest: Any) -> Any:
    """ "Student name": the table's name before its column."""
    return rest[-1] if rest[-1].table == table and len(scope.tables) > 1 else None


@rule("COL", "COL of distinct? rows", cost=-0.02)
def _column_of(scope: Scope, column: ColumnRef, _of: Any, _distinct: Any, table: str) -> Any:
    return column if column.table == table and len(scope.tables) > 1 else None


@rule("COL", "rows id_word", "rows s id_word", "id_word of distinct? rows", cost=-0.02)
def _identifier(scope: Scope, *rest: Any) -> Any:
    """ "Student ids", "the ids of the students"."""
    tables = [scope.by_table[r] for r in rest if r in scope.by_table]
    found = tables[0].identifier if tables else None
    return None if found is None or len(scope.tables) < 2 else found.ref


@rule("COLS", "rows name_word", "rows s name_word", "name_word of distinct? rows", cost=0.02)
def _called(scope: Scope, *rest: Any) -> Any:
    """ "Album names" where albums have a title, "student names" where they have a first and a last one."""
    tables = [scope.by_table[r] for r in rest if r in scope.by_table]
    if not tables or len(scope.tables) < 2:
        return None
    return tuple(c.ref for c in scope.labels(tables[0].name)) or None


@rule("NAMES", "rows", cost=0.1)
def _names(scope: Scope, table: str) -> Any:
    """Things in a list stand for their names: "the agencies and their prices"."""
    if not table or len(scope.tables) < 2:
        return None
    return tuple(c.ref for c in scope.labels(table)) or None


@rule(PIECE, "head distinct? rows", cost=-0.6)
def _which_rows(scope: Scope, head: str, _distinct: Any, table: str) -> Any:
    """ "Which studio": its name is asked for."""
    if head != "which" or not table or len(scope.tables) < 2:
        return None
    labels = tuple(c.ref for c in scope.labels(table))
    return Target(labels, _distinct is not None, implied=True) if labels else None
