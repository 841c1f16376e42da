"""Joining: which tables a query reads, how they hang together, and what is only asked to exist.

A query is answered at one grain: the rows of its root table. From the root one goes only to single
rows (a song's singer), so that nothing is counted or added up twice. Conditions on tables of many rows
per root row (a singer's songs) become EXISTS, and numbers of such rows correlated counts.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import pairwise
from typing import Any

from .intents import (
    Aggregate,
    Among,
    ColumnRef,
    Compare,
    Condition,
    Every,
    Exists,
    Extreme,
    InPeriod,
    Many,
    Missing,
    Not,
    Query,
    RowSet,
    Typical,
    aggregates_in,
)
from .keys import KeyGraph, Path, Step
from .parts import Misfit

LOOSE_LIST, COUNTED_ONCE = 0.3, 0.6
_FOLDS_FANNED = frozenset({"min", "max"})


@dataclass(frozen=True)
class Inner:
    """A sub-query about rows of other tables that belong to one row of `steps[0].source`."""

    steps: tuple[Step, ...]
    where: tuple[Condition, ...]
    negated: bool = False
    many: Many | None = None
    every: Every | None = None


@dataclass(frozen=True)
class Joined:
    """A query with its joins: the root table, steps in order, plain conditions, sub-queries, and the cost."""

    query: Query
    root: str
    steps: tuple[Step, ...] = ()
    where: tuple[Condition, ...] = ()
    inner: tuple[Inner, ...] = ()
    cost: float = 0.0

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table that is read, the root first."""
        inside = [s.target for i in self.inner for s in i.steps]
        return tuple(dict.fromkeys([self.root, *(s.target for s in self.steps), *inside]))


def tables_of(node: Any) -> Iterator[str]:
    """The tables that a part of a query speaks of."""
    match node:
        case ColumnRef(table, _):
            yield table
        case RowSet(table):
            yield table
        case Exists(table) | Every(table):
            yield table
        case tuple():
            for item in node:
                yield from tables_of(item)
        case _ if is_dataclass(node):
            for f in fields(node):
                yield from tables_of(getattr(node, f.name))


def join(query: Query, graph: KeyGraph, repeated: Container[Any] = ()) -> Joined:
    """Choose the root and the joins; raises `Misfit` where the tables do not hang together.

    `repeated` columns name no single row: what a row of theirs lacks another with that value may have.
    """
    outputs = list(dict.fromkeys(_output_tables(query)))
    _no_nonsense(query)
    everything = dict.fromkeys([*outputs, *tables_of(query.where)])
    if len(everything) <= 1:
        _no_contradiction(query.where)
        if any(isinstance(_bare(c), (Exists, Many, Every)) for c in query.where):
            raise Misfit
        return Joined(query, next(iter(everything), query.table), (), query.where)
    root, steps, cost = _root(query, outputs, graph)
    up = graph.paths(root, up_only=True)
    joined = [root, *(s.target for s in steps)]
    plain: list[Condition] = []
    outside: list[Condition] = []
    for condition in query.where:
        tables = set(tables_of(condition))
        if isinstance(condition, Exists) and tables <= set(joined):
            continue
        if isinstance(_bare(condition), (Exists, Many, Every)):
            if tables <= set(joined):
                raise Misfit
            outside.append(condition)
        elif tables <= set(joined):
            plain.append(condition)
        elif len(tables) == 1 and (path := up.get(next(iter(tables)))) is not None:
            if path.tied:
                raise Misfit
            added = [s for s in path.steps if s.target not in joined]
            steps += added
            joined += [s.target for s in added]
            cost += path.cost
            plain.append(condition)
        else:
            outside.append(condition)
    _no_contradiction(plain)
    inner, more = _inner([part for c in outside for part in _each_of(c)], joined, graph)
    if any(i.negated for i in inner) and query.select and all(c in repeated for c in query.select):
        raise Misfit
    return Joined(query, root, tuple(steps), tuple(plain), inner, cost + more)


def _each_of(condition: Condition) -> list[Condition]:
    """ "Gardens with tulips and roses" have both, each in a row of its own."""
    if not isinstance(condition, Among) or not condition.each or len(condition.said) != len(condition.values):
        return [condition]
    return [Among(condition.of, (v,), (s,)) for v, s in zip(condition.values, condition.said, strict=True)]


def _no_nonsense(query: Query) -> None:
    """Groups of a column with one value, or a typical value among rows that other conditions choose."""
    fixed = {c.of for c in query.where if isinstance(c, Among) and len(c.said) == 1}
    if fixed & set(query.group) and len(query.group) == 1:
        raise Misfit
    for typical in (c for c in query.where if isinstance(c, Typical)):
        others = [c for c in query.where if c is not typical]
        shown = {a.of for part in query.select for a in aggregates_in(part)}
        if others or typical.of in shown:
            raise Misfit


def _no_contradiction(conditions: Sequence[Condition]) -> None:
    """Two different values demanded of one column of one row show that the words were misread."""
    fixed = [
        c.of
        for c in conditions
        if isinstance(c, (Among, InPeriod)) or (isinstance(c, Compare) and c.op == "=")
    ]
    if len(set(fixed)) < len(fixed):
        raise Misfit


def _bare(condition: Condition) -> Condition:
    return condition.of if isinstance(condition, Not) else condition


def _output_tables(query: Query) -> Iterator[str]:
    """The tables whose rows are put side by side; "the club with the oldest student" pairs the two."""
    yield from tables_of((query.select, query.group, query.order, query.having))
    yield from tables_of(tuple(c for c in query.where if isinstance(c, Extreme)))
    if not query.select:
        yield query.table


def _root(query: Query, outputs: Sequence[str], graph: KeyGraph) -> tuple[str, list[Step], float]:
    """The table from whose rows all outputs are reached by single rows, at the least cost."""
    measured = _measured(query)
    counted = {a.rows.table for a in measured if a.rows is not None}
    candidates = sorted({*outputs, *(k.child.table for k in graph.links)})
    found: list[tuple[float, bool, str, list[Path]]] = []
    for table in candidates:
        paths = graph.paths(table, up_only=True)
        if all(o in paths for o in outputs):
            used = [paths[o] for o in outputs]
            wrong = COUNTED_ONCE * bool(counted and table in outputs and table not in counted)
            found.append((wrong + sum(p.cost for p in used), table not in outputs, table, used))
    found.sort(key=lambda f: f[:3])
    if not found:
        return _loose(query, outputs, graph)
    cost, outside, root, used = found[0]
    rivals = [f for f in found[1:] if f[0] - cost < 1e-9 and f[1] == outside]
    if any(p.tied for p in used) or (rivals and outside):
        raise Misfit
    _no_lost_rows(query, root)
    if outside:
        _no_crossing(query, root, graph)
    else:
        _no_fan_out(query, root, graph)
    return root, _merged(used), cost


def _no_fan_out(query: Query, root: str, graph: KeyGraph) -> None:
    """Sums and averages of a table whose rows the root repeats would count them more than once."""
    if _fanned(query, root, graph):
        raise Misfit


def _no_crossing(query: Query, root: str, graph: KeyGraph) -> None:
    """Where the root only pairs rows ("students in each club"), a row counts once for each partner.

    That suits averages per partner; a sum would add up to more than there is.
    """
    fanned = _fanned(query, root, graph)
    summed = any(a.function == "sum" and a.of.table in fanned for a in _measured(query) if a.of is not None)
    if summed or len(fanned) > 1 or (fanned and set(tables_of(query.group)) <= fanned):
        raise Misfit


def _no_lost_rows(query: Query, root: str) -> None:
    """A part of students counted among pairs of students and courses would miss those without a course."""
    for aggregate in _measured(query):
        own = set(tables_of((aggregate.of, aggregate.rows)))
        if own and root not in own and set(tables_of(aggregate.where)) - own:
            raise Misfit


def _measured(query: Query) -> list[Aggregate]:
    return [a for part in (*query.select, *(o.by for o in query.order)) for a in aggregates_in(part)]


def _fanned(query: Query, root: str, graph: KeyGraph) -> set[str]:
    """The tables that are added up or averaged and of which the root may repeat rows."""
    return {
        aggregate.of.table
        for aggregate in _measured(query)
        if aggregate.of is not None
        and aggregate.function not in _FOLDS_FANNED
        and not aggregate.distinct
        and aggregate.of.table != root
        and not _single(root, aggregate.of.table, graph)
    }


def _single(root: str, table: str, graph: KeyGraph) -> bool:
    path = graph.paths(root, up_only=True).get(table)
    return path is not None and all(graph.keeps(Step(s.link, not s.up)) for s in path.steps)


def _loose(query: Query, outputs: Sequence[str], graph: KeyGraph) -> tuple[str, list[Step], float]:
    """A list over tables that share a third one: allowed where nothing is counted or added up."""
    if any(True for part in (*query.select, *query.group) for _ in aggregates_in(part)):
        raise Misfit
    if any(isinstance(c, Extreme) for c in query.where):
        raise Misfit
    root = outputs[0]
    paths = graph.paths(root, up_only=False)
    used = []
    for table in outputs:
        if table not in paths or paths[table].tied or _siblings(paths[table], graph):
            raise Misfit
        used.append(paths[table])
    steps = _merged(used)
    many = [s.source for s in steps if not graph.keeps(s)]
    if len(set(many)) < len(many):
        raise Misfit  # each song of a singer would meet each of the singer's concerts
    return root, steps, sum(p.cost for p in used) + LOOSE_LIST


def _siblings(path: Path, graph: KeyGraph) -> bool:
    """Whether all that tables on the way share is one that both point to: every row would meet every row."""
    return any(
        before.up and not after.up and not graph.keeps(after) for before, after in pairwise(path.steps)
    )


def _merged(paths: Sequence[Path]) -> list[Step]:
    steps: list[Step] = []
    for path in paths:
        for step in path.steps:
            if step.target not in {s.target for s in steps}:
                steps.append(step)
    return steps


def _inner(
    outside: Sequence[Condition], joined: Sequence[str], graph: KeyGraph
) -> tuple[tuple[Inner, ...], float]:
    """Sub-queries for conditions on rows of other tables; those about the same rows are put together."""
    groups: dict[tuple[Any, ...], list[tuple[Condition, Path]]] = {}
    cost, made = 0.0, []
    between = {c.table for c in outside if isinstance(c, Exists)}
    gone: set[tuple[Step, ...]] = set()  # a way that several conditions go is dear only once
    # What is asked of rows themselves opens a sub-query each; other conditions go where their rows are.
    ordered = sorted(outside, key=lambda c: not isinstance(_bare(c), (Exists, Many, Every)))
    for n, condition in enumerate(ordered):
        path = _nearest(condition, joined, graph)
        cost += path.cost if path.steps not in gone else 0.0
        gone.add(path.steps)
        bare = _bare(condition)
        if isinstance(bare, (Many, Every)) and all(graph.keeps(s) for s in path.steps):
            raise Misfit  # a row points to one row there, neither to several nor to all
        if isinstance(bare, Many) and between & {s.target for s in path.steps[:-1]}:
            raise Misfit  # "an album with more than three tracks": counted for each album, not for all
        if isinstance(condition, Not) and not isinstance(bare, (Exists, Missing)):
            made.append(Inner(path.steps, (bare,), negated=True))
            continue
        key: tuple[Any, ...] = (path.steps[0].link.child, path.steps[0].link.parent)
        if isinstance(condition, Not) or isinstance(bare, (Many, Every)):
            key = (*key, n)
        else:
            key = _home(condition, path, key, groups)
        if any(_clash(condition, c) for c, _ in groups.get(key, ())):
            key = (*key, n)
        groups.setdefault(key, []).append((condition, path))
    for members in groups.values():
        steps = tuple(_merged([p for _, p in members]))
        conditions = [c for c, _ in members]
        many = next((c for c in conditions if isinstance(c, Many)), None)
        every = next((c for c in conditions if isinstance(c, Every)), None)
        negated = any(isinstance(c, Not) for c in conditions)
        plain = tuple(c for c in conditions if not isinstance(_bare(c), (Exists, Many, Every)))
        made.append(Inner(steps, plain, negated, many, every))
    return tuple(made), cost


def _home(
    condition: Condition,
    path: Path,
    key: tuple[Any, ...],
    groups: dict[tuple[Any, ...], list[tuple[Condition, Path]]],
) -> tuple[Any, ...]:
    """The sub-query about the same rows that a condition belongs to, else one of its own."""
    wanted = {s.target for s in path.steps}
    for known, members in groups.items():
        visited = {s.target for _, p in members for s in p.steps}
        if known[:2] == key and (path.steps[-1].target in visited or visited <= wanted):
            return known
    return key


def _clash(a: Condition, b: Condition) -> bool:
    """Two conditions on one column: each wants a row of its own ("students with a cat and a dog")."""
    of = getattr(a, "of", None)
    return isinstance(of, ColumnRef) and type(a) is type(b) and of == getattr(b, "of", None)


def _nearest(condition: Condition, joined: Sequence[str], graph: KeyGraph) -> Path:
    """The cheapest path from a joined table to the condition's; a tie is not guessed."""
    wanted = set(tables_of(condition))
    if len(wanted) != 1:
        raise Misfit
    table = next(iter(wanted))
    found = [
        path
        for start in joined
        if (path := graph.paths(start, up_only=False).get(table)) is not None and path.steps
    ]
    if not found:
        raise Misfit
    best = min(found, key=lambda p: p.cost)
    if best.tied:
        raise Misfit
    return best
