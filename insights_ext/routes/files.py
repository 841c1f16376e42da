"""Sending an exported file, piece by piece."""

from __future__ import annotations

import contextlib
import json

from tornado.iostream import StreamClosedError

from .. import handlers
from ..schemas import ExportRequest
from .base import InsightsHandler

_PIECE_BYTES = 1 << 18
_MAX_HEADER_BYTES = 2048


class FileHandler(InsightsHandler):
    """Exports, and streams what was exported; memory does not grow with the file."""

    async def send_file(self, request: ExportRequest) -> None:
        """Answer with the file; warnings travel as a JSON list in ``X-Insights-Warnings``."""
        manager = await self.run(handlers.export, self.workspace, request, self.context)
        exported = await self.run(manager.__enter__)
        try:
            self.set_header("Content-Type", exported.media_type)
            self.set_header("Content-Length", str(exported.size_bytes))
            self.set_attachment_header(exported.filename)
            warnings = json.dumps(exported.warnings)
            if exported.warnings and len(warnings) <= _MAX_HEADER_BYTES:
                self.set_header("X-Insights-Warnings", warnings)
            with contextlib.suppress(StreamClosedError):
                file = await self.door.bytes.run(exported.path.open, "rb")
                with file:
                    while piece := await self.door.bytes.run(file.read, _PIECE_BYTES):
                        self.write(piece)
                        await self.flush()
                self.finish(set_content_type=exported.media_type)
        finally:
            await self.door.bytes.run(manager.__exit__, None, None, None)
