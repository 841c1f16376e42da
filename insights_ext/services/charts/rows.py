"""The rows a chart carries: bounded, JSON by the rules of every door, and what was left out in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...values import Encoder
from .fields import Field
from .rules import MAX_CATEGORIES, MAX_SERIES, MAX_SLICES, Design

if TYPE_CHECKING:
    import pyarrow as pa

MAX_ROWS = 2000
MISSING = "(missing)"

Row = dict[str, Any]


@dataclass(frozen=True)
class Drawn:
    """Rows for ``data.values``, by column name, and sentences on what they leave out."""

    rows: list[Row]
    notes: tuple[str, ...] = ()


def rows_of(table: pa.Table, design: Design) -> Drawn:
    """The rows of `table` that `design` draws."""
    fields = _fields(design)
    rows = _json_rows(table, fields)
    notes: list[str] = []
    measure = design.theta or (design.x if design.y is None or design.x is None else design.y)
    if design.mark == "rect":
        measure = design.color
    for axis, most, kept in (
        (_axis(design), MAX_CATEGORIES, "first"),
        (design.color, MAX_SLICES if design.mark == "arc" else MAX_SERIES, "largest"),
    ):
        if axis is None or measure is None or axis.kind == "number" or axis is measure:
            continue
        if axis.kind == "time" and axis is not design.color:
            continue
        rows, note = _keep(rows, axis, measure, most, kept)
        notes.extend(note)
    rows, note = _thin(rows)
    return Drawn(rows, (*notes, *note))


def _fields(design: Design) -> list[Field]:
    """Every column the chart or its tooltip shows, once."""
    used = (design.x, design.y, design.color, design.theta, design.groups, *design.tooltip)
    return list({field.name: field for field in used if field is not None}.values())


def _axis(design: Design) -> Field | None:
    if design.mark in ("bar", "rect", "boxplot", "tick") and not design.binned:
        return design.y if design.x is not None and design.x.kind == "number" and design.y else design.x
    return None


def _json_rows(table: pa.Table, fields: Sequence[Field]) -> list[Row]:
    encoder = Encoder()
    columns: list[list[Any]] = []
    for field in fields:
        values = table.column(table.column_names.index(field.name)).to_pylist()
        if field.type == "quantitative":
            columns.append([_number(value) for value in values])
        elif field.kind == "category":
            columns.append([MISSING if value is None else encoder.value(value) for value in values])
        else:
            columns.append([encoder.value(value) for value in values])
    names = [field.name for field in fields]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _number(value: Any) -> int | float | None:
    """A number Vega can draw: past 2^53 or 15 digits it is rounded, not turned into text."""
    if value is None:
        return None
    encoded = Encoder().value(value)
    if isinstance(encoded, str):
        encoded = float(value)
    return encoded if isinstance(encoded, int) or (encoded is not None and math.isfinite(encoded)) else None


def _keep(
    rows: list[Row], axis: Field, measure: Field, most: int, kept: str
) -> tuple[list[Row], tuple[str, ...]]:
    """At most `most` values of `axis`: the first, or those with the largest totals."""
    totals: dict[Any, float] = {}
    for row in rows:
        totals[row[axis.name]] = totals.get(row[axis.name], 0.0) + abs(row.get(measure.name) or 0.0)
    if len(totals) <= most:
        return rows, ()
    order = list(totals) if kept == "first" else sorted(totals, key=lambda value: -totals[value])
    chosen = set(order[:most])
    note = f"The {kept} {most} of {len(totals):,} values of {axis.label} are shown."
    return [row for row in rows if row[axis.name] in chosen], (note,)


def _thin(rows: list[Row]) -> tuple[list[Row], tuple[str, ...]]:
    """At most `MAX_ROWS` rows, evenly spaced, the last included."""
    if len(rows) <= MAX_ROWS:
        return rows, ()
    last = len(rows) - 1
    picked = [rows[round(step * last / (MAX_ROWS - 1))] for step in range(MAX_ROWS)]
    return picked, (f"{MAX_ROWS:,} of {len(rows):,} rows are shown, evenly spaced.",)
