"""What the profile says about the numbers a column holds: its range, its commonest values, its histogram."""

from __future__ import annotations

from .columns import ColumnInfo
from .numbers import Number
from .scope import Scope

DISTINCTIVE = 3
"""Digits from which a number standing by itself may point at a column."""

_YEARS = range(1000, 2200)


def may_hold(scope: Scope, column: ColumnInfo, value: float) -> bool:
    """Whether a number can be in the column; True where the profile does not say.

    Texts are never ruled out. Past the commonest values the histogram decides, whose empty bins hold none.
    """
    stats = column.stats
    guessed = scope.by_table[column.table].view.stats.partial or stats.approximate
    if guessed or stats.kind != "numeric" or not isinstance(stats.min, (int, float)):
        return True
    if isinstance(stats.max, (int, float)) and not stats.min <= value <= stats.max:
        return False
    if not stats.top_values or any(top.value == value for top in stats.top_values):
        return True
    if sum(top.count for top in stats.top_values) >= stats.count:
        return False
    bins = [b for b in stats.histogram if isinstance(b.low, float) and isinstance(b.high, float)]
    around = [b for b in bins if float(b.low) <= value <= float(b.high)]
    return not around or any(b.count for b in around)


def sole_holder(scope: Scope, number: Number) -> ColumnInfo | None:
    """The one column of numbers that can hold a distinctive number: not a small one, nor a year."""
    exact = number.exact
    digits = sum(c.isdigit() for c in number.text)
    year = exact in _YEARS and "," not in number.text
    if number.percent or year or digits < DISTINCTIVE or not number.text[:1].isdigit():
        return None
    found = [c for c in scope.columns if c.stats.kind == "numeric" and may_hold(scope, c, float(exact))]
    return found[0] if len(found) == 1 else None
