"""The grammar: patterns of phrases and what they contribute. Read it from top to bottom.

Capitals are what was linked in the question (COL a column, VAL stored text, WVAL stored text that
usually means something else, NUM, DATE, RAW any word, TEXT a quotation) or built by a rule above;
small letters are word classes of `lexicon.toml`. ``?`` marks what may be absent, ``|`` alternatives.
Articles and commas between parts need no mention. A rule declines by returning None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import conditions as where
from .chart import PIECE, Rule, parse_pattern
from .conditions import Stored, info
from .intents import Aggregate, Bucket, ColumnRef, Key
from .lexicon import Adjective
from .pieces import (
    Best,
    By,
    Chart,
    Filler,
    Head,
    LooseFunction,
    Measure,
    Period,
    Rows,
    ShareOf,
    Sort,
    Target,
    Versus,
    Where,
)
from .scope import Scope

RULES: list[Rule] = []
Build = Callable[..., Any]


def rule(category: str, *patterns: str, cost: float = 0.0, repeat: int = 1) -> Callable[[Build], Build]:
    """Declare that each of `patterns` makes a `category`, through the decorated function.

    A rule that lengthens what it made (a list) says by `repeat` how often.
    """

    def declare(build: Build) -> Build:
        RULES.extend(Rule(category, p, parse_pattern(p), build, cost) for p in patterns * repeat)
        return build

    return declare


# Lists ---------------------------------------------------------------------------------------------


@rule("VALS", "VAL")
@rule("WVALS", "WVAL")
def _values(scope: Scope, stored: Stored) -> Any:
    return (stored,)


@rule("VALS", "VALS or|and|comma VAL", cost=0.05, repeat=5)
@rule("WVALS", "WVALS or|and|comma WVAL", cost=0.05)
def _more_values(scope: Scope, stored: tuple[Stored, ...], _or: Any, more: Stored) -> Any:
    return (*stored, more) if more.of == stored[0].of and more not in stored else None


@rule("COLS", "COL")
def _columns(scope: Scope, column: ColumnRef) -> Any:
    return (column,)


@rule("COLS", "COLS and|comma COL", cost=0.05, repeat=5)
def _more_columns(scope: Scope, columns: tuple[ColumnRef, ...], _and: Any, more: ColumnRef) -> Any:
    return (*columns, more) if more not in columns else None


@rule("AGGS", "aggregate")
def _functions(scope: Scope, function: str) -> Any:
    return (function,)


@rule("AGGS", "AGGS and|comma aggregate", repeat=4)
def _more_functions(scope: Scope, functions: tuple[str, ...], _and: Any, more: str) -> Any:
    return (*functions, more) if more not in functions else None


@rule("NUM", "NUM unit", cost=0.3)
def _with_unit(scope: Scope, number: Any, _unit: Any) -> Any:
    return number


# Conditions ----------------------------------------------------------------------------------------


@rule("WHERE", "COL is? not? of? VALS|WVALS", "COL not is? VALS|WVALS")
def _column_is_value(scope: Scope, column: ColumnRef, *rest: Any) -> Any:
    stored = rest[-1]
    no = rest[1] if len(rest) == 4 else rest[0]
    return (where.negated(where.among(*stored), no),) if stored[0].of == column else None


@rule("WHERE", "VALS is? of? COL", "VALS COL", "WVALS COL", cost=0.05)
def _value_of_column(scope: Scope, stored: tuple[Stored, ...], *rest: ColumnRef) -> Any:
    return (where.among(*stored),) if stored[0].of == rest[-1] else None


@rule("WHERE", "not? VALS", cost=0.1)
def _value(scope: Scope, no: Any, stored: tuple[Stored, ...]) -> Any:
    return (where.negated(where.among(*stored), no),)


@rule("WHERE", "COL is? not? exactly? NUM")
def _column_is_number(scope: Scope, column: ColumnRef, *rest: Any) -> Any:
    found = where.compare(scope, column, "eq", rest[-1])
    return None if found is None else (where.negated(found, rest[1]),)


@rule("WHERE", "COL has NUM", cost=0.7)
def _column_has_number(scope: Scope, column: ColumnRef, _has: Any, number: Any) -> Any:
    found = where.compare(scope, column, "eq", number)
    return None if found is None else (found,)


@rule("WHERE", "NUM COL", "NUM for COL", cost=0.3)
def _number_of_column(scope: Scope, number: Any, *rest: Any) -> Any:
    column = rest[-1]
    found = where.compare(scope, column, "eq", number)
    return None if found is None or info(scope, column).is_year else (found,)


@rule("WHERE", "COL is? not? of? compare NUM", "COL of? is? not? compare NUM")
@rule("WHERE", "COL has compare NUM", cost=0.7)
def _column_compared(scope: Scope, column: ColumnRef, *rest: Any) -> Any:
    found = where.compare(scope, column, rest[-2], rest[-1])
    return None if found is None else (where.negated(found, "not" if "not" in rest[:-2] else None),)


@rule("WHERE", "compare NUM of? COL", cost=0.05)
def _compared_column(scope: Scope, op: str, number: Any, _of: Any, column: ColumnRef) -> Any:
    found = where.compare(scope, column, op, number)
    return None if found is None else (found,)


@rule("WHERE", "COL is? of? NUM or_more")
def _column_or_more(scope: Scope, column: ColumnRef, _is: Any, _of: Any, number: Any, op: str) -> Any:
    found = where.compare(scope, column, op, number)
    return None if found is None else (found,)


@rule("WHERE", "NUM or_more COL")
def _or_more_column(scope: Scope, number: Any, op: str, column: ColumnRef) -> Any:
    found = where.compare(scope, column, op, number)
    return None if found is None else (found,)


@rule("WHERE", "COL is? between NUM and|to NUM", "COL is? from NUM to NUM")
def _column_between(scope: Scope, column: ColumnRef, _is: Any, _b: Any, low: Any, _and: Any, high: Any) -> Any:
    found = where.numeric_range(scope, column, low, high)
    return None if found is None else (found,)


@rule("WHERE", "between NUM and|to NUM COL", "from NUM to NUM COL")
def _between_column(scope: Scope, _b: Any, low: Any, _and: Any, high: Any, column: ColumnRef) -> Any:
    found = where.numeric_range(scope, column, low, high)
    return None if found is None else (found,)


@rule("WHERE", "is? comparative NUM", cost=0.1)
def _adjective_compared(scope: Scope, _is: Any, adjective: Adjective, number: Any) -> Any:
    readings = []
    for column, direction in meant(scope, adjective):
        found = where.compare(scope, column, "gt" if direction > 0 else "lt", number)
        if found is not None:
            readings.append(((found,), 0.0))
    return readings or None


@rule("WHERE", "COL is? when DATE", "COL is? DATE")
def _column_when(scope: Scope, column: ColumnRef, _is: Any, *rest: Any) -> Any:
    found = where.in_period(scope, column, rest[0] if len(rest) == 2 else "in", rest[-1])
    return None if found is None else (found,)


@rule("WHERE", "when DATE", cost=0.02)
@rule("WHERE", "DATE", cost=0.2)
def _when(scope: Scope, *rest: Any) -> Any:
    how, when = rest if len(rest) == 2 else ("in", rest[0])
    readings = []
    for column in scope.times:
        found = where.in_period(scope, ref(scope, column.name), how, when)
        if found is not None:
            readings.append(((found,), 0.0))
    return readings or None


@rule("WHERE", "COL? is? between DATE and|to DATE", "COL? is? from DATE to DATE")
def _between_dates(scope: Scope, column: Any, _is: Any, _b: Any, low: Any, _and: Any, high: Any) -> Any:
    columns = [column] if column is not None else [ref(scope, c.name) for c in scope.times]
    found = [where.period_range(scope, c, low, high) for c in columns]
    return [((f,), 0.0) for f in found if f is not None] or None


@rule("WHERE", "without COL", "not hasvalue COL")
def _without(scope: Scope, *rest: Any) -> Any:
    return (where.missing(rest[-1]),)


@rule("WHERE", "COL is? missing")
def _missing(scope: Scope, column: ColumnRef, _is: Any, _missing: Any) -> Any:
    return (where.missing(column),)


@rule("WHERE", "COL is? present", "COL is? not missing", "hasvalue COL", cost=0.05)
def _present(scope: Scope, *rest: Any) -> Any:
    column = next(r for r in rest if isinstance(r, ColumnRef))
    return (where.missing(column, present=True),)


@rule("WHERE", "COL contains TEXT|RAW", "COL starts TEXT|RAW", "COL ends TEXT|RAW", cost=0.1)
def _text(scope: Scope, column: ColumnRef, how: str, text: str) -> Any:
    found = where.text_match(scope, column, how, text)
    return None if found is None else (found,)


@rule("WHERE", "is? not? BOOL", cost=0.05)
def _truth(scope: Scope, _is: Any, no: Any, column: ColumnRef) -> Any:
    from .intents import Compare

    return (Compare(column, "=", no is None),)


@rule(PIECE, "WHERE")
def _where(scope: Scope, found: Any) -> Any:
    return Where(found)


# Amounts -------------------------------------------------------------------------------------------


@rule("MEASURE", "AGGS of? COL", "AGGS of? head_count COL")
def _aggregate(scope: Scope, functions: tuple[str, ...], *rest: Any) -> Any:
    return measured(scope, functions, rest[-1])


@rule("MEASURE", "COL aggregate", cost=0.4)
def _aggregate_behind(scope: Scope, column: ColumnRef, function: str) -> Any:
    return measured(scope, (function,), column)


@rule("MEASURE", "head_count of? rows", "head_count distinct? rows")
def _count_rows(scope: Scope, *rest: Any) -> Any:
    return Measure((Aggregate("count"),))


@rule("MEASURE", "head_count distinct? of? COL", "distinct head_count COL")
def _count_column(scope: Scope, *rest: Any) -> Any:
    column = info(scope, rest[-1])
    if "distinct" in rest:
        return Measure((Aggregate("count", rest[-1], distinct=True),))
    if column.numeric:
        return [(Measure((Aggregate("count", rest[-1]),)), 0.2)] if column.ordinal else None
    return Measure((Aggregate("count", rest[-1], distinct=not column.unique),))


@rule(PIECE, "head_count of? COL")
def _count_number(scope: Scope, _how: Any, _of: Any, column: ColumnRef) -> Any:
    """ "How many points": the number itself, not how many different numbers there are."""
    known = info(scope, column)
    return Target((column,), amount=True) if known.measure and not known.ordinal else None


@rule(PIECE, "MEASURE")
def _measure(scope: Scope, measure: Measure) -> Any:
    return measure


@rule(PIECE, "aggregate", cost=0.6)
def _loose(scope: Scope, function: Any) -> Any:
    return LooseFunction(function)


def measured(scope: Scope, functions: tuple[str, ...], column: ColumnRef) -> Measure | None:
    """The functions of `column`, if it has what they need: order, or numbers."""
    known = info(scope, column)
    if not all(known.ordered if f in ("min", "max") else known.numeric for f in functions):
        return None
    return Measure(tuple(Aggregate(f, column) for f in functions))  # type: ignore[arg-type]


# Ranking -------------------------------------------------------------------------------------------


@rule("BEST", "superlative COL")
def _best(scope: Scope, adjective: Adjective, column: ColumnRef) -> Any:
    known = info(scope, column)
    direction = adjective.direction(known.stems)
    if known.ordered and direction:
        return Best(way(direction), column, named=True)
    if known.text and adjective.plain and adjective.name in ("most", "least"):
        return [(Best(way(direction), Aggregate("count", column, distinct=not known.unique)), 0.3)]
    return None


@rule("BEST", "superlative aggregate of? COL")
def _best_aggregate(scope: Scope, adjective: Adjective, function: str, _of: Any, column: ColumnRef) -> Any:
    found = measured(scope, (function,), column)
    return Best(way(adjective.plain), found.aggregates[0]) if found and adjective.plain else None


@rule("BEST", "superlative rows")
def _best_rows(scope: Scope, adjective: Adjective, _rows: Any) -> Any:
    if adjective.plain:
        return Best(way(adjective.plain), Aggregate("count"))
    return [(Best(way(d), c), 0.0) for c, d in meant(scope, adjective)] or None


@rule("BEST", "superlative", cost=0.2)
def _best_adjective(scope: Scope, adjective: Adjective) -> Any:
    if adjective.plain:
        return [(Best(way(adjective.plain)), 0.6)]
    return [(Best(way(d), c), 0.0) for c, d in meant(scope, adjective)] or None


@rule("BEST", "superlative common")
def _most_common(scope: Scope, adjective: Adjective, _common: Any) -> Any:
    return Best(way(adjective.plain), Aggregate("count")) if adjective.plain else None


@rule(PIECE, "BEST")
def _best_piece(scope: Scope, best: Best) -> Any:
    return best


@rule(PIECE, "top NUM BEST?", "bottom NUM BEST?")
def _top(scope: Scope, which: str, number: Any, best: Best | None) -> Any:
    return ranked(which, number, best)


@rule(PIECE, "NUM BEST")
def _n_best(scope: Scope, number: Any, best: Best) -> Any:
    return ranked(best.direction, number, best)


@rule(PIECE, "superlative NUM", cost=0.1)
def _best_n(scope: Scope, adjective: Adjective, number: Any) -> Any:
    if adjective.plain:
        return ranked(way(adjective.plain), number, None)
    found = [(ranked(way(d), number, Best(way(d), c)), 0.0) for c, d in meant(scope, adjective)]
    return [f for f in found if f[0] is not None] or None


@rule(PIECE, "sort COL direction?", "sort MEASURE direction?", "sort direction? of? COL", "sort direction? of? MEASURE")
def _sort(scope: Scope, _sort: Any, *rest: Any) -> Any:
    direction = next((r for r in rest if r in ("ascending", "descending")), None)
    by = next(r for r in rest if isinstance(r, (ColumnRef, Measure)))
    key = by.aggregates[0] if isinstance(by, Measure) else by
    return Sort(key, None if direction is None else "desc" if direction == "descending" else "asc")


@rule(PIECE, "sort? direction of? COL?", cost=0.1)
def _direction(scope: Scope, _sort: Any, direction: str, _of: Any, column: ColumnRef | None) -> Any:
    return Sort(column, "desc" if direction == "descending" else "asc")


def ranked(which: str, number: Any, best: Best | None) -> Best | None:
    """The `number` best or worst."""
    count = number.exact
    if best is None and str(number.text).lower() == "one":
        return Best("asc" if which in ("bottom", "asc") else "desc")
    if not isinstance(count, int) or not 1 <= count <= 100_000:
        return None
    direction = best.direction if best else "asc" if which in ("bottom", "asc") else "desc"
    return Best(direction, best.by if best else None, count)


def way(direction: int) -> Any:
    """ "desc" for much of it, "asc" for little."""
    return "desc" if direction > 0 else "asc"


def meant(scope: Scope, adjective: Adjective) -> list[tuple[ColumnRef, int]]:
    """Columns an adjective speaks of ("oldest": age, else birth date), those of its first fitting word."""
    for words, direction in ((adjective.more, 1), (adjective.less, -1)):
        for word in words:
            found = [c for c in scope.columns if word in c.stems and c.ordered]
            found = [c for c in found if c.stats.semantic_type != "id"] or found
            if found:
                exact = [c for c in found if len(c.words) == 1]
                return [(ref(scope, c.name), direction) for c in (exact or found)[:3]]
    return []


# Groups --------------------------------------------------------------------------------------------


@rule("KEY", "COL")
def _key(scope: Scope, column: ColumnRef) -> Any:
    known = info(scope, column)
    if known.temporal and known.stats.type.upper().startswith("TIMESTAMP"):
        return Bucket(column, "day")
    return column


@rule("KEY", "COL grain", "grain of COL", cost=0.05)
def _key_grain(scope: Scope, *rest: Any) -> Any:
    column = next(r for r in rest if isinstance(r, ColumnRef))
    grain = rest[0] if rest[-1] is column else rest[-1]
    return Bucket(column, grain) if info(scope, column).temporal else None


@rule("KEY", "grain", cost=0.1)
def _key_period(scope: Scope, grain: Any) -> Any:
    dates = [c for c in scope.times if c.temporal]
    years = [c for c in scope.times if c.is_year] if grain == "year" else []
    readings: list[tuple[Key, float]] = [(Bucket(ref(scope, c.name), grain), 0.0) for c in dates]
    return readings + [(ref(scope, c.name), 0.0) for c in years] or None


@rule("KEYS", "KEY")
def _keys(scope: Scope, key: Key) -> Any:
    return (key,)


@rule("KEYS", "KEYS and|by|comma KEY", cost=0.05, repeat=2)
def _more_keys(scope: Scope, keys: tuple[Key, ...], _and: Any, more: Key) -> Any:
    return (*keys, more) if more not in keys else None


@rule(PIECE, "by KEYS", "color KEYS", "and by KEYS")
def _by(scope: Scope, *rest: Any) -> Any:
    return By(rest[-1])


@rule(PIECE, "grain_adverb", cost=0.1)
def _periodic(scope: Scope, grain: Any) -> Any:
    found = _key_period(scope, grain)
    return [(By((key,)), cost) for key, cost in found] if found else None


@rule(PIECE, "trend of?")
def _trend(scope: Scope, *_rest: Any) -> Any:
    return Period(None) if scope.times else None


# What is asked -------------------------------------------------------------------------------------


@rule(PIECE, "COLS", "distinct COLS", "distinct of? COLS", "of COLS", "COLS of", cost=0.0)
def _target(scope: Scope, *rest: Any) -> Any:
    columns = next(r for r in rest if isinstance(r, tuple))
    entity = isinstance(rest[0], str) and rest[0] == "of"
    return [(Target(columns, "distinct" in rest, entity), 0.1 if entity else 0.0)]


@rule(PIECE, "rows", "distinct rows", "of rows", "by rows")
def _rows(scope: Scope, *_rest: Any) -> Any:
    return Rows()


@rule(PIECE, "head", cost=-0.6)
def _head(scope: Scope, kind: Any) -> Any:
    return Head(kind)


@rule(PIECE, "head_count", cost=0.0)
def _head_count(scope: Scope, _kind: Any) -> Any:
    return Head("count")


@rule(PIECE, "share")
def _share(scope: Scope, _share: Any) -> Any:
    return ShareOf()


@rule(PIECE, "draw? chart of?", cost=-0.3)
def _chart(scope: Scope, _draw: Any, mark: str, _of: Any) -> Any:
    return Chart(mark)


@rule(PIECE, "draw_first", cost=0.1)
def _draw(scope: Scope, _draw: Any) -> Any:
    return Filler()


@rule(PIECE, "COL versus COL", cost=0.1)
@rule(PIECE, "relation COL versus|to|with COL")
def _versus(scope: Scope, *rest: Any) -> Any:
    columns = [r for r in rest if isinstance(r, ColumnRef)]
    both = all(info(scope, c).numeric for c in columns) and columns[0] != columns[1]
    spelled = rest[0] == "relation" or "versus" in rest
    return Versus(columns[0], columns[1]) if both and spelled else None


def ref(scope: Scope, column: str) -> ColumnRef:
    """The reference to a column of the scope's table."""
    return ColumnRef(scope.view.name, column)
