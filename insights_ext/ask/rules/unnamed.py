"""Questions about one thing that they do not name: "the price of a particular product"."""

from __future__ import annotations

from itertools import pairwise

from ..planner import Refusal
from .clarify import Candidate
from .tokens import Tokens, singular

_ONE = frozenset({"a", "an", "one", "some"})
_UNNAMED = frozenset({"particular", "specific", "certain", "given"})


def unnamed(best: Candidate, tokens: Tokens) -> Refusal | None:
    """The refusal where one thing is spoken of and no condition says which; None for other questions."""
    if best.reading.query.where or not best.reading.query.select:
        return None
    for k, (one, which) in enumerate(pairwise(tokens.items)):
        if one.norm in _ONE and which.norm in _UNNAMED and not which.quoted and k + 2 < len(tokens):
            thing = tokens.items[k + 2]
            if thing.norm and singular(thing.norm) == thing.norm:
                return Refusal(f"Which {thing.text} is meant? Name it, or ask about each {thing.text}.")
    return None
