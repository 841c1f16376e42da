"""What adjectives and function words come to on a given table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..columns import ColumnInfo
from ..conditions import info
from ..intents import Aggregate, ColumnRef
from ..lexicon import RATED, Adjective, lexicon
from ..pieces import Best, Measure
from ..scope import Scope
from ..tokens import stem

MOST_READINGS = 4
_AGE = frozenset(stem(word) for word in ("age", "birth", "born", "birthday", "birthdate", "dob"))
_RANKS = frozenset({"rank", "po", "pos", "position", "place", "plac", "finish", "standing", "ranking"})


def ranks(column: ColumnInfo) -> bool:
    """Whether a column holds places in a ranking, of which the first is the best."""
    return column.numeric and len(column.words) == 1 and bool(column.stems & _RANKS)


def _person(column: ColumnInfo | None) -> bool:
    """Whether a column names people: "patient" of visits."""
    return column is not None and column.nature("people")


def _graded(column: ColumnInfo) -> bool:
    """Whether a column holds marks, neither how many there are nor what something is charged by the hour."""
    priced = {"rate", "rates"} & {w.norm for w in column.words}
    return column.numeric and not column.additive and not column.ordinal and not priced


def rated_by(direction: str) -> Adjective:
    """The adjective for the best marks, or with "asc" for the worst."""
    words = "best rated" if direction == "desc" else "worst rated"
    return next(m for _, m in lexicon().phrases[words] if isinstance(m, Adjective))


def way(direction: int) -> Any:
    """ "desc" for much of it, "asc" for little."""
    return "desc" if direction > 0 else "asc"


def meant(
    scope: Scope, adjective: Adjective, table: str = "", of: ColumnInfo | None = None
) -> list[tuple[ColumnRef, int]]:
    """Columns an adjective speaks of ("oldest": age, else birth date), those of its first fitting word.

    With `table` only columns of that table; `of` is the column of the things it stands before.
    """
    columns = scope.by_table[table].columns if table else scope.columns
    aged = adjective.name in ("old", "young")
    for words, direction in ((adjective.more, 1), (adjective.less, -1)):
        for word in words:
            found = [c for c in columns if word <= c.stems and c.ordered]
            if aged and not word & _AGE:
                found = [c for c in found if not (scope.by_table[c.table].people or _person(of))]
            found = [c for c in found if c.stats.semantic_type != "id"] or found
            if adjective.name in RATED:
                found = [c for c in found if _graded(c)]
            if found:
                exact = [c for c in found if len(c.words) == 1]
                return [(c.ref, direction) for c in (exact or found)[:MOST_READINGS]]
    timed = [c for c in columns if c.measure and adjective.measures(c.unit)]
    if len(timed) == 1:
        return [(timed[0].ref, adjective.measures(timed[0].unit))]
    times = [c for c in scope.by_table[table].times if c.shape is None] if table else []
    if adjective.name in ("new", "early") and len(times) == 1:
        return [(times[0].ref, 1 if adjective.name == "new" else -1)]
    return []


def meant_of_each(scope: Scope, adjective: Adjective) -> list[tuple[ColumnRef, int]]:
    """What an adjective that stands alone may speak of: the same in each table, as each has its own."""
    found = [pair for table in scope.tables for pair in meant(scope, adjective, table.name)]
    return list(dict.fromkeys([*meant(scope, adjective), *found]))[:MOST_READINGS]


def measured(scope: Scope, functions: tuple[str, ...], column: ColumnRef) -> Measure | None:
    """The functions of `column`, if it has what they need: order, or numbers."""
    known = info(scope, column)
    if known.is_year and known.shape is not None and not set(functions) <= {"min", "max"}:
        return None
    if not all(known.ordered if f in ("min", "max") else known.numeric for f in functions):
        return None
    return Measure(tuple(Aggregate(f, column) for f in functions))  # type: ignore[arg-type]


def ranked(which: str, number: Any, best: Best | None) -> Best | None:
    """The `number` best or worst."""
    count = number.exact
    if best is None and str(number.text).lower() == "one":
        return Best("asc" if which in ("bottom", "asc") else "desc")
    if not isinstance(count, int) or not 1 <= count <= 100_000:
        return None
    if which not in ("top", "bottom") and number.text == str(count) and 1900 <= count < 2100:
        return None  # "the 2007 points minimum" is about a year
    direction = best.direction if best else "asc" if which in ("bottom", "asc") else "desc"
    return replace(best, count=count) if best else Best(direction, None, count)
