"""Background work that several may wait for."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .context import Context
from .errors import Cancelled

T = TypeVar("T")


@dataclass
class Flight(Generic[T]):
    """One piece of such work, with the switch that stops it."""

    future: Future[T]
    cancelled: threading.Event
    _waiting: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, context: Context) -> T:
        """The result; stops waiting when `context` says so.

        The last who waits stops the work itself by Ctrl-C or by being cancelled.
        """
        with self._lock:
            self._waiting += 1
        try:
            while True:
                context.check()
                with contextlib.suppress(TimeoutError):
                    return self.future.result(timeout=0.05)
                if self.future.done():
                    return self.future.result()
        except (KeyboardInterrupt, Cancelled):
            with self._lock:
                if self._waiting == 1:
                    self.cancelled.set()
            raise
        finally:
            with self._lock:
                self._waiting -= 1
