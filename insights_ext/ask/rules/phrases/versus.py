"""Phrases that set named things against one another: more, the difference, the same as."""

from __future__ import annotations

from typing import Any

from .. import conditions as where
from ..chart import PIECE
from ..conditions import Stored, info, number_of
from ..dates import Period
from ..intents import Among, ColumnRef, SameAs, count_of
from ..lexicon import Adjective
from ..pieces import Apart, Best, Choice, Than, Where
from ..scope import Scope
from .meaning import MOST_READINGS, meant, ranks, way
from .rule import rule


@rule(PIECE, "degree of? COL", "COL is? degree", cost=0.05)
def _more(scope: Scope, *rest: Any) -> Any:
    column = next(r for r in rest if isinstance(r, ColumnRef))
    degree = next(r for r in rest if r in ("more", "less"))
    known = info(scope, column)
    direction = way(1 if (degree == "more") != ranks(known) else -1)
    if not scope.alone:
        return None
    if known.ordered:
        return Choice(Best(direction, column, named=True))
    return Choice(Best(direction, number_of(scope, column))) if degree in ("more", "less") else None


@rule(PIECE, "comparative COL", "COL comparative", cost=0.05)
def _adjective_more(scope: Scope, *rest: Any) -> Any:
    column = next(r for r in rest if isinstance(r, ColumnRef))
    adjective = next(r for r in rest if isinstance(r, Adjective))
    known = info(scope, column)
    direction = adjective.direction(known.stems)
    if not scope.alone or not known.ordered or not direction:
        return None
    return Choice(Best(way(direction), column, named=True))


@rule(PIECE, "comparative", cost=0.2)
def _adjective(scope: Scope, adjective: Adjective) -> Any:
    if not scope.alone:
        return None
    return [(Choice(Best(way(d), c)), 0.0) for c, d in meant(scope, adjective)] or None


@rule(PIECE, "more_often", cost=0.0)
def _more_often(scope: Scope, degree: str) -> Any:
    """ "Which came up more often, A or B": counted by rows."""
    if not scope.alone:
        return None
    return Choice(Best("desc" if degree == "more" else "asc", count_of(scope.tables[0].name)))


@rule(PIECE, "DATE or DATE", "when DATE or when DATE", cost=0.1)
def _either_year(scope: Scope, *rest: Any) -> Any:
    years = [r for r in rest if isinstance(r, Period) and r.grain == "year"]
    columns = [c for c in scope.times[:MOST_READINGS] if c.is_year]
    if len(years) != 2 or not columns or not scope.alone:
        return None
    said = tuple(p.label for p in years)
    values = tuple(p.start.year for p in years)
    plain = [c for c in columns if c.shape is None]
    return [(Where((Among(c.ref, values, said),)), 0.0) for c in plain] or None


@rule(PIECE, "COL NUM or COL? NUM", cost=0.05)
def _either_number(scope: Scope, column: ColumnRef, low: Any, _or: Any, again: Any, high: Any) -> Any:
    known = info(scope, column)
    if again not in (None, column) or not known.numeric or known.shape is not None:
        return None
    least, most = known.stats.min, known.stats.max
    if not all(isinstance(v, (int, float)) for v in (least, most)):
        return None
    if not all(least <= number.exact <= most for number in (low, high)):
        return None
    return Where((Among(column, (low.exact, high.exact), (low.text, high.text)),))


@rule(PIECE, "gap", cost=0.0)
def _gap(scope: Scope, _gap: Any) -> Any:
    return Apart() if scope.alone else None


@rule(PIECE, "years_apart", cost=-0.1)
def _years_apart(scope: Scope, _gap: Any) -> Any:
    if not scope.alone or len(scope.times) != 1:
        return None
    return Apart(scope.times[0].ref)


@rule(PIECE, "than", cost=0.1)
def _than(scope: Scope, _than: Any) -> Any:
    return Than() if scope.alone else None


@rule(PIECE, "same COL as VALS", "same COL of? as VALS", cost=0.0)
def _same(scope: Scope, _same: Any, column: ColumnRef, *rest: Any) -> Any:
    stored: tuple[Stored, ...] = rest[-1]
    if not scope.alone or len(stored) > 1 or stored[0].of == column:
        return None
    return Where((SameAs(column, where.among(*stored)),))
