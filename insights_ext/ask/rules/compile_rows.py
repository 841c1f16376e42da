"""SQL about rows among rows: where a row stands in the file, what it shares with another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass

from sqlglot import exp

from .intents import PLACE, Beside, ColumnRef, Condition, Debut, Recurring


def source(table: str, placed: bool) -> exp.From:
    """The table to select from; where the order of the file matters, its rows are numbered.

    The engine keeps the order of the file for a window without an order of its own.
    """
    name = exp.to_identifier(table, quoted=True)
    if not placed:
        return exp.From(this=exp.Table(this=name))
    number = exp.Alias(this=exp.Window(this=exp.RowNumber()), alias=exp.to_identifier(PLACE, quoted=True))
    inner = exp.Select(expressions=[exp.Star(), number])
    inner.set("from_", exp.From(this=exp.Table(this=name)))
    return exp.From(this=exp.Subquery(this=inner, alias=exp.TableAlias(this=name.copy())))


def needs_places(node: object) -> bool:
    """Whether a query speaks of the order of the file."""
    return any(n == PLACE or isinstance(n, Beside) for n in _nodes(node))


def _nodes(node: object) -> Iterator[object]:
    yield node
    if isinstance(node, tuple):
        for item in node:
            yield from _nodes(item)
    elif is_dataclass(node):
        for f in fields(node):
            yield from _nodes(getattr(node, f.name))


def beside(
    condition: Beside, table: str, plain: Sequence[Condition], where: Callable[[Condition], exp.Expression]
) -> exp.Expression:
    """The row next to the anchor among those that meet the other conditions."""
    forward = condition.step > 0
    anchored = _select(table, True, exp.Max if forward else exp.Min, _place(), [where(condition.anchor)])
    side = exp.GT if forward else exp.LT
    beyond = side(this=_place(), expression=exp.Subquery(this=anchored))
    nearest = exp.Min if forward else exp.Max
    found = _select(table, True, nearest, _place(), [*(where(c) for c in plain), beyond])
    return exp.EQ(this=_place(), expression=exp.Subquery(this=found))


def same_as(table: str, placed: bool, of: exp.Expression, anchor: exp.Expression) -> exp.Expression:
    """Another row with the anchor's value."""
    inner = exp.Select(expressions=[of.copy()])
    inner.set("from_", source(table, placed))
    inner = inner.where(anchor.copy())
    alike = exp.In(this=of, query=exp.Subquery(this=inner))
    return exp.And(this=alike, expression=exp.Not(this=exp.Paren(this=anchor)))


def beyond(
    table: str, placed: bool, above: bool, of: exp.Expression, anchor: exp.Expression
) -> exp.Expression:
    """A row above the highest, or below the lowest, of the anchor's values."""
    inner = _select(table, placed, exp.Max if above else exp.Min, of.copy(), [anchor])
    return (exp.GT if above else exp.LT)(this=of, expression=exp.Subquery(this=inner))


def repeated(
    condition: Recurring | Debut,
    column: Callable[[ColumnRef], exp.Expression],
    ordered: Callable[[ColumnRef], exp.Expression],
) -> exp.Expression:
    """Things of several rows, or the rows in which they are first seen."""
    of = column(condition.of)
    inner = exp.Select(expressions=[of.copy()])
    inner.set("from_", source(condition.of.table, False))
    inner = inner.group_by(of.copy(), copy=False)
    if isinstance(condition, Debut):
        at = ordered(condition.at)
        inner.append("expressions", exp.Min(this=at.copy()))
        return exp.In(this=exp.Tuple(expressions=[of, at]), query=exp.Subquery(this=inner))
    many = exp.GT if condition.often else exp.EQ
    one = many(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
    return exp.In(this=of, query=exp.Subquery(this=inner.having(one, copy=False)))


def filtered(aggregate: exp.Expression, condition: exp.Expression) -> exp.Expression:
    """The aggregate over the rows that meet the condition."""
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))


def _place() -> exp.Expression:
    return exp.Column(this=exp.to_identifier(PLACE, quoted=True))


def _select(
    table: str,
    placed: bool,
    function: type[exp.Expression],
    of: exp.Expression,
    where: Sequence[exp.Expression],
) -> exp.Select:
    inner = exp.Select(expressions=[function(this=of)])
    inner.set("from_", source(table, placed))
    for condition in where:
        inner = inner.where(condition, copy=False)
    return inner
