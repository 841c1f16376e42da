"""Putting pieces together: a tiling of the question becomes one query, or does not make sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .calculations import Age, Each
from .conditions import info
from .frame import Frame
from .intents import (
    Aggregate,
    Among,
    Bucket,
    ColumnRef,
    Compare,
    Condition,
    Every,
    Exists,
    Extreme,
    InMonth,
    InPeriod,
    Many,
    Missing,
    Not,
    Query,
    aggregates_in,
    columns_in,
    count_of,
)
from .joins import Joined, join, tables_of
from .parts import Misfit, sort_pieces
from .pieces import (
    Bins,
    Piece,
    Target,
)
from .read_charts import correlates, histogram, scatter, spread, take_roles
from .read_foremost import best_period, foremost_rows, nothing_ranks, stands_out
from .read_groups import grouped
from .read_lists import rows, totals
from .read_order import end, nearby
from .read_ranks import best, rank_by_group
from .read_returning import seen_again
from .read_series import series
from .read_versus import alternatives, apart, choose
from .scope import Scope
from .senseless import senseless
from .timely import timely

EXISTENCE_COST, NESTED_COST, OWN_VERB_COST = 0.15, 0.1, 0.3
MOST_KINDS = 20


@dataclass(frozen=True)
class Reading:
    """A query with its joins, what it assumed, the chart asked for, and how far it strains the words.

    `related` says that it was asked how two numbers go together.
    """

    joined: Joined
    assumptions: tuple[str, ...] = ()
    chart: str | None = None
    bins: Bins | None = None
    cost: float = 0.0
    related: bool = False

    @property
    def query(self) -> Query:
        """The query without its joins."""
        return self.joined.query


def assemble(scope: Scope, pieces: Sequence[Piece]) -> Reading | None:
    """The query that the pieces make together, or None where they do not fit."""
    try:
        return _read(Frame(scope, sort_pieces(pieces)))
    except Misfit:
        return None


def _read(frame: Frame) -> Reading:
    parts = frame.parts
    _untouched(frame)
    _side_by_side(frame)
    take_roles(frame)
    _each_row(frame)
    if parts.trend and not any(isinstance(k, Bucket) for k in parts.keys):
        period = frame.default_period()
        parts.keys = [period, *(k for k in parts.keys if k != period)]
    seen_again(frame)
    _somebody(frame)
    _in_common(frame)
    _not_there(frame)
    _follow_keys(frame)
    rank_by_group(frame)
    frame.loose_functions()
    _nested_best(frame)
    query = _query(frame)
    if senseless(frame, query):
        raise Misfit
    if any(isinstance(o, Age) for o in query.select):
        query = replace(query, distinct=True)  # of someone with many rows the age is said once
    _years_of_columns(frame, query)
    if parts.bins is not None and parts.chart != "histogram":
        raise Misfit
    _per_row_alone(frame, query)
    timely(frame, query)
    joined = join(_existing(frame, _having(query)), frame.scope.keys, frame.scope.repeated)
    _own_verbs(frame, joined)
    _each_has_its_own(frame, joined)
    related = parts.chart == "point" and (parts.depends or bool(parts.versus and parts.versus.related))
    cost = frame.cost + joined.cost
    return Reading(joined, tuple(frame.assumptions), parts.chart, parts.bins, cost, related)


def _years_of_columns(frame: Frame, query: Query) -> None:
    """A year that says which column is meant: one of those used must carry it."""
    used = list(columns_in((query.select, query.where, query.order)))
    for year in frame.parts.column_years:
        if not any(year == w.norm for c in used for w in info(frame.scope, c).words):
            raise Misfit


def _somebody(frame: Frame) -> None:
    """ "How old is Ann": an age that is no average belongs to someone who is named, and to no group."""
    ages = [a for a in frame.parts.measures if isinstance(a, Age)]
    if not ages:
        return
    own = ages[0].of.table
    named = [c for c in frame.parts.conditions if isinstance(c, Among) and c.of in _names(frame, own)]
    if not named or len(frame.parts.measures) > 1 or frame.parts.keys or frame.parts.by_rows:
        raise Misfit


def _names(frame: Frame, table: str) -> set[ColumnRef]:
    return {c.ref for c in frame.scope.labels(table)}


def _untouched(frame: Frame) -> None:
    """ "Books never borrowed": the only table that points to books says which were."""
    if not frame.parts.untouched:
        return
    links = frame.scope.keys.links
    found = {k.child.table for k in links if k.parent.table == frame.table != k.child.table}
    if len(found) != 1 or frame.parts.relations:
        raise Misfit
    frame.parts.conditions.append(Not(Exists(found.pop())))


def _side_by_side(frame: Frame) -> None:
    """ "Books with their prices": columns asked for together with what stands before them."""
    parts = frame.parts
    if not parts.beside:
        return
    if parts.best is not None or parts.measures or frame.counting():
        raise Misfit
    first = [c for t in parts.targets if not t.entity for c in t.columns]
    first = first or ([c.ref for c in frame.labels()] if parts.rows and not parts.by_rows else [])
    if not first and not parts.by_rows:
        raise Misfit
    parts.targets = [Target(tuple(dict.fromkeys((*first, *parts.beside))))]


def _query(frame: Frame) -> Query:
    """The query of the kind of question that the pieces make."""
    parts = frame.parts
    if correlates(frame):
        return scatter(frame)
    if parts.chart == "histogram":
        return histogram(frame)
    if parts.chart in ("boxplot", "strip"):
        return spread(frame)
    if (related := _related(frame)) is not None:
        return related
    if parts.series is not None:
        return series(frame, [*_row_keys(frame), *parts.keys])
    if parts.groups_asked:
        return best_period(frame, parts.keys)
    if stands_out(frame):
        return foremost_rows(frame, [*_row_keys(frame), *parts.keys])
    if parts.by_rows and not _amounts(frame):
        return _listed_per_row(frame)
    if nothing_ranks(frame):
        raise Misfit
    if parts.keys or parts.by_rows:
        return grouped(frame, [*_row_keys(frame), *parts.keys])
    if parts.best is not None:
        return best(frame)
    if parts.measures or frame.counting():
        return totals(frame)
    return rows(frame)


def _each_has_its_own(frame: Frame, joined: Joined) -> None:
    """Amounts for each of some rows are grouped by these rows, and do not count each row as one."""
    query, tables = joined.query, {*frame.parts.each, *frame.parts.by_rows}
    if not tables or not any(aggregates_in(query.select)):
        return
    if not query.group or not set(frame.parts.each) <= set(tables_of(query.group)):
        raise Misfit
    counted = {o.rows.table for o in query.select if isinstance(o, Aggregate) and o.rows is not None}
    alone = any(isinstance(k, ColumnRef) and frame.scope.by_ref[k].unique for k in query.group)
    if alone and joined.root in counted & tables:
        raise Misfit


def _related(frame: Frame) -> Query | None:
    """Questions about rows among rows: the first, the next, the difference, one or the other."""
    parts = frame.parts
    if parts.end is not None:
        return end(frame)
    if parts.nearby is not None or parts.nearest is not None:
        return nearby(frame)
    if parts.apart is not None:
        return apart(frame)
    among = alternatives(frame) if frame.scope.alone else None
    if parts.best is not None and among is not None and not parts.keys and not parts.by_rows:
        return choose(frame, among)
    if parts.choice:
        raise Misfit
    return None


def _own_verbs(frame: Frame, joined: Joined) -> None:
    """A verb of a single table goes with its condition: "films that won an Oscar"."""
    parts = frame.parts
    if parts.relations and len(joined.tables) < 2 and not joined.query.group:
        if not parts.conditions or not parts.rows or parts.strange_verbs or "who" in parts.heads:
            raise Misfit
        frame.cost += OWN_VERB_COST * parts.relations


def _in_common(frame: Frame) -> None:
    """ "The common function that all cameras offer": it belongs to every row of the other table."""
    parts = frame.parts
    if not parts.in_common:
        return
    asked = set(tables_of(tuple(parts.targets))) or {frame.table}
    others = [t for t in dict.fromkeys([*parts.by_rows, *parts.rows]) if t and t not in asked]
    if len(others) != 1 or parts.best is not None or _amounts(frame):
        raise Misfit
    parts.by_rows = [t for t in parts.by_rows if t not in others]
    parts.rows = [t for t in parts.rows if t not in others]
    parts.conditions.append(Every(others[0]))
    frame.table = next(iter(asked))


def _follow_keys(frame: Frame) -> None:
    """ "The country of origin": where a number points to another table, what it points to is shown."""
    shown = frame.scope.told_by
    frame.parts.targets = [
        replace(t, columns=tuple(dict.fromkeys(c for of in t.columns for c in shown.get(of, (of,)))))
        for t in frame.parts.targets
    ]


def _amounts(frame: Frame) -> bool:
    """Whether something is counted or measured."""
    parts = frame.parts
    asked = [info(frame.scope, c) for t in parts.targets for c in t.columns if c.table not in parts.by_rows]
    adds_up = bool(asked) and all(c.measure for c in asked) and "list" not in parts.heads
    return adds_up or bool(parts.measures or parts.share or parts.best or frame.counting())


def _row_keys(frame: Frame) -> list[ColumnRef]:
    """The columns that stand for "each customer": those asked for, or what names a customer."""
    keys: list[ColumnRef] = []
    for table in frame.parts.by_rows:
        asked = [c for t in frame.parts.targets for c in t.columns if c.table == table]
        labels = [c.ref for c in frame.scope.labels(table)]
        key = frame.scope.by_table[table].key
        found = asked or labels or ([key.ref] if key is not None else [])
        if not found:
            raise Misfit
        keys += found
        kept = [
            replace(t, columns=tuple(c for c in t.columns if c not in asked)) for t in frame.parts.targets
        ]
        frame.parts.targets = [t for t in kept if t.columns]
    return keys


def _listed_per_row(frame: Frame) -> Query:
    """ "For each airline, show the fleets": pairs, nothing is added up; "fleets per airline" counts them."""
    asked = [c for t in frame.parts.targets for c in t.columns]
    keys = _row_keys(frame)
    others = [c for c in asked if c not in keys]
    rows_named = [t for t in frame.parts.rows if t and t not in frame.parts.by_rows]
    if frame.parts.each_last and not frame.parts.sort and (rows_named or others):
        if not others:
            frame.table = rows_named[0]
            return grouped(frame, [*keys, *frame.parts.keys])
        if not rows_named and all(_kind(frame, c) for c in others):
            frame.table = others[0].table
            frame.parts.targets = []
            return grouped(frame, [*keys, *frame.parts.keys, *others])
    if frame.parts.keys:
        raise Misfit
    if not others and not set(keys) <= set(asked):
        others = [c.ref for t in rows_named for c in frame.scope.labels(t)]
        if not others:
            raise Misfit
    frame.parts.targets = [Target((*keys, *others))]
    frame.parts.rows = [*frame.parts.by_rows, *rows_named]
    return rows(frame)


def _per_row_alone(frame: Frame, query: Query) -> None:
    """Numbers of rows for each row take no conditions on those counted, and no groups from elsewhere."""
    each = [o for o in query.select if isinstance(o, Each)]
    if not each:
        return
    if any(set(tables_of((query.where, query.group))) - {o.to.table} for o in each) or len(each) > 1:
        raise Misfit
    if any(isinstance(c, (InPeriod, InMonth)) for c in query.where):
        raise Misfit  # "visits per patient in 2024" is about the time of the visits
    frame.parts.rows = [t for t in frame.parts.rows if t not in (each[0].child, each[0].to.table)]
    frame.assumptions.append(f"rows of {each[0].to.table} without {each[0].child} count as 0")


def _not_there(frame: Frame) -> None:
    """ "How many guests never rated": a column that is missing is not asked for as well, nor counted."""
    parts = frame.parts
    gone = {c.of for c in parts.conditions if isinstance(c, Missing)}
    if not gone:
        return
    if frame.counting() and any(set(t.columns) <= gone for t in parts.targets):
        parts.targets = [t for t in parts.targets if not set(t.columns) <= gone]
        parts.heads.append("count")
    counted = [
        a for a in parts.measures if isinstance(a, Aggregate) and a.function == "count" and a.of in gone
    ]
    parts.measures = [count_of(a.of.table) if a in counted and a.of else a for a in parts.measures]


def _kind(frame: Frame, column: ColumnRef) -> bool:
    """Whether a column says of which kind a row is: a few texts that many rows share."""
    known = info(frame.scope, column)
    return known.text and not known.near_unique and (known.stats.distinct_count or 0) <= MOST_KINDS


def _nested_best(frame: Frame) -> None:
    """ "How many concerts in the stadium with the highest capacity": the superlative is a condition."""
    parts = frame.parts
    found = parts.best
    if found is None or found.count is not None or not isinstance(found.by, ColumnRef):
        return
    measured = set(tables_of(tuple(parts.measures)))
    if frame.counting() and parts.rows and parts.rows[0]:
        measured.add(parts.rows[0])
    if measured and found.by.table not in measured:
        parts.conditions.append(Extreme(found.by, found.direction))
        parts.best = None
        frame.cost += NESTED_COST


def _having(query: Query) -> Query:
    """ "Cities with more than two shops", a city being a column of shops: a condition on groups."""
    many = [c for c in query.where if isinstance(c, Many)]
    columns = [o for o in query.select if isinstance(o, ColumnRef)]
    own = [m for m in many if columns and all(c.table == m.table for c in columns)]
    if not own:
        return query
    if len(own) > 1 or len(columns) != len(query.select) or query.group:
        raise Misfit
    where: tuple[Condition, ...] = tuple(c for c in query.where if c not in own)
    having = (Compare(own[0].of, own[0].op, own[0].value),)
    return replace(query, where=where, group=tuple(columns), having=having, distinct=False)


def _each_row(frame: Frame) -> None:
    """ "Average revenue per sale": of each row of the very table that is measured, so of all rows."""
    parts = frame.parts
    averages = [a for a in parts.measures if isinstance(a, Aggregate) and a.function == "mean"]
    if averages and len(averages) == len(parts.measures):
        own = set(tables_of(tuple(averages)))
        parts.by_rows = [t for t in parts.by_rows if t not in own]
        frame.entity_tables -= own


def _existing(frame: Frame, query: Query) -> Query:
    """Tables that are named but hold nothing that is asked: there must be rows of theirs."""
    used = set(tables_of((query.select, query.where, query.group, query.having, query.order)))
    if not query.select:
        used.add(query.table)
    named = [t for t in dict.fromkeys([*frame.parts.rows, *frame.parts.by_rows]) if t and t not in used]
    if not frame.parts.relations and set(named) & set(frame.parts.doers):
        raise Misfit  # "amount by product" groups, or is not answered
    frame.cost += EXISTENCE_COST * len(named)
    return replace(query, where=(*query.where, *(Exists(t) for t in named)))
