"""The value index on disk: which column holds a text value, by binary search in a memory-mapped file.

The file is Arrow IPC with the columns `column`, `value`, `normalised` (sorted) and `count`;
the schema metadata ``complete`` is a JSON list of the columns all of whose distinct values are in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .planner import ValueHit

if TYPE_CHECKING:
    import pyarrow as pa

MAX_SIMILAR_CANDIDATES = 4_000


class ArrowValueIndex:
    """A `ValueIndex` over an Arrow table sorted by `normalised`; opening reads no values."""

    def __init__(self, table: pa.Table, complete: frozenset[str]) -> None:
        combined = table.combine_chunks()
        self._column = _chunk(combined, "column")
        self._value = _chunk(combined, "value")
        self._normalised = _chunk(combined, "normalised")
        self._count = _chunk(combined, "count")
        self._complete = complete
        self._by_column: dict[str, tuple[ValueHit, ...]] = {}

    @classmethod
    def open(cls, path: Path) -> ArrowValueIndex:
        """Map the index at `path`; raises OSError where there is none."""
        import pyarrow as pa

        with pa.memory_map(str(path)) as source:
            table = pa.ipc.open_file(source).read_all()
        metadata = table.schema.metadata or {}
        return cls(table, frozenset(json.loads(metadata.get(b"complete", b"[]"))))

    @classmethod
    def of(cls, hits: Sequence[tuple[ValueHit, str]], complete: frozenset[str]) -> ArrowValueIndex:
        """An index in memory of values with their normalised forms."""
        import pyarrow as pa

        ranked = sorted(hits, key=lambda pair: (pair[1], -pair[0].count, pair[0].column, pair[0].value))
        table = pa.table(
            {
                "column": pa.array([h.column for h, _ in ranked], pa.string()),
                "value": pa.array([h.value for h, _ in ranked], pa.string()),
                "normalised": pa.array([n for _, n in ranked], pa.string()),
                "count": pa.array([h.count for h, _ in ranked], pa.int64()),
            }
        )
        return cls(table, complete)

    @property
    def complete(self) -> frozenset[str]:
        """Columns all of whose distinct values are in the index."""
        return self._complete

    def lookup(self, normalised: str) -> Sequence[ValueHit]:
        """Values whose normalised form equals `normalised`, most frequent first."""
        k, hits = self._first(normalised), []
        while k < len(self._normalised) and self._normalised[k].as_py() == normalised:
            hits.append(self._hit(k))
            k += 1
        return sorted(hits, key=lambda h: (-h.count, h.column, h.value))

    def has_prefix(self, normalised: str) -> bool:
        """Whether a value begins with the words of `normalised`."""
        k = self._first(normalised)
        if k >= len(self._normalised):
            return False
        found = self._normalised[k].as_py()
        if found == normalised or found.startswith(normalised + " "):
            return True
        k = self._first(normalised + " ")
        return k < len(self._normalised) and bool(self._normalised[k].as_py().startswith(normalised + " "))

    def values(self, column: str) -> Sequence[ValueHit]:
        """All indexed values of `column`, most frequent first."""
        if column not in self._by_column:
            import pyarrow.compute as pc

            rows = pc.indices_nonzero(pc.equal(self._column, column)).to_pylist()
            hits = sorted((self._hit(k) for k in rows), key=lambda h: (-h.count, h.value))
            self._by_column[column] = tuple(hits)
        return self._by_column[column]

    def containing(self, normalised: str, limit: int = 8) -> Sequence[ValueHit]:
        """At most `limit` values that hold the words of `normalised` in a row, most frequent first."""
        import pyarrow.compute as pc

        candidates = pc.indices_nonzero(pc.match_substring(self._normalised, normalised)).to_pylist()
        wanted, hits = f" {normalised} ", []
        for k in candidates[:MAX_SIMILAR_CANDIDATES]:
            if wanted in f" {self._normalised[k].as_py()} ":
                hits.append(self._hit(k))
        return sorted(hits, key=lambda h: (-h.count, h.column, h.value))[:limit]

    def forms(self, letters: str, shortest: int, longest: int) -> Sequence[str]:
        """Normalised forms that begin with `letters`, by length in characters; none if there are too many."""
        import pyarrow.compute as pc

        low, high = self._first(letters), self._first(letters + "\U0010ffff")
        span = self._normalised.slice(low, high - low)
        lengths = pc.utf8_length(span)
        fits = pc.and_(pc.greater_equal(lengths, shortest), pc.less_equal(lengths, longest))
        found: list[str] = pc.unique(pc.filter(span, fits)).slice(0, MAX_SIMILAR_CANDIDATES + 1).to_pylist()
        return found if len(found) <= MAX_SIMILAR_CANDIDATES else []

    def _hit(self, k: int) -> ValueHit:
        return ValueHit(self._column[k].as_py(), self._value[k].as_py(), self._count[k].as_py())

    def _first(self, normalised: str) -> int:
        """Position of the first value not before `normalised`, in the order of the file (code points)."""
        low, high = 0, len(self._normalised)
        while low < high:
            middle = (low + high) // 2
            if self._normalised[middle].as_py() < normalised:
                low = middle + 1
            else:
                high = middle
        return low


def _chunk(table: pa.Table, name: str) -> pa.Array:
    import pyarrow as pa

    column = table.column(name)
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.array([], column.type)
