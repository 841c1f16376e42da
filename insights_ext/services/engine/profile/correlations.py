"""Pearson correlations of the numeric columns, pairwise over the rows where both are present."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np

from .columns import ColumnProfile

MAX_COLUMNS = 30
MAX_ROWS = 200_000
MIN_PAIRS = 3


def correlations(
    connection: duckdb.DuckDBPyConnection, columns: list[ColumnProfile], rows: int
) -> list[dict[str, Any]]:
    """`schemas.Correlation` as JSON for the pairs of informative numeric columns, strongest first.

    Columns with most values come first when there are more than `MAX_COLUMNS`; keys and constants have
    no say. Above `MAX_ROWS` rows a sample by hashed row number is used and the pairs are marked.
    """
    usable = [
        column
        for column in columns
        if column.kind == "numeric"
        and not column.stats.get("likely_key")
        and column.count - column.not_finite >= MIN_PAIRS
        and column.stats.get("min") != column.stats.get("max")
    ]
    usable = sorted(usable, key=lambda column: -column.count)[:MAX_COLUMNS]
    usable.sort(key=lambda column: column.index)
    if len(usable) < 2:
        return []
    sampled = rows > MAX_ROWS
    where = f" WHERE hash(rn) % {-(-rows // MAX_ROWS)} = 0" if sampled else ""
    values = ", ".join(f"coalesce({column.number}, 'nan'::DOUBLE)" for column in usable)
    table = connection.sql(f"SELECT {values} FROM data{where}").to_arrow_table()
    # Chunk by chunk: converting a chunked array would import pandas.
    matrix = np.column_stack([np.concatenate([c.to_numpy() for c in a.chunks]) for a in table.columns])
    pairs = _pearson(matrix)
    return [{"a": usable[i].name, "b": usable[j].name, "r": r, "approximate": sampled} for i, j, r in pairs]


def _pearson(matrix: Any) -> list[tuple[int, int, float]]:
    """Pairs ``(i, j, r)`` of the columns of `matrix` (NaN is missing), by falling |r|."""
    present = ~np.isnan(matrix)
    # Centred and scaled first, so that sums of squares keep their digits and do not overflow.
    scale = np.nanmax(np.abs(matrix), axis=0)
    scaled = matrix / np.where(scale > 0, scale, 1.0)
    centred = np.where(present, scaled - np.nanmean(scaled, axis=0), 0.0)
    mask = present.astype("f8")
    n = mask.T @ mask
    sums, squares, products = centred.T @ mask, (centred**2).T @ mask, centred.T @ centred
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = squares - sums**2 / n
        r = (products - sums * sums.T / n) / np.sqrt(spread * spread.T)
        # Below rounding error a column is constant over the common rows.
        flat = spread <= 1e-13 * squares
    found = [
        (i, j, float(np.clip(r[i, j], -1, 1)))
        for i in range(matrix.shape[1])
        for j in range(i + 1, matrix.shape[1])
        if n[i, j] >= MIN_PAIRS and np.isfinite(r[i, j]) and not (flat[i, j] or flat[j, i])
    ]
    return sorted(found, key=lambda pair: (-abs(pair[2]), pair[0], pair[1]))
