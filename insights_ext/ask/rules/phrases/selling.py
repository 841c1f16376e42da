"""Phrases for what sells, and what a sale is worth: "best selling product", "the average order value"."""

from __future__ import annotations

from typing import Any

from ..calculations import Ratio
from ..chart import PIECE
from ..columns import ColumnInfo
from ..conditions import info
from ..everyday import money_columns
from ..intents import Aggregate, ColumnRef, count_of
from ..lexicon import SELLING, Adjective
from ..pieces import Best, Measure, Sold
from ..scope import Scope
from ..tokens import stem
from .meaning import MOST_READINGS, way
from .rule import rule

_PIECES = frozenset(stem(word) for word in ("quantity", "qty", "units", "pieces"))
BY_WHAT = 0.4


@rule("BEST", "selling", cost=-0.3)
def _best_selling(scope: Scope, which: str) -> Any:
    """ "Best selling": by quantity or by money, each where there is a column for it."""
    direction: Any = way(1 if which == "most" else -1)
    found = [*_quantities(scope), *money_columns(scope, earned=True, either_way=True)]
    readings = [
        (Best(direction, Aggregate("sum", c.ref), adjective=SELLING), 0.0) for c in found[:MOST_READINGS]
    ]
    return [*readings, (Best(direction), BY_WHAT)]


@rule("BEST", "sold superlative COL", cost=-0.2)
def _sold_most(scope: Scope, _sold: str, adjective: Adjective, column: ColumnRef) -> Any:
    """ "Which product sold the most units": they are added up."""
    known = info(scope, column)
    if adjective.name not in ("most", "least") or not known.additive or known.ordinal:
        return None
    return Best(way(adjective.plain), Aggregate("sum", column))


def _quantities(scope: Scope) -> list[ColumnInfo]:
    found = [c for c in scope.columns if c.additive and not c.ordinal and c.stems & _PIECES]
    return found if len(found) == 1 else []


@rule("MEASURE", "aggregate of? rows worth", cost=-0.1)
def _value_of_rows(scope: Scope, function: Any, _of: Any, table: str, _worth: str) -> Any:
    """ "The average order value": an amount of money of the row, or of what belongs to it."""
    money = money_columns(scope, earned=True, either_way=True)
    own = [c for c in money if c.table == table]
    if not table or function == "sum" or len(money) != 1:
        return None
    if own:
        return Measure((Aggregate(function, own[0].ref),))
    links = [k for k in scope.keys.links if (k.child.table, k.parent.table) == (money[0].table, table)]
    if function != "mean" or len(links) != 1:
        return None
    return Measure((Ratio(Aggregate("sum", money[0].ref), count_of(table)),))


@rule(PIECE, "sold", cost=-1.3)
def _sold(scope: Scope, _sold: str) -> Any:
    """ "How many rolls did we sell": pieces, where a column counts them, and not rows."""
    found = _quantities(scope)
    return Sold(found[0].ref) if found else None
