"""Equal-width histograms of numbers and dates, counted by DuckDB over edges chosen here."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise
from typing import Any

import duckdb

from .columns import ColumnProfile

BINS = 20
_DAY_US = 86_400_000_000
_UNITS_US = (_DAY_US, 3_600_000_000, 60_000_000, 1_000_000, 1000, 1)
_EPOCH = dt.datetime(1970, 1, 1)


def histogram(connection: duckdb.DuckDBPyConnection, column: ColumnProfile) -> None:
    """Fill in the histogram of a numeric or date column, and the quartiles of a date column."""
    if column.kind == "numeric":
        edges = number_edges(column.stats.get("min"), column.stats.get("max"), column.whole)
        counts = _counts(connection, column.number, edges)
        column.stats["histogram"] = _bins([float(edge) for edge in edges], counts)
        return
    low, high = column.micros_range
    edges = date_edges(low, high, whole_days=column.type_id == "date")
    counts = _counts(connection, column.micros, edges)
    labels = [iso(column, int(edge)) for edge in edges]
    if all(label is not None for label in labels):
        column.stats["histogram"] = _bins(labels, counts)
    for name, micros in column.micros_quartiles.items():
        column.stats[name] = iso(column, micros)


def number_edges(low: Any, high: Any, whole: bool) -> list[float] | list[int]:
    """Edges of at most `BINS` bins of one width from `low` to `high`; one pair if they are equal.

    Whole numbers get bins of a whole width, the last of which may end above `high`. Where floats cannot
    tell neighbouring edges apart there is a single bin.
    """
    if low is None or high is None:
        return []
    if whole:
        first, last = int(low), int(high)
        if first == last:
            return [first, last]
        width = -(-(last - first + 1) // BINS)
        bins = -(-(last - first + 1) // width)
        return [first + i * width for i in range(bins + 1)]
    start, stop = float(low), float(high)
    if start == stop:
        return [start, stop]
    # Halved before subtracting: the range of finite floats can overflow.
    step = (stop / 2 - start / 2) / BINS * 2
    edges = [start + i * step for i in range(BINS)] + [stop]
    distinct = all(a < b for a, b in pairwise(edges)) and all(map(math.isfinite, edges))
    return edges if distinct else [start, stop]


def date_edges(low: int | None, high: int | None, whole_days: bool) -> list[int]:
    """Edges in microseconds from `low` to `high`, a whole number of days, hours, … apart if that fits."""
    if low is None or high is None:
        return []
    if low == high:
        return [low, high]
    units = (_DAY_US,) if whole_days else _UNITS_US
    unit = next((unit for unit in units if BINS * unit <= high - low), units[-1])
    width = -(-(high - low) // (BINS * unit)) * unit
    edges = list(range(low, high, width))
    return [*edges, high]


def _counts(connection: duckdb.DuckDBPyConnection, value: str, edges: Any) -> list[int]:
    """How many values lie in each bin ``[edge, next)``, the last one closed."""
    if len(edges) < 2:
        return []
    inner = edges[1:-1]
    rows = connection.execute(
        f"SELECT {_search('x', inner, 0)} AS bin, count(*) FROM (SELECT {value} AS x FROM data) "
        "WHERE x IS NOT NULL GROUP BY bin"
    ).fetchall()
    counts = [0] * (len(edges) - 1)
    for position, count in rows:
        counts[position] = count
    return counts


def _search(value: str, inner: Any, offset: int) -> str:
    """A binary search over the inner edges as nested CASE: exact, unlike dividing by the width."""
    if not inner:
        return str(offset)
    middle = len(inner) // 2
    edge = inner[middle]
    shown = str(edge) if isinstance(edge, int) else f"CAST('{edge!r}' AS DOUBLE)"
    left, right = (
        _search(value, inner[:middle], offset),
        _search(value, inner[middle + 1 :], offset + middle + 1),
    )
    return f"CASE WHEN {value} < {shown} THEN {left} ELSE {right} END"


def _bins(edges: list[Any], counts: list[int]) -> list[dict[str, Any]]:
    return [{"low": edges[i], "high": edges[i + 1], "count": count} for i, count in enumerate(counts)]


def iso(column: ColumnProfile, micros: int) -> str | None:
    """Microseconds as the ISO text of the column's type, None outside the years 1 to 9999."""
    try:
        moment = _EPOCH + dt.timedelta(microseconds=micros)
    except OverflowError:
        return None
    if column.type_id == "date":
        return moment.date().isoformat()
    if column.type_id.startswith("time") and not column.type_id.startswith("timestamp"):
        return moment.time().isoformat()
    return moment.isoformat() + ("+00:00" if column.type_id.endswith("zone") else "")
