"""From the algebra to an SQL tree (sqlglot, DuckDB's dialect); every identifier is quoted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from .calculations import DatePart, Each, Fold, Split
from .compile_amounts import computed, foremost, middle_half, order_of_part, part_of_date
from .compile_rows import beside, beyond, filtered, needs_places, repeated, same_as, source
from .compile_shapes import cleaned
from .intents import (
    Aggregate,
    Among,
    Beside,
    Between,
    Beyond,
    Bucket,
    ColumnRef,
    Compare,
    Condition,
    Debut,
    Extreme,
    Gap,
    InMonth,
    InPeriod,
    Missing,
    Not,
    Or,
    Outlying,
    Output,
    Query,
    Recurring,
    SameAs,
    Scalar,
    TextMatch,
    Typical,
    Weekday,
    aggregates_in,
)
from .joins import Inner, Joined, tables_of
from .keys import Step
from .naming import output_names
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

    `types` gives the SQL type of each column, in upper case; `keys` a column that tells a table's rows apart.
    """

    def __init__(
        self,
        types: Mapping[ColumnRef, str],
        keys: Mapping[str, ColumnRef | None] | None = None,
        shapes: Mapping[ColumnRef, Shape] | None = None,
    ) -> None:
        self._types, self._shapes = types, shapes or {}
        self._keys = keys or {}
        self._root = ""
        self._qualify = self._placed = self._paired = False

    def _ordered(self, ref: ColumnRef) -> exp.Expression:
        """The column as what it holds behind its spelling, to compare, sort and compute with."""
        shape = self._shapes.get(ref)
        return self._column(ref) if shape is None else cleaned(self._column(ref), shape)

    def query(self, joined: Joined) -> exp.Select:
        """The SELECT for a joined query; output columns carry the names of `output_names`."""
        query = joined.query
        self._root = joined.root
        self._paired = joined.root not in (set(tables_of(query.select)) or {query.table})
        self._qualify = len(joined.tables) > 1
        self._placed = needs_places(query)
        tree = self._from(exp.Select(), joined.root, joined.steps)
        if not query.group and any(a.where for a in aggregates_in(query.select)):
            # A part is taken of all rows, also of those that point to nothing.
            for to_one in tree.args.get("joins", ()):
                to_one.set("side", "LEFT")
        if query.select:
            for output, name in zip(query.select, output_names(query), strict=True):
                tree.append("expressions", self._named(output, name))
        elif self._placed:
            for column in (c for c in self._types if c.table == query.table):
                tree.append("expressions", self._column(column))
        else:
            tree.append("expressions", self._star(query.table))
        if query.distinct:
            tree.set("distinct", exp.Distinct())
        tree = self._filtered(tree, joined.root, joined.steps, joined.where, joined.inner)
        for key in query.group:
            tree = tree.group_by(*self._grouping(key), copy=False)
        for having in query.having:
            tree = tree.having(self._condition(having), copy=False)
        if query.foremost is not None:
            tree.set("qualify", exp.Qualify(this=foremost(query.foremost, self._sorting)))
        names = dict(zip(query.select, output_names(query), strict=True))
        for order in query.order:
            by = self._ordering(order.by, query, names)
            ordered = exp.Ordered(this=by, desc=order.direction == "desc", nulls_first=False)
            tree = tree.order_by(ordered, copy=False)
        return tree.limit(query.limit, copy=False) if query.limit is not None else tree

    def _star(self, table: str) -> exp.Expression:
        if not self._qualify:
            return exp.Star()
        return exp.Column(this=exp.Star(), table=exp.to_identifier(table, quoted=True))

    def _from(self, tree: exp.Select, root: str, steps: Sequence[Step]) -> exp.Select:
        tree.set("from_", source(root, self._placed and root == self._root))
        for step in steps:
            table = exp.Table(this=exp.to_identifier(step.target, quoted=True))
            tree.append("joins", exp.Join(this=table, on=self._on(step)))
        return tree

    def _on(self, step: Step) -> exp.Expression:
        return exp.EQ(this=self._column(step.link.child), expression=self._column(step.link.parent))

    def _inner(self, inner: Inner) -> exp.Expression:
        """EXISTS, or a count, over the rows of other tables that belong to the row outside."""
        tree = self._from(exp.Select(), inner.steps[0].target, inner.steps[1:])
        tree = tree.where(self._on(inner.steps[0]), copy=False)
        tree = self._filtered(tree, inner.steps[0].target, inner.steps[1:], inner.where, ())
        if inner.many is not None:
            outer, self._root = self._root, inner.many.table
            tree.append("expressions", self._value(inner.many.of))
            self._root = outer
            return _COMPARE[inner.many.op](
                this=exp.Subquery(this=tree), expression=_literal(inner.many.value)
            )
        if inner.every is not None:
            last = inner.steps[-1]
            key = last.link.parent if last.up else self._keys.get(last.target)
            met = exp.Star() if key is None else exp.Distinct(expressions=[self._column(key)])
            counted = exp.Count(this=met)
            tree.append("expressions", counted)
            whole = self._from(exp.Select(expressions=[exp.Count(this=exp.Star())]), last.target, ())
            return exp.EQ(this=exp.Subquery(this=tree), expression=exp.Subquery(this=whole))
        tree.append("expressions", exp.Literal.number(1))
        found: exp.Expression = exp.Exists(this=tree)
        return exp.Not(this=found) if inner.negated else found

    def _grouping(self, key: Output) -> list[exp.Expression]:
        """What is grouped by: names of weekdays and months also by their place in the calendar."""
        order = order_of_part(key, self._ordered(key.of)) if isinstance(key, DatePart) else None
        return [self._value(key)] if order is None else [self._value(key), order]

    def _sorting(self, by: Output) -> exp.Expression:
        """What sorts by an output."""
        order = order_of_part(by, self._ordered(by.of)) if isinstance(by, DatePart) else None
        if order is not None:
            return order
        return self._ordered(by) if isinstance(by, ColumnRef) else self._value(by)

    def _named(self, output: Output, name: str) -> exp.Expression:
        value = self._value(output)
        if isinstance(output, ColumnRef) and output.column == name:
            return value
        return exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))

    def _ordering(self, by: Output, query: Query, names: Mapping[Output, str]) -> exp.Expression:
        if by in names and not isinstance(by, (ColumnRef, DatePart)):
            return exp.Column(this=exp.to_identifier(names[by], quoted=True))
        return self._sorting(by)

    def _filtered(
        self,
        tree: exp.Select,
        root: str,
        steps: Sequence[Step],
        where: Sequence[Condition],
        inner: Sequence[Inner],
    ) -> exp.Select:
        """The rows that meet all conditions; extremes are sought among the rows that meet the others."""
        plain = [c for c in where if not isinstance(c, (Extreme, Beside))]
        for condition in plain:
            tree = tree.where(self._condition(condition), copy=False)
        for near in where:
            if isinstance(near, Beside):
                tree = tree.where(beside(near, root, plain, self._condition), copy=False)
        for rows in inner:
            tree = tree.where(self._inner(rows), copy=False)
        for extreme in where:
            if isinstance(extreme, Extreme):
                if extreme.of.table == root or (self._paired and root == self._root):
                    among = self._filtered(self._from(exp.Select(), root, steps), root, steps, plain, inner)
                else:
                    own = [c for c in plain if set(tables_of(c)) == {extreme.of.table}]
                    among = self._filtered(
                        self._from(exp.Select(), extreme.of.table, ()), extreme.of.table, (), own, ()
                    )
                function = exp.Max if extreme.direction == "desc" else exp.Min
                among.append("expressions", function(this=self._ordered(extreme.of)))
                found = exp.EQ(this=self._ordered(extreme.of), expression=exp.Subquery(this=among))
                tree = tree.where(found, copy=False)
        return tree

    def _column(self, ref: ColumnRef) -> exp.Column:
        table = exp.to_identifier(ref.table, quoted=True) if self._qualify else None
        return exp.Column(this=exp.to_identifier(ref.column, quoted=True), table=table)

    def _value(self, output: Output) -> exp.Expression:  # noqa: PLR0912 - one case a kind
        match output:
            case ColumnRef():
                return self._column(output)
            case Bucket(of, "year"):
                return exp.Year(this=self._ordered(of))
            case Bucket(of, grain):
                cut = exp.func("date_trunc", exp.Literal.string(grain), self._ordered(of), dialect="duckdb")
                return exp.Cast(this=cut, to=exp.DataType.build("DATE"))
            case Gap(of, first, second):
                sides = [filtered(self._number(of), self._condition(c)) for c in (first, second)]
                return exp.Abs(this=exp.Sub(this=sides[0], expression=sides[1]))
            case DatePart(of, _):
                return part_of_date(output, self._ordered(of))
            case Split(by, yes, no):
                chosen = exp.If(this=self._condition(by), true=exp.Literal.string(yes))
                return exp.Case(ifs=[chosen], default=exp.Literal.string(no))
            case Fold(function, of):
                return _FUNCTION[function](this=self._value(of))
            case Each(function, child, pointing, to):
                rows = exp.Table(this=exp.to_identifier(child, quoted=True))
                outside, inside = (_of_table(c.table, c.column) for c in (to, ColumnRef(child, pointing)))
                number = exp.Select(expressions=[exp.Count(this=exp.Star())]).from_(rows, copy=False)
                number = number.where(exp.EQ(this=inside, expression=outside), copy=False)
                return _FUNCTION[function](this=exp.Subquery(this=number))
            case Aggregate(where=where) if where:
                met = [self._condition(c) for c in where]
                return filtered(self._value(replace(output, where=())), _all(met))
            case Aggregate("count", None, _, rows):
                key = self._keys.get(rows.table) if rows is not None and rows.table != self._root else None
                if key is None:
                    return exp.Count(this=exp.Star())
                return exp.Count(this=exp.Distinct(expressions=[self._column(key)]))
            case Aggregate("count", of, distinct):
                assert of is not None
                counted: exp.Expression = self._column(of)
                return exp.Count(this=exp.Distinct(expressions=[counted]) if distinct else counted)
            case Aggregate(function, of):
                assert of is not None
                if function in ("min", "max") and of in self._shapes:
                    best = exp.ArgMax if function == "max" else exp.ArgMin
                    return best(this=self._column(of), expression=self._ordered(of))
                return _FUNCTION[function](this=self._ordered(of))
        return computed(output, self._sorting)

    def _number(self, aggregate: Aggregate) -> exp.Expression:
        """The aggregate as a number to compute with; dates count as their years."""
        if aggregate.of is None or aggregate.function == "count":
            return self._value(aggregate)
        shape = self._shapes.get(aggregate.of)
        dated = self._types.get(aggregate.of, "").startswith(("DATE", "TIMESTAMP"))
        value = self._ordered(aggregate.of)
        if dated or (shape is not None and shape.kind == "date"):
            value = exp.Year(this=value)
        return _FUNCTION[aggregate.function](this=value)

    def _condition(self, condition: Condition) -> exp.Expression:  # noqa: PLR0912 - one case a kind
        match condition:
            case Compare(ColumnRef() as of, "!=", value):
                # As with texts: a row without a value is not that value.
                side = self._column(of) if isinstance(value, (str, bool)) else self._ordered(of)
                unlike = exp.NEQ(this=side, expression=_literal(value))
                null = exp.Is(this=self._column(of), expression=exp.Null())
                return exp.Paren(this=exp.Or(this=unlike, expression=null))
            case Compare(of, op, value):
                worth = isinstance(of, ColumnRef) and not isinstance(value, (str, bool))
                side = self._ordered(of) if worth and isinstance(of, ColumnRef) else self._value(of)
                return _COMPARE[op](this=side, expression=_literal(value))
            case Between(of, low, high):
                return exp.Between(this=self._ordered(of), low=_literal(low), high=_literal(high))
            case Among(of, values, _):
                if len(values) == 1:
                    return exp.EQ(this=self._column(of), expression=_literal(values[0]))
                return exp.In(this=self._column(of), expressions=[_literal(v) for v in values])
            case TextMatch(of, how, text):
                return _text_match(self._column(of), how, text)
            case Typical() | SameAs() | Beyond():
                return self._related(condition)
            case Recurring() | Debut():
                return repeated(condition, self._column, self._ordered)
            case Missing(of):
                null = exp.Is(this=self._column(of), expression=exp.Null())
                if self._types.get(of) != "VARCHAR":
                    return null
                empty = exp.EQ(this=exp.Trim(this=self._column(of)), expression=exp.Literal.string(""))
                return exp.Paren(this=exp.Or(this=null, expression=empty))
            case InPeriod():
                return self._period(condition)
            case InMonth(of, month, _):
                return exp.EQ(this=exp.Month(this=self._ordered(of)), expression=exp.Literal.number(month))
            case Or(first, second):
                sides = [exp.and_(*(self._condition(c) for c in side)) for side in (first, second)]
                return exp.Paren(this=exp.Or(this=sides[0], expression=sides[1]))
            case Weekday(of, days, _):
                day = exp.Anonymous(this="isodow", expressions=[self._ordered(of)])
                return exp.In(this=day, expressions=[exp.Literal.number(d) for d in days])
            case Outlying(of):
                floor, ceiling = middle_half(
                    lambda: self._ordered(of), self._from(exp.Select(), of.table, ())
                )
                below = exp.LT(this=self._ordered(of), expression=floor)
                return exp.Paren(
                    this=exp.Or(this=below, expression=exp.GT(this=self._ordered(of), expression=ceiling))
                )
            case Not(Among() as inner):
                differs = exp.Not(this=self._condition(inner))
                null = exp.Is(this=self._column(inner.of), expression=exp.Null())
                return exp.Paren(this=exp.Or(this=differs, expression=null))
            case Not(inner):
                return exp.Not(this=exp.Paren(this=self._condition(inner)))
        raise AssertionError(condition)

    def _related(self, condition: Typical | SameAs | Beyond) -> exp.Expression:
        of = self._ordered(condition.of)
        if isinstance(condition, Typical):
            inner = self._from(exp.Select(), condition.over.table, ())
            inner.append("expressions", _FUNCTION[condition.function](this=self._ordered(condition.over)))
            return _COMPARE[condition.op](this=of, expression=exp.Subquery(this=inner))
        anchor = self._condition(condition.anchor)
        if isinstance(condition, SameAs):
            return same_as(condition.of.table, self._placed, of, anchor)
        return beyond(condition.of.table, self._placed, condition.op in (">", ">="), of, anchor)

    def _period(self, period: InPeriod) -> exp.Expression:
        column = self._ordered(period.of)
        shape = self._shapes.get(period.of)
        dated = self._types.get(period.of, "").startswith(("DATE", "TIMESTAMP"))
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


def _of_table(table: str, column: str) -> exp.Column:
    names = (exp.to_identifier(name, quoted=True) for name in (column, table))
    return exp.Column(this=next(names), table=next(names))


def _literal(value: Scalar) -> exp.Expression:
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, dt.date):
        return exp.Cast(this=exp.Literal.string(value.isoformat()), to=exp.DataType.build("DATE"))
    if isinstance(value, str):
        return exp.Literal.string(value)
    number = exp.Literal.number(repr(abs(value)))
    return exp.Neg(this=number) if value < 0 else number


def _text_match(of: exp.Column, how: str, text: str) -> exp.Expression:
    function = {"contains": "contains", "starts": "starts_with", "ends": "ends_with"}[how]
    folded = exp.Lower(this=of)
    found = exp.func(function, folded, exp.Literal.string(text.lower()), dialect="duckdb")
    assert isinstance(found, exp.Expression)
    return found


def _all(conditions: Sequence[exp.Expression]) -> exp.Expression:
    found = conditions[0]
    for other in conditions[1:]:
        found = exp.And(this=found, expression=other)
    return found
