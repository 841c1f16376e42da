"""What is computed from columns and aggregates: ratios, durations, series, ranks. Frozen data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .intents import Aggregate, Amount, ColumnRef, Condition, Direction, Function, Key, Output

Unit = Literal["second", "minute", "hour", "day", "week", "month", "year"]
Part = Literal["weekday", "weekend", "hour", "month", "quarter", "day"]


@dataclass(frozen=True)
class DatePart:
    """What recurs in a date: its weekday, its hour, its month of any year."""

    of: ColumnRef
    part: Part


@dataclass(frozen=True)
class Split:
    """Two groups: rows that meet a condition and the others, by their names."""

    by: Condition
    yes: str
    no: str


@dataclass(frozen=True)
class Elapsed:
    """The time from one column to another in a row."""

    start: ColumnRef
    end: ColumnRef
    unit: Unit


@dataclass(frozen=True)
class Age:
    """Full years from a date of birth to a day."""

    of: ColumnRef
    on: dt.date


@dataclass(frozen=True)
class Difference:
    """One amount minus another, of a row where both are columns; `absolute` drops the sign."""

    of: ColumnRef | Aggregate
    minus: ColumnRef | Aggregate
    absolute: bool = False


@dataclass(frozen=True)
class Ratio:
    """One amount over another, of a row where both are columns; `percent` tells parts of a hundred."""

    of: ColumnRef | Aggregate | Difference
    to: ColumnRef | Aggregate
    percent: bool = False


@dataclass(frozen=True)
class Together:
    """Amounts added to one another, of a row where they are columns; one that is missing adds nothing."""

    parts: tuple[ColumnRef | Aggregate, ...]


@dataclass(frozen=True)
class Fold:
    """A function over what is computed in each row."""

    function: Function
    of: Elapsed | Difference | Ratio | Together | Age


@dataclass(frozen=True)
class Each:
    """A function over how many rows of another table belong to each row; those with none count as 0.

    The column `pointing` of the table `child` holds what `to` holds.
    """

    function: Function
    child: str
    pointing: str
    to: ColumnRef


@dataclass(frozen=True)
class Percentile:
    """The value below which a part of the rows lies, in percent."""

    of: ColumnRef
    percent: float


@dataclass(frozen=True)
class Correlation:
    """Pearson's coefficient of two columns."""

    x: ColumnRef
    y: ColumnRef


@dataclass(frozen=True)
class Share:
    """The part of each group's amount in the sum over all groups, in percent or as a fraction."""

    of: Aggregate
    percent: bool = True


@dataclass(frozen=True)
class Running:
    """The sum of an amount up to each period, apart for each group of `within`."""

    of: Aggregate
    along: Key
    within: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Change:
    """An amount minus that of the period before, or the change in percent of it."""

    of: Amount
    along: Key
    within: tuple[Key, ...] = ()
    percent: bool = False


@dataclass(frozen=True)
class Rank:
    """The place of each group by an amount, ties sharing it."""

    of: Output
    direction: Direction
    within: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Foremost:
    """Keeps the first `count` rows of each group by `by`; all that share the first place where it is None."""

    by: Output
    direction: Direction
    within: tuple[Key, ...]
    count: int | None = None
    then: tuple[ColumnRef, ...] = ()
