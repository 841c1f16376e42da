"""Putting pieces together: a tiling of the question becomes one query, or does not make sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .conditions import info
from .grammar import ref
from .intents import (
    Aggregate,
    Among,
    Bucket,
    ColumnRef,
    Compare,
    Condition,
    Extreme,
    Key,
    Missing,
    Not,
    Order,
    Output,
    Query,
    Share,
)
from .pieces import (
    Best,
    By,
    Chart,
    Head,
    HeadKind,
    LooseFunction,
    Measure,
    Period,
    Piece,
    Rows,
    ShareOf,
    Sort,
    Target,
    Versus,
    Where,
)
from .scope import ColumnInfo, Scope

ENTITY_COST, ASSUMED_COST, ALL_COLUMNS_COST = 0.3, 0.25, 0.4
_LONG, _MEDIUM = 3 * 366, 70


@dataclass(frozen=True)
class Reading:
    """A query, what it assumed, the chart asked for, and how far it strains the words (added cost)."""

    query: Query
    assumptions: tuple[str, ...] = ()
    chart: str | None = None
    cost: float = 0.0


@dataclass
class _Parts:
    """The pieces of a tiling, sorted by kind."""

    heads: list[HeadKind] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    measures: list[Aggregate] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    best: Best | None = None
    sort: Sort | None = None
    versus: Versus | None = None
    chart: str | None = None
    before_best: list[ColumnRef] = field(default_factory=list)
    rows: bool = False
    share: bool = False
    trend: bool = False


class _Misfit(Exception):  # noqa: N818 - a signal within this module, never seen outside
    """The pieces do not go together."""


def assemble(scope: Scope, pieces: Sequence[Piece]) -> Reading | None:
    """The query that the pieces make together, or None where they do not fit."""
    try:
        return _Assembler(scope, _sorted(pieces)).read()
    except _Misfit:
        return None


def _sorted(pieces: Sequence[Piece]) -> _Parts:
    parts = _Parts()
    for piece in pieces:
        match piece:
            case Head(kind):
                parts.heads.append(kind)
            case Target():
                parts.targets.append(piece)
                if parts.best is None:
                    parts.before_best.extend(piece.columns)
            case Where(conditions):
                parts.conditions.extend(c for c in conditions if c not in parts.conditions)
            case Measure(aggregates):
                parts.measures.extend(a for a in aggregates if a not in parts.measures)
            case LooseFunction(function):
                parts.functions.append(function)
            case By(keys):
                parts.keys.extend(k for k in keys if k not in parts.keys)
            case Best():
                parts.best = _merged(parts.best, piece)
            case Sort():
                if parts.sort is not None and parts.sort.by is not None and piece.by is not None:
                    raise _Misfit
                known = parts.sort or Sort(None, None)
                parts.sort = Sort(piece.by or known.by, piece.direction or known.direction)
            case Rows():
                parts.rows = True
            case ShareOf():
                parts.share = True
            case Period():
                parts.trend = True
            case Chart(mark):
                if parts.chart not in (None, mark):
                    raise _Misfit
                parts.chart = mark
            case Versus():
                parts.versus = piece
            case _:
                pass
    return parts


def _merged(first: Best | None, second: Best) -> Best:
    """ "Top 5 … with the highest revenue" is one ranking."""
    if first is None:
        return second
    if (first.by is not None and second.by is not None) or (first.count and second.count):
        raise _Misfit
    by = first if first.by is not None else second
    return Best(by.direction, by.by, first.count or second.count, by.named)


class _Assembler:
    def __init__(self, scope: Scope, parts: _Parts) -> None:
        self.scope, self.parts = scope, parts
        self.table = scope.view.name
        self.cost = 0.0
        self.assumptions: list[str] = []

    def read(self) -> Reading:
        parts = self.parts
        if parts.trend and not any(isinstance(k, Bucket) for k in parts.keys):
            parts.keys.insert(0, self.default_period())
        self.rank_by_group()
        self.loose_functions()
        if parts.versus or parts.chart == "point":
            query = self.scatter()
        elif parts.chart == "histogram":
            query = self.histogram()
        elif parts.keys:
            query = self.grouped(list(parts.keys))
        elif parts.best is not None:
            query = self.best()
        elif parts.measures or self.counting():
            query = self.totals()
        else:
            query = self.rows()
        chart = "bar" if parts.chart == "histogram" else parts.chart
        return Reading(query, tuple(self.assumptions), chart, self.cost)

    # What the words leave open -----------------------------------------------------------------

    def default_period(self) -> Key:
        """The period of a trend: the table's only date column, cut by the length of its range."""
        times = self.scope.times
        if len(times) != 1:
            raise _Misfit
        column = ref(self.scope, times[0].name)
        if times[0].is_year:
            return column
        days = _days(times[0])
        grain = "year" if days > _LONG * 2 else "month" if days > _MEDIUM else "day"
        self.assumptions.append(f"the trend is shown by {grain}")
        return Bucket(column, grain)  # type: ignore[arg-type]

    def rank_by_group(self) -> None:
        """ "Top 5 products by revenue": what follows "by" ranks when it is a number and something is ranked."""
        parts = self.parts
        if parts.best is None or parts.best.by is not None or len(parts.keys) != 1:
            return
        key = parts.keys[0]
        if isinstance(key, ColumnRef) and info(self.scope, key).measure:
            parts.best = replace(parts.best, by=key)
            parts.keys = []

    def loose_functions(self) -> None:
        """ "Revenue by region in total": a function apart from the only number named."""
        parts = self.parts
        if not parts.functions:
            return
        targets = [c for t in parts.targets for c in t.columns if info(self.scope, c).measure]
        if len(parts.functions) > 1 or len(targets) != 1 or parts.measures:
            if parts.functions == ["sum"] and self.counting() and not targets:
                parts.functions = []
                return
            raise _Misfit
        parts.measures.append(Aggregate(parts.functions[0], targets[0]))  # type: ignore[arg-type]
        parts.targets = _without(parts.targets, targets[0])

    def counting(self) -> bool:
        return "count" in self.parts.heads or any(t.amount for t in self.parts.targets)

    def amount(self, column: ColumnRef) -> Aggregate:
        """How a number is put together over a group when no word says it."""
        additive = info(self.scope, column).additive
        self.assumptions.append(f"{column.column} is {'added up' if additive else 'averaged'}")
        self.cost += ASSUMED_COST
        return Aggregate("sum" if additive else "mean", column)

    def split_targets(self) -> tuple[list[ColumnRef], list[ColumnRef]]:
        """Columns asked for: those one computes with, and the others."""
        columns = [c for t in self.parts.targets for c in t.columns]
        numbers = [c for c in columns if info(self.scope, c).measure]
        return numbers, [c for c in columns if c not in numbers]

    # Kinds of questions ------------------------------------------------------------------------

    def query(self, select: Sequence[Output], **more: object) -> Query:
        return replace(Query(self.table, tuple(select), tuple(self.parts.conditions)), **more)  # type: ignore[arg-type]

    def totals(self) -> Query:
        """Aggregates over all rows that meet the conditions."""
        measures = list(self.parts.measures)
        numbers, others = self.split_targets()
        if self.parts.share or self.parts.sort:
            raise _Misfit
        if self.counting() and not measures:
            if self.parts.rows and numbers + others:
                raise _Misfit
            if len(numbers) > 1 or (numbers and others):
                numbers, others = self.asked_amount(numbers, others)
            if numbers:
                known = info(self.scope, numbers[0])
                if known.ordinal:
                    raise _Misfit
                if not known.additive:
                    return self.lookup(numbers)
                measures.append(self.amount(numbers[0]))
            elif not others:
                measures.append(Aggregate("count"))
            else:
                if len(others) > 1:
                    raise _Misfit
                unique = info(self.scope, others[0]).unique
                measures.append(Aggregate("count", others[0], distinct=not unique))
            return self.query(measures)
        self.entities(numbers + others)
        return self.query(measures)

    def asked_amount(
        self, numbers: list[ColumnRef], others: list[ColumnRef]
    ) -> tuple[list[ColumnRef], list[ColumnRef]]:
        """ "How many points did the player …": the amount, once the kind of thing is set aside."""
        amounts = [c for t in self.parts.targets if t.amount for c in t.columns]
        if len(amounts) != 1 or len(numbers) != 1:
            raise _Misfit
        self.entities(others)
        return amounts, []

    def lookup(self, columns: list[ColumnRef]) -> Query:
        """The values themselves; without a condition that would be all of them, which nobody asked."""
        if not self.parts.conditions:
            raise _Misfit
        return self.query(columns)

    def entities(self, columns: Sequence[ColumnRef]) -> None:
        """Column words that only say what kind of thing is meant ("of the player")."""
        if len(columns) > 1 or any(not info(self.scope, c).text for c in columns):
            raise _Misfit
        if columns and not (self.parts.conditions or "count" in self.parts.heads):
            raise _Misfit
        self.cost += ENTITY_COST * len(columns)

    def grouped(self, keys: list[Key]) -> Query:
        """An amount per group; periods in their order, other groups from the largest down."""
        parts = self.parts
        measures = list(parts.measures)
        numbers, others = self.split_targets()
        others = [c for c in others if c not in keys and not any(isinstance(k, Bucket) and k.of == c for k in keys)]
        numbers = [c for c in numbers if c not in keys]
        if parts.best is not None and parts.best.by is not None and parts.best.count is None and not measures:
            by = parts.best.by
            if isinstance(by, ColumnRef):
                measures.append(Aggregate("max" if parts.best.direction == "desc" else "min", by))
                parts.best = None
        measures += [self.amount(c) for c in numbers]
        if not measures:
            if others and not self.counting():
                if not parts.chart and not parts.share and not all(info(self.scope, c).unique for c in others):
                    raise _Misfit
                self.cost += ENTITY_COST
                others = []
            if self.counting() and len(others) == 1:
                unique = info(self.scope, others[0]).unique
                measures.append(Aggregate("count", None if unique else others[0], distinct=not unique))
                others = []
            else:
                measures.append(Aggregate("count"))
        for column in others:
            if any(isinstance(k, ColumnRef) and not info(self.scope, k).measure for k in keys) and len(others) == 1:
                keys.append(column)
            elif not keys or len(others) > 1:
                raise _Misfit
            else:
                keys.append(column)
        outputs: list[Output] = [Share(a) if a.function in ("sum", "count") else a for a in measures] if parts.share else list(measures)
        if parts.share and not any(isinstance(o, Share) for o in outputs):
            raise _Misfit
        return self.arranged(keys, outputs)

    def arranged(self, keys: Sequence[Key], outputs: Sequence[Output]) -> Query:
        """Group by `keys`, in the order asked for or the one that reads best."""
        parts = self.parts
        time = [k for k in keys if isinstance(k, Bucket) or (isinstance(k, ColumnRef) and info(self.scope, k).is_year)]
        limit = None
        if parts.best is not None:
            best = parts.best
            if isinstance(best.by, Aggregate) and best.by not in outputs:
                outputs = [*outputs, best.by] if outputs != [Aggregate("count")] else [best.by]
            lead: Output = best.by if isinstance(best.by, Aggregate) else outputs[0]
            limit = best.count or 1
            order = [Order(lead, best.direction), *(Order(k, "asc") for k in keys)]
        elif parts.sort is not None:
            by: Output = parts.sort.by or outputs[0]
            if isinstance(by, ColumnRef) and by not in keys:
                matching = [o for o in outputs if isinstance(o, Aggregate) and o.of == by]
                if not matching:
                    raise _Misfit
                by = matching[0]
            if isinstance(by, Aggregate) and by not in outputs:
                raise _Misfit
            order = [Order(by, parts.sort.direction or ("asc" if by in keys else "desc"))]
            order += [Order(k, "asc") for k in keys if k != by]
        elif time:
            order = [Order(k, "asc") for k in (*time, *(k for k in keys if k not in time))]
        else:
            order = [Order(outputs[0], "desc"), *(Order(k, "asc") for k in keys)]
        return self.query([*keys, *outputs], group=tuple(keys), order=tuple(order), limit=limit)

    def best(self) -> Query:
        """The row, or the group, that stands out; or the extreme value itself."""
        parts = self.parts
        best = parts.best
        assert best is not None
        numbers, others = self.split_targets()
        by = best.by
        if by is None:
            if parts.measures and isinstance(parts.measures[0], Aggregate):
                by = parts.measures[0]
                parts.measures = parts.measures[1:]
            elif len(numbers) == 1 and (others or parts.rows):
                by, numbers = numbers[0], []
            else:
                raise _Misfit
        if parts.measures or parts.share or parts.sort:
            raise _Misfit
        targets = [c for c in [*others, *numbers] if c != by]
        value = best.count is None and isinstance(by, ColumnRef) and self.asks_value()
        if value and not parts.rows and (not targets or (best.named and not set(targets) & set(parts.before_best))):
            self.entities(targets)
            assert isinstance(by, ColumnRef)
            return self.query([Aggregate("max" if best.direction == "desc" else "min", by)])
        if best.named and parts.before_best:
            targets = self.without_fixed([t for t in targets if t in parts.before_best])
        if not targets:
            targets = self.subject()
        if isinstance(by, Aggregate):
            return self.best_group(best, by, targets)
        if "count" in parts.heads:
            raise _Misfit
        if len(targets) == 1 and self.repeats(targets[0]) and info(self.scope, by).additive:
            return self.best_group(best, Aggregate("sum", by), targets)
        return self.best_row(best, by, targets)

    def asks_value(self) -> bool:
        return not set(self.parts.heads) & {"who", "when", "where", "what_year"}

    def repeats(self, column: ColumnRef) -> bool:
        known = info(self.scope, column)
        return known.text and not known.unique

    def subject(self) -> list[ColumnRef]:
        """The column that answers who, when, where, or names the rows."""
        heads = set(self.parts.heads)
        fixed = {c.of.column for c in self.parts.conditions if isinstance(getattr(c, "of", None), ColumnRef)}  # type: ignore[union-attr]
        if "who" in heads:
            people = [c for c in self.scope.of_nature("person") if c.name not in fixed]
            label = self.scope.label
            if label is not None and label in people and label.stems & {"name"}:
                return [ref(self.scope, label.name)]
            return [ref(self.scope, self.only(people).name)]
        if heads & {"when"}:
            return [ref(self.scope, self.only(self.scope.times).name)]
        if "what_year" in heads:
            years = [c for c in self.scope.columns if c.stems & {"year", "season"} and not c.temporal]
            return [ref(self.scope, self.only(years).name)]
        if "where" in heads:
            return [ref(self.scope, self.only(self.scope.of_nature("place")).name)]
        if self.parts.rows and self.scope.label is not None:
            return [ref(self.scope, self.scope.label.name)]
        raise _Misfit

    def only(self, columns: Sequence[ColumnInfo]) -> ColumnInfo:
        if len(columns) != 1:
            raise _Misfit
        return columns[0]

    def best_row(self, best: Best, by: ColumnRef, targets: list[ColumnRef]) -> Query:
        if best.count is None:
            return self.query(targets, where=(*self.parts.conditions, Extreme(by, best.direction)))
        present = Not(Missing(by))
        order = (Order(by, best.direction), *(Order(t, "asc") for t in targets[:1]))
        self.parts.conditions.append(present)
        return self.query([*targets, by], order=order, limit=best.count)

    def best_group(self, best: Best, by: Aggregate, targets: list[ColumnRef]) -> Query:
        if len(targets) != 1 or by.of == targets[0]:
            raise _Misfit
        order = (Order(by, best.direction), Order(targets[0], "asc"))
        select: list[Output] = [targets[0]] if best.count is None else [targets[0], by]
        self.parts.conditions.append(Not(Missing(targets[0])))
        return self.query(select, group=(targets[0],), order=order, limit=best.count or 1)

    def scatter(self) -> Query:
        """Two numbers of each row against each other, coloured by a group."""
        parts = self.parts
        numbers, others = self.split_targets()
        keys = [k for k in parts.keys if isinstance(k, ColumnRef)]
        axes = [parts.versus.x, parts.versus.y] if parts.versus else []
        for column in [*numbers, *(k for k in keys if info(self.scope, k).measure)]:
            if column not in axes:
                axes.append(column)
        colours = [c for c in [*keys, *others] if c not in axes and not info(self.scope, c).unique]
        if len(axes) != 2 or len(colours) > 1 or parts.measures or parts.best or len(keys) != len(parts.keys):
            raise _Misfit
        parts.chart = "point"
        parts.conditions.extend(Not(Missing(c)) for c in axes)
        return self.query([*axes, *colours])

    def histogram(self) -> Query:
        """How one column is distributed: its values, or counts where it holds categories."""
        parts = self.parts
        numbers, others = self.split_targets()
        columns = [*numbers, *others, *(k for k in parts.keys if isinstance(k, ColumnRef))]
        columns += [m.of for m in parts.measures if m.of is not None]
        if len(columns) != 1 or parts.best or any(m.function != "count" for m in parts.measures):
            raise _Misfit
        if info(self.scope, columns[0]).numeric:
            parts.conditions.append(Not(Missing(columns[0])))
            return self.query(columns)
        return self.arranged(columns, [Aggregate("count")])

    def rows(self) -> Query:
        """Values of columns in the rows that meet the conditions."""
        parts = self.parts
        if parts.share:
            raise _Misfit
        columns = [c for t in parts.targets for c in t.columns]
        columns = list(dict.fromkeys(columns))
        if columns and self.elsewhere(columns):
            self.entities(columns)
            columns = []
        if columns and len(parts.targets) > 1:
            columns = self.asked(columns)
        elif columns and len(columns) == 1 and self.without_fixed(columns) != columns:
            raise _Misfit
        if not columns:
            columns = self.implied()
        if parts.chart and len(columns) == 1 and not info(self.scope, columns[0]).measure:
            return self.arranged(columns, [Aggregate("count")])
        distinct = any(t.distinct for t in parts.targets) or self.is_list(columns)
        order: tuple[Order, ...] = ()
        if parts.sort is not None:
            by = parts.sort.by or (columns[0] if columns else None)
            if by is None or isinstance(by, Aggregate) or (distinct and by not in columns):
                raise _Misfit
            order = (Order(by, parts.sort.direction or "asc"),)
        elif distinct:
            order = tuple(Order(c, "asc") for c in columns)
        return self.query(columns, distinct=distinct, order=order)

    def elsewhere(self, columns: Sequence[ColumnRef]) -> bool:
        """ "Where is the track …": the question word asks for another column than the one named."""
        heads, named = set(self.parts.heads), [info(self.scope, c) for c in columns]
        if "where" in heads:
            return bool(self.parts.conditions) and not any(c.nature("place") for c in named)
        return "when" in heads and bool(self.parts.conditions) and len(self.scope.times) == 1 and (
            not any(c in self.scope.times or c.nature("time") for c in named)
        )

    def is_list(self, columns: Sequence[ColumnRef]) -> bool:
        """ "What are the regions": a category without any condition is meant once each."""
        return len(columns) == 1 and not self.parts.conditions and self.repeats(columns[0])

    def fixed(self) -> set[str]:
        """Columns whose value the question itself states."""
        return {
            c.of.column
            for c in self.parts.conditions
            if (isinstance(c, Among) and len(c.said) == 1) or (isinstance(c, Compare) and c.op == "=")
            if isinstance(c.of, ColumnRef)
        }

    def without_fixed(self, columns: list[ColumnRef]) -> list[ColumnRef]:
        """`columns` but those whose value the question states."""
        kept = [c for c in columns if c.column not in self.fixed()]
        self.cost += ENTITY_COST * (len(columns) - len(kept)) / 2
        return kept

    def asked(self, columns: list[ColumnRef]) -> list[ColumnRef]:
        """What is asked for when columns are named in several places.

        "The position of the player born in 1983": the first is asked for, the player only says what kind
        of thing has it. Two numbers far apart fit no such reading.
        """
        columns = self.without_fixed(columns)
        first = [c for c in self.parts.targets[0].columns if c in columns]
        rest = [c for c in columns if c not in first]
        if not first:
            raise _Misfit
        if not rest:
            return first
        self.entities(rest)
        return first

    def implied(self) -> list[ColumnRef]:
        """What is shown when no column is named: who, when and where have one, rows are shown whole."""
        heads = set(self.parts.heads)
        if heads & {"who", "when", "where", "what_year"}:
            if not self.parts.conditions:
                raise _Misfit
            return self.subject()
        if not self.parts.rows or "much" in heads:
            raise _Misfit
        if not self.parts.conditions and "list" not in heads:
            self.cost += ALL_COLUMNS_COST
        return []


def _without(targets: list[Target], column: ColumnRef) -> list[Target]:
    kept = [replace(t, columns=tuple(c for c in t.columns if c != column)) for t in targets]
    return [t for t in kept if t.columns]


def _days(column: ColumnInfo) -> int:
    import datetime as dt

    try:
        low, high = (dt.date.fromisoformat(str(v)[:10]) for v in (column.stats.min, column.stats.max))
    except ValueError:
        return _LONG
    return (high - low).days
