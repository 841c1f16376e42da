"""Phrases of everyday questions: most money, the busiest month, never rated, over 65, unrated."""

from __future__ import annotations

from typing import Any

from ..calculations import DatePart, Each
from ..chart import PIECE
from ..columns import ColumnInfo
from ..conditions import COMPARISONS, compare, info, missing, numeric_range, truth
from ..everyday import age_column, money_columns
from ..intents import Aggregate, Bucket, ColumnRef, Exists, Not, count_of
from ..lexicon import MONEY, Adjective
from ..link import root
from ..link_units import measured_in
from ..numbers import Number
from ..pieces import Best, Busiest, Measure, Where
from ..scope import Scope
from ..tokens import fold, stem
from .conditions import other_time
from .meaning import MOST_READINGS, meant, measured, way
from .rule import rule

OLDEST = 120
_PAY = frozenset(stem(word) for word in ("salary", "wage", "pay", "compensation"))
SAID_BY_NUMBER, TIMED = 0.35, 0.35


@rule("BEST", "money_verb superlative COL?", "superlative COL money_verb", cost=-0.1)
def _most_money(scope: Scope, *rest: Any) -> Any:
    """ "Which hotel made the most money", "who spent the most": amounts of money are added up."""
    adjective = next(r for r in rest if isinstance(r, Adjective))
    named = [r for r in rest if isinstance(r, ColumnRef)]
    verb = rest[0] if isinstance(rest[0], str) else rest[-1]
    if adjective.name not in ("most", "least"):
        return None
    if verb == "earned" and any(c.stems & _PAY and c.numeric for c in scope.columns):
        return None  # whoever has a salary earns that
    found = [c.ref for c in money_columns(scope, earned=verb == "earned", either_way=True)]
    if named and named[0] not in found:
        return None
    by = named or found[:MOST_READINGS]
    unsaid = "" if named else MONEY
    return [(Best(way(adjective.plain), Aggregate("sum", c), adjective=unsaid), 0.0) for c in by] or None


@rule("BEST", "money_verb superlative rows", cost=0.0)
def _most_of_rows(scope: Scope, _verb: str, adjective: Adjective, table: str) -> Any:
    """ "Raised the most tickets": no money, but tickets."""
    if adjective.name not in ("most", "least") or not table or scope.by_table[table].amounts_by_name:
        return None
    return Best(way(adjective.plain), count_of(table))


@rule("BEST", "superlative DONE", "DONE superlative", cost=0.05)
def _most_done(scope: Scope, *rest: Any) -> Any:
    """ "The most prescribed drug": by how many prescriptions there are."""
    adjective = next(r for r in rest if isinstance(r, Adjective))
    table = next(r for r in rest if isinstance(r, str))
    return Best(way(adjective.plain), count_of(table)) if adjective.name in ("most", "least") else None


@rule("BEST", "DONE superlative COL", cost=-0.1)
def _did_most(scope: Scope, table: str, adjective: Adjective, column: ColumnRef) -> Any:
    """ "Booked the most classes", each booking being of a class: by how many bookings there are."""
    known = info(scope, column)
    if adjective.name not in ("most", "least") or column.table != table or not known.text or known.digits:
        return None
    return Best(way(adjective.plain), count_of(table))


@rule("BEST", "superlative aggregate of? rows|COL", cost=0.05)
def _longest_typical(scope: Scope, adjective: Adjective, function: str, _of: Any, thing: Any) -> Any:
    """ "The longest average visit": what the adjective measures of visits."""
    if adjective.plain or not isinstance(thing, str) or not thing:
        return None
    found = [(measured(scope, (function,), c), d) for c, d in meant(scope, adjective, thing)]
    return [(Best(way(d), m.aggregates[0]), 0.0) for m, d in found if m is not None] or None


@rule("BEST", "superlative rows", cost=0.05)
def _biggest(scope: Scope, adjective: Adjective, table: str) -> Any:
    """ "The biggest donation": by its amount of money."""
    found = [c for c in money_columns(scope) if c.table == table]
    if adjective.name not in ("big", "small") or len(found) != 1 or not scope.by_table[table].amounts_by_name:
        return None
    return Best("desc" if adjective.name == "big" else "asc", found[0].ref, rows=table)


@rule("MEASURE", "aggregate of? rows", cost=0.1)
def _amount_of_rows(scope: Scope, function: str, _of: Any, table: str) -> Any:
    """ "The average donation": its amount of money, where there is one."""
    found = [c for c in money_columns(scope) if c.table == table]
    if function == "sum" or len(found) != 1 or not scope.by_table[table].amounts_by_name:
        return None
    return Measure((Aggregate(function, found[0].ref),))  # type: ignore[arg-type]


@rule(
    "MEASURE",
    "aggregate of? head_count? rows each_of rows",
    "head_count? rows each_of rows aggregate",
    cost=-0.3,
)
def _typical_number(scope: Scope, *rest: Any) -> Any:
    """ "The average number of prescriptions per visit": each visit's, also where it has none."""
    function: Any = next(r for r in rest if r in ("mean", "median", "max", "min", "sum", "std"))
    child, parent = (r for r in rest if isinstance(r, str) and r in scope.by_table)
    links = [k for k in scope.keys.links if (k.child.table, k.parent.table) == (child, parent)]
    if function not in ("mean", "median", "max", "min") or len(links) != 1 or child == parent:
        return None
    return Measure((Each(function, child, links[0].child.column, links[0].parent),))


@rule(PIECE, "head? busy grain|date_part", cost=-0.3)
def _busiest(scope: Scope, _head: Any, which: str, period: Any) -> Any:
    """ "The busiest month": the one with most rows."""
    keys: list[tuple[Any, float]] = []
    for column in scope.times:
        if not column.temporal or (column.shape is not None and column.shape.yearless):
            continue
        clock = column.shape is None and column.stats.type.upper().startswith("TIMESTAMP")
        other = other_time(scope, column)
        if period == "hour":
            keys += [(DatePart(column.ref, "hour"), other)] * clock
        elif period in ("day", "week", "month", "quarter", "year"):
            keys.append((Bucket(column.ref, period), other))
        else:
            keys.append((DatePart(column.ref, period), other))
    direction = way(1 if which == "most" else -1)
    return [(Busiest(key, direction), cost) for key, cost in keys[:MOST_READINGS]] or None


@rule(PIECE, "busy", cost=0.2)
def _most_rows(scope: Scope, which: str) -> Any:
    """ "The busiest agent": the one with most rows."""
    table = scope.tables[0].name if scope.alone else ""
    return Best("desc" if which == "most" else "asc", count_of(table)) if table else None


@rule("WHERE", "never DONE", cost=0.05)
def _never_done(scope: Scope, _never: str, table: str) -> Any:
    """ "Patients who never visited": no row of theirs."""
    return (Not(Exists(table)),) if not scope.alone else None


@rule("WHERE", "never COL", cost=0.2)
def _never_said(scope: Scope, _never: str, column: ColumnRef) -> Any:
    """ "Never rated", "not closed": the rating, the day of closing is missing."""
    known = info(scope, column)
    return (missing(column),) if known.stats.null_count and not known.flag else None


@rule("WHERE", "RAW", cost=0.1)
def _undone(scope: Scope, word: str) -> Any:
    """ "Unrated", "unsold": what a column would tell is missing, or is not so."""
    done = fold(word)
    if not done.startswith("un") or len(done) < 6:
        return None
    done = done.removeprefix("un")
    readings = []
    for column in scope.columns:
        if any(root(w.norm) == root(done) for w in column.words):
            said = truth(scope, column.ref, holds=False)
            if said is None and column.stats.null_count:
                said = missing(column.ref)
            if said is not None:
                readings.append(((said,), 0.0))
    return readings[:MOST_READINGS] or None


@rule("WHERE", "compare NUM", "NUM or_more", cost=0.5)
def _bare_amount(scope: Scope, *rest: Any) -> Any:
    """ "Patients over 65", "donations over 500": the age of people, else the only amount of money."""
    number = next(r for r in rest if isinstance(r, Number))
    op = next(r for r in rest if isinstance(r, str))
    age, money = age_column(scope), money_columns(scope)
    if COMPARISONS.get(op) not in ("<", "<=", ">", ">="):
        return None
    if number.unit:  # "more than 3 hours" speaks of what is measured in hours
        timed = [compare(scope, c.ref, op, number) for c in measured_in(scope, number.unit)]
        return [((found,), -TIMED) for found in timed[:MOST_READINGS] if found is not None] or None
    readings = []
    if age is not None and 0 < number.value <= OLDEST and not number.percent:
        readings.append((compare(scope, age.ref, op, number), 0.0))
    readings += [
        (compare(scope, c.ref, op, number), SAID_BY_NUMBER * bool(readings))
        for c in money
        if not number.percent and _speaks_of_money(scope, c)
    ]
    return [((found,), cost) for found, cost in readings if found is not None] or None


def _speaks_of_money(scope: Scope, money: ColumnInfo) -> bool:
    """Whether a bare number can only be money: "donations over 500", not "trips over 500" of a distance."""
    table = scope.by_table[money.table]
    others = [
        c for c in table.columns if c.additive and not c.ordinal and not c.flag and c.unit != money.unit
    ]
    return table.amounts_by_name or not [c for c in others if c.unit]


@rule("WHERE", "aged between|from? NUM and|to NUM", cost=0.05)
def _aged_between(scope: Scope, _aged: str, *rest: Any) -> Any:
    low, high = (r for r in rest if isinstance(r, Number))
    age = age_column(scope)
    found = numeric_range(scope, age.ref, low, high) if age is not None else None
    return None if found is None else (found,)


@rule(PIECE, "title WHERE", cost=0.0)
def _titled(scope: Scope, _title: str, found: Any) -> Any:
    """ "Dr Costa"."""
    return Where(found)
