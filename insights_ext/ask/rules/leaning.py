"""How a question leans on the one before it: the words that say so, and what is left without them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from .chart import Use
from .lexicon import lexicon
from .tokens import Tokens, tokenise

Way = Literal["adds", "replaces", "open"]
"""Whether groups are added to those before ("and by month"), replace them, or it is not said."""

_LONGEST = 6


@dataclass(frozen=True)
class Leaning:
    """A question without the words that tie it to another: `begins` where it cannot stand alone.

    `marked` is one that opens with a word that often ties it ("just", "now").
    `share` is where it asks for percentages; `given_up` are the words behind "instead of".
    """

    tokens: Tokens
    begins: bool
    marked: bool
    way: Way
    share: Use | None = None
    given_up: Tokens | None = None


def leans(question: str) -> bool:
    """Whether a question begins like one that leans on another, or says "instead"."""
    tokens = tokenise(question)
    return (
        bool(_phrase(tokens, 0, _words("begins")))
        or _pronoun(tokens, 0) > 0
        or any(t.norm in _words("instead") and not t.quoted for t in tokens.items)
    )


def may_lean(question: str) -> bool:
    """Whether a question leans on another, or begins like a part of one ("by month", "in 2023")."""
    tokens = tokenise(question)
    marked = any(_phrase(tokens, 0, _words(kind)) for kind in ("adds", "replaces", "narrows", "may_begin"))
    return marked or leans(question) or _share(tokens) is not None


def read(question: str) -> Leaning:
    """What a question says beyond leaning on another."""
    tokens = tokenise(question)
    dropped, marks = _opening(tokens)
    marked = bool(marks)
    share = _share(tokens)
    use = None
    if share is not None:
        first, last = tokens.items[share[0]], tokens.items[share[1] - 1]
        use = Use(first.start, last.end, "operation", "share", "share")
        dropped |= set(range(*share))
    elif "%" in question and not any(c.isdigit() for c in question):
        at = question.index("%")
        use = Use(at, at + 1, "operation", "share", "share")
    given_up, kept = None, [k for k in range(len(tokens)) if k not in dropped]
    for k in kept:
        if end := _phrase(tokens, k, _words("instead_of")):
            given_up = _only(tokens, [j for j in kept if j >= end])
            kept = [j for j in kept if j < k]
            marks.add("replaces")
            break
    for kind, mark in (("instead", "replaces"), ("as_well", "adds"), ("ones", "")):
        for k in kept:
            if end := _phrase(tokens, k, _words(kind)):
                marks.add(mark)
                kept = [j for j in kept if not k <= j < end]
    way: Way = "replaces" if "replaces" in marks else "adds" if "adds" in marks else "open"
    return Leaning(_only(tokens, kept), leans(question), marked, way, use, given_up)


def _opening(tokens: Tokens) -> tuple[set[int], set[str]]:
    """The words at the beginning that only tie, and what they say about groups."""
    dropped: set[int] = set()
    marks: set[str] = set()
    position = 0
    while position < len(tokens):
        ends = {kind: _phrase(tokens, position, _words(kind)) for kind in ("adds", "replaces", "narrows")}
        kind, end = max(ends.items(), key=lambda found: found[1])
        if end:
            marks.add(kind)
        else:
            end = _phrase(tokens, position, _words("courtesy"))
        if not end and tokens.items[position].norm == "":
            end = position + 1
        if not end:
            break
        dropped |= set(range(position, end))
        position = end
    pronoun = _pronoun(tokens, position)
    if pronoun:
        dropped.add(pronoun)
        if tokens.items[position].norm in _words("shows"):
            dropped.add(position)
        if tokens.items[position].norm in _words("splits"):
            dropped.add(position)
            marks.add("adds")
            if pronoun + 1 < len(tokens) and tokens.items[pronoun + 1].norm in ("down", "up"):
                dropped.add(pronoun + 1)
    return dropped, marks


def _pronoun(tokens: Tokens, i: int) -> int:
    """Where "it" stands in "sort it …", "show that …"; 0 where there is none."""
    if i + 1 < len(tokens) and tokens.items[i].norm in _words("shows") | _words("splits") | _words("orders"):
        return i + 1 if tokens.items[i + 1].norm in _words("pronoun") else 0
    return 0


def _share(tokens: Tokens) -> tuple[int, int] | None:
    for k in range(len(tokens)):
        if end := _phrase(tokens, k, _words("share")):
            return k, end
    return None


def _words(kind: str) -> frozenset[str]:
    return lexicon().follow_up[kind]


def _phrase(tokens: Tokens, i: int, phrases: Collection[str]) -> int:
    """The end of the longest of `phrases` that begins at token `i`, or 0."""
    for j in range(min(len(tokens), i + _LONGEST), i, -1):
        inside = tokens.items[i:j]
        if all(t.norm and not t.quoted for t in inside) and " ".join(t.norm for t in inside) in phrases:
            return j
    return 0


def _only(tokens: Tokens, kept: Sequence[int]) -> Tokens:
    """The tokens at the places `kept`; each keeps its place in the question."""
    place = {old: new for new, old in enumerate(kept)}
    quotes = [[place[k] for k in range(a, b) if k in place] for a, b in tokens.quotes]
    return Tokens(
        tokens.question,
        tuple(tokens.items[k] for k in kept),
        tuple((inside[0], inside[-1] + 1) for inside in quotes if inside),
        frozenset(place[k] for k in tokens.breaks if place.get(k)),
    )
