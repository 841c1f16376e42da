"""What a careful reader would point out about a table, in plain words."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import duckdb

from ....wording import normalise
from .columns import ColumnProfile

MANY_NULLS_PERCENT = 20.0
MANY_ZEROS_SHARE = 0.5
STRONG_R = 0.95
STRONG_SKEW = 3.0
OUTLIER_SHARE = 0.05
MANY_DISTINCT = 50
DUPLICATE_CELLS = 5_000_000
MAX_CORRELATION_ALERTS = 20
MAX_LISTED = 3


def alerts(
    columns: list[ColumnProfile],
    correlations: list[dict[str, Any]],
    duplicates: int,
    outliers: dict[int, int],
    today: dt.date,
) -> list[dict[str, Any]]:
    """`schemas.Alert` as JSON: the table first, then the columns in order, then pairs of columns."""
    found: list[dict[str, Any]] = []
    if columns and columns[0].rows == 0:
        found.append(_alert(None, "no_rows", "The table has no rows."))
        return found
    if duplicates:
        noun = "row is a copy" if duplicates == 1 else "rows are copies"
        found.append(_alert(None, "duplicate_rows", f"{duplicates:,} {noun} of an earlier one."))
    for column in columns:
        found += _of_column(column, outliers.get(column.index, 0), today)
    strong = [pair for pair in correlations if abs(pair["r"]) > STRONG_R][:MAX_CORRELATION_ALERTS]
    for pair in strong:
        way = "rise together" if pair["r"] > 0 else "move in opposite directions"
        message = f"{pair['a']} and {pair['b']} {way} (r = {pair['r']:.2f}); one may follow from the other."
        found.append(_alert(pair["a"], "strong_correlation", message))
    return found


def _of_column(column: ColumnProfile, outliers: int, today: dt.date) -> list[dict[str, Any]]:
    stats, name = column.stats, column.name
    if column.count == 0:
        return [_alert(name, "all_null", f"{name} has no values at all.")]
    found = []
    if stats["null_percentage"] > MANY_NULLS_PERCENT:
        found.append(_alert(name, "many_nulls", f"{stats['null_percentage']:.0f} % of {name} is missing."))
    if stats.get("constant") and column.count > 1:
        found.append(_alert(name, "constant", f"{name} has the same value in every row that has one."))
        return found
    if stats.get("likely_key"):
        found.append(_alert(name, "likely_key", f"{name} is different in every row: it may identify rows."))
    elif column.kind == "text" and (column.distinct or 0) > max(MANY_DISTINCT, column.count / 2):
        about = "about " if "distinct_count" in column.approximate else ""
        found.append(
            _alert(name, "high_cardinality", f"{name} has {about}{column.distinct:,} different texts.")
        )
    if column.kind == "numeric":
        found += _of_numbers(column, outliers)
    if column.kind == "text":
        found += _of_texts(column)
    if (
        column.kind == "date"
        and str(stats.get("max") or "")[:10] > today.isoformat()
        and "(" not in stats["max"]
    ):
        found.append(_alert(name, "future_dates", f"{name} reaches into the future, up to {stats['max']}."))
    return found


def _of_numbers(column: ColumnProfile, outliers: int) -> list[dict[str, Any]]:
    stats, name, found = column.stats, column.name, []
    if column.not_finite:
        message = f"{column.not_finite:,} values of {name} are NaN or infinite and left out of its numbers."
        found.append(_alert(name, "not_finite", message))
    if stats.get("likely_key"):
        return found
    skew = stats.get("skew")
    if skew is not None and abs(skew) > STRONG_SKEW:
        side = "high" if skew > 0 else "low"
        found.append(
            _alert(name, "skewed", f"{name} is lopsided: few very {side} values (skewness {skew:.1f}).")
        )
    zeros = (stats.get("zero_count") or 0) / column.count
    if zeros > MANY_ZEROS_SHARE and (column.distinct or 0) > 2:
        found.append(_alert(name, "many_zeros", f"{100 * zeros:.0f} % of the values of {name} are zero."))
    if outliers > OUTLIER_SHARE * column.count:
        share = 100 * outliers / column.count
        message = f"{outliers:,} values of {name} ({share:.0f} %) lie far outside its middle half."
        found.append(_alert(name, "outliers", message))
    return found


def _of_texts(column: ColumnProfile) -> list[dict[str, Any]]:
    name, found = column.name, []
    blank = column.shares.get("blank", 0.0)
    if blank:
        share = "under 1" if blank < 0.01 else f"{100 * blank:.0f}"
        found.append(_alert(name, "blank_texts", f"{share} % of the texts of {name} are blank."))
    spellings = defaultdict(list)
    for value, _ in column.top:
        form = " ".join(value.casefold().split())
        if form and normalise(value):
            spellings[form].append(value)
    twice = [values for values in spellings.values() if len(values) > 1]
    if twice and column.stats.get("semantic_type") not in ("text", "url", "id"):
        shown = "; ".join(" and ".join(repr(value) for value in values[:2]) for values in twice[:MAX_LISTED])
        found.append(
            _alert(name, "mixed_spelling", f"{name} spells the same value in different ways: {shown}.")
        )
    return found


def outlier_counts(connection: duckdb.DuckDBPyConnection, columns: list[ColumnProfile]) -> dict[int, int]:
    """Values beyond 1.5 interquartile ranges from the quartiles (Tukey's fences), by column index."""
    parts: dict[int, str] = {}
    for column in columns:
        q25, q75 = column.stats.get("q25"), column.stats.get("q75")
        if column.kind != "numeric" or q25 is None or q75 is None or q25 == q75:
            continue
        reach = 1.5 * (q75 - q25)
        parts[column.index] = (
            f"count(*) FILTER ({column.number} < CAST('{q25 - reach!r}' AS DOUBLE) "
            f"OR {column.number} > CAST('{q75 + reach!r}' AS DOUBLE))"
        )
    counts: dict[int, int] = {}
    items = list(parts.items())
    for start in range(0, len(items), 100):
        batch = items[start : start + 100]
        row = connection.execute(f"SELECT {', '.join(sql for _, sql in batch)} FROM data").fetchall()[0]
        counts.update(zip((index for index, _ in batch), row, strict=True))
    return counts


def duplicate_rows(connection: duckdb.DuckDBPyConnection, columns: list[ColumnProfile], rows: int) -> int:
    """Rows that equal an earlier one, by a 64-bit hash of the row; 0 on tables too big to look."""
    if not columns or rows * len(columns) > DUPLICATE_CELLS:
        return 0
    if any(column.stats["unique"] and not column.stats["null_count"] for column in columns):
        return 0
    names = ", ".join(column.sql for column in columns)
    found = connection.execute(f"SELECT count(*) - count(DISTINCT hash({names})) FROM data").fetchall()
    return int(found[0][0])


def _alert(column: str | None, code: str, message: str) -> dict[str, Any]:
    return {"column": column, "code": code, "message": message}
