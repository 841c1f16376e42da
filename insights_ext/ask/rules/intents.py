"""The algebra of questions: what is selected, filtered, grouped and ranked. Frozen data, no SQL.

Every reference names its table, so that queries over several tables need no new notation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from .calculations import (
    Age,
    Change,
    Correlation,
    DatePart,
    Difference,
    Each,
    Elapsed,
    Fold,
    Foremost,
    Percentile,
    Rank,
    Ratio,
    Running,
    Share,
    Split,
    Together,
)
from .dates import Grain

Function = Literal["count", "sum", "mean", "median", "min", "max", "std"]
Comparison = Literal["=", "!=", "<", "<=", ">", ">="]
Direction = Literal["asc", "desc"]
Scalar = str | int | float | bool | dt.date


@dataclass(frozen=True)
class ColumnRef:
    """A column as it stands."""

    table: str
    column: str


@dataclass(frozen=True)
class Bucket:
    """A date or timestamp cut to the start of its period; a year is given as its number."""

    of: ColumnRef
    grain: Grain


@dataclass(frozen=True)
class RowSet:
    """The rows of a table."""

    table: str


@dataclass(frozen=True)
class Aggregate:
    """A function over the rows of a group; `of` None counts `rows`, `distinct` counts different values.

    Only rows that meet `where` are taken, besides the conditions of the query.
    """

    function: Function
    of: ColumnRef | None = None
    distinct: bool = False
    rows: RowSet | None = None
    where: tuple[Condition, ...] = ()


def count_of(table: str) -> Aggregate:
    """How many rows of `table` there are."""
    return Aggregate("count", rows=RowSet(table))


@dataclass(frozen=True)
class Gap:
    """How far the aggregate of the rows that meet `first` is from that of the rows that meet `second`."""

    of: Aggregate
    first: Condition
    second: Condition


PLACE = "place in the table"
"""The column that stands for the order of the file: 1 for its first row."""

Key = ColumnRef | Bucket | DatePart | Split
Amount = Aggregate | Age | Ratio | Difference | Together | Fold | Each | Percentile | Correlation
Output = Key | Amount | Elapsed | Share | Running | Change | Rank | Gap


@dataclass(frozen=True)
class Compare:
    """`of` compared with a constant."""

    of: ColumnRef | Amount
    op: Comparison
    value: Scalar


@dataclass(frozen=True)
class Between:
    """`of` between two constants, both included."""

    of: ColumnRef
    low: Scalar
    high: Scalar


@dataclass(frozen=True)
class Among:
    """`of` is one of the stored texts; `said` are the values as the reader knows them.

    Where a row outside may have several rows with such a value, `each` asks for one with each of them.
    """

    of: ColumnRef
    values: tuple[Scalar, ...]
    said: tuple[str, ...]
    each: bool = False


@dataclass(frozen=True)
class TextMatch:
    """`of` contains, starts or ends with a text, whatever the case."""

    of: ColumnRef
    how: Literal["contains", "starts", "ends"]
    text: str


@dataclass(frozen=True)
class Missing:
    """`of` is null (or an empty text)."""

    of: ColumnRef


@dataclass(frozen=True)
class InPeriod:
    """A date or year from `start` (included) to `end` (excluded); None leaves a side open."""

    of: ColumnRef
    start: dt.date | None
    end: dt.date | None
    said: str


@dataclass(frozen=True)
class InMonth:
    """A date in a calendar month of any year."""

    of: ColumnRef
    month: int
    said: str


@dataclass(frozen=True)
class Extreme:
    """`of` is at its greatest ("desc") or least among the rows that meet the other conditions."""

    of: ColumnRef
    direction: Direction


@dataclass(frozen=True)
class Not:
    """The condition does not hold; rows where it is unknown are kept for `Among`."""

    of: Condition


@dataclass(frozen=True)
class Typical:
    """`of` compared with its own average, or another function of it, over the whole table."""

    of: ColumnRef
    op: Comparison
    function: Function
    over: ColumnRef


@dataclass(frozen=True)
class Exists:
    """There is a row of `table` that belongs to the row in question."""

    table: str


@dataclass(frozen=True)
class Many:
    """A number of the rows that belong to the row in question (how many, their sum), against a constant."""

    of: Amount
    op: Comparison
    value: int | float

    @property
    def table(self) -> str:
        """The table of the rows, "" where there are several or none."""
        tables = {
            a.of.table if a.of is not None else a.rows.table if a.rows else "" for a in aggregates_in(self.of)
        }
        return tables.pop() if len(tables) == 1 else ""


@dataclass(frozen=True)
class Every:
    """Every row of `table` belongs to the row in question."""

    table: str


@dataclass(frozen=True)
class Or:
    """One of two lists of conditions holds; all are on one table."""

    first: tuple[Condition, ...]
    second: tuple[Condition, ...]


@dataclass(frozen=True)
class Beside:
    """The nearest row after (`step` 1) or before (-1) those that meet `anchor`, in the order of the file."""

    anchor: Condition
    step: int


@dataclass(frozen=True)
class SameAs:
    """`of` is what it is in the rows that meet `anchor`, in another row."""

    of: ColumnRef
    anchor: Condition


@dataclass(frozen=True)
class Beyond:
    """`of` is above (or below) what it is in the rows that meet `anchor`."""

    of: ColumnRef
    op: Comparison
    anchor: Condition


@dataclass(frozen=True)
class Weekday:
    """A date on one of these days of the week, 1 for Monday to 7."""

    of: ColumnRef
    days: tuple[int, ...]
    said: str


@dataclass(frozen=True)
class Recurring:
    """What `of` names stands in several rows of its table, or (not `often`) in a single one."""

    of: ColumnRef
    often: bool = True


@dataclass(frozen=True)
class Debut:
    """The row is the first, by `at`, of what `of` names: of all rows, whatever else is asked of them."""

    of: ColumnRef
    at: ColumnRef


@dataclass(frozen=True)
class Outlying:
    """`of` lies further from the middle half of all rows than one and a half times its width."""

    of: ColumnRef


Condition = (
    Compare | Between | Among | TextMatch | Missing | InPeriod | InMonth | Extreme | Typical | Exists | Many
    | Every | Beside | SameAs | Beyond | Or | Weekday | Outlying | Recurring | Debut | Not
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """Sort by an output or a column."""

    by: Output
    direction: Direction


@dataclass(frozen=True)
class Query:
    """A question about `table`; empty `select` means whole rows.

    Which tables take part and how they are joined is not said here: it follows from the references.
    """

    table: str
    select: tuple[Output, ...] = ()
    where: tuple[Condition, ...] = ()
    group: tuple[Key, ...] = ()
    having: tuple[Compare, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    distinct: bool = False
    foremost: Foremost | None = None


def aggregates_in(node: Any) -> Iterator[Aggregate]:
    """The aggregates that a part of a query is made of."""
    if isinstance(node, Aggregate):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from aggregates_in(item)
    elif is_dataclass(node):
        for f in fields(node):
            yield from aggregates_in(getattr(node, f.name))


def columns_in(node: Any) -> Iterator[ColumnRef]:
    """The columns that a part of a query speaks of."""
    if isinstance(node, ColumnRef):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from columns_in(item)
    elif is_dataclass(node):
        for f in fields(node):
            yield from columns_in(getattr(node, f.name))
