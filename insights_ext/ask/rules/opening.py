"""What a question opens with is what it asks for: it is no condition on that very column."""

from __future__ import annotations

from itertools import pairwise

from .chart import Edge, Tiling
from .pieces import Filler, Head, Target, Where
from .tokens import Tokens

OPENS = frozenset({"which", "much"})
_BETWEEN = frozenset({"is", "are", "was", "were", "s", "the"})


def fixes_what_is_asked(tiling: Tiling, tokens: Tokens) -> bool:
    """Whether a reading takes the column behind "what is the …" for a condition, and another as asked for.

    "What pole position was Ray Bell when he had the fastest lap" asks for the pole position.
    """
    edges = [e for e in tiling.edges if not isinstance(e.meaning, Filler)]
    if len(edges) < 2 or not any(isinstance(e.meaning, Target) for e in edges[2:]):
        return False
    head, first = edges[:2]
    if not (isinstance(head.meaning, Head) and head.meaning.kind in OPENS):
        return False
    between = tokens.items[head.end : first.start]
    beside = all(t.norm in _BETWEEN for t in between)
    return beside and isinstance(first.meaning, Where) and _column_first(first)


def _column_first(edge: Edge) -> bool:
    """Whether the words of a condition begin with its column's name."""
    uses = sorted(edge.uses, key=lambda u: u.start)
    kinds = [u.kind for u in uses]
    return kinds[:1] == ["column"] and all(a.end <= b.start for a, b in pairwise(uses))
