"""Decide what a text column holds from its distinct values: booleans, numbers, dates, times or text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from . import numeric, temporal
from .reading import EMPTY, MISSING, TEXT, Hints, Reading

_BOOLEANS: tuple[tuple[str, str, int], ...] = (
    ("true", "false", 1),
    ("yes", "no", 1),
    ("t", "f", 2),
    ("y", "n", 2),
)
"""Words for true and false, and how many of the two must occur."""

SPACE = " \t\n\r\f"
"""White space around a cell that does not count; the same characters as RE2's."""

_NUMBER_LIKE = re.compile(
    r"\(?[+\-−]?\s?(?:[A-Z]{0,3}[$€£¥₹₽₩])?\s?[+\-−]?"
    r"(?:[0-9][0-9.,'’\u00a0\u202f ]*(?:[eE][+-]?[0-9]+)?|[.,][0-9]+)"
    r"\s?(?:%|[$€£¥₹₽₩]|kr|zł)?\)?"
)
_DATE_LIKE = re.compile(
    r"(?i)[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([T ].*)?|[0-9]{1,2}([-/.])[0-9]{1,2}\2[0-9]{2,4}([T ].*)?|"
    r".*\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b.*\b[12][0-9]{3}\b.*|"
    r"[0-9]{1,2}:[0-9]{2}(:[0-9.]+)?"
)


def is_missing(value: str) -> bool:
    """Whether a cell means "missing" in a column of numbers, dates or booleans."""
    text = value.strip(SPACE)
    return not text or text.lower() in MISSING


def broad_kind(value: str | None) -> str:
    """A cell at first sight: ``empty``, ``number``, ``date`` or ``text``; for telling headers from data."""
    if value is None or is_missing(value):
        return "empty"
    text = value.strip(SPACE)
    if len(text) > 60:
        return "text"
    if _DATE_LIKE.fullmatch(text):
        return "date"
    return "number" if _NUMBER_LIKE.fullmatch(text) else "text"


def recognise(values: Iterable[str], header: str, hints: Hints, scope: str = "all") -> Reading:
    """How a column with these distinct values is read; `scope` ``dates`` looks for ISO dates only.

    The reading covers every value that is not missing, or is text.
    """
    cells = set(values)
    present = {value.strip(SPACE) for value in cells if not is_missing(value)}
    if not present:
        return TEXT if cells else EMPTY
    if scope == "dates":
        return temporal.recognise(present, header, hints, iso_only=True) or TEXT
    return (
        _boolean(present)
        or temporal.recognise(present, header, hints)
        or numeric.recognise(present, header, hints)
        or TEXT
    )


def _boolean(values: Collection[str]) -> Reading | None:
    lower = {value.lower() for value in values}
    for yes, no, needed in _BOOLEANS:
        if lower <= {yes, no} and len(lower) >= needed:
            return Reading(
                "boolean", "BOOLEAN", rf"(?i)\s*(?:{yes}|{no})\s*", f"lower(trim({{c}})) = '{yes}'",
                note=None if yes == "true" else f"{yes}/{no}",
            )  # fmt: skip
    return None
