"""Phrases that hold computed amounts against a number, or two values against each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..calculations import Ratio
from ..chart import PIECE
from ..conditions import COMPARISONS, Stored, among, info
from ..intents import Aggregate, ColumnRef, Many
from ..numbers import Number
from ..pieces import Measure, Sides, Where
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
    return Where((replace(among(first, second), each=True),), split=True)


@rule("WHERE", "VAL and VAL", cost=0.12)
def _both_of_two(scope: Scope, first: Stored, _and: Any, second: Stored) -> Any:
    """ "With tulips and roses": where several rows may hold them, one with each."""
    if len(scope.tables) < 2 or first.of != second.of or first == second:
        return None
    return (replace(among(first, second), each=True),)


@rule(PIECE, "VAL COL versus VAL COL?", "COL of? VAL versus COL? of? VAL", cost=-0.1)
def _sides(scope: Scope, *rest: Any) -> Any:
    """ "Tea revenue vs coffee revenue": one number for each of the two."""
    columns = {r for r in rest if isinstance(r, ColumnRef)}
    first, second = (r for r in rest if isinstance(r, Stored))
    if first.of != second.of or first == second or len(columns) != 1:
        return None
    column = columns.pop()
    return Sides(column, among(first, second)) if info(scope, column).measure else None


@rule(PIECE, "VAL versus VAL", cost=-0.1)
def _against(scope: Scope, first: Stored, how: Any, second: Stored) -> Any:
    """ "Revenue north vs south": each value by itself."""
    return Where((among(first, second),), split=True) if first.of == second.of and first != second else None
