"""Longer names of columns: "the grid number", "the value for sacks", "how tall"."""

from __future__ import annotations

from typing import Any

from ..chart import PIECE
from ..columns import ColumnInfo
from ..conditions import info
from ..intents import ColumnRef
from ..lexicon import lexicon
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


@rule("COL", "qualifier COL", cost=0.3)
def _qualified(scope: Scope, _how: Any, column: ColumnRef) -> Any:
    return column


def _holds(column: ColumnInfo, word: str, *, behind: bool) -> bool:
    """Whether the column has what the word stands for."""
    if word == "number":
        return column.measure or (column.digits and behind)
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
