"""The course of one question: its steps are announced, timed and bounded here, whoever takes them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..context import Context


@dataclass
class Course:
    """Announces each step to the listener, stops where the asker did, and keeps the seconds it took."""

    context: Context
    started: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict)
    _reached: float = 0.0

    @contextlib.contextmanager
    def step(self, name: str, message: str, progress: float) -> Iterator[None]:
        """Take the step `name`; raises `Cancelled` or `OutOfTime` before it begins.

        Progress never runs backwards, also where a step is taken again.
        """
        self.context.check()
        self._reached = max(self._reached, progress)
        self.context.step(name, message, self._reached)
        began = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - began
            self.timings[name] = round(self.timings.get(name, 0.0) + spent, 6)

    def say(self, text: str) -> None:
        """Hand a checked piece of the answer's sentence to the listener."""
        self.context.step("sentence", "Writing the sentence", self._reached, text=text)

    def total(self) -> dict[str, float]:
        """Seconds by step, and in all."""
        return {**self.timings, "total": round(time.perf_counter() - self.started, 6)}
