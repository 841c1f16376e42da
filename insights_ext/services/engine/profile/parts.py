"""Loads a table part by part, so that each column is decoded once and names are bound quickly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from ..connect import literal, source
from .columns import ColumnProfile

MAX_COLUMNS = 50
MEMORY_SHARE = 0.15
"""Part of DuckDB's memory that loaded columns may take."""

VALUE_BYTES = 16
"""What a value takes in DuckDB's memory at most, beside the characters of long texts."""


class Parts:
    """The relation ``data`` over some columns of a Parquet file, renamed c0, c1, …, and row number rn."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, path: Path, columns: list[ColumnProfile]
    ) -> None:
        self.connection = connection
        self.path = path
        self.columns = columns
        self.loaded = ""

    def groups(self, memory_bytes: int) -> Iterator[list[ColumnProfile]]:
        """The columns in groups that may be loaded together; a group of one may be too big to load."""
        self.budget = int(memory_bytes * MEMORY_SHARE)
        self.sizes = self._sizes()
        group: list[ColumnProfile] = []
        size = 0
        for column in self.columns:
            if group and (len(group) == MAX_COLUMNS or size + self.sizes[column.index] > self.budget):
                yield group
                group, size = [], 0
            group.append(column)
            size += self.sizes[column.index]
        if group:
            yield group

    def load(self, group: list[ColumnProfile]) -> None:
        """Make ``data`` of `group`: a table in memory, or a view if that would take too much."""
        small = sum(self.sizes[column.index] for column in group) <= self.budget
        self._make("TABLE" if small else "VIEW", group)

    def load_all(self) -> None:
        """Make ``data`` a view of all columns."""
        self._make("VIEW", self.columns)

    def _make(self, form: str, columns: list[ColumnProfile]) -> None:
        if self.loaded:
            self.connection.execute(f"DROP {self.loaded} data")
        self.loaded = form
        names = ", ".join(column.selected for column in columns)
        self.connection.execute(
            f"CREATE TEMP {form} data AS SELECT file_row_number AS rn, {names} FROM {source(self.path)}"
        )

    def _sizes(self) -> list[int]:
        """Bytes each column may take in memory, from the file's own record of its chunks."""
        stored = dict(
            self.connection.execute(
                "SELECT split_part(path_in_schema, ', ', 1), sum(total_uncompressed_size) "
                f"FROM parquet_metadata({literal(str(self.path))}) GROUP BY 1"
            ).fetchall()
        )
        return [
            column.rows * VALUE_BYTES
            + (2 * int(stored.get(column.name, 0)) if column.kind in ("text", "nested", "binary") else 0)
            for column in self.columns
        ]
