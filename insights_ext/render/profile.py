"""Profiles: a line per column, alerts, correlations and questions to ask."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from ..schemas import Column, ColumnStats, Stats
from .layout import box, folded, grid_html, grid_text, notes
from .values import cell, grouped, size

_HEAD = [
    Column(name=name, type="VARCHAR")
    for name in (
        "column",
        "type",
        "kind",
        "nulls %",
        "distinct",
        "mean",
        "median",
        "std",
        "min",
        "max",
        "shape",
    )
]
_RIGHT = [False, False, False, *[True] * 7, False]
_BARS = "▁▂▃▄▅▆▇█"


def sparkline(counts: Sequence[int]) -> str:
    """A histogram drawn with block characters, at most 20 of them."""
    if not counts:
        return ""
    top = max(counts) or 1
    return "".join(_BARS[round((len(_BARS) - 1) * count / top)] for count in counts[:20])


def _row(column: ColumnStats) -> list[Any]:
    shape = sparkline([bar.count for bar in column.histogram])
    if not shape and column.top_values:
        top = column.top_values[0]
        shape = f"{cell(top.value)} ({top.percentage:.0f} %)"
    distinct = column.distinct_count
    return [
        column.name,
        column.type if column.unit is None else f"{column.type} ({column.unit})",
        column.semantic_type,
        round(column.null_percentage, 2),
        f"~{distinct:,}" if distinct is not None and "distinct_count" in column.approximate else distinct,
        column.mean,
        column.median,
        column.std,
        column.min,
        column.max,
        shape,
    ]


def _lead(stats: Stats) -> str:
    return (
        f"{stats.name}: {stats.row_count:,} rows, {stats.column_count:,} columns, "
        f"{stats.numeric_columns:,} numeric, {stats.categorical_columns:,} categorical, "
        f"{stats.null_percentage:.2f} % of cells missing, {size(stats.memory_bytes)} in memory"
    )


def _plain(row: Sequence[Any], column: ColumnStats) -> list[str]:
    return [cell(value, grouped=column.kind == "numeric" and grouped(column_of(column))) for value in row]


def column_of(column: ColumnStats) -> Column:
    """The column that a profile describes."""
    return Column(name=column.name, type=column.type)


def stats_html(stats: Stats) -> str:
    """A profile: the lead, a line per column, alerts, correlations and questions to ask."""
    rows = [_plain(_row(column), column) for column in stats.columns]
    alerts = "".join(f"<li>{escape(alert.message)}</li>" for alert in stats.alerts)
    strong = "".join(
        f"<li>{escape(pair.a)} and {escape(pair.b)}: r = {pair.r:.2f}</li>"
        for pair in stats.correlations[:10]
    )
    ask = "".join(f"<li>{escape(question)}</li>" for question in stats.suggestions)
    listing = '<ul style="margin:4px 0">{}</ul>'
    return box(
        f'<div style="font-weight:600;margin-bottom:4px">{escape(_lead(stats))}</div>'
        + grid_html(_HEAD, rows, _RIGHT)
        + notes(stats.warnings)
        + (folded(f"Alerts ({len(stats.alerts)})", listing.format(alerts)) if alerts else "")
        + (folded("Strongest correlations", listing.format(strong)) if strong else "")
        + (folded("Questions to ask", listing.format(ask)) if ask else "")
    )


def stats_text(stats: Stats) -> str:
    """The same for a terminal."""
    grid = grid_text(
        [column.name for column in _HEAD],
        [_plain(_row(column), column) for column in stats.columns],
        _RIGHT,
    )
    alerts = [f"! {alert.message}" for alert in stats.alerts]
    return "\n".join([_lead(stats), grid, *alerts, *stats.warnings])
