"""Write the Parquet file and describe what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from insights_ext import values
from insights_ext.schemas import DatasetColumn, Metadata

from ..units import UNITS_KEY, units_text
from .infer import Decision
from .reading import TEXT
from .stage import Staged, literal, quoted
from .wide import WIDE_COLUMNS, units_of, write_wide

ROW_GROUP_ROWS = 122_880
ROW_GROUP_CELLS = 6_000_000
SAMPLE_ROWS = 5
SAMPLE_CHARACTERS = 2_000
"""Longer text in the sample rows is cut, and ends with an ellipsis."""


def write(
    connection: duckdb.DuckDBPyConnection, staged: Staged, decisions: Sequence[Decision], target: Path
) -> tuple[int, list[DatasetColumn], Metadata]:
    """Write `target` (zstd) and read back its row count, columns and metadata.

    A column whose nulls are not those that were foreseen is written again as text: no cell is lost to a cast.
    """
    for _ in range(2):
        _copy(connection, staged, decisions, target)
        rows, nulls = _null_counts(connection, target)
        lost = [
            decision
            for decision, count in zip(decisions, nulls, strict=True)
            if 0 <= decision.nulls != count and decision.reading.kind != "text" and decision.cast_to is None
        ]
        if not lost:
            break
        for decision in lost:
            decision.reading, decision.missing, decision.nulls = TEXT, {}, -1
            decision.warnings.append(f"Column {decision.column.name!r} could not be typed, kept as text.")
    columns = _columns(connection, decisions, nulls, target)
    return rows, columns, _metadata(staged, columns, target)


def _copy(
    connection: duckdb.DuckDBPyConnection, staged: Staged, decisions: Sequence[Decision], target: Path
) -> None:
    if len(decisions) > WIDE_COLUMNS and staged.row_id is not None:
        write_wide(connection, staged, decisions, target)
        return
    selected = ", ".join(f"{decision.sql} AS {quoted(decision.column.name)}" for decision in decisions)
    size = max(2_048, min(ROW_GROUP_ROWS, ROW_GROUP_CELLS // len(decisions)))
    connection.execute(
        f"COPY (SELECT {selected} FROM {staged.relation}) TO {literal(str(target))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {size}{_footer(decisions)})"
    )


def _footer(decisions: Sequence[Decision]) -> str:
    """The option that keeps the units of the columns in the file."""
    units = units_of(decisions)
    return f", KV_METADATA {{{UNITS_KEY}: {literal(units_text(units))}}}" if units else ""


def _null_counts(connection: duckdb.DuckDBPyConnection, target: Path) -> tuple[int, list[int]]:
    """Rows, and exact nulls per column: from the footer, counted where it does not say."""
    source = f"read_parquet({literal(str(target))})"
    names = [str(row[0]) for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    rows = int(connection.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])
    footer = connection.execute(
        f"SELECT column_id, path_in_schema, sum(stats_null_count), count(*) = count(stats_null_count) "
        f"FROM parquet_metadata({literal(str(target))}) GROUP BY 1, 2"
    ).fetchall()
    known = {str(path): int(nulls) for _, path, nulls, full in footer if full and nulls is not None}
    flat = len(footer) == len(names)
    unknown = [name for name in names if not flat or name not in known] if rows else []
    counted: dict[str, int] = {}
    for start in range(0, len(unknown), 200):
        batch = unknown[start : start + 200]
        found = connection.execute(
            "SELECT " + ", ".join(f"count(*) - count({quoted(name)})" for name in batch) + f" FROM {source}"
        ).fetchall()[0]
        counted |= {name: int(count) for name, count in zip(batch, found, strict=True)}
    return rows, [counted.get(name, known.get(name, 0)) if rows else 0 for name in names]


def _columns(
    connection: duckdb.DuckDBPyConnection, decisions: Sequence[Decision], nulls: list[int], target: Path
) -> list[DatasetColumn]:
    described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(target))})").fetchall()
    columns = []
    for decision, row, count in zip(decisions, described, nulls, strict=True):
        column, reading = decision.column, decision.reading
        note = column.note or reading.note or ("no values" if reading.kind == "empty" else None)
        if decision.cast_to is not None:
            note = "type chosen on import"
        source = column.source_name if column.source_name != column.name else None
        columns.append(
            DatasetColumn(
                name=column.name,
                type=str(row[1]),
                nullable=count > 0,
                source_name=source,
                null_count=count,
                note=note,
            )
        )
    return columns


def _short(cell: Any) -> Any:
    if isinstance(cell, str) and len(cell) > SAMPLE_CHARACTERS:
        return cell[:SAMPLE_CHARACTERS] + "…"
    return cell


def _metadata(staged: Staged, columns: list[DatasetColumn], target: Path) -> Metadata:
    with pq.ParquetFile(target) as file:
        first = next(file.iter_batches(SAMPLE_ROWS), None)
        table = file.schema_arrow.empty_table() if first is None else pa.Table.from_batches([first])
    rows, _ = values.json_rows(table)
    sample = [[_short(cell) for cell in row] for row in rows]
    found: dict[str, Any] = {
        "columns": [column.name for column in columns],
        "dtypes": {column.name: column.type for column in columns},
        "null_counts": {column.name: column.null_count or 0 for column in columns},
        "sample_rows": sample,
    }
    return Metadata(**found, **staged.metadata)
