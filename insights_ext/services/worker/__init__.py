"""Worker processes: jobs run behind memory, time, file-system and network walls, never in the host.

The names below are loaded on first use: the fork server imports this package too and must stay lean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .pool import Workers
    from .probe import sandbox

__all__ = ["Workers", "sandbox"]


def __getattr__(name: str) -> Any:
    if name == "Workers":
        from .pool import Workers

        return Workers
    if name == "sandbox":
        from .probe import sandbox

        return sandbox
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
