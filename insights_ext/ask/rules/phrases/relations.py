"""Phrases about rows of other tables: having some, many, none or all of them."""

from __future__ import annotations

from typing import Any

from ..chart import PIECE
from ..conditions import COMPARISONS, info, number_of
from ..intents import Aggregate, ColumnRef, Compare, Every, Exists, Many, Not, Typical, count_of
from ..lexicon import Adjective
from ..numbers import Number
from ..pieces import Filler, InCommon, Relation, Untouched
from ..scope import Scope
from .meaning import meant
from .rule import rule


@rule("WHERE", "with|has compare NUM rows", "compare NUM rows", cost=0.05)
def _many(scope: Scope, *rest: Any) -> Any:
    table, number = rest[-1], rest[-2]
    return (Many(count_of(table), COMPARISONS[rest[-3]], number.exact),) if table else None


@rule("WHERE", "with|has NUM or_more rows", "NUM or_more rows", cost=0.05)
def _or_more(scope: Scope, *rest: Any) -> Any:
    number, op, table = rest[-3:]
    return (Many(count_of(table), COMPARISONS[op], number.exact),) if table else None


@rule("WHERE", "with|has no_more NUM rows", cost=-0.2)
def _no_more(scope: Scope, *rest: Any) -> Any:
    """ "With only one order": not those that merely have orders."""
    return (Many(count_of(rest[-1]), "=", rest[-2].exact),) if rest[-1] else None


@rule("WHERE", "with|has NUM rows", cost=0.1)
def _so_many(scope: Scope, _with: Any, number: Any, table: str) -> Any:
    return (Many(count_of(table), "=", number.exact),) if table else None


@rule("WHERE", "with? compare NUM distinct? COL", "with NUM distinct? COL", cost=0.15)
def _many_values(scope: Scope, *rest: Any) -> Any:
    """ "With more than two teams": a column that names things is counted, not compared."""
    column = info(scope, rest[-1])
    number = next(r for r in rest if isinstance(r, Number))
    op = COMPARISONS.get(rest[1], "=")
    named = column.text or column.stats.semantic_type == "id"
    if not named or column.digits or not isinstance(number.exact, int):
        return None
    return (Many(number_of(scope, rest[-1]), op, number.exact),)


@rule("WHERE", "with? aggregate of? COL is? of? compare NUM", "compare NUM aggregate COL", cost=0.05)
def _amount(scope: Scope, *rest: Any) -> Any:
    """ "With a total amount of more than 5000": the rows' sum is compared."""
    column = next(r for r in rest if isinstance(r, ColumnRef))
    function: Any = next((r for r in rest if r in ("sum", "mean", "median")), None)
    op = next(r for r in rest if isinstance(r, str) and r in COMPARISONS)
    number = next(r for r in rest if isinstance(r, Number))
    if function is None or not info(scope, column).measure:
        return None
    return (Many(Aggregate(function, column), COMPARISONS[op], number.exact),)


@rule("WHERE", "rows NUM", cost=0.25)
def _row_by_key(scope: Scope, table: str, number: Any) -> Any:
    """ "Order 17": the row with that identifier."""
    key = scope.by_table[table].key if table else None
    if key is None or not key.numeric or key.stats.semantic_type != "id":
        return None
    return (Compare(key.ref, "=", number.exact),)


@rule("WHERE", "without rows", "not hasvalue rows", "not with|has rows", cost=0.05)
def _none(scope: Scope, *rest: Any) -> Any:
    return (Not(Exists(rest[-1])),) if rest[-1] else None


@rule("WHERE", "not RELATION rows", cost=0.1)
def _never(scope: Scope, _not: Any, _verb: Any, table: str) -> Any:
    return (Not(Exists(table)),) if table else None


@rule(PIECE, "is? not RELATION", cost=0.3)
def _untouched(scope: Scope, *_rest: Any) -> Any:
    """ "Books never borrowed": nothing of another table belongs to them."""
    return Untouched() if len(scope.tables) > 1 else None


@rule("WHERE", "common_to rows", "every rows in_common", "every rows RELATION? in_common|jointly")
def _all(scope: Scope, *rest: Any) -> Any:
    table = next(r for r in rest if isinstance(r, str) and (r in scope.by_table or r == ""))
    return (Every(table),) if table else None


@rule("WHERE", "is? commonness amid whole rows", cost=-0.3)
def _shared_by_all(scope: Scope, *rest: Any) -> Any:
    """ "Consistent across all shops", "shared by every club"."""
    return (Every(rest[-1]),) if rest[-1] else None


@rule("WHERE", "RELATION of? whole rows", "is of whole rows", cost=-0.4)
def _bought_all(scope: Scope, *rest: Any) -> Any:
    """ "Who bought every product", "students who are in all clubs"."""
    return (Every(rest[-1]),) if rest[-1] else None


@rule("WHERE", "COL is? compare aggregate", "COL is? compare aggregate of? COL")
def _typical(scope: Scope, column: ColumnRef, _is: Any, op: str, function: Any, *rest: Any) -> Any:
    over = rest[-1] if rest else column
    known = info(scope, column)
    return (Typical(column, COMPARISONS[op], function, over),) if _comparable(known, function) else None


@rule("WHERE", "compare aggregate of? COL", cost=0.05)
def _typical_before(scope: Scope, op: str, function: Any, _of: Any, column: ColumnRef) -> Any:
    known = info(scope, column)
    return (Typical(column, COMPARISONS[op], function, column),) if _comparable(known, function) else None


@rule("WHERE", "more_of COL than_typical aggregate", "more_of COL than_typical aggregate COL")
def _more_than_typical(
    scope: Scope, op: str, column: ColumnRef, _than: Any, function: Any, *rest: Any
) -> Any:
    """ "More caffeine than average"."""
    if (rest and rest[0] != column) or not _comparable(info(scope, column), function):
        return None
    return (Typical(column, COMPARISONS[op], function, column),)


@rule("WHERE", "comparative aggregate", cost=0.1)
def _typical_adjective(scope: Scope, adjective: Adjective, function: Any) -> Any:
    found = [(c, d) for c, d in meant(scope, adjective) if _comparable(info(scope, c), function)]
    return [((Typical(c, ">" if d > 0 else "<", function, c),), 0.0) for c, d in found] or None


def _comparable(column: Any, function: str) -> bool:
    return column.numeric and function in ("mean", "median", "min", "max")


@rule(PIECE, "RELATION", cost=0.0)
def _relation(scope: Scope, verb: str) -> Any:
    return Relation(verb == "relation")


@rule(PIECE, "common|in_common", cost=0.2)
def _in_common(scope: Scope, _common: Any) -> Any:
    return InCommon() if len(scope.tables) > 1 else None


@rule(PIECE, "all_of", cost=0.12)
def _all_of(scope: Scope, _all: Any) -> Any:
    return Filler()
