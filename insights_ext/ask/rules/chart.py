"""The parser: a chart of phrases over the question, filled by rules, and its cheapest tilings.

Edges join token positions. Rules are patterns over the categories of edges (see `grammar.py`);
they run in the order in which they are written, each over what the earlier ones found, so a
recursive rule is written as two. A tiling is a row of piece edges from the first token to the last;
the k cheapest are found by dynamic programming (k-best Viterbi).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .pieces import Filler, Piece, Unknown
from .tokens import Tokens

PIECE = "PIECE"
TILE_COST = 1.0
FILLER_COST = 0.12
UNKNOWN_COST = 10.0
MAX_WORSE = 5.0
_BETWEEN_WORDS = frozenset(
    {"the", "a", "an", "its", "their", "his", "her", "this", "any", "all", "our"}
    | {"corresponding", "respective", "associated"}
)


@dataclass(frozen=True)
class Use:
    """What a leaf of the parse took words for: the seed of a line of evidence."""

    start: int
    end: int
    kind: str
    target: str
    detail: str


@dataclass(frozen=True)
class Edge:
    """A phrase: category, tokens ``[start, end)``, meaning, cost, and the leaves it is made of."""

    category: str
    start: int
    end: int
    meaning: Any
    cost: float
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True)
class Part:
    """One place of a pattern: categories that fit, and whether it may be left out."""

    categories: tuple[str, ...]
    optional: bool


@dataclass(frozen=True)
class Rule:
    """`pattern` of categories → `category`, by `build`, which returns a meaning or None to decline.

    A build function gets the scope, then one argument per part: the edge's meaning, or None where
    an optional part is absent. It may return a list of ``(meaning, extra cost)`` for several readings.
    """

    category: str
    pattern: str
    parts: tuple[Part, ...]
    build: Callable[..., Any]
    cost: float

    @cached_property
    def openings(self) -> frozenset[str]:
        """Categories with which the pattern can begin."""
        found: list[str] = []
        for part in self.parts:
            found += part.categories
            if not part.optional:
                break
        return frozenset(found)


def parse_pattern(pattern: str) -> tuple[Part, ...]:
    """Parts of ``"COL is? (CMP|of) NUM"``: words are categories, ``?`` is optional, ``|`` an alternative."""
    parts = []
    for item in pattern.split():
        optional = item.endswith("?")
        parts.append(Part(tuple(item.rstrip("?").strip("()").split("|")), optional))
    return tuple(parts)


@dataclass
class Chart:
    """Edges by start and category; the cheapest is kept of those that mean the same."""

    tokens: Tokens
    edges: dict[int, dict[str, list[Edge]]] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    _best: dict[tuple[str, int, int, Any], Edge] = field(default_factory=dict)

    def add(self, edge: Edge) -> bool:
        """Add `edge` unless a cheaper one means the same."""
        key = (edge.category, edge.start, edge.end, edge.meaning)
        known = self._best.get(key)
        if known is not None and known.cost <= edge.cost:
            return False
        self._best[key] = edge
        row = self.edges.setdefault(edge.start, {}).setdefault(edge.category, [])
        if known is not None:
            row.remove(known)
        row.append(edge)
        self.present.add(edge.category)
        return True

    def at(self, start: int, category: str) -> list[Edge]:
        """Edges of `category` that start at token `start`."""
        return self.edges.get(start, {}).get(category, [])

    def apply(self, rule: Rule, scope: Any) -> None:
        """Add what `rule` finds."""
        if not all(p.optional or any(c in self.present for c in p.categories) for p in rule.parts):
            return
        found: list[Edge] = []
        openings = rule.openings
        for start, row in self.edges.items():
            if not any(c in row for c in openings):
                continue
            for matched in self._matches(rule.parts, 0, start, first=True):
                edges = [e for e in matched if e is not None]
                if not edges:
                    continue
                built = rule.build(scope, *(None if e is None else e.meaning for e in matched))
                if built is None:
                    continue
                cost = rule.cost + sum(e.cost for e in edges)
                uses = tuple(u for e in edges for u in e.uses)
                readings = built if isinstance(built, list) else [(built, 0.0)]
                for meaning, extra in readings:
                    found.append(Edge(rule.category, start, edges[-1].end, meaning, cost + extra, uses))
        for edge in found:
            self.add(edge)

    def _matches(
        self, parts: tuple[Part, ...], k: int, position: int, *, first: bool
    ) -> Iterator[tuple[Edge | None, ...]]:
        if k == len(parts):
            yield ()
            return
        part = parts[k]
        for start in (position,) if first else self._starts(position):
            row = self.edges.get(start)
            if row is None:
                continue
            for category in part.categories:
                for edge in row.get(category, ()):
                    for rest in self._matches(parts, k + 1, edge.end, first=False):
                        yield (edge, *rest)
        if part.optional:
            for rest in self._matches(parts, k + 1, position, first=first):
                yield (None, *rest)

    def _starts(self, position: int) -> Iterator[int]:
        yield position
        while position < len(self.tokens) and self.tokens.items[position].norm in _BETWEEN_WORDS:
            position += 1
            yield position


@dataclass(frozen=True)
class Tiling:
    """A row of pieces that covers the question, and what it cost."""

    edges: tuple[Edge, ...]
    cost: float

    @property
    def unknown(self) -> tuple[Edge, ...]:
        """The words that nothing explains."""
        return tuple(e for e in self.edges if isinstance(e.meaning, Unknown))


def tilings(chart: Chart, keep: int) -> list[Tiling]:
    """The `keep` cheapest tilings, cheapest first; words nothing explains cost `UNKNOWN_COST`."""
    n = len(chart.tokens)
    numbered: dict[tuple[int, Piece], int] = {}
    best: list[list[tuple[float, tuple[Edge, ...], int]]] = [[] for _ in range(n + 1)]
    best[0] = [(0.0, (), 0)]
    for position in range(n):
        paths = _cheapest(best[position], keep)
        for edge in _steps(chart, position):
            known = isinstance(edge.meaning, Filler | Unknown)
            step = edge.cost + (0.0 if known else TILE_COST)
            for cost, edges, said in paths:
                longer = said
                if not isinstance(edge.meaning, Filler):
                    longer = numbered.setdefault((said, edge.meaning), len(numbered) + 1)
                best[edge.end].append((cost + step, (*edges, edge), longer))
    return [Tiling(edges, cost) for cost, edges, _ in _cheapest(best[n], keep, worse=math.inf)]


def _cheapest(
    paths: list[tuple[float, tuple[Edge, ...], int]], keep: int, worse: float = MAX_WORSE
) -> list[tuple[float, tuple[Edge, ...], int]]:
    """The `keep` cheapest paths, one for each row of meanings (the last of a path is their number)."""
    found: dict[int, tuple[float, tuple[Edge, ...], int]] = {}
    for path in sorted(paths, key=lambda path: path[0]):
        if len(found) == keep or (found and path[0] > next(iter(found.values()))[0] + worse):
            break
        found.setdefault(path[2], path)
    return list(found.values())


def _steps(chart: Chart, position: int) -> Iterator[Edge]:
    token = chart.tokens.items[position]
    yield from chart.at(position, PIECE)
    if not token.norm:
        yield Edge(PIECE, position, position + 1, Filler(), 0.0)
        return
    for edge in chart.at(position, "filler"):
        yield Edge(PIECE, position, edge.end, Filler(), FILLER_COST)
    yield Edge(PIECE, position, position + 1, Unknown(), UNKNOWN_COST)
