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


def rebuilt(kind: sqltypes.DuckDBPyType, leaf: Callable[[sqltypes.DuckDBPyType], str]) -> str:
    """The SQL of a type, nested ones taken apart and each leaf replaced by what `leaf` says."""
    if kind.id == "list":
        return rebuilt(kind.children[0][1], leaf) + "[]"
    if kind.id == "array":
        size = next(int(value) for name, value in kind.children if name == "size")
        return f"{rebuilt(kind.children[0][1], leaf)}[{size}]"
    if kind.id == "struct":
        fields = ", ".join(f"{quoted(name)} {rebuilt(child, leaf)}" for name, child in kind.children)
        return f"STRUCT({fields})"
    if kind.id == "map":
        key, value = (rebuilt(child, leaf) for _, child in kind.children)
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
