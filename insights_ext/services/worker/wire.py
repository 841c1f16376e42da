"""The language on the socket between host and worker: a type byte, a length, a body; JSON or Arrow.

Nothing here unpickles. A worker that met a hostile file is not trusted, so the host bounds every length
before it allocates, and validates a table before anyone reads it.
"""

from __future__ import annotations

import enum
import io
import json
import socket
import struct
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

HEADER = struct.Struct("!BQ")
MAX_TABLE_BYTES = 2 << 30
SLICE_S = 0.05
_BATCH_ROWS = 65_536
_CHUNK_BYTES = 1 << 18


class Kind(enum.IntEnum):
    """Frame types: host to worker SETUP and JOB, worker to host the rest."""

    SETUP = 1
    READY = 2
    JOB = 3
    EVENT = 4
    TABLE = 5
    RESULT = 6
    ERROR = 7


MAX_FRAME_BYTES = {
    Kind.READY: 64,
    Kind.EVENT: 1 << 16,
    Kind.TABLE: 1 << 20,
    Kind.RESULT: 64 << 20,
    Kind.ERROR: 1 << 18,
}
"""What the host takes from a worker in one frame, by type."""


class Gone(Exception):
    """The other side closed its socket in the middle of a conversation."""


class Nonsense(Exception):
    """The worker sent what no worker of ours sends."""


def encode(value: Any) -> bytes:
    """`value` as compact JSON bytes."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def decode(body: bytes | bytearray) -> Any:
    """The JSON value of a frame's body; `Nonsense` where there is none."""
    try:
        return json.loads(body.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise Nonsense("A frame held no JSON.") from error


class WorkerEnd:
    """The worker's end: blocking, safe to emit from several threads."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def receive(self) -> tuple[Kind, Any]:
        """The next frame and its JSON; `Gone` when the host has hung up."""
        kind, length = HEADER.unpack(self._exactly(HEADER.size))
        return Kind(kind), decode(self._exactly(length))

    def _exactly(self, length: int) -> bytearray:
        data = bytearray(length)
        view = memoryview(data)
        while view:
            count = self._connection.recv_into(view)
            if not count:
                raise Gone
            view = view[count:]
        return data

    def send(self, kind: Kind, body: bytes | memoryview) -> None:
        """Send one frame; `MemoryError` where the host would not take it for its length."""
        if len(body) > MAX_FRAME_BYTES[kind]:
            raise MemoryError("a frame is too long")
        with self._lock:
            self._connection.sendall(HEADER.pack(kind, len(body)))
            self._connection.sendall(body)

    def send_json(self, kind: Kind, value: Any) -> None:
        """Send one JSON frame."""
        self.send(kind, encode(value))

    def send_table(self, data: pa.Table | pa.RecordBatchReader) -> None:
        """Stream Arrow data batch by batch as an Arrow IPC stream cut into TABLE frames."""
        import pyarrow as pa

        with io.BufferedWriter(_TableSink(self), _CHUNK_BYTES) as sink:
            with pa.ipc.new_stream(sink, data.schema) as writer:
                batches = data.to_batches(_BATCH_ROWS) if isinstance(data, pa.Table) else data
                for batch in batches:
                    writer.write_batch(batch)
            sink.flush()


class _TableSink(io.RawIOBase):
    """Turns written bytes into TABLE frames."""

    def __init__(self, end: WorkerEnd) -> None:
        self._end = end

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")[: MAX_FRAME_BYTES[Kind.TABLE]]
        self._end.send(Kind.TABLE, view)
        return len(view)


class HostEnd:
    """The host's end: every wait is cut into slices of 50 ms, and `watch` runs at each.

    `watch` raises to stop the conversation (deadline, cancel, too much memory).
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(SLICE_S)
        self._connection = connection
        self.watch: Callable[[], None] = lambda: None

    def close(self) -> None:
        """Close the socket; the worker sees the end of its input."""
        self._connection.close()

    def quiet(self) -> bool:
        """Whether the worker is there and has nothing to say, as an idle worker should."""
        self._connection.settimeout(0)
        try:
            self._connection.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        finally:
            self._connection.settimeout(SLICE_S)
        return False

    def send(self, kind: Kind, value: Any) -> None:
        """Send one JSON frame."""
        body = encode(value)
        view = memoryview(HEADER.pack(kind, len(body)) + body)
        while view:
            try:
                view = view[self._connection.send(view) :]
            except TimeoutError:
                pass
            except OSError as error:
                raise Gone from error
            self.watch()

    def header(self) -> tuple[Kind, int]:
        """Type and length of the next frame, both within bounds."""
        number, length = HEADER.unpack(self.exactly(HEADER.size))
        kind = Kind(number) if number in iter(Kind) else None
        if kind is None or length > MAX_FRAME_BYTES.get(kind, 0):
            raise Nonsense("A frame had an unknown type or was too long.")
        return kind, length

    def exactly(self, length: int) -> bytearray:
        """The next `length` bytes."""
        data = bytearray(length)
        self.fill(memoryview(data))
        return data

    def fill(self, view: memoryview) -> None:
        """Read until `view` is full."""
        while view:
            self.watch()
            try:
                count = self._connection.recv_into(view)
            except TimeoutError:
                continue
            except OSError as error:
                raise Gone from error
            if not count:
                raise Gone
            view = view[count:]
