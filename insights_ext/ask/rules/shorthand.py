"""How people shorten what they type: "w/o", "# of", "top10", "4+", a percent sign for the word."""

from __future__ import annotations

import re
from collections.abc import Iterator

WORDS = {"w/o": "without", "w/": "with", "btwn": "between", "ppl": "people", "thru": "through"}
BEFORE_NUMBERS = {"b4": "before", "btw": "between"}
"""Read so only where a number follows: elsewhere they may be a code or a name."""

PIECE = re.compile(
    r"(?<![^\W_])w/o\b|(?<![^\W_])w/(?=\s|\w)|[^\W_]+|[%#]|(?<=\d)\+(?=\s|$)|(?<=\s)\+(?=\s)|(?<=[^\W\d_])\+(?=[^\W\d_])|<=|>=|!=|<>|[<>=≤≥≠,]",
    re.IGNORECASE,
)
_RANKED = re.compile(r"(top|bottom|last|past|first)(\d{1,4})", re.IGNORECASE)
_NUMBER_NEXT = re.compile(r"\s*\d")
_COUNTED_NEXT = re.compile(r"\s?(of\b|[^\W\d_])", re.IGNORECASE)
_BEFORE_COUNT = re.compile(
    r"(^|\b(the|show|me|by|what|is|get|give|list|total|and|with|s)\s)\s*$", re.IGNORECASE
)
_AFTER_DIGIT = re.compile(r"\d\s?$")


def pieces(question: str) -> Iterator[tuple[int, int, str]]:
    """The words and signs of `question`: characters ``[start, end)`` and the word that is meant."""
    for match in PIECE.finditer(question):
        text, (start, end) = match.group(), match.span()
        if text == "%":
            if not _AFTER_DIGIT.search(question, 0, start):
                yield start, end, "percent"
        elif text == "#":
            if _BEFORE_COUNT.search(question, 0, start) and _COUNTED_NEXT.match(question, end):
                yield start, end, "count"
        elif text == "+" and not _AFTER_DIGIT.search(question, 0, start):
            yield start, end, "added to"
        elif text == "+":
            yield start, end, "or"
            yield start, end, "more"
        elif ranked := _RANKED.fullmatch(text):
            yield start, start + len(ranked[1]), ranked[1]
            yield start + len(ranked[1]), end, ranked[2]
        else:
            yield start, end, _meant(question, text, end)


def _meant(question: str, text: str, end: int) -> str:
    short = text.lower()
    if text == short and short in WORDS:
        return WORDS[short]
    if short in BEFORE_NUMBERS and _NUMBER_NEXT.match(question, end):
        return BEFORE_NUMBERS[short]
    return text
