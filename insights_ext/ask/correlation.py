"""How two columns of a result go together: Pearson's coefficient, and what it comes to in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

FEWEST = 3
_STRENGTH = ((0.1, "no"), (0.3, "a weak"), (0.6, "a moderate"), (0.9, "a strong"), (1.1, "a very strong"))


def pearson(table: pa.Table) -> tuple[float, int] | None:
    """Pearson's r of the first two columns and how many pairs it is of; None where it is undefined.

    Pairs with a null or a number that is not finite are left out.
    """
    x, y = (table.column(k).to_pylist() for k in (0, 1))
    pairs = [(float(a), float(b)) for a, b in zip(x, y, strict=True) if _finite(a) and _finite(b)]
    if len(pairs) < FEWEST:
        return None
    means = [math.fsum(side) / len(pairs) for side in zip(*pairs, strict=True)]
    apart = [(a - means[0], b - means[1]) for a, b in pairs]
    spread = math.sqrt(math.fsum(a * a for a, _ in apart)) * math.sqrt(math.fsum(b * b for _, b in apart))
    return (math.fsum(a * b for a, b in apart) / spread, len(pairs)) if spread else None


def in_words(r: float) -> str:
    """ "a strong negative correlation", "no correlation"."""
    strength = next(word for limit, word in _STRENGTH if abs(r) < limit)
    way = "" if strength == "no" else " positive" if r > 0 else " negative"
    return f"{strength}{way} correlation"


def _finite(value: Any) -> bool:
    if isinstance(value, (bool, str)) or value is None:
        return False
    try:
        return math.isfinite(value)
    except TypeError:
        return False


def numeric(table: pa.Table, columns: Sequence[int] = (0, 1)) -> bool:
    """Whether the columns hold numbers."""
    import pyarrow as pa

    kinds = [table.schema.field(k).type for k in columns]
    return all(pa.types.is_integer(k) or pa.types.is_floating(k) or pa.types.is_decimal(k) for k in kinds)
