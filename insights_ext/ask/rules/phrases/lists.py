"""Lists of values, columns and functions, and numbers with their unit."""

from __future__ import annotations

from typing import Any

from ..conditions import Stored
from ..intents import ColumnRef
from ..scope import Scope
from .rule import rule


@rule("VALS", "VAL")
@rule("WVALS", "WVAL")
def _values(scope: Scope, stored: Stored) -> Any:
    return (stored,)


@rule("VALS", "VALS or|and|comma VAL", cost=0.05, repeat=5)
@rule("WVALS", "WVALS or|and|comma WVAL", cost=0.05)
def _more_values(scope: Scope, stored: tuple[Stored, ...], _or: Any, more: Stored) -> Any:
    return (*stored, more) if more.of == stored[0].of and more not in stored else None


@rule("COLS", "COL")
def _columns(scope: Scope, column: ColumnRef) -> Any:
    return (column,)


@rule("COLS", "COLS and|comma COL", cost=0.05, repeat=5)
def _more_columns(scope: Scope, columns: tuple[ColumnRef, ...], _and: Any, more: ColumnRef) -> Any:
    return (*columns, more) if more not in columns else None


@rule("AGGS", "aggregate")
def _functions(scope: Scope, function: str) -> Any:
    return (function,)


@rule("AGGS", "AGGS and|comma aggregate", repeat=4)
def _more_functions(scope: Scope, functions: tuple[str, ...], _and: Any, more: str) -> Any:
    return (*functions, more) if more not in functions else None


@rule("NUM", "NUM unit", cost=0.3)
def _with_unit(scope: Scope, number: Any, _unit: Any) -> Any:
    return number
