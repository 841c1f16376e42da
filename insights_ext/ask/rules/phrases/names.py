"""Longer names of columns: "the grid number", "the value for sacks", "how tall"."""

from __future__ import annotations

from typing import Any

from ..chart import PIECE
from ..columns import ColumnInfo
from ..conditions import info
from ..intents import ColumnRef
from ..lexicon import lexicon
from ..link_units import UNITS_OF_TIME
from ..pieces import Target
from ..scope import Scope
from .rule import rule


@rule("COL", "COL value_word", cost=0.1)
@rule("COL", "value_word for COL", cost=0.15)
def _content(scope: Scope, *rest: Any) -> Any:
    """ "The 2004 value": what stands in the column."""
    column = next(r for r in rest if isinstance(r, ColumnRef))
    word = rest[-1] if rest[0] is column else rest[0]
    return column if _holds(info(scope, column), word, behind=rest[0] is column) else None


@rule("COL", "value_word COL", cost=0.2)
def _content_before(scope: Scope, word: str, column: ColumnRef) -> Any:
    """ "The value weight": only words that name no amount themselves ("total weight" is a sum)."""
    return column if scope.alone and word == "any" else None


@rule("COL", "number_of COL", cost=0.3)
def _number(scope: Scope, _number: Any, column: ColumnRef) -> Any:
    """ "Where the number of lamps is 9"."""
    return column if scope.alone and info(scope, column).measure else None


@rule("COL", "share of? COL", "COL share", cost=-0.3)
def _percentage_held(scope: Scope, *rest: Any) -> Any:
    """ "The percentage of other" where the column holds percentages."""
    column = next(r for r in rest if isinstance(r, ColumnRef))
    return column if info(scope, column).percent else None


@rule("COL", "unit COL", cost=0.35)
def _counted_in(scope: Scope, unit: str, column: ColumnRef) -> Any:
    """ "How many people attended": the number in the column that tells it."""
    known = info(scope, column)
    return column if scope.alone and unit not in UNITS_OF_TIME and known.additive else None


@rule("COL", "qualifier COL", cost=0.3)
def _qualified(scope: Scope, _how: Any, column: ColumnRef) -> Any:
    return column


def _holds(column: ColumnInfo, word: str, *, behind: bool) -> bool:
    """Whether the column has what the word stands for."""
    if word == "number":
        return column.measure or column.percent or (behind and (column.numeric or column.digits))
    if word == "name":
        return column.text and not column.digits
    if word == "time":
        return column.temporal or column.is_year or column.nature("time")
    return True


@rule(PIECE, "how")
def _how(scope: Scope, kind: str) -> Any:
    """ "How tall is …": the height, if there is one column for it."""
    words = lexicon().nature[f"how_{kind}"]
    found = [c for c in scope.columns if c.stems & words and not c.temporal]
    return Target((found[0].ref,)) if len(found) == 1 else None
