"""From insights.yaml to what planners get: names as the tables have them, SQL checked, the rest told."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...errors import QueryRefused
from ...schemas import Join, Knowledge, Metric, TableKnowledge, VerifiedQuestion
from ...services import guard
from .conditions import amount, condition
from .view import ColumnHints, JoinHint, KnowledgeView, MetricHint, TableHints

Place = tuple[str | int, ...]
Tables = Mapping[str, Sequence[str]]
"""The tables at hand: their columns by their name."""


def view_of(knowledge: Knowledge, tables: Tables, digest: str = "") -> KnowledgeView:
    """What is known of `tables`; warnings say what of it was left aside, and why."""
    return replace(_Builder(tables).view(knowledge), digest=digest)


def warnings_of(knowledge: Knowledge, tables: Tables, lines: Mapping[Place, int]) -> list[str]:
    """What of the whole file is left aside where `tables` are all there are, with lines where known."""
    return [warning for _, warning in _Builder(tables, lines, whole=True).view(knowledge).warnings]


@dataclass
class _Builder:
    tables: Tables
    lines: Mapping[Place, int] = field(default_factory=dict)
    whole: bool = False
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def view(self, knowledge: Knowledge) -> KnowledgeView:
        hints = (self._table(name, table) for name, table in knowledge.tables.items())
        metrics = (self._metric(name, metric) for name, metric in knowledge.metrics.items())
        joins = (self._join(place, join) for place, join in enumerate(knowledge.joins))
        asked = (self._verified(place, each) for place, each in enumerate(knowledge.verified))
        return KnowledgeView(
            tables=tuple(each for each in hints if each is not None),
            metrics=tuple(each for each in metrics if each is not None),
            joins=tuple(each for each in joins if each is not None),
            verified=tuple(each for each in asked if each is not None),
            warnings=tuple(self.warnings),
        )

    def _table(self, said: str, known: TableKnowledge) -> TableHints | None:
        name = self._name(said, ("tables", said))
        if name is None:
            return None
        columns = []
        for column, each in known.columns.items():
            there = _column(column, self.tables[name])
            if there is None:
                self._warn(name, ("tables", said, "columns", column), f"{name} has no column {column!r}")
            elif each.description or each.synonyms or each.unit:
                columns.append(ColumnHints(there, each.description, tuple(each.synonyms), each.unit))
        filters = []
        for place, text in enumerate(known.default_filters):
            try:
                filters.append(condition(text, name, self.tables[name]))
            except QueryRefused as error:
                where = ("tables", said, "default_filters", place)
                self._warn(name, where, f"the condition {text[:80]!r} is left aside: {error.message}")
        return TableHints(name, known.description, tuple(known.synonyms), tuple(columns), tuple(filters))

    def _metric(self, said: str, known: Metric) -> MetricHint | None:
        place: Place = ("metrics", said)
        name = self._name(known.table, (*place, "table"))
        if name is None:
            return None
        try:
            sql, additive = amount(known.sql, name, self.tables[name])
        except QueryRefused as error:
            self._warn(name, (*place, "sql"), f"the metric {said!r} is left aside: {error.message}")
            return None
        return MetricHint(said, name, sql, known.description, tuple(known.synonyms), known.unit, additive)

    def _join(self, position: int, known: Join) -> JoinHint | None:
        sides = []
        for side in (known.left, known.right):
            table, _, column = side.partition(".")
            name = self._name(table, ("joins", position))
            if name is None:
                return None
            there = _column(column, self.tables[name])
            if there is None:
                self._warn(name, ("joins", position), f"{name} has no column {column!r}")
                return None
            sides.append((name, there))
        return JoinHint(sides[0], sides[1])

    def _verified(self, position: int, known: VerifiedQuestion) -> VerifiedQuestion | None:
        """A verified question about tables at hand; whether its SQL passes is looked at when it is asked."""
        place: Place = ("verified", position)
        names = [self._name(each, place) for each in known.datasets]
        if None in names:
            return None
        if known.datasets and not self.whole:
            return known
        try:
            checked = guard.check(known.sql, list(self.tables))
        except QueryRefused as error:
            if self.whole:
                self._warn("", place, f"the SQL of {known.question[:80]!r} is refused: {error.message}")
            return None
        return known.model_copy(update={"datasets": known.datasets or list(checked.tables)})

    def _name(self, said: str, place: Place) -> str | None:
        found = next((name for name in self.tables if name.lower() == said.lower()), None)
        if found is None and self.whole:
            self._warn("", place, f"there is no dataset {said!r}")
        return found

    def _warn(self, about: str, place: Place, reason: str) -> None:
        line = self.lines.get(place)
        self.warnings.append((about, f"line {line}: {reason}" if line else reason))


def _column(said: str, columns: Sequence[str]) -> str | None:
    """The column that is meant: written just so, or else in another case."""
    if said in columns:
        return said
    wanted = unicodedata.normalize("NFC", said).casefold()
    return next((each for each in columns if unicodedata.normalize("NFC", each).casefold() == wanted), None)
