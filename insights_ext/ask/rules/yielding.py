"""Which conditions give way to a new one: those on its column that are not another side of it."""

from __future__ import annotations

from .intents import (
    Among,
    Between,
    ColumnRef,
    Compare,
    Condition,
    InMonth,
    InPeriod,
    Missing,
    Not,
    Outlying,
    TextMatch,
    Typical,
    Weekday,
)

_BELOW, _ABOVE = frozenset({"<", "<="}), frozenset({">", ">="})
_WHOLE_YEAR = 360
_OF_A_COLUMN = (Compare, Between, Among, TextMatch, Missing, InPeriod, InMonth, Typical, Weekday, Outlying)


def column_of(condition: Condition) -> ColumnRef | None:
    """The column whose value a condition speaks of."""
    if isinstance(condition, Not):
        return column_of(condition.of)
    if isinstance(condition, _OF_A_COLUMN) and isinstance(condition.of, ColumnRef):
        return condition.of
    return None


def is_one_value(condition: Condition) -> bool:
    """Whether a condition leaves one value of its column, by which there is nothing to group."""
    if isinstance(condition, Among):
        return len(condition.said) == 1
    return isinstance(condition, Compare) and condition.op == "="


def gives_way(old: Condition, new: Condition) -> bool:
    """Whether `old` is dropped when `new` is said: both speak of one column and are not two sides of it."""
    if column_of(new) is None or column_of(old) != column_of(new):
        return False
    match old, new:
        case (Not(Missing()), _):
            return False
        case (Among(_, values), Not(Among(_, others))):
            return set(values) <= set(others)
        case (Not(Among()), Not(Among())):
            return False
        case (Compare(_, "=", value), Compare(_, "!=", other)):
            return value == other
        case (Compare(_, first), Compare(_, second)):
            return not (
                (first in _BELOW and second in _ABOVE)
                or (first in _ABOVE and second in _BELOW)
                or first == second == "!="
            )
        case (InPeriod(_, start, end), InPeriod(_, other_start, other_end)):
            one_sided = (start is None) != (end is None) and (other_start is None) != (other_end is None)
            return not (one_sided and (start is None) != (other_start is None))
        case (Weekday(), InPeriod() | InMonth()) | (InPeriod() | InMonth(), Weekday()):
            return False
        case (InPeriod(_, start, end), InMonth()):
            return start is not None and end is not None and (end - start).days < _WHOLE_YEAR
    return True
