"""Lists of values, columns and functions, and numbers with their unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..conditions import Stored
from ..intents import ColumnRef
from ..lexicon import Adjective, lexicon
from ..link_units import UNITS_OF_TIME, measured_in
from ..scope import Scope
from ..tokens import stem
from .rule import rule


@rule("VALS", "VAL")
@rule("WVALS", "WVAL")
def _values(scope: Scope, stored: Stored) -> Any:
    return (stored,)


@rule("VALS", "VALS comma? or|and VAL", "VALS comma VAL", cost=0.05, repeat=4)
@rule("VALS", "VALS versus VAL", cost=0.35)
@rule("WVALS", "WVALS or|and WVAL", "WVALS comma WVAL", cost=0.05)
def _more_values(scope: Scope, stored: tuple[Stored, ...], *rest: Any) -> Any:
    more = rest[-1]
    return (*stored, more) if more.of == stored[0].of and more not in stored else None


@rule("COLS", "COL")
def _columns(scope: Scope, column: ColumnRef) -> Any:
    return (column,)


@rule("COLS", "COLS comma? and COL", "COLS comma COL", cost=0.05, repeat=4)
def _more_columns(scope: Scope, columns: tuple[ColumnRef, ...], *rest: Any) -> Any:
    more = rest[-1]
    return (*columns, more) if more not in columns else None


@rule("COLS", "COLS of distinct? rows", cost=-0.02)
def _columns_of(scope: Scope, columns: tuple[ColumnRef, ...], _of: Any, _distinct: Any, table: str) -> Any:
    same = len(scope.tables) > 1 and len(columns) > 1 and all(c.table == table for c in columns)
    return columns if same else None


@rule("COLS", "name_word comma? and COLS of rows", "name_word comma COLS of rows", cost=-0.15)
def _names_and_columns(scope: Scope, _name: Any, *rest: Any) -> Any:
    """ "Names and descriptions of the courses": what names a course, though no column is called name."""
    columns, table = next(r for r in rest if isinstance(r, tuple)), rest[-1]
    if len(scope.tables) < 2 or any(c.table != table for c in columns):
        return None
    labels = tuple(c.ref for c in scope.labels(table))
    return (*labels, *columns) if labels and not set(labels) & set(columns) else None


@rule("COLS", "COLS comma? including COLS", cost=0.05)
def _including(scope: Scope, columns: tuple[ColumnRef, ...], *rest: Any) -> Any:
    """ "The types, including start and end dates"."""
    more = rest[-1]
    same = len(scope.tables) > 1 and {c.table for c in (*columns, *more)} == {columns[0].table}
    return (*columns, *more) if same and not set(columns) & set(more) else None


@rule(
    "COLS",
    "id_word comma? and COLS",
    "id_word comma COLS",
    "COLS comma? and id_word",
    "COLS comma id_word",
    cost=0.1,
)
def _columns_and_identifier(scope: Scope, *rest: Any) -> Any:
    """ "Ids and names": the id of the table whose columns stand beside it."""
    columns = next(r for r in rest if isinstance(r, tuple))
    table = scope.by_table[columns[-1].table]
    found = table.identifier
    if found is None or found.ref in columns or len(scope.tables) < 2:
        return None
    return (found.ref, *columns) if rest[-1] is columns else (*columns, found.ref)


@rule("COLS", "COLS comma? and NAMES", "NAMES comma? and COLS|NAMES", "NAMES comma COLS|NAMES", cost=0.05)
@rule("COLS", "COLS comma NAMES", cost=0.3)
def _columns_and_names(scope: Scope, *rest: Any) -> Any:
    first, more = rest[0], rest[-1]
    return (*first, *more) if not set(first) & set(more) else None


@rule("AGGS", "aggregate")
def _functions(scope: Scope, function: str) -> Any:
    return (function,)


@rule("EXTREME", "superlative")
def _extreme(scope: Scope, adjective: Adjective) -> Any:
    """ "Highest, lowest and average": within a list, superlatives are functions."""
    return {"most": "max", "high": "max", "least": "min", "low": "min"}.get(adjective.name)


@rule("AGGS", "EXTREME comma? and? EXTREME|aggregate", "aggregate comma? and? EXTREME", cost=0.1)
def _extremes(scope: Scope, first: str, *rest: Any) -> Any:
    spelled = any(r in ("and", "comma") for r in rest)
    return (first, rest[-1]) if spelled and rest[-1] != first else None


@rule("AGGS", "AGGS comma? and aggregate|EXTREME", "AGGS comma aggregate|EXTREME", repeat=3)
def _more_functions(scope: Scope, functions: tuple[str, ...], *rest: Any) -> Any:
    more = rest[-1]
    return (*functions, more) if more not in functions else None


@rule("NUM", "NUM counted_noun|value_word", cost=0.35)
def _of_things(scope: Scope, number: Any, _noun: Any) -> Any:
    """ "Won 75 games": the column beside says what is counted."""
    return number


@rule("NUM", "NUM unit", cost=0.3)
def _with_unit(scope: Scope, number: Any, unit: str) -> Any:
    """A number in a unit of time needs a column in that unit: "3 hours" is not 3 of anything."""
    if unit in ("unit", "money"):
        return number
    if unit not in UNITS_OF_TIME:
        return replace(number, unit=unit)
    names = {stem(unit), *lexicon().abbreviations.get(stem(unit), ())}
    found = any(c.numeric and names & c.stems for c in scope.columns) or measured_in(scope, unit)
    return replace(number, unit=unit) if found else None
