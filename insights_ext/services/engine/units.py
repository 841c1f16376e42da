"""Units of columns, kept in the footer of a Parquet file: what stood beside the numbers as text."""

from __future__ import annotations

import json
from collections.abc import Mapping

import duckdb

UNITS_KEY = "insights_units"
"""The key of the footer's metadata: a JSON object of units by column."""


def units_text(units: Mapping[str, str]) -> str:
    """What the footer holds under `UNITS_KEY`."""
    return json.dumps(dict(units), ensure_ascii=False, sort_keys=True)


def units_in(connection: duckdb.DuckDBPyConnection, parquet: str) -> dict[str, str]:
    """Units by column of a Parquet file; empty where the file has none, or was written by another program.

    `parquet` is the file's path as a SQL literal.
    """
    # Keys and values of other programs may be any bytes; only those of this key are taken for text.
    found = connection.execute(
        f"SELECT value FROM parquet_kv_metadata({parquet}) WHERE key = encode('{UNITS_KEY}')"
    ).fetchone()
    try:
        units = json.loads(found[0]) if found else {}
    except (ValueError, RecursionError):
        return {}
    return {str(k): str(v) for k, v in units.items()} if isinstance(units, dict) else {}
