"""Calls of the views: each runs in a thread of its own kind and is always answered."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from ..context import Context, Event
from ..errors import Cancelled, InsightsError, InvalidRequest
from ..telemetry import logger
from .messages import Answered, Failed, Step

THREADS = 4


@dataclass(frozen=True)
class Result:
    """What a call gives back: JSON, and bytes beside it."""

    body: Any = None
    buffers: list[bytes] = field(default_factory=list)


class Send(Protocol):
    """Sends a message to the views; may be called from any thread."""

    def __call__(self, content: Any, buffers: list[bytes] | None = None) -> None:
        """Send `content` as JSON with `buffers` beside it."""


Work = Callable[[str, dict[str, Any], Context], Result]
"""An operation by name, with its arguments; raises `InsightsError` for what the user should know."""


class Calls:
    """The calls under way, and the threads they run in.

    Parameters
    ----------
    work:
        Does the operations.
    send:
        Sends messages to the views.
    context:
        Makes the context of a call from what listens to its steps.
    """

    def __init__(self, work: Work, send: Send, context: Callable[[Callable[[Event], None]], Context]) -> None:
        self._work = work
        self._send = send
        self._context = context
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="insights-widget")
        self._under_way: dict[str, Context] = {}
        self._lock = threading.Lock()

    def hear(self, message: Any) -> None:
        """Take a message of the views; returns at once."""
        kind = message.get("kind") if isinstance(message, dict) else None
        call_id = message.get("id") if isinstance(message, dict) else None
        if not isinstance(call_id, str):
            logger.debug("a message without an id was not answered")
        elif kind == "call":
            self._start(call_id, message)
        elif kind == "cancel":
            self.cancel(call_id)
        else:
            self._fail(call_id, InvalidRequest(f"There is no message of kind {kind!r}."), "")

    def cancel(self, call_id: str | None = None) -> None:
        """Stop one call, or all of them."""
        with self._lock:
            chosen = [
                context for each, context in self._under_way.items() if call_id is None or each == call_id
            ]
        for context in chosen:
            context.cancelled.set()

    def close(self) -> None:
        """Stop everything and take no more calls."""
        self.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _start(self, call_id: str, message: dict[str, Any]) -> None:
        def emit(event: Event) -> None:
            self._send(Step(kind="step", id=call_id, body=asdict(event)))

        context = self._context(emit)
        with self._lock:
            self._under_way[call_id] = context
        try:
            # The thread sends in the name of the message it answers, which the kernel keeps in a variable
            # of the context.
            self._threads.submit(contextvars.copy_context().run, self._run, call_id, message, context)
        except RuntimeError:
            self._done(call_id)
            self._fail(call_id, Cancelled("The explorer is closed."), context.request_id)

    def _run(self, call_id: str, message: dict[str, Any], context: Context) -> None:
        try:
            operation, arguments = message.get("operation"), message.get("arguments")
            if not isinstance(operation, str) or not isinstance(arguments, dict):
                raise InvalidRequest("A call has an operation and arguments.")
            context.check()
            result = self._work(operation, arguments, context)
        except InsightsError as error:
            self._fail(call_id, error, context.request_id)
        except Exception as error:
            logger.debug("an operation failed inside", exc_info=True)
            self._fail(call_id, _inside(error), context.request_id)
        else:
            self._send(Answered(kind="answer", id=call_id, body=result.body), result.buffers)
        finally:
            self._done(call_id)

    def _fail(self, call_id: str, error: InsightsError, request_id: str) -> None:
        self._send(Failed(kind="error", id=call_id, body=error.body(request_id)))

    def _done(self, call_id: str) -> None:
        with self._lock:
            self._under_way.pop(call_id, None)


def _inside(error: Exception) -> InsightsError:
    return InsightsError(
        f"Something went wrong inside ({type(error).__name__}).",
        hint="logging.getLogger('insights_ext').setLevel('DEBUG') shows where; please report it.",
    )
