"""Rows kept in memory, compressed in small pieces, so that any few of them are had at once.

A Parquet file is read by whole row groups: two hundred rows of an order lie in nearly all of them, and
one page costs as much as reading the file. Here a page costs some hundred small pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from pyarrow import ipc

CELLS_PER_PIECE = 10_000
MAX_PIECE_ROWS = 2_048
PIECES_PER_PART = 64
"""Pieces that are written, and described, together."""

MARGIN = 1.25
"""How far an estimate may pass the limit, for rows are not all alike."""


class KeptRows:
    """The first rows of a table by their numbers, from 0; filled by `keep`, and read meanwhile."""

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._parts: list[ipc.RecordBatchFileReader] = []
        self._piece_rows = max(1, min(MAX_PIECE_ROWS, CELLS_PER_PIECE // max(1, len(schema))))
        self.row_count = 0

    def keep(self, batches: Iterable[pa.RecordBatch], total_rows: int, max_bytes: int) -> bool:
        """Keep all rows of `batches`; false, and not all of them, if they need more than `max_bytes`.

        That is seen early, from how much the first ones need.
        """
        size = 0
        for rows in _in_lengths(batches, self._piece_rows * PIECES_PER_PART):
            part = _part(rows, self._piece_rows)
            size += part.size
            expected = size / (self.row_count + rows.num_rows) * total_rows
            if size > max_bytes or expected > MARGIN * max_bytes:
                return False
            self._parts.append(ipc.open_file(part, options=ipc.IpcReadOptions(use_threads=False)))
            self.row_count += rows.num_rows
        return True

    def take(self, numbers: Sequence[int]) -> pa.Table:
        """The rows with these numbers, all below `row_count`, in this order."""
        wanted = np.asarray(numbers, dtype="i8")
        if wanted.size == 0:
            return self._schema.empty_table()
        by_number = np.argsort(wanted, kind="stable")
        ascending = wanted[by_number]
        pieces, starts = np.unique(ascending // self._piece_rows, return_index=True)
        found = [
            self._piece(int(piece)).take(pa.array(rows - piece * self._piece_rows))
            for piece, rows in zip(pieces, np.split(ascending, starts[1:]), strict=True)
        ]
        back = np.empty_like(by_number)
        back[by_number] = np.arange(wanted.size)
        return pa.Table.from_batches(found, self._schema).take(pa.array(back))

    def _piece(self, number: int) -> pa.RecordBatch:
        part, position = divmod(number, PIECES_PER_PART)
        return self._parts[part].get_batch(position)


def _in_lengths(batches: Iterable[pa.RecordBatch], length: int) -> Iterator[pa.Table]:
    """The same rows in tables of `length` rows, the last one shorter."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(each.num_rows for each in waiting) >= length:
            table = pa.Table.from_batches(waiting)
            while table.num_rows >= length:
                yield table.slice(0, length)
                table = table.slice(length)
            waiting = table.to_batches()
    if waiting:
        yield pa.Table.from_batches(waiting)


def _part(table: pa.Table, piece_rows: int) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    # LZ4 would be read twice as quickly, and hold half as many rows.
    options = ipc.IpcWriteOptions(compression=pa.Codec("zstd", 1), use_threads=False)
    with ipc.new_file(sink, table.schema, options=options) as writer:
        # One chunk, lest a piece end where a chunk does.
        writer.write_table(table.combine_chunks(), max_chunksize=piece_rows)
    # The stream has reserved up to twice of what it holds.
    return pa.py_buffer(sink.getvalue().to_pybytes())
