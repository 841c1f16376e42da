"""Bytes of an upload on their way to the disk, in pieces worth a trip to another thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from .. import handlers
from ..context import Context
from ..errors import Busy
from ..schemas import UploadRequest

if TYPE_CHECKING:
    from ..services.storage import Staged, Staging
    from .lanes import Door

_PIECE_BYTES = 1 << 20


class Intake:
    """One upload being received; awaiting `write` is what holds the sender back.

    The caller opens it, writes to it, and then either takes what was staged or abandons it.
    """

    def __init__(self, door: Door, context: Context) -> None:
        self._door = door
        self._context = context
        self._staging: Staging | None = None
        self._staged: Staged | None = None
        self._held = bytearray()
        self._writing: asyncio.Future[None] | None = None

    async def open(self, request: UploadRequest, size_bytes: int | None) -> None:
        """Refuse what cannot succeed, then begin; `size_bytes` is None where nobody announced it."""
        workspace, operate = self._door.workspace, self._door.operate
        await self._door.requests.run(
            operate, handlers.check_upload, workspace, request, self._context, size_bytes
        )
        self._staging = await self._door.requests.run(operate, handlers.receive, workspace, self._context)

    async def write(self, chunk: bytes) -> None:
        """Take a piece; raises `UploadTooLarge` or `StorageFull`."""
        self._held += chunk
        if len(self._held) >= _PIECE_BYTES:
            await self._flush()

    async def finish(self) -> Staged:
        """Everything is here; the bytes are on the disk when this returns."""
        assert self._staging is not None
        await self._flush()
        staged = await self._door.bytes.run(self._staging.finish)
        self._staging, self._staged = None, staged
        return staged

    def handed_over(self) -> None:
        """What was staged now belongs to a job."""
        self._staged = None

    def abandon(self) -> None:
        """Leave nothing behind; may be called at any time and more than once."""
        self._held = bytearray()
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
