"""The ends of a process and of its likeness: what its memories do at exit and in a forked child."""

from __future__ import annotations

import atexit
import os
import weakref
from typing import Protocol


class Living(Protocol):
    """What has a thread and handles of its own."""

    def stop(self, timeout_s: float) -> None:
        """End the thread, after what it is at."""

    def start_over(self) -> None:
        """Begin without threads, locks and handles, which are the parent's."""


FINISH_WITHIN_S = 10.0
"""How long a commit under way may hold up the exit: LanceDB aborts a process that ends under its threads."""

_living: weakref.WeakSet[Living] = weakref.WeakSet()


def register(memory: Living) -> None:
    """Look after `memory` until it is gone."""
    _living.add(memory)


@atexit.register
def _stop_all() -> None:
    """At exit: let a commit finish, start none; LanceDB's own threads end next."""
    for memory in list(_living):
        memory.stop(FINISH_WITHIN_S)


def _start_over_in_child() -> None:
    for memory in list(_living):
        memory.start_over()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_over_in_child)
