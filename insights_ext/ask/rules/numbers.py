"""Numbers in questions: digits, thousands, 1.5k, 2 million, and number words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .tokens import Tokens

_DIGITS = re.compile(r"[-−+]?(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(\.\d+)?(?:e[-+]?\d+)?")
_SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d.,]*\d)")
_SCALE_SUFFIX = {"k": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "b": 1e9, "bn": 1e9}
_SCALE_WORD = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "dozen": 12.0,
}
_WORDS = {
    word: float(number)
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "sixty": 60.0,
    "seventy": 70.0,
    "eighty": 80.0,
    "ninety": 90.0,
}


@dataclass(frozen=True)
class Number:
    """A number as the question states it; `percent` when a percent sign follows, `unit` a unit of time."""

    value: float
    text: str
    percent: bool = False
    unit: str = ""

    @property
    def exact(self) -> int | float:
        """The value, as an integer where it is one."""
        return int(self.value) if self.value == int(self.value) and abs(self.value) < 1e15 else self.value


def numbers(tokens: Tokens) -> Iterator[tuple[int, int, Number]]:
    """Every number and the tokens ``[i, j)`` that state it."""
    starts = {token.start: k for k, token in enumerate(tokens.items)}
    for i, token in enumerate(tokens.items):
        if token.norm in _WORDS:
            yield from _word_number(tokens, i)
        elif token.text[:1].isdigit():
            yield from _digit_number(tokens, i, starts)
            yield from _spaced_number(tokens, i)


def _word_number(tokens: Tokens, i: int) -> Iterator[tuple[int, int, Number]]:
    value, j = _WORDS[tokens.items[i].norm], i + 1
    if value >= 20 and j < len(tokens) and 1 <= _WORDS.get(tokens.items[j].norm, 0) <= 9:
        value, j = value + _WORDS[tokens.items[j].norm], j + 1
    if j < len(tokens) and tokens.items[j].norm in _SCALE_WORD:
        value, j = value * _SCALE_WORD[tokens.items[j].norm], j + 1
    yield i, j, Number(value, tokens.phrase(i, j))


def _spaced_number(tokens: Tokens, i: int) -> Iterator[tuple[int, int, Number]]:
    """Thousands set apart by spaces: "1 058 000"."""
    match = _SPACED.match(tokens.question, tokens.items[i].start)
    if match is None:
        return
    j = i + match.group().count(" ") + 1
    if j <= len(tokens) and tokens.items[j - 1].end == match.end():
        yield i, j, Number(float(match.group().replace(" ", "")), match.group())


def _digit_number(tokens: Tokens, i: int, starts: dict[int, int]) -> Iterator[tuple[int, int, Number]]:
    text, start = tokens.question, tokens.items[i].start
    if start and (text[start - 1] in ".," and start > 1 and text[start - 2].isdigit()):
        return
    match = _DIGITS.match(text, start)
    if match is None:
        return
    value, end = float(match.group().replace(",", "")), match.end()
    if start and text[start - 1] in "-−" and (start == 1 or text[start - 2] in " =<>("):
        value = -value
    suffix = re.compile(r"(mio|mn|bn|k|m|b)\b", re.IGNORECASE).match(text, end)
    if suffix:
        value, end = value * _SCALE_SUFFIX[suffix.group(1).lower()], suffix.end()
    j = i
    while j < len(tokens) and tokens.items[j].start < end:
        if tokens.items[j].end > end:
            return
        j += 1
    if j < len(tokens) and tokens.items[j].norm in _SCALE_WORD:
        value, end, j = value * _SCALE_WORD[tokens.items[j].norm], tokens.items[j].end, j + 1
    percent = text[end : end + 2].strip().startswith("%")
    if not percent and j < len(tokens) and tokens.items[j].norm in ("percent", "pct"):
        percent, end, j = True, tokens.items[j].end, j + 1
    yield i, j, Number(value, text[start:end], percent)
