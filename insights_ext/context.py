"""What travels with every operation: who asks, which request, how far, and until when."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .errors import Cancelled, OutOfTime

LOCAL_OWNER = "local"


@dataclass(frozen=True)
class Event:
    """One step of an operation, as the progress line, SSE and the panel show it.

    `progress` runs from 0 to 1, or is None where no share can be told. `text` is the next piece of the
    answer's sentence, already checked, where words arrive one by one.
    """

    step: str
    message: str
    progress: float | None = None
    text: str | None = None


def _ignore(event: Event) -> None:
    """The listener of an operation nobody watches."""


def new_request_id() -> str:
    """A fresh request id: 32 hexadecimal digits."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Context:
    """Identity, request id, listener, cancel switch and deadline of one operation.

    `deadline` is on the clock of `time.monotonic()`, in seconds; None means no deadline of its own.
    """

    owner: str = LOCAL_OWNER
    request_id: str = field(default_factory=new_request_id)
    emit: Callable[[Event], None] = _ignore
    cancelled: threading.Event = field(default_factory=threading.Event)
    deadline: float | None = None

    def within(self, seconds: float) -> Context:
        """The same context with at most `seconds` left."""
        limit = time.monotonic() + seconds
        return Context(
            self.owner,
            self.request_id,
            self.emit,
            self.cancelled,
            limit if self.deadline is None else min(limit, self.deadline),
        )

    def check(self) -> None:
        """Raise `Cancelled` or `OutOfTime` if the operation should stop here."""
        if self.cancelled.is_set():
            raise Cancelled("The operation was cancelled.")
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise OutOfTime("The operation took longer than allowed.")

    def step(
        self, step: str, message: str, progress: float | None = None, *, text: str | None = None
    ) -> None:
        """Tell the listener of a step."""
        self.emit(Event(step, message, progress, text))

    @contextlib.contextmanager
    def cancelling(self) -> Iterator[None]:
        """Turn Ctrl-C inside the block into a cancelled context, so that workers stop at once."""
        try:
            yield
        except KeyboardInterrupt:
            self.cancelled.set()
            raise
