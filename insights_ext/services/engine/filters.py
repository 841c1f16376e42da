"""Turns preview filters into SQL conditions with bound values, each checked against its column's type."""

from __future__ import annotations

import decimal
import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
from pydantic import ValidationError

from ...errors import InvalidFilter, UnknownColumn
from ...schemas import Filter
from .connect import quoted

WHOLE = frozenset(
    {"tinyint", "smallint", "integer", "bigint", "hugeint"}
    | {"utinyint", "usmallint", "uinteger", "ubigint", "uhugeint"}
)
FRACTIONS = frozenset({"float", "double"})
NESTED = frozenset({"list", "array", "struct", "map", "union", "variant"})
_TIMESTAMPS = frozenset({"timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"})
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})


@dataclass
class Condition:
    """SQL with ``?`` marks and the values to bind to them."""

    sql: str = ""
    values: list[Any] = field(default_factory=list)


def resolved(name: str, columns: Sequence[str]) -> str:
    """`name` if it is a column; raises `UnknownColumn` naming the nearest ones."""
    if name in columns:
        return name
    folded = {column.casefold(): column for column in reversed(columns)}
    near = [folded[key] for key in difflib.get_close_matches(name.casefold(), list(folded), 3, 0.5)]
    if not near:
        near = list(columns[:5])
        hint = f"Columns are {', '.join(near)}{', …' if len(columns) > 5 else ''}."
    else:
        hint = f"Did you mean {' or '.join(near)}?"
    raise UnknownColumn(f"There is no column {name!r}.", hint=hint)


def condition(
    connection: duckdb.DuckDBPyConnection,
    filters: Sequence[Any],
    columns: Sequence[str],
    types: Sequence[Any],
) -> Condition:
    """All `filters` joined by AND; an empty list gives an empty condition.

    Raises `UnknownColumn`, or `InvalidFilter` naming the column and its type. NaN matches no comparison.
    """
    kinds = dict(zip(columns, types, strict=True))
    whole = Condition()
    for item in filters:
        try:
            parsed = Filter.model_validate(item)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InvalidFilter(f"A filter is not valid: {where}: {first['msg']}.") from None
        name = resolved(parsed.column, columns)
        part = _one(connection, parsed, name, kinds[name])
        whole.sql += (" AND " if whole.sql else "") + f"({part.sql})"
        whole.values += part.values
    return whole


def _one(connection: duckdb.DuckDBPyConnection, item: Filter, name: str, kind: Any) -> Condition:
    column, op, value = quoted(name), item.op, item.value
    if op == "is_null":
        return Condition(f"{column} IS NULL")
    if op == "not_null":
        return Condition(f"{column} IS NOT NULL")
    if op == "contains":
        if value is None or isinstance(value, (list, dict)):
            raise InvalidFilter(f"The filter 'contains' on {name!r} needs a text.")
        return Condition(f"contains(lower(CAST({column} AS VARCHAR)), ?)", [str(value).lower()])
    if kind.id in NESTED or kind.id == "blob":
        raise InvalidFilter(
            f"The filter {op!r} does not work on {name!r}, a column of type {kind}.",
            hint="Use contains, is_null or not_null.",
        )
    left, mark = _sides(column, kind, value)
    finite = f" AND NOT isnan({column})" if kind.id in FRACTIONS else ""

    def bound(single: Any) -> Any:
        return _checked(connection, single, name, kind, mark, op)

    if op in _COMPARISONS:
        return Condition(f"{left} {op} {mark}{finite}", [bound(value)])
    if not isinstance(value, list):
        raise InvalidFilter(f"The filter {op!r} on {name!r} needs a list of values.")
    if op == "in":
        if not value:
            return Condition("false")
        return Condition(f"{left} IN ({', '.join([mark] * len(value))})", [bound(item) for item in value])
    if len(value) != 2:
        raise InvalidFilter(f"The filter 'between' on {name!r} needs two values, [low, high].")
    return Condition(f"{left} BETWEEN {mark} AND {mark}{finite}", [bound(item) for item in value])


def _sides(column: str, kind: Any, value: Any) -> tuple[str, str]:
    """The column and the value mark of a comparison, brought to one type without loss."""
    if kind.id in WHOLE | {"decimal", "double"}:
        return column, "?"
    if kind.id == "date":
        values = value if isinstance(value, list) else [value]
        if any(isinstance(single, str) and len(single.strip()) > 10 for single in values):
            return f"CAST({column} AS TIMESTAMP)", "CAST(? AS TIMESTAMP)"
    # Text is compared as text even when the values come from an enumeration.
    target = "VARCHAR" if kind.id in {"varchar", "enum"} else str(kind)
    return column, f"CAST(? AS {target})"


def _checked(
    connection: duckdb.DuckDBPyConnection, value: Any, name: str, kind: Any, mark: str, op: str
) -> Any:
    """`value` in the Python type to bind, once DuckDB has agreed that it fits."""
    if value is None:
        hint = {"=": "Use is_null.", "!=": "Use not_null."}.get(op, "Use is_null or not_null.")
        raise InvalidFilter(f"The filter {op!r} on {name!r} has no value to compare with.", hint=hint)
    wrong = InvalidFilter(
        f"{_shown(value)} does not fit {name!r}, a column of type {kind}.", hint=_example(kind)
    )
    if isinstance(value, (list, dict)):
        raise wrong
    bindable = _number(value) if kind.id in WHOLE | FRACTIONS or kind.id == "decimal" else _plain(value, kind)
    if bindable is None:
        raise wrong
    try:
        connection.execute(f"SELECT {mark} IS NULL", [bindable]).fetchall()
    except (duckdb.Error, OverflowError):
        raise wrong from None
    return bindable


def _number(value: Any) -> Any:
    """A number for a numeric column, exact where it can be; None if `value` is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return decimal.Decimal(repr(value)) if math.isfinite(value) and abs(value) < 1e18 else value
    if isinstance(value, int):
        return value if abs(value) < 2**126 else float(value) if abs(value) < 10**300 else None
    try:
        number = decimal.Decimal(str(value).strip())
    except decimal.InvalidOperation:
        return None
    if not number.is_finite() or len(number.as_tuple().digits) > 38 or abs(number.adjusted()) > 18:
        return float(number)
    return int(number) if number == number.to_integral_value() else number


def _plain(value: Any, kind: Any) -> Any:
    """A value for a column that is not numeric, as text unless it is a true boolean; None if unfit."""
    if kind.id == "boolean":
        return value if isinstance(value, bool) or str(value).lower() in {"true", "false", "0", "1"} else None
    if isinstance(value, bool):
        return str(value).lower() if kind.id in {"varchar", "enum"} else None
    if kind.id in _TIMESTAMPS | {"date", "time", "timestamp with time zone"} and not isinstance(value, str):
        return None
    return str(value)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _example(kind: Any) -> str | None:
    """How a value for this type is written."""
    if kind.id == "date":
        return "Write dates as 2024-12-31."
    if kind.id.startswith("timestamp"):
        return "Write timestamps as 2024-12-31T23:59:00."
    if kind.id == "boolean":
        return "Use true or false."
    if kind.id in WHOLE | FRACTIONS or kind.id == "decimal":
        return "Use a number."
    return None
