"""The pieces of one tiling, sorted by what they contribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .intents import (
    Among,
    Amount,
    ColumnRef,
    Compare,
    Condition,
    Debut,
    Key,
    Many,
    Outlying,
    Recurring,
    count_of,
)
from .lexicon import MONEY
from .pieces import (
    Apart,
    Axis,
    Best,
    Bins,
    Busiest,
    By,
    ByRows,
    Chart,
    Choice,
    ColumnYear,
    Comparison,
    Draw,
    End,
    Entity,
    Head,
    HeadKind,
    How,
    InCommon,
    LooseFunction,
    Measure,
    Nearby,
    Nearest,
    Newcomers,
    Only,
    Outliers,
    Pair,
    Period,
    Piece,
    Relation,
    Returning,
    Rows,
    Series,
    ShareOf,
    Sides,
    Sold,
    Sort,
    Stranger,
    Target,
    Than,
    Untouched,
    Versus,
    Where,
    Whole,
)

MOST_STRANGERS = 2


class Misfit(Exception):
    """The pieces do not go together."""


@dataclass
class Parts:
    """The pieces of a tiling, sorted by kind."""

    heads: list[HeadKind] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    measures: list[Amount] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    best: Best | None = None
    sort: Sort | None = None
    versus: Versus | None = None
    chart: str | None = None
    before_best: list[ColumnRef] = field(default_factory=list)
    ranked_by: list[ColumnRef] = field(default_factory=list)
    rows_before_best: bool = False
    rows: list[str] = field(default_factory=list)
    by_rows: list[str] = field(default_factory=list)
    each_last: bool = False
    doers: list[str] = field(default_factory=list)
    each: list[str] = field(default_factory=list)
    relations: int = 0
    strange_verbs: int = 0
    in_common: bool = False
    targets_first: bool = False
    entity: bool = False
    strangers: int = 0
    column_years: list[str] = field(default_factory=list)
    restated: bool = False
    share: bool = False
    groups_asked: bool = False
    series: Series | None = None
    fractions: bool = False
    trend: bool = False
    drawn: bool = False
    how: bool = False
    compared: bool = False
    depends: bool = False
    bins: Bins | None = None
    axes: dict[str, Key] = field(default_factory=dict)
    nearby: Nearby | None = None
    nearest: Nearest | None = None
    end: End | None = None
    choice: bool = False
    apart: Apart | None = None
    than: bool = False
    only: bool = False
    whole: bool = False
    compared_sides: bool = False
    untouched: bool = False
    sold: ColumnRef | None = None
    beside: list[ColumnRef] = field(default_factory=list)
    newcomers: Newcomers | None = None


def sort_pieces(pieces: Sequence[Piece]) -> Parts:  # noqa: PLR0912, PLR0915 - one case per kind of piece
    """The pieces by kind; raises `Misfit` where two of a kind exclude one another."""
    parts = Parts()
    for before, piece in zip([None, *pieces], pieces, strict=False):
        match piece:
            case Head(kind):
                if kind == "who" and parts.heads and isinstance(before, (Target, Rows, Entity)):
                    raise Misfit  # "the player who …" asks for nothing anew
                parts.restated = parts.restated or (kind == "list" and bool(parts.targets or parts.rows))
                parts.heads.append(kind)
            case Target() | Rows() if isinstance(before, Best) and before.adjective == MONEY:
                raise Misfit  # "raised the most tickets" is not about money
            case Target() if piece.beside:
                parts.beside.extend(piece.columns)
            case Target():
                if parts.restated:
                    parts.targets = [t for t in parts.targets if not t.implied]
                parts.targets.append(piece)
                parts.targets_first = parts.targets_first or not parts.measures
                if parts.best is None or parts.restated:
                    parts.before_best.extend(piece.columns)
            case Where(conditions):
                parts.compared = parts.compared or piece.split
                parts.conditions.extend(c for c in conditions if c not in parts.conditions)
            case Measure(aggregates):
                parts.measures.extend(a for a in aggregates if a not in parts.measures)
            case LooseFunction(function):
                parts.functions.append(function)
            case By(keys):
                parts.keys.extend(k for k in keys if k not in parts.keys)
                parts.depends = parts.depends or piece.depends
                parts.groups_asked = parts.groups_asked or piece.asked
            case Best():
                parts.rows_before_best = parts.rows_before_best or bool(parts.rows)
                parts.best = _merged(parts.best, piece)
                if piece.rows is not None:
                    parts.rows.append(piece.rows)
                if piece.target is not None:
                    parts.targets.append(Target((piece.target,)))
            case Busiest(key, direction):
                parts.keys.append(key)
                parts.groups_asked = True
                dated = key if isinstance(key, ColumnRef) else getattr(key, "of", None)
                if not isinstance(dated, ColumnRef):
                    raise Misfit
                parts.best = _merged(parts.best, Best(direction, count_of(dated.table)))
            case Sort():
                if parts.sort is not None and parts.sort.by is not None and piece.by is not None:
                    raise Misfit
                known = parts.sort or Sort(None, None)
                parts.sort = Sort(piece.by or known.by, piece.direction or known.direction)
            case Entity():
                parts.entity = True
            case ColumnYear(year):
                parts.column_years.append(year)
            case Stranger():
                parts.strangers += 1
            case Sides(column, values):
                parts.targets.append(Target((column,)))
                parts.conditions.append(values)
                parts.compared = parts.compared_sides = True
            case Sold(quantity):
                parts.sold = quantity
            case Untouched():
                parts.untouched = True
            case Returning() | Newcomers():
                _seen(parts, piece)
            case Whole(table):
                if parts.targets or parts.rows:
                    raise Misfit
                parts.whole = True
                parts.rows.append(table)
            case Rows(table, after):
                known_before = {*parts.rows, *(c.table for t in parts.targets for c in t.columns)}
                if isinstance(before, Sort) and before.by is None and known_before - {table}:
                    raise Misfit  # "singers sorted by the number of songs" is no order of names
                parts.doers += [table] * (after == "by")
                parts.each += [table] * (after == "each")
                parts.rows.append(table)
            case ByRows(table):
                parts.each_last = bool(parts.rows or parts.targets) and not parts.heads
                parts.by_rows.append(table)
            case Relation(known):
                parts.relations += 1
                parts.strange_verbs += not known
            case InCommon():
                parts.in_common = True
            case ShareOf(percent):
                parts.share, parts.fractions = True, not percent
            case Series():
                parts.series = _one_series(parts.series, piece)
            case Outliers(column):
                parts.conditions.append(Outlying(column))
                if not parts.rows:
                    parts.rows.append(column.table)
            case Period():
                parts.trend = True
            case Chart(mark):
                if parts.chart not in (None, mark):
                    raise Misfit
                parts.chart = mark
            case Versus():
                parts.versus = piece
            case Pair():
                _add_pair(parts, piece)
            case Draw():
                parts.drawn = True
            case Comparison():
                parts.compared = True
            case Bins():
                if parts.bins is not None:
                    raise Misfit
                parts.bins = piece
            case How():
                parts.how = True
            case Axis(which, shown):
                if which in parts.axes:
                    raise Misfit
                parts.axes[which] = shown
            case _:
                _relate(parts, piece)
    if parts.apart is not None:
        parts.conditions = _joined(parts.conditions)
    elif parts.than:
        raise Misfit
    if len(parts.heads) > 1 and parts.heads[0] in ("when", "where"):
        parts.heads = parts.heads[1:]
    if parts.entity and not _says_enough(parts):
        raise Misfit
    if parts.strangers and not _stands_alone(parts):
        raise Misfit
    return parts


def _stands_alone(parts: Parts) -> bool:
    """Whether a column is asked for by name and a value or number says of which rows, strangers aside."""
    named = parts.targets or parts.measures or (parts.best and parts.best.named)
    pointed = [c for c in parts.conditions if isinstance(c, (Among, Compare))]
    return bool(named and pointed) and parts.strangers <= MOST_STRANGERS


def _says_enough(parts: Parts) -> bool:
    """Whether the question stands without the word for its kind of thing."""
    heads = set(parts.heads) & {"who", "when", "where", "what_year"}
    asked = parts.targets or parts.measures or (parts.best and parts.best.by) or heads
    singled = parts.conditions or parts.best or parts.end or parts.nearby or parts.apart
    return bool(asked and singled) or bool(parts.end and parts.rows)


def _relate(parts: Parts, piece: Piece) -> None:
    """Sorts in what sets rows against one another."""
    match piece:
        case Nearby():
            if parts.nearby is not None:
                raise Misfit
            parts.nearby = piece
        case Nearest():
            parts.nearest = piece
        case End(_, target, rows):
            if parts.end is not None:
                raise Misfit
            parts.end = piece
            if rows:
                parts.rows.append("")
            if target is not None:
                parts.targets.append(Target((target,)))
        case Choice(best):
            parts.best, parts.choice = _merged(parts.best, best), True
        case Apart(by):
            parts.apart = piece if parts.apart is None or by is not None else parts.apart
        case Than():
            parts.than = True
        case Only():
            parts.only = True
        case _:
            pass


def _seen(parts: Parts, piece: Returning | Newcomers) -> None:
    """Things by how often, or when first, they have a row."""
    if isinstance(piece, Newcomers):
        if parts.newcomers is not None:
            raise Misfit
        parts.newcomers = piece
        parts.heads.append("count")
        parts.targets.append(Target((piece.of,)))
        parts.conditions += [Debut(piece.of, piece.at)] * piece.among
    elif piece.of is None:
        parts.rows.append(piece.table)
        parts.conditions.append(Many(count_of(piece.child), ">" if piece.often else "=", 1))
    else:
        parts.targets.append(Target((piece.of,)))
        parts.conditions.append(Recurring(piece.of, piece.often))


def _joined(conditions: Sequence[Condition]) -> list[Condition]:
    """ "More … did A have than B": two values of one column named apart are the two sides."""
    found: dict[object, Condition] = {}
    for condition in conditions:
        key: object = ("among", condition.of) if isinstance(condition, Among) else condition
        known = found.get(key)
        if isinstance(known, Among) and isinstance(condition, Among):
            found[key] = Among(known.of, known.values + condition.values, known.said + condition.said)
        else:
            found[key] = condition
    return list(found.values())


def _add_pair(parts: Parts, pair: Pair) -> None:
    parts.drawn = True
    if pair.key not in parts.keys:
        parts.keys.append(pair.key)
    if isinstance(pair.amount, ColumnRef):
        parts.targets.append(Target((pair.amount,)))
    else:
        parts.measures.extend(a for a in pair.amount if a not in parts.measures)


def _one_series(first: Series | None, second: Series) -> Series:
    """ "Yoy growth": said twice, with the period once."""
    if first is None or first == second:
        return second
    if first.kind != second.kind or (first.grain and second.grain):
        raise Misfit
    return Series(first.kind, first.grain or second.grain)


def _merged(first: Best | None, second: Best) -> Best:
    """ "Top 5 … with the highest revenue" is one ranking."""
    if first is None:
        return second
    if (first.by is not None and second.by is not None) or (first.count and second.count):
        raise Misfit
    by = first if first.by is not None else second
    return replace(by, count=first.count or second.count)
