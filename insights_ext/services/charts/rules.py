"""Which chart fits a result: a chart asked for by name wins, else the roles of the columns decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from .fields import Field

if TYPE_CHECKING:
    import pyarrow as pa

Mark = Literal["bar", "line", "area", "point", "arc", "rect", "tick", "boxplot"]

MAX_SERIES = 10
MAX_SLICES = 10
MAX_PARTS = 6
MAX_CATEGORIES = 50
AXIS_WIDTH = 480
MANY_ROWS = 10

NAMED: dict[str, Mark] = {
    "bar": "bar",
    "column": "bar",
    "histogram": "bar",
    "line": "line",
    "area": "area",
    "point": "point",
    "scatter": "point",
    "scatterplot": "point",
    "arc": "arc",
    "pie": "arc",
    "donut": "arc",
    "rect": "rect",
    "heatmap": "rect",
    "tick": "tick",
    "strip": "tick",
    "boxplot": "boxplot",
    "box": "boxplot",
}
"""Words a plan may hold in `chart`, and the Vega-Lite mark each means."""


@dataclass(frozen=True)
class Design:
    """A chart before it is written down: its mark and which column each channel shows.

    `binned` counts the rows in steps of `x`, `bin_width` wide or at most `bins`; `y` is
    their count where they were counted already.
    `groups` sets bars side by side by this column.
    `stacked` piles the colours up; without it they stand side by side or hide one another.
    `ranked` puts the largest part of a whole first.
    """

    mark: Mark
    x: Field | None = None
    y: Field | None = None
    color: Field | None = None
    theta: Field | None = None
    groups: Field | None = None
    binned: bool = False
    bin_width: float | None = None
    bins: int | None = None
    stacked: bool = False
    ranked: bool = False
    horizontal: bool = False
    tooltip: tuple[Field, ...] = field(default=())


def design(fields: Sequence[Field], table: pa.Table, named: str | None = None) -> Design | None:
    """The chart for a result, None where a figure or the table itself says it better.

    `named` is the chart the question asked for, if any.
    """
    times = [f for f in fields if f.kind == "time"]
    categories = [f for f in fields if f.kind == "category"]
    numbers = [f for f in fields if f.kind == "number"]
    mark = NAMED.get(named.lower()) if named else None
    if table.num_rows == 0 or not fields:
        return None
    if table.num_rows == 1 and mark is None:
        return None
    chosen = _steps(times, categories, numbers) if named and named.lower() == "histogram" else None
    if chosen is None and mark:
        chosen = _named(mark, times, categories, numbers, table)
    chosen = chosen or _by_roles(times, categories, numbers, table)
    if chosen is None:
        return None
    return replace(chosen, tooltip=tuple(fields[:6])) if not chosen.binned else chosen


def _by_roles(
    times: list[Field], categories: list[Field], numbers: list[Field], table: pa.Table
) -> Design | None:
    if not numbers or len(times) > 1 or len(categories) > 3:
        return None
    measure = numbers[0]
    keys = [*times, *categories]
    if times:
        if not _unique(keys, table) or len(categories) > 1:
            return None
        if times[0].distinct < 2:
            return _bars(categories or times, measure, table)
        return Design("line", x=times[0], y=measure, color=categories[0] if categories else None)
    if not categories:
        if len(numbers) == 2:
            return Design("point", x=numbers[0], y=numbers[1])
        return _histogram(numbers[0]) if len(numbers) == 1 and table.num_rows >= MANY_ROWS else None
    if len(numbers) >= 2 and _scattered(categories, numbers, table):
        return Design("point", x=numbers[0], y=numbers[1], color=_series(categories))
    if not _unique(keys, table):
        return None
    if measure.share and len(categories) == 1 and categories[0].distinct <= MAX_PARTS:
        return Design("bar", x=measure, color=categories[0], stacked=True, ranked=True, horizontal=True)
    return _bars(categories, measure, table)


def _named(
    mark: Mark, times: list[Field], categories: list[Field], numbers: list[Field], table: pa.Table
) -> Design | None:
    """The chart asked for, if the columns allow it."""
    keys = [*times, *categories]
    measure = numbers[0] if numbers else None
    if mark == "point" and len(numbers) >= 2:
        few = (replace(n, kind="category", type="ordinal") for n in numbers[2:3])
        return Design("point", x=numbers[0], y=numbers[1], color=_series([*keys, *few]))
    if measure is None:
        return None
    if mark == "point" and keys:
        return Design("point", x=keys[0], y=measure, color=_series(keys[1:]))
    if mark in ("line", "area") and keys:
        return Design(mark, x=keys[0], y=measure, color=_series(keys[1:]), stacked=mark == "area")
    if mark in ("line", "area") and len(numbers) == 2:
        return Design(mark, x=numbers[0], y=numbers[1])
    if mark == "arc" and len(keys) == 1 and _unique(keys, table) and _no_negative(measure, table):
        return Design("arc", theta=measure, color=keys[0], stacked=True, ranked=True)
    if mark == "rect" and len(keys) == 2:
        return Design("rect", x=keys[0], y=keys[1], color=measure)
    if mark in ("tick", "boxplot"):
        category = keys[0] if keys else None
        return Design(mark, x=measure, y=category, horizontal=True)
    if mark == "bar":
        return _bars(keys, measure, table) if keys else _histogram(measure) if len(numbers) == 1 else None
    return None


def _steps(times: list[Field], categories: list[Field], numbers: list[Field]) -> Design | None:
    """A histogram: of one amount, perhaps coloured by a group, or of amounts counted one by one."""
    if times or len(numbers) != 1 or len(categories) > 1:
        return None
    if not numbers[0].aggregate:
        color = _series(categories)
        return replace(found, color=color, stacked=True) if (found := _histogram(numbers[0])) else None
    axis = categories[0] if categories else None
    if not numbers[0].rows or axis is None or axis.type != "ordinal":
        return None
    return Design("bar", x=replace(axis, kind="number", type="quantitative"), y=numbers[0], binned=True)


def _bars(keys: Sequence[Field], measure: Field, table: pa.Table) -> Design | None:
    """Bars of `measure`: the largest dimension along the axis, the smaller ones in colour and groups."""
    if len(keys) > 3:
        return None
    axis, *rest = sorted(keys, key=lambda f: -f.distinct) if keys[0].kind != "time" else keys
    color = rest[-1] if rest else None
    groups = rest[0] if len(rest) == 2 else None
    if groups is not None and groups.distinct > MAX_PARTS:
        return None
    stacked = color is not None and measure.additive
    if color is not None and groups is None and not stacked:
        groups = color
    # Averages do not add up: with two more dimensions they are dots, which nobody reads as a sum.
    dots = color is not None and groups is not color and not stacked
    return Design(
        "point" if dots else "bar",
        x=axis,
        y=measure,
        color=color,
        groups=groups,
        stacked=stacked,
        horizontal=axis.kind == "category" and _wide(axis, table),
    )


def _histogram(number: Field) -> Design | None:
    return Design("bar", x=number, binned=True) if number.distinct > 1 and not number.aggregate else None


def _unique(keys: Sequence[Field], table: pa.Table) -> bool:
    """Whether every row has its own place: two rows in one place would be drawn as their sum."""
    names = list(dict.fromkeys(key.name for key in keys))
    columns = [table.column_names.index(name) for name in names]
    picked = table.select(columns)
    return bool(picked.group_by(names).aggregate([]).num_rows == table.num_rows)


def _scattered(categories: list[Field], numbers: list[Field], table: pa.Table) -> bool:
    """Whether two numbers of many single things are compared, rather than two totals of a few groups."""
    if any(number.aggregate for number in numbers[:2]):
        return False
    return len(numbers) == 2 and table.num_rows > MAX_CATEGORIES and len(categories) == 1


def _series(keys: Sequence[Field]) -> Field | None:
    """The first dimension with few enough values to be told apart by colour."""
    return next((key for key in keys if key.kind == "category" and key.distinct <= 2 * MAX_SERIES), None)


def _wide(axis: Field, table: pa.Table) -> bool:
    """Whether labels are too long or too many to stand side by side under the bars."""
    values = set(table.column(table.column_names.index(axis.name)).to_pylist())
    longest = max(len(str(value)) for value in values)
    return len(values) * (7 * longest + 12) > AXIS_WIDTH


def _no_negative(measure: Field, table: pa.Table) -> bool:
    values = table.column(table.column_names.index(measure.name)).to_pylist()
    return all(value is None or value >= 0 for value in values)
