"""Stage rows that Python produces: in batches, as text, widening the table when a row has more cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice, zip_longest

import duckdb
import pyarrow as pa

from insights_ext.errors import TooComplex

from .stage import TABLE

BATCH_CELLS = 1_000_000
MIN_BATCH_ROWS = 500


class RowStage:
    """Fills the staging table with columns ``c0``, ``c1``, … of text, from rows of any length."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, width: int, max_columns: int) -> None:
        self._connection = connection
        self._max_columns = max_columns
        self.width = max(1, width)
        self.rows = 0
        columns = ", ".join(f"c{index} VARCHAR" for index in range(self.width))
        connection.execute(f"CREATE TABLE {TABLE} ({columns})")

    def add_all(self, rows: Iterable[Sequence[str | None]]) -> None:
        """Stage rows; missing cells at their ends are null, and so are empty strings."""
        waiting = iter(rows)
        while batch := list(islice(waiting, max(MIN_BATCH_ROWS, BATCH_CELLS // self.width))):
            self._write(batch)

    def _write(self, rows: list[Sequence[str | None]]) -> None:
        widest = max(map(len, rows))
        if widest > self._max_columns:
            raise TooComplex(f"A row has {widest:,} cells; at most {self._max_columns:,} columns are read.")
        for index in range(self.width, widest):
            self._connection.execute(f"ALTER TABLE {TABLE} ADD COLUMN c{index} VARCHAR")
        self.width = max(self.width, widest)
        columns = [pa.array(column, pa.string()) for column in zip_longest(*rows)]
        columns += [pa.nulls(len(rows), pa.string())] * (self.width - len(columns))
        batch = pa.Table.from_arrays(columns, names=[f"c{index}" for index in range(self.width)])
        self._connection.register("waiting_rows", batch)
        cells = ", ".join(f"nullif(c{index}, '')" for index in range(self.width))
        self._connection.execute(f"INSERT INTO {TABLE} SELECT {cells} FROM waiting_rows")
        self._connection.unregister("waiting_rows")
        self.rows += len(rows)
