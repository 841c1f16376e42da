"""The progress line: one line that says what is going on, and gives way to the result."""

from __future__ import annotations

import time
from typing import Any

from ..context import Event

_QUIET_S = 0.3
_INTERVAL_S = 0.15


class Progress:
    """Shows the steps of an operation in a notebook; in a terminal it stays silent.

    Nothing is shown for what takes less than 0.3 s. An answer that comes word by word grows below the line,
    until the whole answer takes the place of both.
    """

    def __init__(self, notebook: bool) -> None:
        self._notebook = notebook
        self._start = self._last = time.monotonic()
        self._handle: Any = None
        self._text = ""

    def __call__(self, event: Event) -> None:
        """Show a step, unless it comes too early or too soon after the last."""
        self._text += event.text or ""
        now = time.monotonic()
        if not self._notebook or now - self._start < _QUIET_S or now - self._last < _INTERVAL_S:
            return
        self._last = now
        share = f" {event.progress:.0%}" if event.progress is not None else ""
        line = f"{event.message}{share} …"
        self._put({"text/plain": f"{line}\n{self._text}" if self._text else line})

    def finish(self, bundle: dict[str, Any]) -> None:
        """Show `bundle` in place of the line."""
        self._put(bundle)

    def clear(self) -> None:
        """Empty the line, if it was ever shown."""
        if self._handle is not None:
            self._put({"text/plain": ""})

    def _put(self, bundle: dict[str, Any]) -> None:
        from IPython.display import display

        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(bundle, raw=True)
