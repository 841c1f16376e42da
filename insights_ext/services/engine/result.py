"""How a DuckDB relation becomes Arrow that every reader understands.

Types without a faithful Arrow form (TIMETZ, BIT, BIGNUM, VARIANT, UNION, UHUGEINT, ENUM) travel as
text, UUID as text too. HUGEINT, the type of every integer sum, becomes int64 where all values fit.
An INTERVAL without months becomes a duration.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .connect import quoted

_AS_TEXT = frozenset({"time with time zone", "bit", "bignum", "union", "uhugeint", "enum", "geometry"})
_DAY_US = 86_400_000_000


def columns_json(names: Sequence[str], types: Sequence[Any]) -> list[dict[str, Any]]:
    """`schemas.Column` as JSON for each column; `type` is DuckDB's name of the SQL type."""
    return [
        {"name": name, "type": type_name(kind), "nullable": True}
        for name, kind in zip(names, types, strict=True)
    ]


def type_name(kind: Any) -> str:
    """DuckDB's name of a type; the type of a bare NULL is called NULL."""
    return str(kind).strip('"') if str(kind) == '"NULL"' else str(kind)


def arrow_ready(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """`relation` with columns named c0, c1, … in types that Arrow can carry, in the same row order."""
    return relation.project(
        ", ".join(f"{portable(f'#{i + 1}', kind)} AS c{i}" for i, kind in enumerate(relation.types))
        or "NULL AS c0"
    )


def portable(expression: str, kind: Any) -> str:
    """`expression` of DuckDB type `kind`, cast where Arrow has no faithful form for it."""
    if kind.id == "variant":
        return f"CAST({expression} AS JSON)"
    target = _target(kind)
    return expression if target is None else f"CAST({expression} AS {target})"


def _target(kind: Any) -> str | None:
    """The type to cast `kind` to, None where it may stay."""
    if kind.id in _AS_TEXT or str(kind) == "BIGNUM" or str(kind).startswith("GEOMETRY"):
        return "VARCHAR"
    if kind.id in {"list", "array", "struct", "map"}:
        children = list(kind.children)
        targets = {name: _target(child) for name, child in children if not isinstance(child, int)}
        if not any(targets.values()):
            return None
        texts = {name: targets[name] or str(child) for name, child in children if not isinstance(child, int)}
        if kind.id == "struct":
            return f"STRUCT({', '.join(f'{quoted(name)} {text}' for name, text in texts.items())})"
        if kind.id == "map":
            return f"MAP({texts['key']}, {texts['value']})"
        size = next((child for _, child in children if isinstance(child, int)), "")
        return f"{texts['child']}[{size}]"
    return None


def finished(table: pa.Table, names: Sequence[str], types: Sequence[Any]) -> pa.Table:
    """`table` under its real column names, with HUGEINT and INTERVAL in handier types where they fit."""
    columns = []
    for column, kind in zip(table.columns, types, strict=True):
        if kind.id == "hugeint":
            columns.append(_whole_numbers(column))
        elif kind.id == "interval":
            columns.append(_durations(column))
        else:
            columns.append(column)
    return pa.Table.from_arrays(columns, names=list(names))


def _whole_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """HUGEINT values as int64 if they fit, as decimals of 38 digits if these do, else as text."""
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:
        values = column.to_pylist()
    if all(value is None or abs(value) < 10**38 for value in values):
        return column
    return pa.chunked_array([pa.array([None if value is None else str(value) for value in values])])


def _durations(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Intervals as microseconds where none of them has months."""
    packed = np.dtype([("months", "<i4"), ("days", "<i4"), ("nanoseconds", "<i8")])
    chunks = []
    for chunk in column.chunks:
        values = np.frombuffer(chunk.buffers()[1] or b"", dtype=packed)[chunk.offset :][: len(chunk)]
        valid = np.asarray(pc.is_valid(chunk))
        if values["months"][valid].any():
            return column
        micros = values["days"].astype("i8") * _DAY_US + values["nanoseconds"] // 1000
        chunks.append(pa.array(micros, mask=~valid).cast(pa.duration("us")))
    return pa.chunked_array(chunks, type=pa.duration("us"))
