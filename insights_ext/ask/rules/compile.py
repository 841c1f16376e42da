"""From the algebra to an SQL tree (sqlglot, DuckDB's dialect); every identifier is quoted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlglot import exp

from .compile_shapes import cleaned
from .intents import (
    Aggregate,
    Among,
    Between,
    Bucket,
    ColumnRef,
    Compare,
    Condition,
    Extreme,
    InMonth,
    InPeriod,
    Missing,
    Not,
    Output,
    Query,
    Scalar,
    Share,
    TextMatch,
)
from .naming import kept_name
from .shapes import Shape

_COMPARE: Mapping[str, type[exp.Expression]] = {
    "=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip
_FUNCTION: Mapping[str, type[exp.Expression]] = {
    "sum": exp.Sum, "mean": exp.Avg, "min": exp.Min, "max": exp.Max,
    "median": exp.Median, "std": exp.StddevSamp,
}  # fmt: skip


class Compiler:
    """Compiles queries over tables whose column types are known.

    `types` gives the SQL type of each column name, in upper case.
    """

    def __init__(self, types: Mapping[str, str], shapes: Mapping[str, Shape] | None = None) -> None:
        self._types, self._shapes = types, shapes or {}

    def _ordered(self, ref: ColumnRef) -> exp.Expression:
        """The column as what it holds behind its spelling, to compare, sort and compute with."""
        shape = self._shapes.get(ref.column)
        return _column(ref) if shape is None else cleaned(_column(ref), shape)

    def query(self, query: Query) -> exp.Select:
        """The SELECT for `query`; output columns carry the names of `output_names`."""
        tree = exp.Select().from_(exp.to_identifier(query.table, quoted=True), copy=False)
        tree.set("from_", exp.From(this=exp.Table(this=exp.to_identifier(query.table, quoted=True))))
        if query.select:
            for output, name in zip(query.select, output_names(query), strict=True):
                tree.append("expressions", self._named(output, name))
        else:
            tree.append("expressions", exp.Star())
        if query.distinct:
            tree.set("distinct", exp.Distinct())
        plain = [c for c in query.where if not _extreme(c)]
        for condition in query.where:
            tree = tree.where(self._where(query, plain, condition), copy=False)
        for key in query.group:
            tree = tree.group_by(self._value(key), copy=False)
        for having in query.having:
            tree = tree.having(self._condition(having), copy=False)
        names = dict(zip(query.select, output_names(query), strict=True))
        for order in query.order:
            by = self._ordering(order.by, query, names)
            ordered = exp.Ordered(this=by, desc=order.direction == "desc", nulls_first=False)
            tree = tree.order_by(ordered, copy=False)
        return tree.limit(query.limit, copy=False) if query.limit is not None else tree

    def _named(self, output: Output, name: str) -> exp.Expression:
        value = self._value(output)
        if isinstance(output, ColumnRef):
            return value
        return exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))

    def _ordering(self, by: Output, query: Query, names: Mapping[Output, str]) -> exp.Expression:
        if by in names and not isinstance(by, ColumnRef):
            return exp.Column(this=exp.to_identifier(names[by], quoted=True))
        return self._ordered(by) if isinstance(by, ColumnRef) else self._value(by)

    def _where(self, query: Query, plain: list[Condition], condition: Condition) -> exp.Expression:
        if not isinstance(condition, Extreme):
            return self._condition(condition)
        function = exp.Max if condition.direction == "desc" else exp.Min
        inner = exp.Select(expressions=[function(this=self._ordered(condition.of))])
        inner.set("from_", exp.From(this=exp.Table(this=exp.to_identifier(query.table, quoted=True))))
        for other in plain:
            inner = inner.where(self._condition(other), copy=False)
        return exp.EQ(this=self._ordered(condition.of), expression=exp.Subquery(this=inner))

    def _value(self, output: Output) -> exp.Expression:
        match output:
            case ColumnRef():
                return _column(output)
            case Bucket(of, "year"):
                return exp.Year(this=self._ordered(of))
            case Bucket(of, grain):
                cut = exp.func("date_trunc", exp.Literal.string(grain), self._ordered(of), dialect="duckdb")
                return exp.Cast(this=cut, to=exp.DataType.build("DATE"))
            case Share(of):
                inner = self._value(of)
                whole = exp.Window(this=exp.Sum(this=inner.copy()))
                hundred = exp.Mul(this=exp.Literal.number("100.0"), expression=inner)
                return exp.Div(
                    this=hundred, expression=exp.Nullif(this=whole, expression=exp.Literal.number(0))
                )
            case Aggregate("count", None):
                return exp.Count(this=exp.Star())
            case Aggregate("count", of, distinct):
                assert of is not None
                counted: exp.Expression = _column(of)
                return exp.Count(this=exp.Distinct(expressions=[counted]) if distinct else counted)
            case Aggregate(function, of):
                assert of is not None
                if function in ("min", "max") and of.column in self._shapes:
                    best = exp.ArgMax if function == "max" else exp.ArgMin
                    return best(this=_column(of), expression=self._ordered(of))
                return _FUNCTION[function](this=self._ordered(of))
        raise AssertionError(output)

    def _condition(self, condition: Condition) -> exp.Expression:
        match condition:
            case Compare(of, op, value):
                worth = isinstance(of, ColumnRef) and not isinstance(value, (str, bool))
                side = self._ordered(of) if worth and isinstance(of, ColumnRef) else self._value(of)
                return _COMPARE[op](this=side, expression=_literal(value))
            case Between(of, low, high):
                return exp.Between(this=self._ordered(of), low=_literal(low), high=_literal(high))
            case Among(of, values, _):
                if len(values) == 1:
                    return exp.EQ(this=_column(of), expression=_literal(values[0]))
                return exp.In(this=_column(of), expressions=[_literal(v) for v in values])
            case TextMatch(of, how, text):
                return _text_match(of, how, text)
            case Missing(of):
                null = exp.Is(this=_column(of), expression=exp.Null())
                if self._types.get(of.column) != "VARCHAR":
                    return null
                empty = exp.EQ(this=exp.Trim(this=_column(of)), expression=exp.Literal.string(""))
                return exp.Paren(this=exp.Or(this=null, expression=empty))
            case InPeriod():
                return self._period(condition)
            case InMonth(of, month, _):
                return exp.EQ(this=exp.Month(this=self._ordered(of)), expression=exp.Literal.number(month))
            case Not(Among() as inner):
                differs = exp.Not(this=self._condition(inner))
                null = exp.Is(this=_column(inner.of), expression=exp.Null())
                return exp.Paren(this=exp.Or(this=differs, expression=null))
            case Not(inner):
                return exp.Not(this=exp.Paren(this=self._condition(inner)))
        raise AssertionError(condition)

    def _period(self, period: InPeriod) -> exp.Expression:
        column = self._ordered(period.of)
        shape = self._shapes.get(period.of.column)
        dated = self._types.get(period.of.column, "").startswith(("DATE", "TIMESTAMP"))
        numeric = not dated and (shape is None or shape.kind != "date")

        def bound(day: dt.date) -> exp.Expression:
            return exp.Literal.number(day.year) if numeric else _literal(day)

        if numeric and period.start and period.end and period.end.year - period.start.year == 1:
            return exp.EQ(this=column, expression=bound(period.start))
        sides: list[exp.Expression] = []
        if period.start is not None:
            sides.append(exp.GTE(this=column, expression=bound(period.start)))
        if period.end is not None:
            sides.append(exp.LT(this=column.copy(), expression=bound(period.end)))
        return exp.And(this=sides[0], expression=sides[1]) if len(sides) == 2 else sides[0]


def output_names(query: Query) -> tuple[str, ...]:
    """The names of the result's columns, none twice."""
    names: list[str] = []
    for output in query.select:
        base = kept_name(query, output) or output_name(output)
        name, n = base, 2
        while name.casefold() in {x.casefold() for x in names}:
            name, n = f"{base} {n}", n + 1
        names.append(name)
    return tuple(names)


def output_name(output: Output) -> str:
    """The name of one result column."""
    match output:
        case ColumnRef(_, column):
            return column
        case Bucket(_, grain):
            return grain
        case Share(of):
            return f"share of {of.of.column if of.of is not None else 'rows'}"
        case Aggregate("count", None):
            return "count"
        case Aggregate("count", of, distinct):
            return f"{'distinct' if distinct else 'count of'} {of.column if of else ''}"
        case Aggregate(function, of):
            word = {"sum": "total", "mean": "average", "std": "standard deviation of"}.get(function, function)
            return f"{word} {of.column if of else ''}"
    raise AssertionError(output)


def _extreme(condition: Condition) -> bool:
    return isinstance(condition, Extreme)


def _column(ref: ColumnRef) -> exp.Column:
    return exp.Column(this=exp.to_identifier(ref.column, quoted=True))


def _literal(value: Scalar) -> exp.Expression:
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, dt.date):
        return exp.Cast(this=exp.Literal.string(value.isoformat()), to=exp.DataType.build("DATE"))
    if isinstance(value, str):
        return exp.Literal.string(value)
    number = exp.Literal.number(repr(abs(value)))
    return exp.Neg(this=number) if value < 0 else number


def _text_match(of: ColumnRef, how: str, text: str) -> exp.Expression:
    function = {"contains": "contains", "starts": "starts_with", "ends": "ends_with"}[how]
    folded = exp.Lower(this=_column(of))
    found = exp.func(function, folded, exp.Literal.string(text.lower()), dialect="duckdb")
    assert isinstance(found, exp.Expression)
    return found
