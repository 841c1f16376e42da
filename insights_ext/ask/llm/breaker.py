"""A circuit breaker: an endpoint that keeps failing is left alone for a while, then tried once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ...errors import ModelUnavailable

FAILURES = 5
REST_S = 30.0


@dataclass
class _State:
    failures: int = 0
    closed_until: float = 0.0
    trying: bool = False


class Breaker:
    """Counts failures in a row for each key (endpoint and model).

    After `failures` of them calls are refused for `rest_s` seconds; then one is let through, and what
    becomes of it decides.
    """

    def __init__(
        self, failures: int = FAILURES, rest_s: float = REST_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._rest_s, self._clock = failures, rest_s, clock
        self._states: dict[str, _State] = {}
        self._lock = threading.Lock()

    def check(self, key: str, model: str) -> None:
        """Let a call pass, or raise `ModelUnavailable`."""
        with self._lock:
            state = self._states.setdefault(key, _State())
            if state.failures < self._most:
                return
            left = state.closed_until - self._clock()
            if left <= 0 and not state.trying:
                state.trying = True
                return
        raise ModelUnavailable(
            f"{model} failed {self._most} times in a row and is left alone for a moment.",
            hint=f"It is tried again in {max(1, round(left))} s.",
        )

    def succeeded(self, key: str) -> None:
        """The endpoint answered, whatever it said."""
        with self._lock:
            self._states.pop(key, None)

    def failed(self, key: str) -> None:
        """The endpoint is in trouble."""
        with self._lock:
            state = self._states.setdefault(key, _State())
            state.failures += 1
            state.trying = False
            if state.failures >= self._most:
                state.closed_until = self._clock() + self._rest_s

    def released(self, key: str) -> None:
        """The call was given up before it told anything."""
        with self._lock:
            if key in self._states:
                self._states[key].trying = False
