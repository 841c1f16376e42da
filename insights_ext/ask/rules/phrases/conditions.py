"""Phrases that filter: values, numbers, dates, missing cells, parts of texts."""

from __future__ import annotations

from typing import Any

from .. import conditions as where
from ..columns import KEY_WORDS, ColumnInfo
from ..conditions import Stored, info
from ..dates import Period
from ..held import may_hold, sole_holder
from ..intents import ColumnRef, Compare
from ..lexicon import Adjective
from ..numbers import Number
from ..scope import Scope
from ..tokens import spelled
from .meaning import MOST_READINGS, meant, ranks
from .rule import rule

WRITTEN_FLAG = 0.25
NOT_HELD, PERCENT = 0.6, 0.15
NO_GAPS, OPEN_VALUE, ASIDE_BETWEEN = 0.4, 0.3, 0.15
WRITTEN, YEAR_BEHIND, OTHER_TIME = 0.4, 1.6, 0.2
"""What a date or number costs more where the column holds text: the stored text itself goes first."""


@rule("WHERE", "COL is? not? of|agent? VALS|WVALS", "COL not is? VALS|WVALS")
def _column_is_value(scope: Scope, column: ColumnRef, *rest: Any) -> Any:
    stored = rest[-1]
    no = rest[1] if len(rest) == 4 else rest[0]
    return (where.negated(where.among(*stored), no),) if stored[0].of == column else None


@rule(
    "WHERE",
    "COL entity|asked_entity|verb|value_word|stranger is? verb? of? VALS",
    "COL is? verb of? VALS",
    cost=ASIDE_BETWEEN,
)
def _column_of_kind_is_value(scope: Scope, column: ColumnRef, *rest: Any) -> Any:
    """ "The points classification award was given to …": what the column holds tells that it is meant."""
    stored = rest[-1]
    return (where.among(*stored),) if scope.alone and stored[0].of == column else None


@rule("WHERE", "COL with VALS", cost=0.1)
def _column_with_value(scope: Scope, column: ColumnRef, _with: Any, stored: tuple[Stored, ...]) -> Any:
    """ "Starts with Riga" where there is a column of starts."""
    return (where.among(*stored),) if scope.alone and stored[0].of == column else None


@rule("WHERE", "COL has VALS|WVALS", cost=0.3)
def _column_has_value(scope: Scope, column: ColumnRef, _has: Any, stored: tuple[Stored, ...]) -> Any:
    return (where.among(*stored),) if stored[0].of == column else None


@rule("WHERE", "without COL is? of? VALS")
def _other_value(scope: Scope, _without: Any, column: ColumnRef, *rest: Any) -> Any:
    """ "That do not have the country France"."""
    stored = rest[-1]
    return (where.negated(where.among(*stored), "not"),) if stored[0].of == column else None


@rule("WHERE", "without VALS for COL", "not has? VALS for COL", cost=0.05)
def _not_value_for(scope: Scope, *rest: Any) -> Any:
    """ "That do not have France as country"."""
    stored = next(r for r in rest if isinstance(r, tuple))
    return (where.negated(where.among(*stored), "not"),) if stored[0].of == rest[-1] else None


@rule("WHERE", "VALS is? of? COL", cost=0.05)
@rule("WHERE", "VALS has|came_in COL", cost=0.05)
@rule("WHERE", "VALS|WVALS COL", cost=0.12)
@rule("WHERE", "VALS|WVALS for COL", cost=0.1)
def _value_of_column(scope: Scope, stored: tuple[Stored, ...], *rest: Any) -> Any:
    return (where.among(*stored),) if stored[0].of == rest[-1] else None


@rule("WHERE", "not? VALS", "agent VALS", cost=0.1)
def _value(scope: Scope, no: Any, stored: tuple[Stored, ...]) -> Any:
    no = no if no == "not" else None
    return (where.negated(where.among(*stored), no),)


@rule("WHERE", "COL is? not? exactly? NUM")
def _column_is_number(scope: Scope, column: ColumnRef, *rest: Any) -> Any:
    found = where.compare(scope, column, "eq", rest[-1])
    if found is None:
        return None
    dated = rest[:-1] == (None, None, None) and _may_be_year(scope, column, rest[-1])
    cost = WRITTEN * info(scope, column).text + YEAR_BEHIND * dated
    cost += _unlikely(scope, column, found, rest[-1])
    return [((where.negated(found, rest[1]),), cost)]


def _unlikely(scope: Scope, column: ColumnRef, found: Any, number: Any) -> float:
    """What a number costs that the column does not hold, or a percentage where it holds none."""
    known = info(scope, column)
    percent = PERCENT * (number.percent and known.unit != "%" and not known.nature("percentage"))
    return percent + (0.0 if may_hold(scope, known, float(found.value)) else NOT_HELD)


def _may_be_year(scope: Scope, column: ColumnRef, number: Any) -> bool:
    """ "Revenue 2024" where rows have dates: a year, and no amount of 2024."""
    year = isinstance(number.exact, int) and number.text == str(number.exact) and 1900 <= number.exact < 2100
    return year and bool(scope.periods) and info(scope, column).measure


@rule("WHERE", "COL has NUM", cost=0.7)
def _column_has_number(scope: Scope, column: ColumnRef, _has: Any, number: Any) -> Any:
    found = where.compare(scope, column, "eq", number)
    return None if found is None else [((found,), _unlikely(scope, column, found, number))]


@rule("WHERE", "is? compare? NUM aged", "is? aged compare? NUM", cost=-0.1)
def _aged(scope: Scope, _is: Any, *rest: Any) -> Any:
    """ "18 years old", "aged over 40": the age, where a column holds it."""
    number = next(r for r in rest if not isinstance(r, str) and r is not None)
    op = next((r for r in rest if r in where.COMPARISONS), "eq")
    ages = [c for c in scope.columns if c.numeric and len(c.words) == 1 and c.stems == {"age"}]
    found = [where.compare(scope, c.ref, op, number) for c in ages[:MOST_READINGS]]
    return [((f,), 0.0) for f in found if f is not None] or None


@rule("WHERE", "agent? NUM COL", "NUM for COL", cost=0.3)
def _number_of_column(scope: Scope, *rest: Any) -> Any:
    """ "30 points", "watched by 5.03 million viewers"."""
    column, number = rest[-1], next(r for r in rest if isinstance(r, Number))
    if info(scope, column).text and not scope.alone:
        return None
    found = where.compare(scope, column, "eq", number)
    if found is None or info(scope, column).is_year:
        return None
    return [((found,), _unlikely(scope, column, found, number))]


@rule("WHERE", "ORD COL", "COL is? of? ORD", cost=0.1)
def _place_of_column(scope: Scope, *rest: Any) -> Any:
    """ "The 6th heat", where heats are numbered; text columns may write "6th", "6" or "sixth"."""
    column = next(r for r in rest if isinstance(r, ColumnRef))
    known, number = info(scope, column), next(r for r in rest if isinstance(r, Number))
    if known.is_year or not may_hold(scope, known, number.value) or (number.exact == 1 and not known.ordinal):
        return None  # "first" says more often which row
    if known.text:
        held = scope.by_table[column.table].view.values
        hits = [h for text in spelled(number.text) for h in held.lookup(text) if h.column == column.column]
        return (where.among(*(Stored(column, (h.value,)) for h in hits)),) if len(hits) == 1 else None
    whole = known.numeric and "INT" in known.stats.type.upper()
    found = where.compare(scope, column, "eq", number) if whole else None
    return None if found is None else [((found,), _unlikely(scope, column, found, number))]


@rule("WHERE", "agent? NUM strange_unit?", cost=0.6)
def _only_there(scope: Scope, _by: Any, number: Any, _unit: Any) -> Any:
    """ "The town of 26,839 people": a number that only one column of a single table can hold."""
    column = sole_holder(scope, number) if scope.alone else None
    return None if column is None else (Compare(column.ref, "=", number.exact),)


@rule("WHERE", "COL verb? is? not? of? compare NUM", "COL of? is? not? compare NUM", "COL agent compare NUM")
@rule("WHERE", "COL has compare NUM", cost=0.7)
def _column_compared(scope: Scope, column: ColumnRef, *rest: Any) -> Any:
    known = info(scope, column)
    if known.text and {w.norm for w in known.words} & KEY_WORDS:
        return None  # "trips over 500" does not compare what tells trips apart
    found = where.compare(scope, column, rest[-2], rest[-1])
    return None if found is None else (where.negated(found, "not" if "not" in rest[:-2] else None),)


@rule("WHERE", "COL is? of? rank_than NUM|ORD", cost=-0.3)
def _rank_compared(scope: Scope, column: ColumnRef, *rest: Any) -> Any:
    """ "Ranked higher than 6" is a smaller number, in a column of places."""
    if not scope.alone or not ranks(info(scope, column)):
        return None
    found = where.compare(scope, column, "lt" if rest[-2] == "better" else "gt", rest[-1])
    return None if found is None else (found,)


@rule("WHERE", "compare NUM of? COL", cost=0.05)
def _compared_column(scope: Scope, op: str, number: Any, _of: Any, column: ColumnRef) -> Any:
    if info(scope, column).stats.semantic_type == "id" or (info(scope, column).text and not scope.alone):
        return None  # "more than two ships" counts ships, it compares no numbers of ships
    found = where.compare(scope, column, op, number)
    return None if found is None else (found,)


@rule("WHERE", "COL is? of? NUM or_more")
def _column_or_more(scope: Scope, column: ColumnRef, _is: Any, _of: Any, number: Any, op: str) -> Any:
    found = where.compare(scope, column, op, number)
    return None if found is None else (found,)


@rule("WHERE", "NUM or_more COL")
def _or_more_column(scope: Scope, number: Any, op: str, column: ColumnRef) -> Any:
    if info(scope, column).text and not scope.alone:
        return None  # "two or more addresses" counts them
    found = where.compare(scope, column, op, number)
    return None if found is None else (found,)


@rule("WHERE", "COL is? between NUM and|to NUM", "COL is? from NUM to NUM")
def _column_between(
    scope: Scope, column: ColumnRef, _is: Any, _b: Any, low: Any, _and: Any, high: Any
) -> Any:
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


@rule("WHERE", "COL is? when NUM", "when COL NUM", cost=0.1)
def _column_after(scope: Scope, *rest: Any) -> Any:
    """ "Round after 4", "after game 6", "founded before 1900" where the years are plain numbers."""
    column = next(r for r in rest if isinstance(r, ColumnRef))
    if info(scope, column).is_year:
        return None  # a year is a date there
    how = rest[0] if rest[1] is column else rest[-2]
    if how == "in":
        return where.in_year(scope, column, rest[-1])
    found = where.compare(scope, column, where.ORDERED[how], rest[-1])
    return None if found is None else (found,)


@rule("WHERE", "COL is? of? CLOCK", "CLOCK is? of? COL")
@rule("WHERE", "CLOCK", cost=0.2)
def _at_time(scope: Scope, *rest: Any) -> Any:
    time = next(r for r in rest if isinstance(r, str) and ":" in r)
    named = [r for r in rest if isinstance(r, ColumnRef)]
    columns = named or [c.ref for c in scope.columns if c.stats.type.upper() == "TIME"]
    found = where.at_time(scope, columns[0], time) if len(columns) == 1 else None
    return None if found is None else (found,)


@rule("WHERE", "COL is? when DATE", "COL is? DATE")
def _column_when(scope: Scope, column: ColumnRef, _is: Any, *rest: Any) -> Any:
    found = where.in_period(scope, column, rest[0] if len(rest) == 2 else "in", rest[-1])
    return None if found is None else [((found,), WRITTEN * info(scope, column).text)]


"""What a date costs more where it must be read out of texts: one that is stored as such goes first."""


@rule("WHERE", "when DATE", cost=0.02)
@rule("WHERE", "DATE", cost=0.2)
def _when(scope: Scope, *rest: Any) -> Any:
    how, when = rest if len(rest) == 2 else ("in", rest[0])
    readings = []
    for table in scope.tables:
        for tier in table.time_tiers:
            found = [where.in_period(scope, c.ref, how, when) for c in tier[:MOST_READINGS]]
            written = WRITTEN * (tier[0].shape is not None)
            fitting = [
                ((condition,), written + _out_of_range(scope, column, how, when) + other_time(scope, column))
                for column, condition in zip(tier, found, strict=False)
                if condition is not None
            ]
            if fitting:
                readings += fitting
                break
    return readings or None


@rule("WHERE", "not when? DATE", cost=0.1)
def _not_when(scope: Scope, _not: Any, how: Any, when: Any) -> Any:
    """ "Other than 1977"."""
    times = scope.times if scope.alone else ()
    found = where.in_period(scope, times[0].ref, how or "in", when) if len(times) == 1 else None
    return None if found is None else (where.negated(found, "not"),)


def other_time(scope: Scope, column: ColumnInfo) -> float:
    """What a date costs more beside one that is called as the rows are: orders are of their order date."""
    own = scope.by_table[column.table].own_time
    return OTHER_TIME if own is not None and own != column else 0.0


def _out_of_range(scope: Scope, column: ColumnInfo, how: str, when: Any) -> float:
    """What a year costs that a column of years cannot hold."""
    if how != "in" or not column.is_year or not isinstance(when, Period):
        return 0.0
    return 0.0 if may_hold(scope, column, float(when.start.year)) else NOT_HELD


@rule("WHERE", "COL? is? between DATE and|to DATE", "COL? is? from DATE to DATE")
def _between_dates(scope: Scope, column: Any, _is: Any, _b: Any, low: Any, _and: Any, high: Any) -> Any:
    columns = [column] if column is not None else [c.ref for c in scope.times[:MOST_READINGS]]
    found = [where.period_range(scope, c, low, high) for c in columns]
    return [((f,), 0.0) for f in found if f is not None] or None


@rule("WHERE", "without COL", "not hasvalue COL")
def _without(scope: Scope, *rest: Any) -> Any:
    """Without its column's value; a column that is filled in every row cannot be meant."""
    known = info(scope, rest[-1])
    if known.numeric and known.stats.min == 0 and not known.stats.null_count:
        return (Compare(rest[-1], "=", 0),)
    return (where.missing(rest[-1]),) if _has_gaps(scope, rest[-1]) else None


def _has_gaps(scope: Scope, column: ColumnRef) -> bool:
    known = info(scope, column)
    held = scope.by_table[column.table].view.values
    return bool(known.stats.null_count) or (known.text and column.column not in held.complete)


@rule("WHERE", "COL is? missing", "COL of missing")
def _missing(scope: Scope, column: ColumnRef, *_rest: Any) -> Any:
    """Where no cell of the column is empty, the word is rather one of its values ("none")."""
    return [((where.missing(column),), 0.0 if _has_gaps(scope, column) else NO_GAPS)]


@rule("WHERE", "COL is? present", "COL is? not missing", "hasvalue COL", cost=0.05)
def _present(scope: Scope, *rest: Any) -> Any:
    """ "With a nickname"; in a single table "has a nickname of …" is more often the beginning of a value."""
    column = next(r for r in rest if isinstance(r, ColumnRef))
    known = info(scope, column)
    if rest[0] == "hasvalue" and known.measure and known.stats.min == 0 and not known.stats.null_count:
        return [((Compare(column, ">", 0),), -OPEN_VALUE)]  # "bookings with a discount": it is not nought
    if not scope.alone and not _has_gaps(scope, column):
        return None  # of several tables "available" says more often that there are such rows
    says_value = rest[0] == "hasvalue" and scope.alone
    return [((where.missing(column, present=True),), OPEN_VALUE * says_value)]


@rule("WHERE", "COL contains TEXT|RAW", "COL starts TEXT|RAW", "COL ends TEXT|RAW", cost=0.1)
def _text(scope: Scope, column: ColumnRef, how: str, text: str) -> Any:
    found = where.text_match(scope, column, how, text)
    return None if found is None else (found,)


@rule("WHERE", "BOOL is? of? truth", "truth for|of? BOOL", cost=-0.1)
def _said_truth(scope: Scope, *rest: Any) -> Any:
    """ "Sydney yes", "a no for Sydney"."""
    column = next(r for r in rest if isinstance(r, ColumnRef))
    found = where.truth(scope, column, holds="true" in rest)
    return None if found is None else (found,)


@rule("WHERE", "is? opposite", cost=0.1)
def _opposite(scope: Scope, _is: Any, of: str) -> Any:
    """ "Closed" where a column tells what is open."""
    flags = [c.ref for c in scope.columns if c.flag and of in c.stems]
    found = [where.truth(scope, flag, holds=False) for flag in flags[:MOST_READINGS]]
    return [((f,), 0.0) for f in found if f is not None] or None


@rule("WHERE", "is? not? BOOL", cost=0.05)
def _truth(scope: Scope, _is: Any, no: Any, column: ColumnRef) -> Any:
    found = where.truth(scope, column, holds=no is None)
    known = info(scope, column)
    return (
        None if found is None else [((found,), 0.0 if known.boolean else WRITTEN_FLAG + 0.15 * known.numeric)]
    )


@rule("WHERE", "without BOOL", cost=0.05)
def _untrue(scope: Scope, _without: Any, column: ColumnRef) -> Any:
    """ "Without the returned": those of which it is false."""
    found = where.truth(scope, column, holds=False)
    return None if found is None else [((found,), 0.0 if info(scope, column).boolean else WRITTEN_FLAG)]


@rule("WHERE", "without VALS", cost=0.3)
def _without_value(scope: Scope, _without: Any, stored: tuple[Stored, ...]) -> Any:
    """ "Without Norway": rows of which it is not the value, or that have no other row with it."""
    return (where.negated(where.among(*stored), "not"),)
