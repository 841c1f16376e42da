"""Phrases that combine conditions: or, not, both, and verbs before them."""

from __future__ import annotations

from typing import Any

from .. import conditions as where
from ..chart import PIECE
from ..conditions import Stored, info
from ..intents import Among, ColumnRef, Condition, Not, Or
from ..pieces import Where
from ..scope import Scope
from .rule import rule

Conditions = tuple[Condition, ...]


@rule("WHERE", "VAL VAL", cost=0.0)
def _full_name(scope: Scope, first: Stored, last: Stored) -> Any:
    """ "Steve Johnson": first and last name of one person."""
    both = _labels(scope, first.of.table) == (first.of, last.of)
    return (where.among(first), where.among(last)) if both else None


@rule("WHERE", "both VALS", "COL both VALS", "both COL VALS")
def _both(scope: Scope, *rest: Any) -> Any:
    """ "Both red and blue": each is asked for, not one of them."""
    stored = rest[-1]
    named = [r for r in rest if isinstance(r, ColumnRef)]
    if len(stored) != 2 or any(c != stored[0].of for c in named):
        return None
    return tuple(where.among(s) for s in stored)


@rule("WHERE", "RELATION of? WHERE", cost=-0.2)
def _verb(scope: Scope, _verb: Any, _of: Any, found: Conditions) -> Any:
    """ "Opened in 2011": the verb goes with its condition, unless that is another thing's name."""
    named = any(c.of in _labels(scope, c.of.table) for c in found if isinstance(c, Among))
    return None if named else found


def _labels(scope: Scope, table: str) -> tuple[ColumnRef, ...]:
    return tuple(c.ref for c in scope.labels(table))


@rule("WHERE", "not RELATION of? WHERE", cost=0.05)
def _not(scope: Scope, _not: Any, _verb: Any, _of: Any, found: Conditions) -> Any:
    """ "Do not play football"."""
    if len(found) != 1 or isinstance(found[0], Not):
        return None
    return (where.negated(found[0], "not"),)


@rule("WHERE", "WHERE comma? or WHERE", cost=0.1)
def _or(scope: Scope, first: Conditions, *rest: Any) -> Any:
    """ "Opened in 2011 or in London"; one of a kind needs no second column ("before 1989 or after 2007")."""
    second = rest[-1]
    if first == second or _table(first) != _table(second):
        return None
    if type(first[0]) is type(second[0]) and info(scope, _column(first)) is not info(scope, _column(second)):
        return None
    return (Or(first, second),)


def _column(found: Conditions) -> Any:
    return getattr(found[0], "of", None)


def _table(found: Conditions) -> Any:
    """The one table of some plain conditions; None for others, which are not put in an alternative."""
    columns = [getattr(c, "of", None) for c in found]
    tables = {c.table if isinstance(c, ColumnRef) else None for c in columns}
    return tables.pop() if len(tables) == 1 and None not in tables else object()


@rule(PIECE, "WHERE")
def _where(scope: Scope, found: Any) -> Any:
    return Where(found)
