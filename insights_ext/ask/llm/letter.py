"""What a call sends, with the account of what of the data is in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...schemas import Message


@dataclass
class Letter:
    """Messages for the model; `columns` are written ``dataset.column``.

    `rows` counts result rows, `values` stored values in the text; `masked` are columns held back.
    """

    messages: list[Message]
    columns: list[str] = field(default_factory=list)
    rows: int = 0
    values: int = 0
    masked: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes of the text."""
        return sum(len(message.content.encode()) for message in self.messages)

    def then(self, said: str, more: str) -> Letter:
        """The conversation gone on: what the model said, and what it is told now."""
        turns = [Message(role="assistant", content=said), Message(role="user", content=more)]
        return Letter([*self.messages, *turns], self.columns, self.rows, self.values, self.masked)
