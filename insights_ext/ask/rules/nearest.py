"""What could be asked instead of a refused question: questions that work, of words that were understood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..planner import TableView
from .clarify import TIE
from .columns import ColumnInfo
from .intents import ColumnRef
from .link import columns_mentioned
from .link_kinds import kinds_mentioned
from .link_tables import tables_mentioned
from .link_values import values_mentioned
from .scope import Scope
from .search import search
from .suggest import most_alike, said_amount
from .tokens import Tokens, tokenise

SURE = 0.75
"""Up to which cost a run of words is taken for a column that is worth offering."""
MOST_TRIED, MOST_OF_A_KIND, MOST_GROUPS = 8, 2, 40
_TRIED_ON = dt.date(2000, 1, 1)
_AVERAGES = frozenset({"average", "avg", "mean", "averages", "typical", "avrage"})


@dataclass(frozen=True)
class _Understood:
    """What of a question was understood."""

    measures: tuple[ColumnInfo, ...]
    groups: tuple[ColumnInfo, ...]
    times: tuple[ColumnInfo, ...]
    values: tuple[tuple[ColumnInfo, str], ...]
    tables: tuple[str, ...]
    averaged: bool


def nearest_questions(views: Sequence[TableView], tokens: Tokens, most: int) -> list[str]:
    """At most `most` questions that can be answered and share what was understood of the one refused.

    Where nothing was, what the tables suggest of themselves is offered.
    """
    scope = Scope.of(*views)
    known = _understood(tokens, scope)
    if not (known.measures or known.groups or known.times or known.values or known.tables):
        return most_alike(views, tokens, most)
    asked = " ".join(t.norm for t in tokens.items)
    found: list[str] = []
    for question in islice(dict.fromkeys(_drafts(known, scope)), MOST_TRIED):
        if " ".join(t.norm for t in tokenise(question).items) != asked and _works(views, question):
            found.append(question)
        if len(found) == most:
            break
    return found or [q for q in most_alike(views, tokens, most) if _shares(q, known)]


def _works(views: Sequence[TableView], question: str) -> bool:
    ranked = search(views, question, _TRIED_ON).candidates
    return bool(ranked) and (len(ranked) == 1 or ranked[1].cost - ranked[0].cost >= TIE)


def _understood(tokens: Tokens, scope: Scope) -> _Understood:
    tables = list(tables_mentioned(tokens, scope))
    named = list(columns_mentioned(tokens, scope, frozenset(m.table for m in tables)))
    mentions = [m for m in (*named, *kinds_mentioned(tokens, scope, named)) if m.cost <= SURE]
    best: dict[int, tuple[float, ColumnRef]] = {}
    for m in mentions:
        rank = (m.cost - (m.end - m.start), m.column)
        if m.start not in best or rank[0] < best[m.start][0]:
            best[m.start] = rank
    columns = [scope.by_ref[c] for c in dict.fromkeys(best[start][1] for start in sorted(best))]
    values = [
        (v.column, v.values[0])
        for v in values_mentioned(tokens, scope)
        if not v.weak and v.cost <= SURE and not scope.by_ref[v.column].unique
    ]
    return _Understood(
        tuple(c for c in columns if c.measure and not c.ordinal),
        tuple(c for c in columns if _groups(c)),
        tuple(c for c in columns if c.temporal or c.is_year),
        tuple((scope.by_ref[c], v) for c, v in dict.fromkeys(values)),
        tuple(dict.fromkeys(m.table for m in tables)),
        any(t.norm in _AVERAGES for t in tokens.items),
    )


def _groups(column: ColumnInfo) -> bool:
    return column.text and not column.unique and 2 <= (column.stats.distinct_count or 0) <= MOST_GROUPS


def _drafts(known: _Understood, scope: Scope) -> Iterator[str]:
    """Questions over what was understood, those that take up most of it first."""
    amounts = [said_amount(c, averaged=known.averaged) for c in known.measures[:MOST_OF_A_KIND]]
    wheres = [f'where {c.spoken} is "{v}"' for c, v in known.values[:MOST_OF_A_KIND]]
    groups = [f"by {c.spoken}" for c in known.groups[:MOST_OF_A_KIND]]
    groups += ["by year" if c.is_year else "by month" for c in known.times[:1]]
    for amount in amounts:
        yield from (f"{amount} {group} {where}" for group in groups for where in wheres)
        yield from (f"{amount} {part}" for part in (*groups, *wheres))
        if not groups and not wheres:
            yield amount
            yield from (f"{amount} by {c.spoken}" for c in _other_groups(known, scope))
    if amounts:
        return
    rows = known.tables[0] if known.tables and not scope.alone else "rows"
    yield from (f"how many {rows} {where}" for where in wheres)
    for column in known.groups[:MOST_OF_A_KIND]:
        yield f"how many {rows} per {column.spoken}"
    own = [c for c in scope.columns if c.measure and c.additive and not c.ordinal]
    for part in (*groups[:1], *wheres[:1]):
        yield from (f"{said_amount(c)} {part}" for c in own[:MOST_OF_A_KIND])
    if not groups and not wheres and (scope.alone or known.tables):
        yield f"how many {rows} are there"


def _other_groups(known: _Understood, scope: Scope) -> list[ColumnInfo]:
    table = known.measures[0].table
    return [c for c in scope.by_table[table].columns if _groups(c)][:MOST_OF_A_KIND]


def _shares(question: str, known: _Understood) -> bool:
    said = {t.stem for t in tokenise(question).items}
    columns = (*known.measures, *known.groups, *known.times, *(c for c, _ in known.values))
    return any(c.stems & said for c in columns)
