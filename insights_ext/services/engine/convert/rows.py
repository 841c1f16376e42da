"""Stage rows that Python produces: in batches, as text, widening the table when a row has more cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

import duckdb
import pyarrow as pa

from insights_ext.errors import TooComplex

from .stage import TABLE

BATCH_CELLS = 400_000


class RowStage:
    """Fills the staging table with columns ``c0``, ``c1``, … of text, from rows of any length."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, width: int, max_columns: int) -> None:
        self._connection = connection
        self._max_columns = max_columns
        self._waiting: list[Sequence[str | None]] = []
        self.width = max(1, width)
        self.rows = 0
        columns = ", ".join(f"c{index} VARCHAR" for index in range(self.width))
        connection.execute(f"CREATE TABLE {TABLE} ({columns})")

    def add(self, row: Sequence[str | None]) -> None:
        """Stage one row; missing cells at its end are null, and so are empty strings."""
        self._waiting.append(row)
        self.rows += 1
        if len(self._waiting) * self.width >= BATCH_CELLS:
            self.flush()

    def add_all(self, rows: Iterable[Sequence[str | None]]) -> None:
        """Stage many rows."""
        for row in rows:
            self.add(row)
        self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        widest = max(len(row) for row in self._waiting)
        if widest > self._max_columns:
            raise TooComplex(f"A row has {widest:,} cells; at most {self._max_columns:,} columns are read.")
        for index in range(self.width, widest):
            self._connection.execute(f"ALTER TABLE {TABLE} ADD COLUMN c{index} VARCHAR")
        self.width = max(self.width, widest)
        columns = [
            pa.array([cell or None for cell in column], pa.string()) for column in zip_longest(*self._waiting)
        ]
        columns += [pa.nulls(len(self._waiting), pa.string())] * (self.width - len(columns))
        batch = pa.Table.from_arrays(columns, names=[f"c{index}" for index in range(self.width)])
        self._connection.register("waiting_rows", batch)
        self._connection.execute(f"INSERT INTO {TABLE} SELECT * FROM waiting_rows")
        self._connection.unregister("waiting_rows")
        self._waiting.clear()
