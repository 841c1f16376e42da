"""Phrases for who comes again and who is new: "repeat customers", "ordered more than once"."""

from __future__ import annotations

from typing import Any

from ..chart import PIECE
from ..columns import ColumnInfo
from ..conditions import info
from ..intents import ColumnRef
from ..lexicon import lexicon
from ..pieces import Newcomers, Returning
from ..scope import Scope
from ..tables import Table
from .meaning import MOST_READINGS
from .rule import rule

_DOING = "relation_verb|verb|winning|sort|RAW|DONE|RELATION|source|filler"


@rule(PIECE, "recurring COL|rows", cost=-0.1)
def _repeat(scope: Scope, which: str, thing: Any) -> Any:
    """ "Repeat customers": those with several rows."""
    return None if _is_value(scope, "recurring") else _again(scope, thing, which == "often")


@rule(
    PIECE,
    f"COL|rows head|filler|with? {_DOING} several_times",
    "COL|rows several_times",
    cost=-0.2,
)
def _more_than_once(scope: Scope, thing: Any, *rest: Any) -> Any:
    """ "Customers who ordered more than once"."""
    return _again(scope, thing, rest[-1] == "often")


def _again(scope: Scope, thing: Any, often: bool) -> Any:
    if isinstance(thing, ColumnRef):
        known = info(scope, thing)
        if not scope.alone and _children(scope, thing.table):
            return None  # rows elsewhere that point to the thing are meant, not its own
        named = not (known.unique or known.measure or known.temporal or known.flag or known.digits)
        return Returning(thing, often) if named else None
    children = _children(scope, thing) if thing and not scope.alone else []
    return [(Returning(None, often, thing, child), 0.0) for child, _ in children[:MOST_READINGS]] or None


@rule(PIECE, "fresh COL|rows", cost=-0.1)
def _new(scope: Scope, _new: str, thing: Any) -> Any:
    """ "New customers by month": each counts where it is first seen."""
    if _is_value(scope, "fresh"):
        return None
    if isinstance(thing, ColumnRef):
        known = info(scope, thing)
        table = scope.by_table[thing.table]
        if known.temporal and known.stems & lexicon().came_to_be and table.key is not None:
            return Newcomers(table.key.ref, thing, among=False)  # "new hires" by their hire date
        if known.measure or known.temporal or known.flag or known.digits:
            return None
        if known.unique:
            return _by_own_date(table, thing)
        return [(Newcomers(thing, c.ref), 0.0) for c in _dates(table)[:MOST_READINGS]] or None
    rows = scope.by_table.get(thing)
    if rows is None or rows.key is None:
        return None
    own = _by_own_date(rows, rows.key.ref)
    if own is not None or scope.alone:
        return own
    found = [
        (Newcomers(pointing, c.ref), 0.0)
        for child, pointing in _children(scope, thing)
        for c in _dates(scope.by_table[child])
    ]
    return found[:MOST_READINGS] or None


def _by_own_date(table: Table, thing: ColumnRef) -> Newcomers | None:
    """Things that have a row each, by the one date that tells when they came."""
    dates = _dates(table)
    told = [c for c in dates if c.stems & lexicon().came_to_be]
    found = told or dates
    return Newcomers(thing, found[0].ref, among=False) if len(found) == 1 else None


def _dates(table: Table) -> list[ColumnInfo]:
    found = [c for c in table.times if c.temporal and not c.birth]
    return [table.own_time] if table.own_time in found else found


def _children(scope: Scope, table: str) -> list[tuple[str, ColumnRef]]:
    """The tables whose rows point to rows of `table`, with the column that does."""
    links = [k for k in scope.keys.links if k.parent.table == table != k.child.table]
    return [(k.child.table, k.child) for k in links if not info(scope, k.child).unique]


def _is_value(scope: Scope, word_class: str) -> bool:
    """Whether a column says of each row that it is new, or returning."""
    words = [w for w, classes in lexicon().phrases.items() if any(c == word_class for c, _ in classes)]
    return any(t.view.values.lookup(word) for t in scope.tables for word in words)
