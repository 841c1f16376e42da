"""Whether a column is constant or unique, exactly, even where its distinct count is an estimate."""

from __future__ import annotations

import duckdb

from .columns import ColumnProfile

SLICE_ROWS = 2_000_000
NEAR_UNIQUE = 0.9


def settle_uniqueness(connection: duckdb.DuckDBPyConnection, column: ColumnProfile) -> None:
    """Fill in `constant` and `unique`; a column shown to be unique gets its exact distinct count.

    `unique` means that no two values that are not null are equal. An estimate near the number of values
    is checked slice by slice of the values' hashes, which keeps memory small and stops at the first
    repetition.
    """
    stats, distinct = column.stats, column.distinct
    if distinct is None:
        stats["constant"] = stats["unique"] = False
        return
    estimated = "distinct_count" in column.approximate
    stats["constant"] = column.count > 0 and distinct == 1
    stats["unique"] = column.count > 0 and distinct == column.count and not estimated
    if estimated and distinct >= NEAR_UNIQUE * column.count and _all_differ(connection, column):
        stats["unique"], stats["distinct_count"] = True, column.count
        column.approximate.discard("distinct_count")


def _all_differ(connection: duckdb.DuckDBPyConnection, column: ColumnProfile) -> bool:
    slices = -(-column.rows // SLICE_ROWS)
    c = column.sql
    for number in range(slices):
        where = f"WHERE {c} IS NOT NULL AND hash({c}) % {slices} = {number}"
        rows = connection.execute(f"SELECT count({c}) - count(DISTINCT {c}) FROM data {where}").fetchall()
        if rows[0][0]:
            return False
    return True
