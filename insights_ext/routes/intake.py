"""Bytes of an upload on their way to the disk, in pieces worth a trip to another thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from .. import handlers
from ..context import Context
from ..errors import Busy, Cancelled
from ..schemas import UploadRequest

if TYPE_CHECKING:
    from ..services.storage import Staged, Staging
    from .lanes import Door

_PIECE_BYTES = 1 << 20


class Intake:
    """One upload being received; awaiting `write` is what holds the sender back.

    The caller opens it, writes to it, finishes it, and then either takes what was staged or abandons it.
    A sender may be gone at any moment, so whatever holds bytes changes hands in the thread that made it.
    """

    def __init__(self, door: Door, context: Context) -> None:
        self._door = door
        self._context = context
        self._staging: Staging | None = None
        self._staged: Staged | None = None
        self._held = bytearray()
        self._gone = False
        self._lock = threading.Lock()
        self._writing: asyncio.Future[None] | None = None

    async def open(self, request: UploadRequest, size_bytes: int | None) -> None:
        """Refuse what cannot succeed, then begin; `size_bytes` is None where nobody announced it."""
        workspace, operate = self._door.workspace, self._door.operate
        await self._door.requests.run(
            operate, handlers.check_upload, workspace, request, self._context, size_bytes
        )
        await self._door.requests.run(operate, self._open)

    def _open(self) -> None:
        staging = handlers.receive(self._door.workspace, self._context)
        with self._lock:
            if not self._gone:
                self._staging = staging
                return
        staging.abort()
        raise _sender_gone()

    async def write(self, chunk: bytes) -> None:
        """Take a piece; raises `UploadTooLarge` or `StorageFull`."""
        self._held += chunk
        if len(self._held) >= _PIECE_BYTES:
            await self._flush()

    async def finish(self) -> None:
        """Everything is here; the bytes are on the disk when this returns."""
        await self._flush()
        await self._door.bytes.run(self._finish)

    def _finish(self) -> None:
        staging = self._staging
        if staging is None:
            raise _sender_gone()
        try:
            staged = staging.finish()
        except (OSError, ValueError):  # the file was closed, or removed, under our hands
            if self._gone:
                raise _sender_gone() from None
            raise
        with self._lock:
            if not self._gone:
                self._staging, self._staged = None, staged
                return
        staged.discard()
        raise _sender_gone()

    def take(self) -> Staged:
        """What was staged, for a job to which it belongs from now on; raises `Cancelled` if it is gone."""
        with self._lock:
            staged, self._staged = self._staged, None
        if staged is None:
            raise _sender_gone()
        return staged

    def abandon(self) -> None:
        """Leave nothing behind; may be called at any time and more than once."""
        self._held = bytearray()
        with self._lock:
            self._gone = True
            staging, staged = self._staging, self._staged
            self._staging = self._staged = None
        clean = staging.abort if staging is not None else staged.discard if staged is not None else None
        if clean is None:
            return
        if self._writing is not None and not self._writing.done():
            self._writing.add_done_callback(lambda _: self._clean(clean))
        else:
            self._clean(clean)

    def _clean(self, clean: Callable[[], None]) -> None:
        try:
            self._door.bytes.start(clean)
        except Busy:  # the server is shutting down: nobody is left to be held up
            clean()

    async def _flush(self) -> None:
        if self._held and self._staging is not None:
            held, self._held = bytes(self._held), bytearray()
            self._writing = self._door.bytes.start(self._staging.write, held)
            await self._writing


def _sender_gone() -> Cancelled:
    return Cancelled("The sender of the upload is gone.")
