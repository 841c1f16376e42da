"""Phrases that rank: superlatives, top and bottom, sorting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..chart import PIECE
from ..conditions import info, number_of
from ..intents import Aggregate, ColumnRef, count_of
from ..lexicon import Adjective, lexicon
from ..pieces import (
    Best,
    Measure,
    Sort,
)
from ..scope import Scope
from .meaning import meant, meant_of_each, measured, ranked, rated_by, way
from .rule import rule

_PLAIN = frozenset({"most", "least", "high", "low"})


def _counts(scope: Scope, adjective: Adjective) -> bool:
    """ "The most orders" counts them; of several tables "the highest mountain" is not that of most rows."""
    return adjective.name in ("most", "least") or (scope.alone and adjective.name in _PLAIN)


@rule("BEST", "superlative COL")
def _best(scope: Scope, adjective: Adjective, column: ColumnRef) -> Any:
    known = info(scope, column)
    direction = adjective.direction(known.stems) or (adjective.measures(known.unit) if known.measure else 0)
    if adjective.name in _PLAIN and known.is_year and known.shape is not None:
        return None
    if adjective.name in ("most", "least") and known.temporal and not scope.alone:
        return None  # "the most planted tree" is not the one planted last
    if adjective.name in ("early", "new") and known.measure and not known.ordinal:
        return None  # a number of years is no time
    if known.ordered and direction:
        judged = adjective.name in ("best", "worst")
        return Best(way(direction), column, named=True, single=not adjective.plain, judged=judged)
    if known.ordinal and adjective.name in ("early", "new", "old"):
        return Best("desc" if adjective.name == "new" else "asc", column, named=True)
    if known.text and not adjective.plain:
        found = meant(scope, adjective, column.table, known)
        return [(Best(way(d), c, target=column, adjective=adjective.name), 0.0) for c, d in found] or None
    if known.text and not known.digits and adjective.plain and _counts(scope, adjective):
        return [(Best(way(direction), number_of(scope, column)), 0.3)]
    return None


@rule("BEST", "superlative aggregate of? COL")
def _best_aggregate(scope: Scope, adjective: Adjective, function: str, _of: Any, column: ColumnRef) -> Any:
    found, known = measured(scope, (function,), column), info(scope, column)
    direction = adjective.direction(known.stems) or adjective.measures(known.unit)
    return Best(way(direction), found.aggregates[0]) if found and direction else None


@rule("BEST", "superlative rows")
def _best_rows(scope: Scope, adjective: Adjective, table: str) -> Any:
    if adjective.plain:
        if not _counts(scope, adjective):
            return None
        return Best(way(adjective.plain), count_of(table) if table else Aggregate("count"))
    found = [(c, d) for c, d in meant(scope, adjective, table) if not table or c.table == table]
    return [(Best(way(d), c, rows=table, adjective=adjective.name), 0.0) for c, d in found] or None


@rule("BEST", "BEST COL", cost=0.0)
def _best_done(scope: Scope, best: Best, column: ColumnRef) -> Any:
    """ "The first opened station": a participle ranks, the noun behind it is asked for."""
    done = isinstance(best.by, ColumnRef) and info(scope, best.by).words[-1:]
    if not scope.alone or not done or not done[0].norm.endswith("ed") or best.target is not None:
        return None
    return replace(best, target=column, named=False) if info(scope, column).text else None


@rule("BEST", "COL end", cost=-0.3)
def _done_last(scope: Scope, column: ColumnRef, which: str) -> Any:
    """ "Hired last": by the date of hire."""
    known = info(scope, column)
    done = known.stems & lexicon().came_to_be or any(w.norm.endswith("ed") for w in known.words)
    if not known.temporal or known.shape is not None or not done:
        return None
    return Best(way(1 if which == "last" else -1), column, named=True)


@rule("BEST", "superlative RELATION rows")
def _most_done(scope: Scope, adjective: Adjective, _verb: Any, table: str) -> Any:
    """ "The most visited museum": the rows of the one table that points to museums are counted."""
    found = {k.child.table for k in scope.keys.links if k.parent.table == table and k.child.table != table}
    if adjective.name not in ("most", "least") or len(found) != 1:
        return None
    return Best(way(adjective.plain), count_of(found.pop()), rows=table)


@rule("BEST", "superlative", cost=0.2)
def _best_adjective(scope: Scope, adjective: Adjective) -> Any:
    if adjective.plain:
        return [(Best(way(adjective.plain)), 0.6)]
    found = meant_of_each(scope, adjective)
    return [(Best(way(d), c, adjective=adjective.name), 0.0) for c, d in found] or None


@rule("BEST", "superlative common")
def _most_common(scope: Scope, adjective: Adjective, _common: Any) -> Any:
    return Best(way(adjective.plain), Aggregate("count")) if adjective.plain else None


@rule(PIECE, "verb|winning BEST", cost=0.2)
def _did_best(scope: Scope, _verb: Any, best: Best) -> Any:
    """ "Won the most medals"."""
    return best if scope.alone else None


@rule(PIECE, "BEST")
def _best_piece(scope: Scope, best: Best) -> Any:
    return best


@rule(PIECE, "top NUM BEST?", "bottom NUM BEST?")
def _top(scope: Scope, which: str, number: Any, best: Best | None) -> Any:
    return ranked(which, number, best)


@rule(PIECE, "top NUM rated", "bottom NUM rated", "superlative NUM rated", cost=-0.1)
def _top_rated(scope: Scope, which: Any, number: Any, _rated: str) -> Any:
    """ "Top 5 rated hotels"."""
    if isinstance(which, Adjective) and which.name not in ("best", "worst", "high", "low"):
        return None
    least = which == "bottom" or (isinstance(which, Adjective) and which.plain < 0)
    adjective = rated_by("asc" if least else "desc")
    found = [
        (ranked(way(d), number, Best(way(d), c, adjective=adjective.name)), 0.0)
        for c, d in meant_of_each(scope, adjective)
    ]
    return [f for f in found if f[0] is not None] or None


@rule(PIECE, "NUM BEST")
def _n_best(scope: Scope, number: Any, best: Best) -> Any:
    return ranked(best.direction, number, best)


@rule(PIECE, "superlative NUM", cost=0.1)
def _best_n(scope: Scope, adjective: Adjective, number: Any) -> Any:
    if adjective.plain:
        return ranked(way(adjective.plain), number, None)
    found = [(ranked(way(d), number, Best(way(d), c)), 0.0) for c, d in meant(scope, adjective)]
    return [f for f in found if f[0] is not None] or None


@rule(
    PIECE,
    "sort COL direction?",
    "sort MEASURE direction?",
    "sort direction? of? COL",
    "sort direction? of? MEASURE",
)
def _sort(scope: Scope, _sort: Any, *rest: Any) -> Any:
    direction = next((r for r in rest if r in ("ascending", "descending")), None)
    by = next(r for r in rest if isinstance(r, (ColumnRef, Measure)))
    key = by.aggregates[0] if isinstance(by, Measure) else by
    return Sort(key, None if direction is None else "desc" if direction == "descending" else "asc")


@rule(PIECE, "sort direction? of? head_count", "sort? direction of? head_count", "by direction head_count")
def _sort_count(scope: Scope, *rest: Any) -> Any:
    """ "Ordered by descending count"."""
    return Sort(None, "desc" if "descending" in rest else "asc")


@rule(PIECE, "sort? direction of|by? COL?", cost=0.1)
@rule(PIECE, "sort? direction of COL", cost=0.1)
def _direction(scope: Scope, _sort: Any, direction: str, _of: Any, column: ColumnRef | None) -> Any:
    return Sort(column, "desc" if direction == "descending" else "asc")
