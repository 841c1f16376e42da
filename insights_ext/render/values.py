"""Values as text: numbers, sizes and cells as people read them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from ..schemas import Column
from ..wording import normalise

_CELL_CHARACTERS = 120
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What would steer a terminal, or turn the reading direction, instead of being read."""


def number(value: float | int) -> str:
    """A number for people: thousands separated, at most four decimals; tiny and huge ones as 1.2e-05."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if value and (abs(value) >= 1e15 or abs(value) < 1e-4):
        return f"{value:.4g}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def size(count: int) -> str:
    """A number of bytes for people."""
    amount = float(count)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"
        amount /= 1024
    return f"{amount:,.1f} TiB"


def cell(value: Any, decimals: int | None = None, *, grouped: bool = True) -> str:
    """A JSON value as one line of text, shortened if it is long; `decimals` None means as many as needed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        text = number(value) if decimals is None or "e" in number(value) else f"{value:,.{decimals}f}"
        return text if grouped else text.replace(",", "")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = _CONTROLS.sub("\ufffd", " ".join(text.split()))
    return text if len(text) <= _CELL_CHARACTERS else text[: _CELL_CHARACTERS - 1] + "…"


def harmless(text: str) -> str:
    """Text for a terminal as it stands, line by line, without what would steer it."""
    return "\n".join(_CONTROLS.sub("\ufffd", line.replace("\t", " ")) for line in text.split("\n"))


def cells(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> list[list[str | None]]:
    """The rows as text, None where a cell is missing; the numbers of a column have equal decimals."""
    decimals = [max((_decimals(row[k]) for row in rows), default=0) for k in range(len(columns))]
    apart = [grouped(column) for column in columns]
    return [
        [None if row[k] is None else cell(row[k], decimals[k], grouped=apart[k]) for k in range(len(columns))]
        for row in rows
    ]


def _decimals(value: Any) -> int:
    if not isinstance(value, float):
        return 0
    text = number(value)
    return 0 if "e" in text else len(text.partition(".")[2])


def grouped(column: Column) -> bool:
    """Whether a column's numbers want thousands separators: years and ids do not."""
    return not set(normalise(column.name).split()) & {"year", "id", "code", "zip"}


def numeric(rows: Sequence[Sequence[Any]], width: int) -> list[bool]:
    """Which of the first `width` columns hold numbers."""
    return [
        any(isinstance(row[k], (int, float)) and not isinstance(row[k], bool) for row in rows)
        for k in range(width)
    ]
