"""What a text column was found to hold, and the hints that other columns of the file give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["empty", "boolean", "number", "date", "time", "text"]

MISSING = frozenset(
    [
        "unknown",
        "tba",
        "tbd",
        "tbc",
        "na",
        "n/a",
        "n.a.",
        "n.a",
        "n / a",
        "#n/a",
        "#na",
        "nan",
        "null",
        "none",
        "nil",
        "(null)",
        "(none)",
        "<na>",
        "missing",
        "\\n",
        "-",
        "--",
        "---",
        "–",
        "—",
        "―",
        "−",
        "?",
        "??",
        ".",
        "..",
        "...",
        "…",
        "#null!",
        "#div/0!",
        "#value!",
        "#ref!",
        "#name?",
        "#num!",
    ]
)
"""Cells (trimmed, lower case) that mean "missing" in a column of numbers, dates or booleans."""

MISSING_IN_TEXT = ("\\N", "#N/A", "<NA>", "NULL")
"""Cells (exactly) that mean "missing" even among words."""


@dataclass(frozen=True)
class Reading:
    """How the cells of a column are read.

    `pattern` (understood alike by Python and RE2) matches a whole cell that is not missing;
    `expression` is the SQL of its value, ``{c}`` being the column. `checked` says that a cell may match
    the pattern and still have no value (30 February). `mark` is the decimal mark if the column fixes it,
    `order` the order of day and month. `unit` stood beside the numbers: ``%``, or a currency.
    """

    kind: Kind
    type: str = "VARCHAR"
    pattern: str = ""
    expression: str = "{c}"
    checked: bool = False
    note: str | None = None
    warning: str | None = None
    mark: Literal[".", ","] | None = None
    order: tuple[str, Literal["dmy", "mdy"]] | None = None
    unit: str | None = None

    def value(self, column: str) -> str:
        """The SQL of the value, `column` being the SQL of the cell's text."""
        return self.expression.replace("{c}", column)


TEXT = Reading("text")
EMPTY = Reading("empty")


@dataclass
class Hints:
    """What the file as a whole says: its decimal mark, and the order of day and month per separator.

    `fixed_mark` is the user's choice and wins; `mark` comes from other columns or the delimiter.
    """

    fixed_mark: str | None = None
    mark: str | None = None
    orders: dict[str, Literal["dmy", "mdy"]] = field(default_factory=dict)
