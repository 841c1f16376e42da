"""Which of DuckDB's types a stored dataset may have, and what the others become."""

from __future__ import annotations

from collections.abc import Callable

from duckdb import sqltypes

from .stage import quoted

_BECOMES = {
    "hugeint": "DECIMAL(38,0)",
    "uhugeint": "DECIMAL(38,0)",
    "bignum": "VARCHAR",
    "timestamp_ns": "TIMESTAMP",
    "timestamp_ms": "TIMESTAMP",
    "timestamp_s": "TIMESTAMP",
    "time_ns": "TIME",
    "time with time zone": "VARCHAR",
    "bit": "VARCHAR",
    "enum": "VARCHAR",
    "union": "VARCHAR",
    "variant": "VARCHAR",
    "geometry": "VARCHAR",
    "interval": "VARCHAR",
}
"""Types that Parquet or JSON cannot hold exactly, or that other readers do not know."""


def children(kind: sqltypes.DuckDBPyType) -> list[tuple[str, sqltypes.DuckDBPyType]]:
    """The types within a nested type, with their names."""
    return [(name, child) for name, child in kind.children if isinstance(child, sqltypes.DuckDBPyType)]


def rebuilt(kind: sqltypes.DuckDBPyType, leaf: Callable[[sqltypes.DuckDBPyType], str]) -> str:
    """The SQL of a type, nested ones taken apart and each leaf replaced by what `leaf` says."""
    if kind.id in {"list", "array"}:
        size = next((value for name, value in kind.children if name == "size"), "")
        return f"{rebuilt(children(kind)[0][1], leaf)}[{size}]"
    if kind.id == "struct":
        fields = ", ".join(f"{quoted(name)} {rebuilt(child, leaf)}" for name, child in children(kind))
        return f"STRUCT({fields})"
    if kind.id == "map":
        key, value = (rebuilt(child, leaf) for _, child in children(kind))
        return f"MAP({key}, {value})"
    return leaf(kind)


def storable(kind: sqltypes.DuckDBPyType) -> str:
    """The type a column of type `kind` is stored with."""
    return rebuilt(kind, _storable_leaf)


def _storable_leaf(kind: sqltypes.DuckDBPyType) -> str:
    name = str(kind)
    if name in {"JSON", '"NULL"', "NULL"}:
        return "VARCHAR"
    for start, becomes in _BECOMES.items():
        if kind.id == start or name.lower().startswith(start):
            return becomes
    return name
