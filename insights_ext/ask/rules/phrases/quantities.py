"""Phrases for the sides of ratios, rates and differences: "returned orders", "the revenue of 2023"."""

from __future__ import annotations

from typing import Any

from ..conditions import info, missing, number_of
from ..intents import Aggregate, ColumnRef, Condition, count_of
from ..pieces import Measure
from ..quantities import Quantity, of_a_row
from ..scope import Scope
from .rule import rule

MOST_CONDITIONS = 3


@rule("QTY", "distinct? rows")
def _rows(scope: Scope, _distinct: Any, table: str) -> Any:
    return Quantity(count_of(table) if table else Aggregate("count"))


@rule("QTY", "distinct? COL")
def _column(scope: Scope, distinct: Any, column: ColumnRef) -> Any:
    """A number stands for itself, what names things for how many there are."""
    known = info(scope, column)
    if known.measure:
        return None if distinct else Quantity(column)
    if known.text and not known.digits:
        return [(Quantity(number_of(scope, column)), 0.2)]
    return None


@rule("QTY", "MEASURE")
def _measure(scope: Scope, measure: Measure) -> Any:
    amount = measure.aggregates[0]
    return Quantity(amount) if len(measure.aggregates) == 1 and isinstance(amount, Aggregate) else None


@rule("QTY", "WHERE rows")
def _rows_that(scope: Scope, found: tuple[Condition, ...], table: str) -> Any:
    """ "Returned orders"."""
    counted = count_of(table) if table else Aggregate("count")
    return Quantity(counted, found) if all(map(of_a_row, found)) else None


@rule("QTY", "QTY with|of|is|RELATION|verb? is? WHERE", repeat=2)
def _limited(scope: Scope, quantity: Quantity, link: Any, _is: Any, found: tuple[Condition, ...]) -> Any:
    if len(quantity.where) >= MOST_CONDITIONS or not all(map(of_a_row, found)):
        return None
    if set(found) & set(quantity.where):
        return None
    return Quantity(quantity.of, (*quantity.where, *found), link == "with")


@rule("QTY", "QTY RELATION of? rows", cost=0.05)
def _pointing(scope: Scope, quantity: Quantity, _verb: Any, _of: Any, table: str) -> Any:
    """ "Publications presented in conferences": those that point to one."""
    counted = quantity.of.rows if isinstance(quantity.of, Aggregate) else None
    if counted is None or quantity.where or not table:
        return None
    links = [k for k in scope.keys.links if (k.child.table, k.parent.table) == (counted.table, table)]
    if len(links) != 1:
        return None
    return Quantity(quantity.of, (missing(links[0].child, present=True),), tied=True)
