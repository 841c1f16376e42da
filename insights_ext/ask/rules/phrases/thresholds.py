"""Phrases that hold computed amounts against a number, or two values against each other."""

from __future__ import annotations

from typing import Any

from ..calculations import Ratio
from ..chart import PIECE
from ..conditions import COMPARISONS, Stored, among
from ..intents import Aggregate, Many
from ..numbers import Number
from ..pieces import Measure, Where
from ..scope import Scope
from .rule import rule


@rule(PIECE, "with|has? MEASURE is? of? compare NUM", "with|has MEASURE of? NUM or_more")
def _amount_compared(scope: Scope, *rest: Any) -> Any:
    """ "With a return rate above 20%": a condition on groups; aggregates have a rule of their own."""
    measure = next(r for r in rest if isinstance(r, Measure))
    number = next(r for r in rest if isinstance(r, Number))
    op = next(r for r in reversed(rest) if isinstance(r, str) and r in COMPARISONS)
    amount = measure.aggregates[0]
    if len(measure.aggregates) != 1 or isinstance(amount, Aggregate):
        return None
    fraction = number.percent and not (isinstance(amount, Ratio) and amount.percent)
    return Where((Many(amount, COMPARISONS[op], number.value / 100 if fraction else number.exact),))


@rule(PIECE, "by? VAL and VAL", cost=0.02)
def _each_of_two(scope: Scope, _for: Any, first: Stored, _and: Any, second: Stored) -> Any:
    """ "The average age of female and male students": one for each, where something is measured."""
    if len(scope.tables) < 2 or first.of != second.of or first == second:
        return None
    return Where((among(first, second),), split=True)


@rule(PIECE, "VAL versus VAL", cost=-0.1)
def _against(scope: Scope, first: Stored, how: Any, second: Stored) -> Any:
    """ "Revenue north vs south": each value by itself."""
    return Where((among(first, second),), split=True) if first.of == second.of and first != second else None
