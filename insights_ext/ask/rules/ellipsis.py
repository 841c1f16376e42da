"""What a second clause leaves unsaid: "… in 2018 and … in the same year", "… sung by him"."""

from __future__ import annotations

from collections.abc import Iterator

from .clarify import Candidate
from .intents import Condition
from .tokens import Tokens, tokenise

_GOES_ON = frozenset({"as", "and", "with", "that", "for", "on", "at", "in", ""})
_WHOM = frozenset({"him", "her", "them"})


def completed(second: str, first_text: str, first: Candidate) -> Iterator[str]:
    """The second clause with what it takes from the first one; itself where it takes nothing."""
    tokens = tokenise(second)
    place = _reference(tokens)
    if place is None:
        yield second
        return
    start, behind, noun = place
    spans = sorted({(u.start, u.end) for u in first.uses if u.kind in ("value", "number", "date")})
    said = tokenise(first_text)
    for a, b in reversed(spans):
        value = first_text[a:b]
        for piece, skip in _pieces(said, a, value, noun):
            kept = second[: tokens.items[start].start]
            end = tokens.items[skip - 1].end if skip else tokens.items[behind - 1].end
            yield f"{kept}{piece}{second[end:]}"


def refers_back(second: str) -> bool:
    """Whether the clause says "the same …" or "him" of what the first one named."""
    return _reference(tokenise(second)) is not None


def shares_condition(first: Candidate, second: Candidate) -> bool:
    """Whether a condition of the first is one of the second: in the same column, or one named alike."""
    return any(_alike(a, b) for a in first.reading.query.where for b in second.reading.query.where)


def _alike(a: Condition, b: Condition) -> bool:
    if a == b:
        return True
    of, other = getattr(a, "of", None), getattr(b, "of", None)
    same = getattr(of, "column", None) == getattr(other, "column", "") and type(a) is type(b)
    return same and all(getattr(a, n, None) == getattr(b, n, None) for n in ("op", "value", "values", "said"))


def _reference(tokens: Tokens) -> tuple[int, int, tuple[int, int]] | None:
    """Where "the same X" stands: its first token, its end, and the tokens of X."""
    items = tokens.items
    for k, token in enumerate(items):
        if token.norm == "same" and k + 1 < len(items):
            if any(t.norm in _GOES_ON for t in items[k + 1 :]):
                return None
            start = k - 1 if k and items[k - 1].norm in ("the", "that", "this") else k
            return start, len(items), (k + 1, len(items))
        if token.norm in _WHOM and k == len(items) - 1:
            return k, k + 1, (k, k)
    return None


def _pieces(said: Tokens, a: int, value: str, noun: tuple[int, int]) -> Iterator[tuple[str, int]]:
    """Texts that may stand for the reference, and up to which token they do (0: all of it)."""
    first, end = noun
    yield value, 0
    if end > first + 2:
        yield value, first + 2
    before = [t for t in said.items if t.end <= a]
    for back in (1, 2, 3):
        if len(before) >= back:
            yield said.question[before[-back].start : a] + value, 0
