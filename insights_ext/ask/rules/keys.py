"""The key graph: which column of one table points to the rows of another; nothing is declared.

A column points to another table when that table has a column without duplicates that holds its values
(for texts looked up in the value index, for numbers by range and count) and the names speak for it:
the same name, or the other table's name ("stadium_id", "stadium"). Names only rank what values allow.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ...wording import normalise
from ..knowledge import JoinHint
from ..planner import ValueIndex
from .columns import KEY_WORDS, NAME, ColumnInfo, Word
from .intents import ColumnRef
from .lexicon import lexicon
from .tokens import stem

SAME_NAME, TABLE_NAME, ROLE_NAME, SHORT_NAME, SHARED_NAME, VALUES_ONLY = 0.0, 0.05, 0.15, 0.25, 0.3, 0.6
STEP = 0.25
MAX_LOOKED_UP = 60
MIN_CONTAINED = 0.9
MIN_OVERLAP = 0.4
"""How much of a number's range must be known where the names leave no doubt: some rows may point to none."""
PURE_JUNCTION = 0.05
MIN_DISTINCT_BY_VALUES = 3
_KEY_STEMS = frozenset(stem(w) for w in KEY_WORDS)

Described = tuple[str, tuple[Word, ...], tuple[ColumnInfo, ...], ValueIndex]


@dataclass(frozen=True)
class Link:
    """`child` holds values of `parent`, which is unique: many rows of one table, one of the other."""

    child: ColumnRef
    parent: ColumnRef
    cost: float


@dataclass(frozen=True)
class Step:
    """A join from one table to a neighbour; `up` goes to the one row that is pointed to."""

    link: Link
    up: bool

    @property
    def source(self) -> str:
        """The table the step starts from."""
        return self.link.child.table if self.up else self.link.parent.table

    @property
    def target(self) -> str:
        """The table the step leads to."""
        return self.link.parent.table if self.up else self.link.child.table


@dataclass(frozen=True)
class Path:
    """Joins in a row; `tied` when another path of the same cost leads there, or to a table on the way."""

    steps: tuple[Step, ...]
    cost: float
    tied: bool = False


@dataclass(frozen=True)
class KeyGraph:
    """The links between some tables, and the cheapest ways along them."""

    links: tuple[Link, ...]
    between: frozenset[str] = frozenset()
    """Tables named after two others ("students_clubs"): of several ways between those theirs goes first."""

    @classmethod
    def of(cls, tables: Sequence[Described]) -> KeyGraph:
        """Infer the links of tables given by name, name's words, columns and value index."""
        found: list[Link] = []
        for child, parent in itertools.permutations(tables, 2):
            found += _links(child, parent)
        kept = _best(found)
        return cls((*kept, *_junctions(tables, kept)), _named_after_two(tables))

    def with_declared(self, joins: Sequence[JoinHint], columns: Sequence[ColumnInfo]) -> KeyGraph:
        """The graph with `joins` in place of what was inferred between their tables.

        One side must be without duplicates, or rows would be counted twice: others are left aside.
        """
        known = {(column.table, column.name): column for column in columns}
        links: list[Link] = []
        for join in joins:
            for child, parent in ((join.left, join.right), (join.right, join.left)):
                if child in known and parent in known and known[parent].unique:
                    links.append(Link(known[child].ref, known[parent].ref, SAME_NAME))
        pairs = {frozenset((link.child.table, link.parent.table)) for link in links}
        kept = [k for k in self.links if frozenset((k.child.table, k.parent.table)) not in pairs]
        return KeyGraph((*links, *kept))

    @cached_property
    def _steps(self) -> dict[str, tuple[Step, ...]]:
        steps: dict[str, list[Step]] = {}
        for link in self.links:
            for step in (Step(link, True), Step(link, False)):
                steps.setdefault(step.source, []).append(step)
        return {table: tuple(found) for table, found in steps.items()}

    @cached_property
    def _one_to_one(self) -> frozenset[tuple[ColumnRef, ColumnRef]]:
        pairs = {(link.child, link.parent) for link in self.links}
        return frozenset((a, b) for a, b in pairs if (b, a) in pairs)

    def keeps(self, step: Step) -> bool:
        """Whether a step meets at most one row."""
        return step.up or (step.link.child, step.link.parent) in self._one_to_one

    @cached_property
    def _known(self) -> dict[tuple[str, bool], dict[str, Path]]:
        return {}

    def paths(self, start: str, *, up_only: bool) -> dict[str, Path]:
        """The cheapest path from `start` to every table (Dijkstra), along single rows only if `up_only`."""
        known = self._known.get((start, up_only))
        if known is None:
            known = self._known[start, up_only] = self._cheapest(start, up_only)
        return known

    def _cheapest(self, start: str, up_only: bool) -> dict[str, Path]:
        best: dict[str, Path] = {}
        order = itertools.count()
        queue: list[tuple[float, int, str, tuple[Step, ...]]] = [(0.0, next(order), start, ())]
        while queue:
            cost, _, table, steps = heapq.heappop(queue)
            known = best.get(table)
            if known is not None:
                if cost - known.cost < 1e-9 and not _alike(known.steps, steps):
                    best[table] = Path(known.steps, known.cost, tied=True)
                continue
            # A doubt about a table on the way is one about all that lies behind it.
            best[table] = Path(steps, cost, tied=any(best[s.target].tied for s in steps[:-1]))
            for step in self._steps.get(table, ()):
                if (up_only and not step.up) or (step.target in best and step.target == start):
                    continue
                weight = STEP + step.link.cost + (0.0 if self.keeps(step) else 0.01)
                weight -= PURE_JUNCTION * (step.link.child.table in self.between)
                heapq.heappush(queue, (cost + weight, next(order), step.target, (*steps, step)))
        return best


def _alike(a: tuple[Step, ...], b: tuple[Step, ...]) -> bool:
    """The same joins, seen from either side of a one-to-one link."""
    return [frozenset((s.link.child, s.link.parent)) for s in a] == [
        frozenset((s.link.child, s.link.parent)) for s in b
    ]


def _best(found: Sequence[Link]) -> list[Link]:
    """A column points to one column of a table: of several readings the cheapest are kept."""
    cheapest: dict[ColumnRef, float] = {}
    for link in found:
        cheapest[link.child] = min(link.cost, cheapest.get(link.child, link.cost))
    near = [link for link in found if link.cost <= cheapest[link.child] + 0.05]
    nearest: dict[tuple[ColumnRef, str], Link] = {}
    for link in sorted(near, key=lambda k: k.cost):
        nearest.setdefault((link.child, link.parent.table), link)
    kept = [link for link in near if nearest[link.child, link.parent.table] is link]
    named = {frozenset((k.child.table, k.parent.table)) for k in kept if k.cost < VALUES_ONLY}
    return [
        k for k in kept if k.cost < VALUES_ONLY or frozenset((k.child.table, k.parent.table)) not in named
    ]


def _links(child: Described, parent: Described) -> list[Link]:
    _, child_words, columns, values = child
    _, words, keys, parent_values = parent
    found = []
    for key in keys:
        if not key.unique or key.boolean or key.temporal:
            continue
        for column in columns:
            if column.text != key.text or column.numeric != key.numeric or not column.stats.count:
                continue
            cost = _name_cost(column, key, words)
            if cost and _own_key(column, child_words, words):
                continue
            if cost is None and not _by_values(column, key):
                continue
            sure = cost is not None and cost <= TABLE_NAME
            if _contained(column, values, key, parent_values, sure=sure):
                found.append(Link(column.ref, key.ref, VALUES_ONLY if cost is None else cost))
    return found


def _own_key(column: ColumnInfo, table: Sequence[Word], other: Sequence[Word]) -> bool:
    """A unique column named after its own table tells its own rows apart, it points nowhere.

    Named just like the other table ("plane_id" of plane details, planes) it points there all the same.
    """
    own = _core(column.words)
    if own and own == {w.stem for w in other} != {w.stem for w in table}:
        return False
    together = "".join(w.singular for w in column.words if w.norm not in KEY_WORDS)
    if column.unique and column.position == 0 and together == "".join(w.singular for w in table):
        return True  # "order_item_id" of the table "orderitems"
    return (
        column.unique
        and bool(table)
        and (not own or (own <= {w.stem for w in table} and column.position == 0))
    )


def _core(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(w.stem for w in words) - _KEY_STEMS


def _name_cost(column: ColumnInfo, key: ColumnInfo, table: Sequence[Word]) -> float | None:
    """What it costs that `column` points to `key` of a table with these words; None if the names say no."""
    named = frozenset(w.stem for w in table)
    own, theirs = _core(column.words), _core(key.words)
    keyish = key.stats.semantic_type == "id" or key.position == 0 or not theirs
    if column.name.lower() == key.name.lower():
        if not own:
            return None
        if theirs & named or (keyish and key.position == 0):
            return SAME_NAME
        return None if _amount(key) else SHARED_NAME
    if own and own == theirs:
        return TABLE_NAME if own & named else None if _amount(key) else SHARED_NAME
    if not keyish or not own or not named:
        return None
    if key.position and not theirs <= named and not theirs <= own:
        return None
    if own == named or "".join(w.norm for w in table) == "".join(
        w.singular for w in column.words if w.stem in own
    ):
        return TABLE_NAME
    if table[-1].stem in own or (len(named) > 1 and named <= own):
        return ROLE_NAME
    if theirs and theirs <= own:
        return ROLE_NAME
    if own < named and theirs <= own:
        return SHARED_NAME  # "fitness_id" of fitness levels
    return SHORT_NAME if any(_short(a, b) for a in own for b in named) else None


def _amount(key: ColumnInfo) -> bool:
    """Numbers that are measured: equal budgets say nothing of what belongs together."""
    return key.numeric and key.stats.semantic_type != "id"


def _overlap(column: ColumnInfo, key: ColumnInfo) -> float:
    """Which part of the range of `column` lies within that of `key`; all or nothing of fractions."""
    bounds = [column.stats.min, column.stats.max, key.stats.min, key.stats.max]
    if all(isinstance(x, int) for x in bounds):
        low, high, least, most = (int(x) for x in bounds if isinstance(x, int))
        return max(0, min(high, most) - max(low, least) + 1) / (high - low + 1)
    numbers = [float(x) for x in bounds if isinstance(x, (int, float))]
    return float(len(numbers) == len(bounds) and numbers[2] <= numbers[0] and numbers[1] <= numbers[3])


def _named_after_two(tables: Sequence[Described]) -> frozenset[str]:
    """The tables whose names are made of the names of two others."""
    return frozenset(name for name, words, _, _ in tables if len(_halves(name, words, tables)) == 2)


def _halves(name: str, words: Sequence[Word], tables: Sequence[Described]) -> list[Described]:
    """The two tables whose names together make this one, in any order; empty where there are none."""
    stems = [w.stem for w in words]
    for first, second in itertools.permutations((t for t in tables if t[0] != name), 2):
        if [w.stem for w in (*first[1], *second[1])] == stems:
            return [first, second]
    return []


def _junctions(tables: Sequence[Described], links: Sequence[Link]) -> list[Link]:
    """In "clubs_members" with a club_id, the other number points to the members, whatever it is called."""
    found = []
    for name, words, columns, _ in tables:
        halves = _halves(name, words, tables)
        pointing = {k.child.column: k.parent.table for k in links if k.child.table == name}
        missing = [t for t in halves if t[0] not in pointing.values()]
        free = [c for c in columns if c.name not in pointing and c.stems & _KEY_STEMS and not c.unique]
        free = free or [c for c in columns if c.name not in pointing and c.stems & _KEY_STEMS]
        if len(halves) != 2 or len(missing) != 1 or len(free) != 1 or not free[0].numeric:
            continue
        keys = [c for c in missing[0][2][:1] if c.unique and c.numeric]
        if keys and _overlap(free[0], keys[0]) >= MIN_OVERLAP:
            found.append(Link(free[0].ref, keys[0].ref, SHARED_NAME))
    return found


def _short(word: str, whole: str) -> bool:
    """An abbreviation, or another word for the same: "dept" for department, "client" for customer."""
    if whole in lexicon().abbreviations.get(word, frozenset()) | lexicon().synonyms.get(word, frozenset()):
        return True
    return len(word) >= 3 and len(whole) > len(word) and whole.startswith(word)


def _by_values(column: ColumnInfo, key: ColumnInfo) -> bool:
    """Texts that name rows of the other table may point there whatever the column is called."""
    few = (column.stats.distinct_count or 0) < MIN_DISTINCT_BY_VALUES
    return column.text and not few and (key.position == 0 or NAME in key.stems)


def _contained(
    column: ColumnInfo, values: ValueIndex, key: ColumnInfo, theirs: ValueIndex, *, sure: bool
) -> bool:
    """Whether the key holds the column's values; most of them where the names are `sure` already."""
    a, b = column.stats, key.stats
    if sure and column.numeric and a.count:
        return _overlap(column, key) >= MIN_OVERLAP
    if a.distinct_count is not None and b.distinct_count is not None and a.distinct_count > b.distinct_count:
        return a.distinct_count <= b.distinct_count * 1.1 and column.text
    if column.numeric:
        bounds = (a.min, a.max, b.min, b.max)
        if not all(isinstance(x, (int, float)) for x in bounds):
            return False
        return bool(b.min <= a.min and a.max <= b.max)
    held = values.values(column.name)[:MAX_LOOKED_UP]
    if not held:
        return False
    hits = sum(any(h.column == key.name for h in theirs.lookup(normalise(v.value))) for v in held)
    return hits >= MIN_CONTAINED * len(held)
