"""The base of all handlers: who asks, may they, what came, what goes back.

Bodies are streamed (also small JSON ones), so that identity, permission, XSRF and size are settled in
`prepare`, before the first byte of a body is kept; the decorators of the verbs run only after it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
from asyncio import Future
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import APIHandler
from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPOutputError
from tornado.ioloop import IOLoop
from tornado.iostream import StreamClosedError
from tornado.web import Finish, HTTPError, stream_request_body

from ..context import Context, new_request_id
from ..errors import Forbidden, InsightsError, TooLarge, UnsupportedFormat
from ..schemas import Schema
from ..validation import request as validated
from .faults import fault

if TYPE_CHECKING:
    from ..workspace import Workspace
    from .lanes import Door
    from .rows import Operation, Route

T = TypeVar("T")
M = TypeVar("M", bound=Schema)

MAX_JSON_BYTES = 1 << 20
LINGER_S = 10.0
"""How long a refused body is read and thrown away, so that a client that is still sending it gets to
read why it was refused, instead of a broken connection."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_FORM_TYPES = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")


class AskedOnce:
    """The server's authorizer, asked once for each permission during one request."""

    def __init__(self, authorizer: Any) -> None:
        self._authorizer = authorizer
        self._answers: dict[tuple[str, str], bool] = {}

    async def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        """Whether `user` may do `action` on `resource`."""
        key = (action, resource)
        if key not in self._answers:
            answer = self._authorizer.is_authorized(handler, user, action, resource)
            self._answers[key] = bool(await ensure_async(answer))
        return self._answers[key]


@stream_request_body
class InsightsHandler(APIHandler):
    """Parse, authorise, call, reply."""

    max_body_bytes = MAX_JSON_BYTES
    too_large: type[TooLarge] = TooLarge

    def initialize(self, door: Door, route: Route | None = None) -> None:
        """Tornado's constructor: what all requests share, and the row of the table this one belongs to."""
        self.door = door
        self.route = route
        self.context = Context(owner=door.workspace.owner, request_id=self.request_id)
        self._body = bytearray()
        self._refused = False
        self._lingering: object | None = None

    @property
    def workspace(self) -> Workspace:
        """The workspace of this server."""
        return self.door.workspace

    @property
    def authorizer(self) -> Any:
        """The server's authorizer, remembering what it said; of a refused request no verb gets past it."""
        if self._refused:
            raise Finish
        if not hasattr(self, "_asked_once"):
            self._asked_once = AskedOnce(super().authorizer)
        return self._asked_once

    # Headers -------------------------------------------------------------------------------------

    @property
    def request_id(self) -> str:
        """The caller's request id if it is well formed, else a fresh one."""
        if not hasattr(self, "_request_id"):
            given = self.request.headers.get("X-Request-ID", "")
            self._request_id = given if _REQUEST_ID.fullmatch(given) else new_request_id()
        return self._request_id

    @property
    def content_security_policy(self) -> str:
        """Nothing may be loaded, run or framed, unless the server's configuration says more."""
        if "Content-Security-Policy" in self.settings.get("headers", {}):
            return str(super().content_security_policy)
        return "default-src 'none'; frame-ancestors 'none'"

    def set_default_headers(self) -> None:
        """Headers of every response, errors included."""
        super().set_default_headers()
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "private, no-store")
        self.set_header("X-Request-ID", self.request_id)

    def flush(self, include_footers: bool = False) -> Future[None]:
        """Send what was written; the first time with the seconds it took."""
        if not self._headers_written:
            self.set_header("X-Process-Time", f"{self.request.request_time():.6f}")
        return super().flush(include_footers)

    def compute_etag(self) -> None:
        """No ETag: answers are not to be stored."""

    # Admission -----------------------------------------------------------------------------------

    async def prepare(self) -> None:  # type: ignore[override]  # as APIHandler's own
        """Settle host, identity, XSRF, origin, permission and size before the body is read."""
        try:
            await super().prepare()
            if not self._finished and self.request.method != "OPTIONS":
                await self._admit()
        except Exception as error:
            await self._refuse(error)

    def check_origin(self, origin_to_satisfy_tornado: str = "") -> bool:
        """Refuse other origins by name instead of pretending that nothing is here."""
        if not super().check_origin(origin_to_satisfy_tornado):
            raise Forbidden(
                "Requests from another origin are not allowed.", hint="See c.ServerApp.allow_origin."
            )
        return True

    async def _admit(self) -> None:
        if not self.current_user:
            raise HTTPError(403)
        operation = self.operation()
        allowed = await self.authorizer.is_authorized(
            self, self.current_user, operation.action, operation.resource
        )
        if not allowed:
            raise Forbidden(
                f"You have no permission to {operation.action} {operation.resource}.",
                hint="The server's administrator decides who may do what.",
            )
        # Tornado's own limit would answer without a body; ours below answers in words.
        cast(HTTP1Connection, self.request.connection).set_max_body_size(sys.maxsize)
        await self.begin()

    def operation(self) -> Operation:
        """What the table says of this request; raises 404 or 405 where it says nothing."""
        if self.route is None:
            raise HTTPError(404)
        for operation in self.route.operations:
            if operation.method == self.request.method:
                return operation
        raise HTTPError(405)

    def content_length(self) -> int | None:
        """The announced size of the body, bytes; None for a chunked one."""
        text = self.request.headers.get("Content-Length", "")
        return int(text) if text.isascii() and text.isdigit() else None

    def content_type(self) -> str:
        """The media type of the body, lower case, without parameters; empty if not given."""
        return self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    async def begin(self) -> None:
        """Called once the request is admitted, before the first byte of its body."""
        if (self.content_length() or 0) > self.max_body_bytes:
            raise self._too_large()

    async def received(self, chunk: bytes) -> None:
        """Called with each piece of the body."""
        if len(self._body) + len(chunk) > self.max_body_bytes:
            raise self._too_large()
        self._body += chunk

    def _too_large(self) -> TooLarge:
        return self.too_large(f"The request is larger than {self.max_body_bytes:,} bytes.")

    async def data_received(self, chunk: bytes) -> None:
        """Take a piece of the body; the connection is not read on before this is done."""
        if self._refused:
            return
        try:
            await self.received(chunk)
        except Exception as error:
            await self._refuse(error)

    async def _refuse(self, error: Exception) -> None:
        """Answer now. If a body is still coming, read past it for a while before hanging up."""
        headers = self.request.headers
        coming = "Transfer-Encoding" in headers or bool(self.content_length())
        if not coming or "Expect" in headers:
            raise error
        self._refused = True
        self._body.clear()
        self.log_exception(type(error), error, error.__traceback__)
        self.clear()
        self._write_fault(error.status_code if isinstance(error, HTTPError) else 500, error)
        self.set_header("Connection", "close")
        with contextlib.suppress(StreamClosedError):
            await self.flush()
        self._lingering = IOLoop.current().call_later(LINGER_S, self._hang_up)

    def _hang_up(self) -> None:
        if not self._finished:
            with contextlib.suppress(StreamClosedError):
                self.finish()

    def on_connection_close(self) -> None:
        """Stop working for a client that is gone."""
        super().on_connection_close()
        self.context.cancelled.set()
        self._stop_lingering()

    def on_finish(self) -> None:
        """Nothing is left to wait for."""
        self._stop_lingering()

    def _stop_lingering(self) -> None:
        if self._lingering is not None:
            IOLoop.current().remove_timeout(self._lingering)
            self._lingering = None

    # Call and reply ------------------------------------------------------------------------------

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """The result of an operation, run in a thread with the workspace open."""
        return await self.door.requests.run(self.door.operate, function, *args)

    async def reply(self, function: Callable[..., Any], *args: Any, status: int = 200) -> None:
        """Run an operation and send its model as JSON; of a pair, the first."""
        body = await self.run(as_json, function, args)
        self.send(body, status)

    def send(self, body: bytes, status: int = 200) -> None:
        """Send JSON."""
        self.set_status(status)
        self.finish(body)

    def parsed(self, model: type[M]) -> M:
        """The JSON body as `model`; raises `InvalidRequest`, `UnsupportedFormat`."""
        if self.content_type() in _FORM_TYPES:
            raise UnsupportedFormat(
                "The request must be JSON.", hint="Send it with the header Content-Type: application/json."
            )
        return validated(model, bytes(self._body) or b"{}")

    # Failures ------------------------------------------------------------------------------------

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Send the error body; Tornado calls this for whatever a request ended in."""
        self._write_fault(status_code, (kwargs.get("exc_info") or (None, None, None))[1])
        self.finish()

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """As Tornado's, but quiet where an answer is already on its way or nobody listens."""
        if self._headers_written:
            self._hang_up_midway()
            return
        with contextlib.suppress(StreamClosedError):
            super().send_error(status_code, **kwargs)

    def _hang_up_midway(self) -> None:
        if not self._finished:
            # A body shorter than announced tells the client that something broke.
            with contextlib.suppress(StreamClosedError, HTTPOutputError):
                self.finish()

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log what the user is not told: tracebacks of unknown errors, with the request id."""
        if self._refused and self._headers_written:
            return
        if isinstance(value, InsightsError):
            level = logging.WARNING if value.status >= 500 else logging.DEBUG
            self.log.log(level, "request %s: %s: %s", self.request_id, value.code, value.message)
        elif isinstance(value, HTTPError | StreamClosedError):
            self.log.debug("request %s: %s", self.request_id, type(value).__name__)
        else:
            assert typ is not None
            assert value is not None
            self.log.error("request %s failed", self.request_id, exc_info=(typ, value, tb))

    def _write_fault(self, status: int, error: BaseException | None) -> None:
        found = fault(error, status, self.request_id, known_user=bool(self.current_user))
        if getattr(self, "_jupyter_current_user", None):
            self.set_cors_headers()
        self.set_status(found.status, found.reason)
        for name, value in found.headers.items():
            self.set_header(name, value)
        if found.status == 405 and self.route is not None:
            self.set_header("Allow", ", ".join([*(each.method for each in self.route.operations), "OPTIONS"]))
        body = json.dumps(found.body).encode()
        self.set_header("Content-Type", "application/json")
        self.set_header("Content-Length", str(len(body)))
        self.write(body)


def as_json(function: Callable[..., Any], args: tuple[Any, ...]) -> bytes:
    """The model that `function` makes, or the first of the pair it makes, as JSON."""
    made = function(*args)
    model = made[0] if isinstance(made, tuple) else made
    return bytes(model.model_dump_json().encode())
