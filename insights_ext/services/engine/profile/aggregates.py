"""The numbers of each column from a few passes of one aggregate query over many columns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import duckdb

from ....values import Encoder
from .columns import ColumnProfile

MAX_COLUMNS = 50
EXACT_CELLS = 6_000_000
"""Cells whose quantiles one query may hold in memory."""

EXACT_QUANTILE_ROWS = 2_000_000
_QUARTILES = ("q25", "median", "q75")
_encode = Encoder().value


def aggregate(connection: duckdb.DuckDBPyConnection, columns: list[ColumnProfile], approximate: bool) -> None:
    """Fill in counts, extremes, moments, quartiles and text lengths of all `columns`.

    With `approximate`, distinct counts come from HyperLogLog and quartiles from t-digests, and are
    marked so. `skew` is DuckDB's ``skewness``: the adjusted Fisher-Pearson coefficient, as in pandas.
    """
    for batch in _batches(columns):
        try:
            _run(connection, batch, approximate, moments=True)
        except duckdb.OutOfRangeException:
            # One column whose squares overflow; the others keep their moments.
            for column in batch:
                try:
                    _run(connection, [column], approximate, moments=True)
                except duckdb.OutOfRangeException:
                    _run(connection, [column], approximate, moments=False)


def _batches(columns: list[ColumnProfile]) -> Iterator[list[ColumnProfile]]:
    rows = columns[0].rows if columns else 0
    size = max(1, min(MAX_COLUMNS, EXACT_CELLS // max(rows, 1)))
    for start in range(0, len(columns), size):
        yield columns[start : start + size]


def _run(
    connection: duckdb.DuckDBPyConnection, columns: list[ColumnProfile], approximate: bool, moments: bool
) -> None:
    wanted = [_expressions(column, approximate, moments) for column in columns]
    flat = [sql for expressions in wanted for sql in expressions.values()]
    row = iter(connection.execute(f"SELECT {', '.join(flat)} FROM data").fetchall()[0])
    for column, expressions in zip(columns, wanted, strict=True):
        _fill(column, {name: next(row) for name in expressions}, approximate)


def _expressions(column: ColumnProfile, approximate: bool, moments: bool) -> dict[str, str]:
    """SQL by the name of what it gives."""
    c, wanted = column.sql, {"count": f"count({column.sql})"}
    if approximate and column.kind != "nested":
        wanted["distinct_count"] = f"approx_count_distinct({c})"
    if column.kind == "numeric":
        number = column.number
        wanted |= {
            "min": f"min({column.finite})",
            "max": f"max({column.finite})",
            "zero_count": f"count(*) FILTER ({c} = 0)",
            "negative": f"count(*) FILTER ({column.finite} < 0)",
            "finite": f"count({column.finite})",
        }
        if moments:
            wanted |= {
                "mean": f"avg({number})",
                "sum": f"sum({column.finite})" if column.type_id != "hugeint" else f"sum({number})",
                "std": f"stddev_samp({number})",
                "skew": f"skewness({number})",
            }
        wanted["quartiles"] = _quantiles(number, approximate)
    elif column.kind == "date":
        wanted |= {
            "min": f"CAST(min({column.finite}) AS VARCHAR)",
            "max": f"CAST(max({column.finite}) AS VARCHAR)",
            "finite": f"count({column.finite})",
            "low": f"min({column.micros})",
            "high": f"max({column.micros})",
            "quartiles": _quantiles(column.micros, approximate, "disc"),
        }
    elif column.kind == "text":
        wanted |= {
            "min": f"left(min({c}), 200)",
            "max": f"left(max({c}), 200)",
            "shortest": f"min(length({c}))",
            "average": f"avg(length({c}))",
            "longest": f"max(length({c}))",
            "bytes": f"sum(strlen({c}))",
            "blank": f"count(*) FILTER (trim({c}) = '')",
        }
    elif column.kind == "boolean":
        wanted |= {"min": f"min({c})", "max": f"max({c})"}
    elif column.kind == "binary":
        wanted["bytes"] = f"sum(octet_length({c}))"
    return wanted


def _quantiles(expression: str, approximate: bool, form: str = "cont") -> str:
    points = "[0.25, 0.5, 0.75]"
    return (
        f"approx_quantile({expression}, {points})"
        if approximate
        else f"quantile_{form}({expression}, {points})"
    )


def _fill(column: ColumnProfile, found: dict[str, Any], approximate: bool) -> None:
    stats = column.stats
    stats["count"] = int(found["count"])
    stats["null_count"] = column.rows - stats["count"]
    stats["null_percentage"] = 100 * stats["null_count"] / column.rows if column.rows else 0.0
    column.text_bytes = int(found.get("bytes") or 0)
    if "distinct_count" in found:
        stats["distinct_count"] = min(int(found["distinct_count"]), stats["count"])
        column.approximate.add("distinct_count")
    for name in ("min", "max"):
        if name in found:
            stats[name] = _encode(found[name])
    if "finite" in found:
        column.not_finite = stats["count"] - int(found["finite"])
    quartiles = found.get("quartiles")
    if column.kind == "numeric":
        for name in ("mean", "std", "skew", "sum"):
            stats[name] = _finite(found.get(name))
        stats["zero_count"] = int(found["zero_count"])
        stats["negative_share"] = found["negative"] / stats["count"] if stats["count"] else None
        if quartiles:
            stats.update(zip(_QUARTILES, map(_finite, quartiles), strict=True))
    elif column.kind == "date":
        for name in ("min", "max"):
            stats[name] = _iso(stats[name])
        column.micros_range = (found["low"], found["high"])
        if quartiles:
            column.micros_quartiles = dict(zip(_QUARTILES, map(int, quartiles), strict=True))
    elif column.kind == "text" and stats["count"]:
        stats["text_lengths"] = {
            "min": int(found["shortest"]),
            "mean": float(found["average"]),
            "max": int(found["longest"]),
        }
        column.shares["blank"] = found["blank"] / stats["count"]
    if approximate and quartiles:
        column.approximate.update(_QUARTILES)


def _finite(value: Any) -> float | None:
    """A finite float, None for anything else."""
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _iso(text: str | None) -> str | None:
    """DuckDB's text of a date or time as ISO 8601."""
    if text is None:
        return None
    text = text.replace(" ", "T", 1) if text[:1].isdigit() and "(BC)" not in text else text
    return text + ":00" if text[-3:-2] in "+-" and "T" in text else text
