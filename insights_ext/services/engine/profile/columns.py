"""The columns of a profiled table: what each one is, and how its SQL is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ....schemas import ColumnKind
from ..connect import quoted
from ..filters import FRACTIONS, NESTED, WHOLE
from ..result import type_name

_DATES = frozenset(
    {"date", "time", "time_ns", "timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"}
    | {"timestamp with time zone", "time with time zone"}
)


@dataclass
class ColumnProfile:
    """One column while it is profiled; `stats` fills up with the fields of `schemas.ColumnStats`.

    `sql` is the column's name in the profiled view (c0, c1, …). `top` holds values with counts, as
    JSON; `shares` holds shares of values with a pattern, by pattern; dates keep their range and
    quartiles in microseconds.
    """

    index: int
    name: str
    kind: ColumnKind
    type_id: str
    type_name: str
    rows: int
    stats: dict[str, Any] = field(default_factory=dict)
    approximate: set[str] = field(default_factory=set)
    top: list[tuple[Any, int]] = field(default_factory=list)
    samples: list[Any] = field(default_factory=list)
    shares: dict[str, float] = field(default_factory=dict)
    micros_range: tuple[int | None, int | None] = (None, None)
    micros_quartiles: dict[str, int] = field(default_factory=dict)
    not_finite: int = 0
    text_bytes: int = 0

    @property
    def sql(self) -> str:
        """The column in SQL over the profiled view."""
        return f"c{self.index}"

    @property
    def selected(self) -> str:
        """The stored column under its plain name, as text if its type behaves like text."""
        stored = quoted(self.name)
        plain = self.kind == "text" and self.type_id != "varchar"
        return f"{f'CAST({stored} AS VARCHAR)' if plain else stored} AS {self.sql}"

    @property
    def whole(self) -> bool:
        """Whether the type holds whole numbers only."""
        return self.type_id in WHOLE

    @property
    def floating(self) -> bool:
        """Whether NaN and infinities are possible."""
        return self.type_id in FRACTIONS

    @property
    def finite(self) -> str:
        """The column without NaN and infinities (dates without infinity), as SQL."""
        if self.floating or (self.kind == "date" and not self.type_id.startswith("time ")):
            if self.type_id in {"time", "time_ns"}:
                return self.sql
            return f"CASE WHEN isfinite({self.sql}) THEN {self.sql} END"
        return self.sql

    @property
    def number(self) -> str:
        """The finite values of a numeric column as DOUBLE, as SQL."""
        return f"CAST({self.finite} AS DOUBLE)"

    @property
    def micros(self) -> str:
        """The finite values of a date or time column as microseconds, as SQL."""
        if self.type_id == "time with time zone":
            return f"epoch_us(CAST({self.sql} AS TIME))"
        return f"epoch_us({self.finite})"

    @property
    def count(self) -> int:
        """Values that are not null."""
        return int(self.stats["count"])

    @property
    def distinct(self) -> int | None:
        """Distinct values, None if not known."""
        return self.stats.get("distinct_count")


def kind_of(type_id: str) -> ColumnKind:
    """What can be done with a column of this DuckDB type."""
    if type_id in WHOLE | FRACTIONS or type_id == "decimal":
        return "numeric"
    if type_id in _DATES:
        return "date"
    if type_id == "boolean":
        return "boolean"
    if type_id in NESTED:
        return "nested"
    return "binary" if type_id == "blob" else "text"


def columns_of(names: list[str], types: list[Any], rows: int) -> list[ColumnProfile]:
    """A `ColumnProfile` for each column of a relation."""
    return [
        ColumnProfile(i, name, kind_of(kind.id), kind.id, type_name(kind), rows)
        for i, (name, kind) in enumerate(zip(names, types, strict=True))
    ]
