"""Stopping: lets a long search notice, at any depth, that its question was cancelled or is out of time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...context import Context

_watched: ContextVar[Context | None] = ContextVar("insights_planning", default=None)


@contextlib.contextmanager
def watched(context: Context) -> Iterator[None]:
    """Within this, `check` asks `context`."""
    token = _watched.set(context)
    try:
        yield
    finally:
        _watched.reset(token)


def check() -> None:
    """Raise `Cancelled` or `OutOfTime` where the question that is planned has to stop."""
    context = _watched.get()
    if context is not None:
        context.check()
