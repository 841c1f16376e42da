"""Readings that a thing's kind speaks against: "patients over 65" are not those with a fee above 65."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .ages import OLDEST
from .chart import Edge, Tiling
from .conditions import info
from .intents import ColumnRef, Compare, aggregates_in
from .pieces import Filler, Measure, Rows, Target, Where
from .scope import Scope
from .tokens import Tokens


def mistaken_age(tiling: Tiling, scope: Scope) -> bool:
    """Whether a bare number behind people, which can be an age, is taken for an amount of something."""
    edges = [e for e in tiling.edges if not isinstance(e.meaning, Filler)]
    return any(_people(scope, before) and _bare_amount(edge) for before, edge in pairwise(edges))


def mistaken_participle(tiling: Tiling, scope: Scope, tokens: Tokens) -> bool:
    """Whether "discounted bookings" is taken for the discount of the bookings, whatever it is."""
    edges = [e for e in tiling.edges if not isinstance(e.meaning, Filler)]
    return any(
        isinstance(edge.meaning, Target)
        and isinstance(after.meaning, Rows)
        and edge.end == after.start == edge.start + 1
        and tokens.items[edge.start].norm.endswith("ed")
        and all(_a_number_by(scope, c, tokens.items[edge.start].norm) for c in edge.meaning.columns)
        for edge, after in pairwise(edges)
    )


def _a_number_by(scope: Scope, column: ColumnRef, word: str) -> bool:
    known = info(scope, column)
    return known.measure and word not in {w.norm for w in known.words}


def _bare_amount(edge: Edge) -> bool:
    if not isinstance(edge.meaning, Where) or any(u.kind in ("column", "value", "date") for u in edge.uses):
        return False
    compared = [c for c in edge.meaning.conditions if isinstance(c, Compare)]
    return any(
        isinstance(c.of, ColumnRef)
        and isinstance(c.value, (int, float))
        and 0 < c.value <= OLDEST
        and "age" not in c.of.column.lower()
        for c in compared
    )


def _people_in(scope: Scope, columns: Sequence[ColumnRef]) -> bool:
    return any(info(scope, c).nature("people") for c in columns)


def _people(scope: Scope, edge: Edge) -> bool:
    match edge.meaning:
        case Target(columns):
            return _people_in(scope, columns)
        case Rows(table):
            return table in scope.by_table and scope.by_table[table].people
        case Measure(amounts):
            counted = [a for a in aggregates_in(amounts) if a.function == "count"]
            tables = {a.rows.table for a in counted if a.rows is not None} & scope.by_table.keys()
            different = [a.of for a in counted if a.of is not None]
            return any(scope.by_table[t].people for t in tables) or _people_in(scope, different)
    return False
