"""The decorator that asks the server's authorizer, with types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from jupyter_server.auth import decorator

Verb = Callable[..., Awaitable[None]]


def authorized(*, action: str, resource: str) -> Callable[[Verb], Verb]:
    """Jupyter Server's ``@authorized``; stands below ``@web.authenticated`` on every verb.

    Both words must be given: the original remembers the first it met, so that a verb inherited by a
    second class, or one that falls back to its HTTP method, would be judged as another.
    """
    decorate: Any = decorator.authorized
    made: Callable[[Verb], Verb] = decorate(action=action, resource=resource)
    return made
