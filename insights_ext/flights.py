"""Background work that several may wait for."""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .context import Context
from .errors import Cancelled

T = TypeVar("T")

COME_BACK_S = 2.0
"""How long work is still wanted by one who left to ask again."""


@dataclass
class Flight(Generic[T]):
    """One piece of such work, with the switch that stops it."""

    future: Future[T]
    cancelled: threading.Event
    _waiting: int = 0
    _wanted_until: float = field(default_factory=lambda: time.monotonic() + COME_BACK_S)
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

    def join(self) -> bool:
        """Begin to wait; false where the work is being stopped. `leave` ends it."""
        with self._lock:
            if self.cancelled.is_set():
                return False
            self._waiting += 1
            return True

    def leave(self, come_back: bool = False) -> None:
        """Wait no more; with `come_back` the work stays wanted for `COME_BACK_S`."""
        with self._lock:
            self._waiting -= 1
            self._wanted_until = time.monotonic() + COME_BACK_S if come_back else 0.0

    def give_way(self) -> None:
        """Stop the work if nobody waits for it."""
        with self._lock:
            if self._waiting == 0 and time.monotonic() >= self._wanted_until:
                self.cancelled.set()
