"""Questions a table can be asked, each of which the planner has planned before it is offered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from ..planner import TableView
from .columns import ColumnInfo
from .scope import Scope
from .search import unambiguous
from .tokens import Tokens, tokenise

MOST = 6
_MOST_GROUPS = 40
_TRIED_ON = dt.date(2000, 1, 1)
_ROWS = "how many rows are there"


def suggestions(view: TableView) -> list[str]:
    """Up to six questions about the table that have exactly one reading."""
    found: list[str] = []
    for question in _drafts(Scope.of(view)):
        if question not in found and unambiguous(view, question, _TRIED_ON):
            found.append(question)
        if len(found) == MOST:
            break
    return found


def most_alike(views: Sequence[TableView], tokens: Tokens, most: int = 3) -> list[str]:
    """The suggestions of all tables that share most names of columns with what was asked, best first.

    Among several tables "how many rows are there" says nothing and is left out.
    """
    names = " ".join(column.name.replace("_", " ") for view in views for column in view.stats.columns)
    asked = {t.stem for t in tokens.items if t.norm} & {t.stem for t in tokenise(names).items}

    def shared(question: str) -> int:
        return len(asked & {t.stem for t in tokenise(question).items})

    offered = [q for view in views for q in view.stats.suggestions or suggestions(view)]
    kept = [q for q in dict.fromkeys(offered) if len(views) == 1 or q != _ROWS]
    return sorted(kept, key=lambda q: -shared(q))[:most]


def _drafts(scope: Scope) -> Iterator[str]:
    measures = _ranked([c for c in scope.columns if c.measure])
    groups = [
        c
        for c in scope.columns
        if c.text and not c.unique and 2 <= (c.stats.distinct_count or 0) <= _MOST_GROUPS
    ]
    dates = [c for c in scope.columns if c.temporal or c.is_year]
    label = scope.tables[0].label
    if measures and groups:
        yield f"{said_amount(measures[0])} by {_said(groups[0])}"
    if measures and dates:
        yield f"{said_amount(measures[0])} by {'year' if dates[0].is_year else 'month'}"
    if label is not None and measures:
        yield f"which {_said(label)} has the highest {_said(measures[0])}"
    yield _ROWS
    if groups:
        yield f"how many rows per {_said(groups[-1])}"
    for measure in measures[1:3]:
        yield f"average {_said(measure)}" + (f" by {_said(groups[0])}" if groups else "")
    if label is not None and measures:
        yield f"top 5 {_said(label)} by {_said(measures[-1])}"
    for group in groups[:3]:
        yield f"what are the different {_said(group)}"
    for measure in measures[:3]:
        yield f"what is the highest {_said(measure)}"
    for column in scope.columns[:8]:
        if column.text:
            yield f"how many different {_said(column)}"


def _ranked(columns: Sequence[ColumnInfo]) -> list[ColumnInfo]:
    return sorted(columns, key=lambda c: (not c.additive, c.stats.semantic_type != "currency", c.position))


def said_amount(column: ColumnInfo, *, averaged: bool = False) -> str:
    """The column added up or averaged, as one says it: no "total total"."""
    function, said = "total" if column.additive and not averaged else "average", _said(column)
    return said if said.lower().split(" ")[0] == function else f"{function} {said}"


def _said(column: ColumnInfo) -> str:
    return column.spoken
