"""How a cell becomes JSON: one rule for previews, answers and every door.

Integers within ±2^53 and decimals of up to 15 significant digits are numbers, larger ones strings.
NaN and infinities are null, with a warning. Dates, times and timestamps are ISO 8601.
Binary is base64. Structs are objects, lists and maps are arrays.
"""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import math
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

MAX_SAFE_INTEGER = 2**53
MAX_DECIMAL_DIGITS = 15


class Encoder:
    """Turns Python values into JSON values and counts what JSON could not hold."""

    def __init__(self) -> None:
        self.not_finite = 0

    def value(self, value: Any) -> Any:
        """`value` as JSON, by the rules at the top of this module."""
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, int):
            return value if -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER else str(value)
        if isinstance(value, float):
            if math.isfinite(value):
                return value
            self.not_finite += 1
            return None
        if isinstance(value, decimal.Decimal):
            return self._decimal(value)
        if isinstance(value, (dt.datetime, dt.date, dt.time)):
            return value.isoformat()
        if isinstance(value, dt.timedelta):
            return iso_duration(value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return base64.b64encode(bytes(value)).decode("ascii")
        if isinstance(value, uuid.UUID):
            return str(value)
        if hasattr(value, "months") and hasattr(value, "nanoseconds"):
            return calendar_duration(value.months, value.days, value.nanoseconds)
        if isinstance(value, dict):
            return {str(key): self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        return str(value)

    def _decimal(self, value: decimal.Decimal) -> Any:
        if not value.is_finite():
            self.not_finite += 1
            return None
        if len(value.as_tuple().digits) > MAX_DECIMAL_DIGITS:
            return str(value)
        return int(value) if value == value.to_integral_value() else float(value)

    def warnings(self) -> list[str]:
        """What a reader of the JSON should know."""
        if not self.not_finite:
            return []
        return [f"{self.not_finite:,} values that are not finite (NaN or infinity) are shown as null."]


def iso_duration(value: dt.timedelta) -> str:
    """ISO 8601 duration in days and seconds, for example ``P1DT3600S``."""
    sign, value = ("-", -value) if value < dt.timedelta(0) else ("", value)
    seconds = f"{value.seconds + value.microseconds / 1e6:.6f}".rstrip("0").rstrip(".")
    return f"{sign}P{value.days}DT{seconds}S"


def calendar_duration(months: int, days: int, nanoseconds: int) -> str:
    """ISO 8601 duration of an interval whose months have no fixed length, for example ``P14M2D``."""
    date = "".join(f"{count}{unit}" for count, unit in ((months, "M"), (days, "D")) if count)
    seconds = f"{decimal.Decimal(nanoseconds).scaleb(-9):f}"
    seconds = seconds.rstrip("0").rstrip(".") if "." in seconds else seconds
    return f"P{date}T{seconds}S" if nanoseconds or not date else f"P{date}"


def _items(column: Any) -> list[Any]:
    """The Python values of an Arrow column; what Python's dates cannot hold is told by `_item`."""
    try:
        items: list[Any] = column.to_pylist()
    except (OverflowError, ValueError):
        return [_item(scalar) for scalar in column]
    return items


def _item(scalar: Any) -> Any:
    """A scalar's Python value; dates outside the years 1 to 9999 as text, endless ones as infinity."""
    try:
        return scalar.as_py()
    except (OverflowError, ValueError):
        pass
    inner = getattr(scalar, "values", None)
    if callable(inner):
        return {name: _item(item) for name, item in scalar.items()}
    if inner is not None:
        return [_item(item) for item in inner]
    text = str(scalar.cast("string"))
    return math.inf if text.startswith("<") else text


def json_rows(table: pa.Table) -> tuple[list[list[Any]], list[str]]:
    """Rows of an Arrow table as JSON arrays in column order, and warnings.

    Repeated column names are kept: rows are arrays, not objects.
    """
    encoder = Encoder()
    columns = [[encoder.value(item) for item in _items(column)] for column in table.columns]
    rows = [list(row) for row in zip(*columns, strict=True)] if columns else []
    return rows, encoder.warnings()
