"""How much memory a table takes as Arrow, computed from types, rows and text lengths."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from .columns import ColumnProfile

_WIDTHS = {
    "boolean": 1 / 8, "tinyint": 1, "utinyint": 1, "smallint": 2, "usmallint": 2, "integer": 4, "uinteger": 4,
    "float": 4, "date": 4, "hugeint": 16, "uhugeint": 16, "decimal": 16, "uuid": 16, "interval": 16,
}  # fmt: skip


def memory_bytes(path: Path, columns: list[ColumnProfile]) -> int:
    """The table's size as Arrow: values, 4 bytes of offset per text, one bit per row where nulls occur.

    Nested columns count with their uncompressed size in the Parquet file.
    """
    total = 0.0
    for column in columns:
        if column.stats["null_count"]:
            total += column.rows / 8
        if column.kind in ("text", "binary"):
            total += 4 * (column.rows + 1) + column.text_bytes
        elif column.kind != "nested":
            total += column.rows * _WIDTHS.get(column.type_id, 8)
    nested = {column.name for column in columns if column.kind == "nested"}
    return int(total) + (_uncompressed(path, nested) if nested else 0)


def _uncompressed(path: Path, names: set[str]) -> int:
    """Uncompressed bytes of the leaves below the named top-level columns."""
    metadata = pq.read_metadata(path)
    total = 0
    for group in range(metadata.num_row_groups):
        chunks = metadata.row_group(group)
        for index in range(chunks.num_columns):
            chunk = chunks.column(index)
            inside = any(
                chunk.path_in_schema == name or chunk.path_in_schema.startswith(name + ".") for name in names
            )
            total += chunk.total_uncompressed_size if inside else 0
    return total
