"""What the planner knows about the tables of a question: their columns, names, labels and keys."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass
from functools import cached_property

from ...schemas import ColumnStats
from ..planner import TableView
from .columns import KEY_WORDS, NAMING, ColumnInfo
from .intents import PLACE, ColumnRef
from .keys import KeyGraph
from .named_columns import NamedColumns
from .shapes import shape_of
from .tables import Table

_MOST_KNOWN = 64


def _place(table: Table) -> ColumnInfo:
    """What is known of the places of a table's rows in the file, which no profile holds."""
    rows = table.view.stats.row_count
    stats = ColumnStats(
        name=PLACE,
        type="BIGINT",
        kind="numeric",
        semantic_type="id",
        count=rows,
        null_count=0,
        null_percentage=0.0,
        distinct_count=rows,
        unique=True,
        min=1,
        max=rows,
    )
    return ColumnInfo(table.name, stats, len(table.columns))


_known: OrderedDict[tuple[object, ...], Table] = OrderedDict()
_known_lock = threading.Lock()
_scopes: OrderedDict[tuple[int, ...], Scope] = OrderedDict()
_MOST_SCOPES = 16


def _table(view: TableView) -> Table:
    """The table of a view; what is known of its columns is kept per content and name."""
    stats = view.stats
    key = (view.name, stats.content_sha256, stats.partial, len(stats.columns), view.hints, view.joins)
    with _known_lock:
        known = _known.get(key)
        if known is not None and all(
            a.stats is b or a.stats == b for a, b in zip(known.columns, stats.columns, strict=True)
        ):
            _known.move_to_end(key)
            if known.view is not view:
                known = _known[key] = Table(view, known.columns)
            return known
    table = Table(
        view,
        tuple(
            ColumnInfo(view.name, c, k, shape_of(view, c), view.hints) for k, c in enumerate(stats.columns)
        ),
    )
    with _known_lock:
        _known[key] = table
        while len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)
    return table


@dataclass(frozen=True)
class Scope(NamedColumns):
    """The tables of a question, with all their columns."""

    tables: tuple[Table, ...]

    @classmethod
    def of(cls, *views: TableView) -> Scope:
        """The scope of some tables; that of the same tables is kept, with what was found out about them."""
        tables = tuple(_table(view) for view in views)
        key = tuple(id(table) for table in tables)
        with _known_lock:
            known = _scopes.get(key)
            if known is not None and all(a is b for a, b in zip(known.tables, tables, strict=True)):
                _scopes.move_to_end(key)
                return known
            scope = _scopes[key] = cls(tables)
            while len(_scopes) > _MOST_SCOPES:
                _scopes.popitem(last=False)
        return scope

    @cached_property
    def columns(self) -> tuple[ColumnInfo, ...]:
        """All columns of all tables."""
        return tuple(c for t in self.tables for c in t.columns)

    @property
    def alone(self) -> bool:
        """Whether the question is about one table only."""
        return len(self.tables) == 1

    @cached_property
    def by_ref(self) -> dict[ColumnRef, ColumnInfo]:
        """The columns by reference, and the places of the rows in their files."""
        places = {ColumnRef(t.name, PLACE): _place(t) for t in self.tables}
        return places | {c.ref: c for c in self.columns}

    @cached_property
    def by_table(self) -> dict[str, Table]:
        """The tables by name."""
        return {t.name: t for t in self.tables}

    @cached_property
    def names(self) -> str:
        """The tables' names, for a sentence."""
        said = [t.name for t in self.tables]
        return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1] if said else ""

    @cached_property
    def keys(self) -> KeyGraph:
        """Which columns point to rows of which table."""
        inferred = KeyGraph.of(tuple((t.name, t.words, t.columns, t.view.values) for t in self.tables))
        declared = tuple(dict.fromkeys(join for t in self.tables for join in t.view.joins))
        return inferred.with_declared(declared, self.columns) if declared else inferred

    @cached_property
    def foreign(self) -> dict[str, tuple[tuple[str, frozenset[str]], ...]]:
        """For each table how the others are named: the stem of the main word, and those of all words."""
        named = {
            t.name: (t.words[-1].stem, frozenset(w.stem for w in t.words)) for t in self.tables if t.words
        }
        own = {t.name: {w.stem for w in t.words[-1:]} for t in self.tables}
        return {
            t.name: tuple(n for other, n in named.items() if other != t.name and n[0] not in own[t.name])
            for t in self.tables
        }

    def labels(self, table: str) -> tuple[ColumnInfo, ...]:
        """The columns that name a row of a table: its own, or those of the table that it extends."""
        own = self.by_table[table].labels
        if own and (own[0].near_unique or own[0].stems & NAMING):
            return own
        for link in sorted(self.keys.links, key=lambda k: k.cost):
            if link.child.table == table and self.by_ref[link.child].unique:
                whole = self.by_table[link.parent.table].labels
                if whole and whole[0].stems & NAMING:
                    return whole
        return own

    @cached_property
    def told_by(self) -> dict[ColumnRef, tuple[ColumnRef, ...]]:
        """Numbers that are the only way to another table, and the columns that name what they point to."""
        links = self.keys.links
        pairs = Counter(frozenset((k.child.table, k.parent.table)) for k in links)
        found: dict[ColumnRef, tuple[ColumnRef, ...]] = {}
        for link in links:
            column = self.by_ref[link.child]
            alone = pairs[frozenset((link.child.table, link.parent.table))] == 1
            if alone and column.numeric and not {w.norm for w in column.words} & KEY_WORDS:
                labels = tuple(c.ref for c in self.labels(link.parent.table))
                if labels:
                    found[link.child] = labels
        return found

    @cached_property
    def pointed_names(self) -> dict[ColumnRef, ColumnRef]:
        """Identifiers of rows of one other table, and the column there that names them."""
        links = self.keys.links
        pairs = Counter(frozenset((k.child.table, k.parent.table)) for k in links)
        ways = Counter(k.child for k in links)
        found: dict[ColumnRef, ColumnRef] = {}
        for link in links:
            keyed = {w.norm for w in self.by_ref[link.child].words} & KEY_WORDS
            sure = pairs[frozenset((link.child.table, link.parent.table))] == 1 == ways[link.child]
            labels = self.by_table[link.parent.table].labels
            if keyed and sure and len(labels) == 1:
                found[link.child] = labels[0].ref
        return found

    @cached_property
    def copies(self) -> frozenset[ColumnRef]:
        """Texts called like the very column that they point to, which has each of them once."""
        return frozenset(
            k.child
            for k in self.keys.links
            if k.child.column.lower() == k.parent.column.lower() and self.by_ref[k.child].text
        )

    @cached_property
    def repeated(self) -> frozenset[ColumnRef]:
        """Text columns whose values occur more than once: they name no single row."""
        return frozenset(c.ref for c in self.columns if c.text and not c.unique)

    @cached_property
    def pointers(self) -> frozenset[ColumnRef]:
        """Columns that point to rows of another table."""
        return frozenset(k.child for k in self.keys.links)

    @cached_property
    def between(self) -> frozenset[str]:
        """Tables that mainly hold which rows of others belong together."""
        found = set()
        for table in self.tables:
            pointing = {k.child.column for k in self.keys.links if k.child.table == table.name}
            keys = (c for c in table.columns if c.unique and c.numeric and c.stats.semantic_type == "id")
            own = {c.name for c in keys} - pointing
            rest = len(table.columns) - len(pointing) - len(own)
            if len(pointing) >= 2 and rest <= 1:
                found.add(table.name)
        return frozenset(found)

    @cached_property
    def times(self) -> tuple[ColumnInfo, ...]:
        """Columns that say when, of all tables."""
        return tuple(c for t in self.tables for c in t.times)

    @cached_property
    def periods(self) -> tuple[ColumnInfo, ...]:
        """Columns that can be an axis of time, of all tables."""
        return tuple(c for t in self.tables for c in t.periods)
