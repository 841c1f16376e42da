"""Write tables of thousands of columns block by block: DuckDB's writer needs memory for all at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ..units import UNITS_KEY, units_text
from .infer import Decision
from .stage import Staged

WIDE_COLUMNS = 1_500
BLOCK_COLUMNS = 250
BLOCK_CELLS = 4_000_000


def write_wide(
    connection: duckdb.DuckDBPyConnection, staged: Staged, decisions: Sequence[Decision], target: Path
) -> None:
    """Write `target` (Parquet, zstd), one row group of about `BLOCK_CELLS` cells after the other."""
    names = [decision.column.name for decision in decisions]
    size = max(1, BLOCK_CELLS // len(decisions))
    last = connection.execute(f"SELECT max({staged.row_id}) FROM {staged.relation}").fetchall()[0][0]
    writer: pq.ParquetWriter | None = None
    try:
        for start in range(0, 1 if last is None else int(last) + 1, size):
            rows = f"{staged.row_id} >= {start} AND {staged.row_id} < {start + size}"
            block = pa.Table.from_arrays(_columns(connection, staged, decisions, rows), names=names)
            writer = writer or pq.ParquetWriter(
                target, block.schema, compression="zstd", use_dictionary=False
            )
            if start == 0 and (units := units_of(decisions)):
                writer.add_key_value_metadata({UNITS_KEY: units_text(units)})
            writer.write_table(block)
    finally:
        if writer is not None:
            writer.close()


def units_of(decisions: Sequence[Decision]) -> dict[str, str]:
    """The units of the columns that are stored as numbers."""
    return {
        d.column.name: d.reading.unit for d in decisions if d.reading.unit is not None and d.cast_to is None
    }


def _columns(
    connection: duckdb.DuckDBPyConnection, staged: Staged, decisions: Sequence[Decision], rows: str
) -> list[pa.ChunkedArray]:
    arrays: list[pa.ChunkedArray] = []
    for start in range(0, len(decisions), BLOCK_COLUMNS):
        part = decisions[start : start + BLOCK_COLUMNS]
        selected = ", ".join(f"{decision.sql} AS v{index}" for index, decision in enumerate(part))
        query = f"SELECT {selected} FROM {staged.relation} WHERE {rows}"
        arrays += connection.sql(query).to_arrow_table().columns
    return arrays
