"""What the kinds of questions share: the pieces, their table, and sensible defaults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .columns import NAME, NAMING, ColumnInfo
from .conditions import info
from .intents import (
    Aggregate,
    Among,
    Amount,
    Bucket,
    ColumnRef,
    Compare,
    Condition,
    InMonth,
    InPeriod,
    Key,
    Not,
    Output,
    Query,
    Recurring,
    count_of,
)
from .joins import tables_of
from .parts import Misfit, Parts
from .pieces import (
    Target,
)
from .scope import Scope
from .tokens import stem

ENTITY_COST, ASSUMED_COST, ALL_COLUMNS_COST = 0.3, 0.25, 0.4
MANY_ROWS = 5
DAYS = frozenset({stem("date"), stem("day"), stem("airdate")})
_LONG, _MEDIUM = 3 * 366, 70


class Frame:
    """The sorted pieces over their table, what they cost and assume, and questions about them."""

    def __init__(self, scope: Scope, parts: Parts) -> None:
        self.scope, self.parts = scope, parts
        self.table = _main_table(scope, parts)
        self.cost = 0.0
        self.entity_tables = set(parts.by_rows)
        self.assumptions: list[str] = []

    def amount(self, column: ColumnRef) -> Aggregate:
        """How a number is put together over a group when no word says it."""
        additive = info(self.scope, column).additive
        self.assumptions.append(f"{column.column} is {'added up' if additive else 'averaged'}")
        self.cost += ASSUMED_COST
        return Aggregate("sum" if additive else "mean", column)

    def counting(self) -> bool:
        """Whether a number of things is asked for."""
        return "count" in self.parts.heads or any(t.amount for t in self.parts.targets)

    def split_targets(self) -> tuple[list[ColumnRef], list[ColumnRef]]:
        """Columns asked for: those one computes with, and the others."""
        columns = [c for t in self.parts.targets for c in t.columns]
        numbers = [c for c in columns if info(self.scope, c).measure]
        return numbers, [c for c in columns if c not in numbers]

    def query(self, select: Sequence[Output], **more: object) -> Query:
        """A query with the conditions of the question."""
        return replace(Query(self.table, tuple(select), tuple(self.parts.conditions)), **more)  # type: ignore[arg-type]

    def entities(self, columns: Sequence[ColumnRef]) -> None:
        """Column words that only say what kind of thing is meant ("of the player")."""
        known = [info(self.scope, c) for c in columns]
        if len(known) > 1 or any(not (c.text or (c.ordinal and c.near_unique)) for c in known):
            raise Misfit
        if columns and not (self.parts.conditions or "count" in self.parts.heads):
            raise Misfit
        self.cost += ENTITY_COST * len(columns)

    def subject(self) -> list[ColumnRef]:
        """The column that answers who, when, where, or names the rows."""
        heads = set(self.parts.heads)
        fixed = {c.of.column for c in self.parts.conditions if isinstance(getattr(c, "of", None), ColumnRef)}  # type: ignore[union-attr]
        if "who" in heads:
            people = [c for c in self.own() if c.text and c.nature("person") and c.name not in fixed]
            labels = self.labels()
            if labels and all(c in people and NAME in c.stems for c in labels):
                return [c.ref for c in labels]
            if not people and not self.scope.alone:
                return self.person()
            return [self.only(people or self.namesakes()).ref]
        if heads & {"when"}:
            times = [c for c in self.scope.times if c.table == self.table]
            if not any(c.nature("time") for c in times):
                times = [c for c in self.own() if c.text and c.nature("time")] or times
            elif all(c.is_year for c in times):
                times = [c for c in self.own() if c.text and c.stems & DAYS] or times
            return [self.only(times).ref]
        if "what_year" in heads:
            years = [
                c
                for c in self.own()
                if c.stems & {"year", "season"} and not c.temporal and c.name not in fixed
            ]
            if self.scope.alone:
                years = [c for c in years if len(c.words) == 1] or years or list(self.scope.times)
            return [self.only(years).ref]
        if "where" in heads:
            return [self.only([c for c in self.own() if c.text and c.nature("place")]).ref]
        if not self.parts.rows:
            raise Misfit
        labels = self.labels()
        if labels and not self.scope.alone and "which" not in heads and not self.named_rows():
            return []
        many = not self.scope.alone or "which" in heads
        return [c.ref for c in labels] if labels and (many or labels[0].near_unique) else []

    def namesakes(self) -> list[ColumnInfo]:
        """What answers "who" in a single table that has no word for persons: the one column of names."""
        label = self.labels()[:1] if self.scope.alone else ()
        found = [
            c
            for c in label
            if c.near_unique and c.ref not in self.fixed() and not c.nature("place") and not c.nature("time")
        ]
        if found:
            self.cost += ASSUMED_COST
            self.assumptions.append(f"who is taken as {found[0].name}")
        return found

    def person(self) -> list[ColumnRef]:
        """Whoever the rows belong to: the names of the one table of people that they point to."""
        above = self.scope.keys.paths(self.table, up_only=True)
        found = [t for t in above if t != self.table and self.scope.by_table[t].people]
        labels = self.scope.labels(found[0]) if len(found) == 1 else ()
        if not labels:
            raise Misfit
        return [c.ref for c in labels]

    def named_rows(self) -> bool:
        """Whether the label names single rows, and not what many of them share ("customer" of orders)."""
        label = self.labels()[0]
        head = self.scope.by_table[self.table].head_stems
        return label.near_unique or label.table != self.table or bool(label.stems & (NAMING | head))

    def own(self) -> tuple[ColumnInfo, ...]:
        """The columns of the table that the question is about."""
        return self.scope.by_table[self.table].columns

    def labels(self) -> tuple[ColumnInfo, ...]:
        """The columns that name a row of the table that the question is about."""
        return self.scope.labels(self.table)

    def apart(self, keys: Sequence[Key]) -> list[ColumnRef]:
        """Keys that keep rows of the same name apart, where things of a table are grouped by their names."""
        columns = [k for k in keys if isinstance(k, ColumnRef)]
        found = []
        for table in dict.fromkeys(c.table for c in columns):
            key = self.scope.by_table[table].key
            named = any(info(self.scope, c).unique for c in columns if c.table == table)
            if table in self.entity_tables and not named and key is not None:
                found.append(key.ref)
        return found

    def elsewhere(self, measures: Sequence[Amount], columns: Sequence[ColumnRef]) -> bool:
        """Whether amounts of one table are asked for together with columns of another."""
        measured = set(tables_of(tuple(measures)))
        named = {c.table for c in columns}
        return len(named) == 1 and bool(measured) and not named & measured

    def only_named(self, columns: Sequence[ColumnRef]) -> None:
        """Columns that only say what the rows have to do with: "dorms that have some amenity"."""
        for column in columns:
            known = info(self.scope, column)
            if not known.text or known not in self.scope.by_table[column.table].labels:
                raise Misfit
            self.cost += ENTITY_COST
            self.parts.rows.append(column.table)

    def rows_counted(self) -> Aggregate:
        """The number of rows of the table that the question is about."""
        return count_of(self.table)

    def only(self, columns: Sequence[ColumnInfo]) -> ColumnInfo:
        """The single column; raises `Misfit` where there are none or several."""
        if len(columns) != 1:
            raise Misfit
        return columns[0]

    def asks_value(self) -> bool:
        """Whether the question word leaves room for a number as the answer."""
        return not set(self.parts.heads) & {"who", "when", "where", "what_year"}

    def repeats(self, column: ColumnRef) -> bool:
        """A text column whose values occur more than once."""
        known = info(self.scope, column)
        return known.text and not known.unique

    def fixed(self) -> set[ColumnRef]:
        """Columns whose value the question itself states."""
        return {
            c.of
            for c in self.parts.conditions
            if (isinstance(c, Among) and len(c.said) == 1) or (isinstance(c, Compare) and c.op == "=")
            if isinstance(c.of, ColumnRef)
        }

    def without_fixed(self, columns: list[ColumnRef]) -> list[ColumnRef]:
        """`columns` but those whose value the question states."""
        kept = [c for c in columns if c not in self.fixed()]
        self.cost += ENTITY_COST * (len(columns) - len(kept)) / 2
        return kept

    def asked(self, columns: list[ColumnRef]) -> list[ColumnRef]:
        """What is asked for when columns are named in several places.

        "The position of the player born in 1983": the first is asked for, the player only says what kind
        of thing has it. Two numbers far apart fit no such reading. "Which hospital … and in what city" asks
        for both.
        """
        columns = self.without_fixed(columns)
        heads = self.parts.heads.count("which") + sum(t.implied for t in self.parts.targets)
        if heads == len(self.parts.targets) and not any(t.entity for t in self.parts.targets):
            return columns
        first = [c for c in self.parts.targets[0].columns if c in columns]
        rest = [c for c in columns if c not in first]
        if not first:
            raise Misfit
        if not rest:
            return first
        self.entities(rest)
        return first

    def rows_per_value(self, column: ColumnRef) -> float:
        """How many rows hold one value of the column, on average."""
        stats = info(self.scope, column).stats
        return stats.count / max(1, stats.distinct_count or 1)

    def many_rows(self, condition: Condition) -> bool:
        """Whether the condition usually leaves more than a few rows."""
        if isinstance(condition, (InPeriod, InMonth, Recurring)):
            return True
        inner = condition.of if isinstance(condition, Not) else condition
        column = inner.of if isinstance(inner, (Among, Compare)) else None
        return isinstance(column, ColumnRef) and self.rows_per_value(column) >= MANY_ROWS

    def default_period(self) -> Key:
        """The period of a trend: the table's only date column, cut by the length of its range."""
        times = self.scope.by_table[self.table].periods
        if len(times) != 1:
            raise Misfit
        column = times[0].ref
        if times[0].yearly:
            return column
        days = _days(times[0])
        grain = "year" if days > _LONG * 2 else "month" if days > _MEDIUM else "day"
        self.assumptions.append(f"the trend is shown by {grain}")
        return Bucket(column, grain)  # type: ignore[arg-type]

    def loose_functions(self) -> None:
        """ "Revenue by region in total": a function apart from the only number named."""
        parts = self.parts
        if not parts.functions:
            return
        if parts.measures and all(getattr(m, "function", None) == parts.functions[0] for m in parts.measures):
            parts.functions = []
            return
        targets = [c for t in parts.targets for c in t.columns if info(self.scope, c).measure]
        if len(parts.functions) > 1 or len(targets) != 1 or parts.measures:
            if parts.functions == ["sum"] and self.counting() and not targets:
                parts.functions = []
                return
            raise Misfit
        parts.measures.append(Aggregate(parts.functions[0], targets[0]))  # type: ignore[arg-type]
        parts.targets = _without(parts.targets, targets[0])


def _main_table(scope: Scope, parts: Parts) -> str:
    """The table that the question is about: the first whose rows are named, else the first column's."""
    measured = [a.rows.table for a in parts.measures if isinstance(a, Aggregate) and a.rows is not None]
    named = [t for t in parts.rows if t and t not in measured] or [t for t in parts.rows if t] + measured
    if named:
        return named[0]
    counted = [*parts.targets, *parts.keys, *parts.measures, *([parts.best] if parts.best else [])]
    mentioned = [*tables_of(tuple(counted)), *parts.by_rows, *tables_of(tuple(parts.conditions))]
    return next(iter(mentioned), scope.tables[0].name)


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
