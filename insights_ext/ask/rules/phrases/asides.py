"""Asides: kinds of things, and verbs beside a condition or at the end of the question."""

from __future__ import annotations

from typing import Any

from ..chart import PIECE
from ..columns import NAMING
from ..intents import ColumnRef
from ..pieces import ColumnYear, Entity, Filler, Stranger, Target, Where
from ..scope import Scope
from .rule import rule


@rule(PIECE, "entity", cost=0.2)
def _entity(scope: Scope, _kind: Any) -> Any:
    return [(Entity(), -1.0)]


@rule(PIECE, "head asked_entity", cost=0.5)
def _which(scope: Scope, head: str, _kind: Any) -> Any:
    """ "Which building": its name, where the table has a column just for names."""
    label = scope.tables[0].label if len(scope.tables) == 1 else None
    if head != "which" or label is None or len(label.words) > 1 or not label.stems & NAMING:
        return None
    return Target((label.ref,))


@rule(PIECE, "verb|winning of? WHERE", cost=0.1)
def _done(scope: Scope, *rest: Any) -> Any:
    """ "Drafted in round 3", "won 2 medals": the verb goes with its condition."""
    return Where(rest[-1])


@rule(PIECE, "verb|winning COL", cost=0.2)
def _done_to(scope: Scope, _verb: Any, column: ColumnRef) -> Any:
    """ "Who won the mixed doubles": the column is asked for."""
    return Target((column,))


@rule(PIECE, "offered", cost=0.3)
def _offered(scope: Scope, _there: Any) -> Any:
    """ "The courses available": all that there are, where no column tells what is available."""
    return Filler() if len(scope.tables) > 1 else None


@rule(PIECE, "verb", cost=0.3)
@rule(PIECE, "closing_verb", cost=0.15)
def _verb(scope: Scope, _verb: Any) -> Any:
    return [(Entity(), -1.0)]


@rule(PIECE, "stranger", cost=0.2)
def _stranger(scope: Scope, _word: Any) -> Any:
    return Stranger()


@rule(PIECE, "when column_year", cost=0.0)
def _year_of_column(scope: Scope, _in: str, year: str) -> Any:
    """ "… in 2010" where the column asked for carries the year."""
    return ColumnYear(year) if _in == "in" else None
