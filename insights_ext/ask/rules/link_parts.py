"""Names inside longer values: "v8" where the cells say "Cosworth DFV V8", for words nothing else explains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from ..planner import ValueHit
from .chart import Chart, Edge, Use
from .conditions import Stored
from .intents import ColumnRef
from .lexicon import lexicon
from .scope import Scope
from .tables import Table
from .tokens import Tokens, fold

LONGEST, MOST_VALUES = 6, 200
BEGINS, HOLDS = 0.3, 0.4
_EXPLAINED = ("COL", "VAL", "rows", "entity", "verb", "NUM", "DATE")


@runtime_checkable
class ContainingIndex(Protocol):
    """A value index that finds words inside values."""

    def containing(self, normalised: str, limit: int = 8) -> Sequence[ValueHit]:
        """At most `limit` values that hold these words in a row."""


def add_parts(chart: Chart, tokens: Tokens, scope: Scope) -> None:
    """Of a question about one table, words that stand inside values, longest runs first."""
    index = scope.tables[0].view.values if scope.alone else None
    if not isinstance(index, ContainingIndex):
        return
    i = 0
    while i < len(tokens):
        j = _run(chart, tokens, i)
        found = 0
        while j > i and not found:
            if _open(chart, tokens, j - 1):
                hits = index.containing(tokens.norm(i, j), MOST_VALUES + 1)
                if 0 < len(hits) <= MOST_VALUES:
                    found = _add(chart, tokens, scope.tables[0], i, j, hits)
            j -= 1
        i = j + 1 if found else i + 1


def _run(chart: Chart, tokens: Tokens, i: int) -> int:
    """Where a run of words that begins at an unexplained word may end."""
    j = i
    if _open(chart, tokens, i):
        while j < len(tokens) and j - i < LONGEST and tokens.items[j].norm:
            j += 1
    return j


def _open(chart: Chart, tokens: Tokens, i: int) -> bool:
    token = tokens.items[i]
    if len(token.norm) < 2 or token.norm.isdigit() or lexicon().knows(token.norm):
        return False
    return not any(chart.at(i, category) for category in _EXPLAINED)


def _add(chart: Chart, tokens: Tokens, table: Table, i: int, j: int, hits: Sequence[ValueHit]) -> int:
    by_column: dict[str, list[ValueHit]] = {}
    for hit in hits:
        column = table.by_name.get(hit.column)
        if column is not None and column.shape is None:
            by_column.setdefault(hit.column, []).append(hit)
    added = 0
    words, said = tokens.norm(i, j), tokens.phrase(i, j)
    for name, found in by_column.items():
        values = tuple(sorted(h.value for h in found))
        folded = [fold(h.value) for h in found]
        begins = all(f.startswith(words) for f in folded)
        if len(found) == 1 and not begins and not folded[0].endswith(words):
            continue
        stored = Stored(ColumnRef(table.name, name), values, said if len(values) > 1 else "")
        detail = f"{name} holds {said}" if len(values) > 1 else f"{name} = {values[0]}"
        use = Use(tokens.items[i].start, tokens.items[j - 1].end, "value", values[0], detail)
        chart.add(Edge("VAL", i, j, stored, BEGINS if begins else HOLDS, (use,)))
        added += 1
    return added
