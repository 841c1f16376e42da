"""What a scripted model says: rules, tried in order, each with what it matches and how it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request as it came over the wire: path, headers in lower case, raw body, JSON body.

    `at` is on the clock of `time.monotonic()`.
    """

    path: str
    headers: Mapping[str, str]
    raw: bytes
    body: Mapping[str, Any]
    at: float

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages of a chat request."""
        return list(self.body.get("messages", ()))

    @property
    def prompt(self) -> str:
        """The text of the last message of the user."""
        said = [m.get("content") for m in self.messages if m.get("role") == "user"]
        return str(said[-1]) if said else ""

    @property
    def text(self) -> str:
        """The text of all messages."""
        return "\n".join(str(message.get("content")) for message in self.messages)


Matcher = str | re.Pattern[str] | Callable[[Received], bool] | None
"""Which requests a rule answers: text in the last user message (whatever the case), a pattern, a test."""

Content = str | Mapping[str, Any] | Callable[[Received], str | Mapping[str, Any]]
"""What a rule says: text, an object (sent as JSON), or a function of the request."""


@dataclass
class Rule:
    """One answer. `left` counts how often it may still be given; None is for ever."""

    content: Content = ""
    when: Matcher = None
    left: int | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    delay_s: float = 0.0
    between_s: float = 0.0
    cut_after: int | None = None
    raw: bytes | None = None
    finish_reason: str = "stop"

    def matches(self, request: Received) -> bool:
        """Whether this rule answers `request`."""
        if self.left == 0:
            return False
        if self.when is None:
            return True
        if isinstance(self.when, str):
            return self.when.lower() in request.prompt.lower()
        if isinstance(self.when, re.Pattern):
            return self.when.search(request.prompt) is not None
        return self.when(request)

    def says(self, request: Received) -> str:
        """The text of the answer."""
        content = self.content(request) if callable(self.content) else self.content
        return content if isinstance(content, str) else json.dumps(content)


_COMMAND = re.compile(r"(?:reply|answer|respond|say)\s+(?:only\s+|exactly\s+)*with:?\s*(.+)", re.IGNORECASE)


def obedient(request: Received) -> str:
    """What a model says that obeys every instruction it reads, also one that stands in data."""
    found = _COMMAND.findall(request.text)
    return str(found[-1]) if found else "SELECT 1 AS nothing_to_obey"
