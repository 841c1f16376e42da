"""Routes of questions: ask (at once, or step by step), query, and answers given before."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import asdict, replace
from typing import Any

from tornado import web
from tornado.iostream import StreamClosedError

from .. import handlers
from ..context import Event
from ..errors import QuestionTooLong
from ..schemas import AskRequest, ExportRequest, QueryRequest
from .base import InsightsHandler, as_json
from .faults import fault
from .files import FileHandler
from .parameters import one, parameters
from .permission import authorized

HEARTBEAT_S = 10.0
"""Seconds of silence after which a comment is sent, so that proxies keep the stream open."""


class AskHandler(InsightsHandler):
    """``ask``."""

    too_large = QuestionTooLong

    @web.authenticated
    @authorized(action="execute", resource="insights:ask")
    async def post(self) -> None:
        """Answer a question, in one piece or as server-sent events."""
        parameters(self.request)
        request = self.parsed(AskRequest)
        if "text/event-stream" in self.request.headers.get("Accept", ""):
            await self._stream(request)
        else:
            await self.reply(handlers.ask, self.workspace, request, self.context)

    async def _stream(self, request: AskRequest) -> None:
        loop = asyncio.get_running_loop()
        frames: asyncio.Queue[bytes | None] = asyncio.Queue()

        def emit(event: Event) -> None:
            with contextlib.suppress(RuntimeError):  # the loop may be closed while a worker still ends
                loop.call_soon_threadsafe(frames.put_nowait, _frame("step", json.dumps(asdict(event))))

        context = replace(self.context, emit=emit)
        work = self.door.requests.start(
            self.door.operate, as_json, handlers.ask, (self.workspace, request, context)
        )
        work.add_done_callback(lambda _: frames.put_nowait(None))
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        self.set_header("X-Accel-Buffering", "no")
        try:
            await self.flush()
            while (frame := await _next(frames)) is not None:
                self.write(frame)
                await self.flush()
            self.write(self._last(work))
            self.finish(set_content_type="text/event-stream; charset=utf-8")
        except StreamClosedError:
            context.cancelled.set()
            with contextlib.suppress(Exception):
                await work

    def _last(self, work: asyncio.Future[bytes]) -> bytes:
        error = work.exception()
        if error is None:
            return _frame("answer", work.result().decode())
        self.log_exception(type(error), error, error.__traceback__)
        return _frame("error", json.dumps(fault(error, 500, self.request_id).body))


class OutgoingHandler(InsightsHandler):
    """``ask/preview``."""

    too_large = QuestionTooLong

    @web.authenticated
    @authorized(action="execute", resource="insights:ask")
    async def post(self) -> None:
        """What asking would send; nothing is sent."""
        parameters(self.request)
        await self.reply(handlers.outgoing, self.workspace, self.parsed(AskRequest), self.context)


class QueryHandler(InsightsHandler):
    """``query``."""

    @web.authenticated
    @authorized(action="execute", resource="insights:query")
    async def post(self) -> None:
        """Run one guarded SELECT."""
        parameters(self.request)
        request = self.parsed(QueryRequest)
        await self.reply(handlers.query, self.workspace, request, self.context)


class AnswerHandler(InsightsHandler):
    """``answers/{id}``."""

    @web.authenticated
    @authorized(action="read", resource="insights:answers")
    async def get(self, answer_id: str) -> None:
        """An answer given before."""
        parameters(self.request)
        await self.reply(handlers.answer, self.workspace, answer_id, self.context)


class AnswerTableHandler(FileHandler):
    """``answers/{id}/table``."""

    @web.authenticated
    @authorized(action="read", resource="insights:answers")
    async def get(self, answer_id: str) -> None:
        """The full result of an answer as a file."""
        await self.send_file(one(self.request, "format", ExportRequest, answer=answer_id))


async def _next(frames: asyncio.Queue[bytes | None]) -> bytes | None:
    try:
        return await asyncio.wait_for(frames.get(), HEARTBEAT_S)
    except TimeoutError:
        return b": still working\n\n"


def _frame(event: str, data: Any) -> bytes:
    # JSON has no raw line breaks, so one data line always suffices.
    return f"event: {event}\ndata: {data}\n\n".encode()
