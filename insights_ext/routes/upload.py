"""The routes of all datasets: list them, and upload: raw body, form, or a path in the workspace."""

from __future__ import annotations

from tornado import web

from .. import handlers
from ..errors import InvalidRequest, UnsupportedFormat
from ..schemas import Job, UploadRequest
from ..services.storage import too_large
from .form import MAX_OVERHEAD_BYTES, Form
from .intake import Intake
from .jobs import OutcomeHandler
from .parameters import UPLOAD_NAMES, parameters, upload_request
from .permission import authorized

_ENDINGS = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.apache.arrow.file": ".arrow",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
"""The ending a file has that came without a name."""


class DatasetsHandler(OutcomeHandler):
    """``datasets``. A body with ``filename`` in the query is a file, whatever its Content-Type says."""

    _intake: Intake | None = None
    _form: Form | None = None
    _asked: UploadRequest | None = None

    @web.authenticated
    @authorized(action="read", resource="insights:datasets")
    async def get(self) -> None:
        """All datasets."""
        parameters(self.request)
        await self.reply(handlers.datasets, self.workspace, None, self.context)

    @web.authenticated
    @authorized(action="write", resource="insights:datasets")
    async def post(self) -> None:
        """Make a dataset of what came."""
        job = await self.run(self._start, await self._arrived())
        await self.outcome(job, done=201)

    def _start(self, request: UploadRequest) -> Job:
        """Hand over what came and start; until then it is the sender's, whose leaving removes it."""
        staged = None if self._intake is None else self._intake.take()
        return handlers.start_upload(self.workspace, request, self.context, staged)

    # Receiving -----------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Choose how to read the body, and refuse before its first byte what cannot succeed."""
        if self.request.method != "POST":
            await super().begin()
            return
        given = parameters(self.request, UPLOAD_NAMES)
        kind = self.content_type()
        if kind == "application/json" and "filename" not in given:
            parameters(self.request)
            await super().begin()
            return
        if self.request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UnsupportedFormat(
                "The body must not be encoded for the transport.",
                hint="Upload compressed files as they are, with their name, as in filename=sales.csv.gz.",
            )
        if kind.startswith("multipart/") and kind != "multipart/form-data":
            raise UnsupportedFormat(f"{kind[:60]} cannot be read.", hint="Send multipart/form-data.")
        self._intake = Intake(self.door, self.context)
        if kind == "multipart/form-data":
            self._form = Form(self.request.headers["Content-Type"], given, self._intake)
            if (self._least_bytes() or 0) > self.workspace.max_upload_bytes:
                raise too_large(self.workspace.max_upload_bytes)
            return
        if "filename" not in given and "name" in given and kind in _ENDINGS:
            given["filename"] = given["name"] + _ENDINGS[kind]
        self._asked = upload_request(given)
        await self._intake.open(self._asked, self.content_length())

    async def received(self, chunk: bytes) -> None:
        """Pass a piece on; what is refused midway leaves nothing behind."""
        if self._intake is None:
            await super().received(chunk)
            return
        try:
            if self._form is not None:
                await self._form.feed(chunk, self._least_bytes())
            else:
                await self._intake.write(chunk)
        except Exception:
            self._intake.abandon()
            raise

    async def _arrived(self) -> UploadRequest:
        if self._form is not None:
            self._asked = self._form.finish()
        if self._intake is not None and self._asked is not None:
            await self._intake.finish()
            return self._asked
        request = self.parsed(UploadRequest)
        if not request.path:
            raise InvalidRequest(
                "`path` is missing.",
                hint="Send the file as the body with ?filename=…, or the path of one in the workspace.",
            )
        return request

    def _least_bytes(self) -> int | None:
        """How many bytes the file of a form has at least, or None if nobody can tell."""
        length = self.content_length()
        return None if length is None else max(0, length - MAX_OVERHEAD_BYTES)

    # Ending --------------------------------------------------------------------------------------

    def on_connection_close(self) -> None:
        """A sender that is gone takes its unfinished upload with it; a started job goes on."""
        super().on_connection_close()
        self._abandon()

    def on_finish(self) -> None:
        """Whatever no job has taken over is removed."""
        super().on_finish()
        self._abandon()

    def _abandon(self) -> None:
        if self._intake is not None:
            self._intake.abandon()
