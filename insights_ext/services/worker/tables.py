"""Reading a worker's Arrow stream on the host side, within bounds and without trusting it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...errors import InsightsError, TooComplex
from .wire import MAX_TABLE_BYTES, HostEnd, Kind, Nonsense

if TYPE_CHECKING:
    import pyarrow as pa


class TableStream(io.RawIOBase):
    """A readable file over the TABLE frames of one conversation.

    Other frames that arrive in between (events, an error) go to `other`, which may raise.
    """

    def __init__(self, end: HostEnd, first_bytes: int, other: Callable[[Kind, int], None]) -> None:
        self._end = end
        self._left = first_bytes
        self._other = other
        self._total = 0
        self.failure: BaseException | None = None

    def readable(self) -> bool:  # noqa: D102
        return True

    def read(self, size: int = -1) -> bytes:
        """Exactly `size` bytes, like a file that is long enough."""
        if size < 0:
            raise Nonsense("A table is read piece by piece.")
        try:
            return bytes(self._read(size)) if size <= 64 else self._read(size)  # type: ignore[return-value]
        except BaseException as error:
            # Arrow may wrap what passes through its C++ reader; the caller wants the original.
            self.failure = error
            raise

    def _read(self, size: int) -> bytearray:
        self._total += size
        if self._total > MAX_TABLE_BYTES:
            raise TooComplex(
                f"The result is larger than the {MAX_TABLE_BYTES >> 20:,} MB a job may return.",
                hint="Ask for fewer rows or columns.",
            )
        data = bytearray(size)
        view = memoryview(data)
        while view:
            if not self._left:
                kind, length = self._end.header()
                if kind is Kind.TABLE:
                    self._left = length
                else:
                    self._other(kind, length)
                continue
            count = min(len(view), self._left)
            self._end.fill(view[:count])
            self._left -= count
            view = view[count:]
        return data

    def finish(self) -> None:
        """Check that the stream ended where its last frame did."""
        if self._left:
            raise Nonsense("A table was followed by more bytes.")


def receive_table(end: HostEnd, first_bytes: int, other: Callable[[Kind, int], None]) -> pa.Table:
    """Read the table whose first TABLE frame of `first_bytes` was just announced.

    Every batch is validated in full (offsets, UTF-8, lengths): readers downstream trust Arrow's promises.
    Raises `Nonsense` for a damaged stream.
    """
    import pyarrow as pa

    stream = TableStream(end, first_bytes, other)
    batches: list[pa.RecordBatch] = []
    held_bytes = 0
    try:
        with pa.ipc.open_stream(stream) as reader:
            schema = reader.schema
            for batch in reader:
                held_bytes += batch.nbytes
                if held_bytes > MAX_TABLE_BYTES:
                    raise TooComplex("The result takes more memory than a job may return.")
                batch.validate(full=True)
                batches.append(batch)
        stream.finish()
        return pa.Table.from_batches(batches, schema)
    except InsightsError:
        raise
    except Exception as error:
        if stream.failure is not None:
            raise stream.failure from None
        raise Nonsense("A table was damaged.") from error
