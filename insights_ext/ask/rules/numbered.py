"""The number that a thing has ("the number of the game"), as against how many there are of a kind."""

from __future__ import annotations

from .chart import Edge, Tiling
from .intents import Aggregate
from .pieces import Head, Measure
from .tokens import Tokens, singular

_NUMBER = frozenset({"number", "no", "count"})
_LINKS = frozenset({"of", "for"})
_MANY = frozenset({"people", "children", "men", "women", "staff", "data", "media", "aircraft", "cattle"})
"""Plurals that do not look like any."""


def has_its_number(tiling: Tiling, tokens: Tokens) -> bool:
    """Whether a reading counts where the words speak of one thing's number: "the number of the game"."""
    return any(_counts(e) and _of_the_one(tokens, e.start) for e in tiling.edges)


def _counts(edge: Edge) -> bool:
    if isinstance(edge.meaning, Head):
        return edge.meaning.kind == "count"
    return isinstance(edge.meaning, Measure) and all(
        isinstance(a, Aggregate) and a.function == "count" for a in edge.meaning.aggregates
    )


def _of_the_one(tokens: Tokens, start: int) -> bool:
    start += tokens.items[start].norm == "the"
    words = [t.norm for t in tokens.items[start : start + 4]]
    if len(words) < 4 or words[0] not in _NUMBER or words[1] not in _LINKS or words[2] != "the":
        return False
    return words[3] == singular(words[3]) and words[3] not in _MANY
