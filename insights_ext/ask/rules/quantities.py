"""What two sides of a ratio, a rate or a difference are made of: a column or a count, and its conditions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .calculations import Ratio
from .conditions import info
from .intents import (
    Aggregate,
    Among,
    Between,
    ColumnRef,
    Compare,
    Condition,
    InMonth,
    InPeriod,
    Missing,
    Not,
    Or,
    TextMatch,
    Weekday,
)
from .scope import Scope

_PERIODS = (InPeriod, InMonth)
_OF_A_ROW = (Compare, Between, Among, TextMatch, Missing, InPeriod, InMonth, Weekday, Or)


@dataclass(frozen=True)
class Quantity:
    """A number of rows or a column, of those rows that meet `where`.

    It is `tied` to its conditions where a word like "with" or "that" joins them.
    """

    of: ColumnRef | Aggregate
    where: tuple[Condition, ...] = ()
    tied: bool = False


def of_a_row(condition: Condition) -> bool:
    """Whether a row alone decides the condition, so that an aggregate can be limited to it."""
    return isinstance(condition.of if isinstance(condition, Not) else condition, _OF_A_ROW)


def in_time(condition: Condition) -> bool:
    """Whether the condition only sets the period that is looked at."""
    return isinstance(condition, _PERIODS)


def amount_of(scope: Scope, quantity: Quantity) -> Aggregate:
    """The quantity as one aggregate: columns are added up where a sum means something, else averaged."""
    if isinstance(quantity.of, Aggregate):
        return replace(quantity.of, where=quantity.where)
    additive = info(scope, quantity.of).additive
    return Aggregate("sum" if additive else "mean", quantity.of, where=quantity.where)


def parallel(first: Quantity, second: Quantity) -> bool:
    """Whether the conditions of the second side are its own, and not said of both.

    "Open to closed shops", "the height of A to the height of B" speak of two groups; what follows the
    second side without such a counterpart ("… in New York") holds for both, and is left to the question.
    """
    if not second.where or (first.where and second.tied):
        return True
    if isinstance(first.of, ColumnRef) or isinstance(second.of, ColumnRef):
        return len(second.where) <= len(first.where)
    if not _tested(first):
        return False
    return len(second.where) <= len(first.where) and _tested(second) <= _tested(first)


def _tested(quantity: Quantity) -> set[ColumnRef]:
    """The columns that the conditions look at."""
    bare = [c.of if isinstance(c, Not) else c for c in quantity.where]
    return {of for c in bare if isinstance(of := getattr(c, "of", None), ColumnRef)}


def part_of(scope: Scope, whole: Quantity, met: tuple[Condition, ...], *, percent: bool) -> Ratio:
    """The part of a quantity that meets more conditions."""
    among = amount_of(scope, whole)
    return Ratio(replace(among, where=(*whole.where, *met)), among, percent)
