"""Questions about what stands out in each group: the oldest of each department, the top three a country."""

from __future__ import annotations

from dataclasses import replace

from .calculations import DatePart, Foremost
from .conditions import info
from .frame import Frame
from .intents import Aggregate, Amount, ColumnRef, Key, Missing, Not, Order, Query
from .joins import tables_of
from .lexicon import RATED
from .parts import Misfit
from .pieces import Best
from .read_groups import grouped
from .read_ranks import single_marks


def stands_out(frame: Frame) -> bool:
    """Whether something is ranked within groups, and not the groups themselves or the amount alone."""
    parts = frame.parts
    if parts.best is None or not (parts.keys or parts.by_rows) or parts.share or parts.trend:
        return False
    if parts.sort is not None or "count" in parts.heads or any(isinstance(k, DatePart) for k in parts.keys):
        return False
    ranked = parts.best.by
    return bool(_things(frame, parts.keys)) and (
        ranked is not None or bool(parts.measures or _numbers(frame))
    )


def foremost_rows(frame: Frame, keys: list[Key]) -> Query:
    """The best few of each group, with what ranks them."""
    parts = frame.parts
    best = parts.best
    assert best is not None
    things = [c for c in _things(frame, keys) if c not in keys]
    by = _ranked_by(frame, best)
    if not things or by in things:
        raise Misfit
    own = all(not frame.repeats(c) for c in things) or len(things) > 1
    if best.adjective in RATED and isinstance(by, ColumnRef) and not single_marks(frame, by, things):
        frame.assumptions.append(f"{by.column} is averaged")
        by = Aggregate("mean", by)
    if isinstance(by, ColumnRef) and not (
        own and set(tables_of((*keys, by))) == set(tables_of(tuple(things)))
    ):
        elsewhere = not own or by.table not in set(tables_of(tuple(things)))
        by = _per_thing(frame, best, by, added=elsewhere and info(frame.scope, by).additive)
    first = tuple(Order(k, "asc") for k in keys)
    rest = (Order(by, best.direction), *(Order(c, "asc") for c in things))
    kept = Foremost(by, best.direction, tuple(keys), best.count, tuple(things))
    select = [*keys, *things, by]
    if isinstance(by, ColumnRef):
        parts.conditions.append(Not(Missing(by)))
        return frame.query(select, order=(*first, *rest), foremost=kept)
    if own:
        frame.entity_tables |= {c.table for c in things}
    group = (*keys, *things, *frame.apart(things))
    return frame.query(select, group=group, order=(*first, *rest), foremost=kept)


def best_period(frame: Frame, keys: list[Key]) -> Query:
    """ "Which month had the highest revenue": the group itself is asked for."""
    parts = frame.parts
    best = parts.best
    if best is None:
        raise Misfit
    if best.by is None or isinstance(best.by, ColumnRef):
        named = [n for n in _numbers(frame) if n != best.by]
        numbers = [*named, *([best.by] if best.by is not None else [])]
        if len(numbers) + len(parts.measures) != 1:
            raise Misfit
        if numbers:
            by = _per_thing(frame, best, numbers[0], added=info(frame.scope, numbers[0]).additive)
            parts.best = replace(best, by=by)
            parts.targets = [t for t in parts.targets if not set(t.columns) & set(numbers)]
    return grouped(frame, keys)


def nothing_ranks(frame: Frame) -> bool:
    """ "The top product in each region": nothing says by what."""
    parts = frame.parts
    if parts.best is None or parts.best.by is not None or parts.measures or frame.counting():
        return False
    return bool(parts.keys or parts.by_rows) and not _numbers(frame) and bool(_things(frame, parts.keys))


def _per_thing(frame: Frame, best: Best, by: ColumnRef, *, added: bool) -> Aggregate:
    """A column for all rows of a thing: added up, or its extreme."""
    if info(frame.scope, by).ordinal:
        raise Misfit
    if added:
        frame.assumptions.append(f"{by.column} is added up")
        return Aggregate("sum", by)
    return Aggregate("max" if best.direction == "desc" else "min", by)


def _things(frame: Frame, keys: list[Key]) -> list[ColumnRef]:
    """The columns that name what is ranked."""
    named = [c for t in frame.parts.targets for c in t.columns]
    things = [c for c in dict.fromkeys(named) if c not in keys and not info(frame.scope, c).measure]
    if things or not frame.parts.rows:
        return things
    best = frame.parts.best
    if best is not None and best.named and not frame.parts.rows_before_best and not frame.scope.alone:
        return []  # "the highest latitude among its stations" is a latitude
    if frame.parts.rows[0] in frame.parts.by_rows or not frame.parts.rows[0]:
        return []
    return [c.ref for c in frame.scope.labels(frame.parts.rows[0]) if c.ref not in keys]


def _numbers(frame: Frame) -> list[ColumnRef]:
    named = [c for t in frame.parts.targets for c in t.columns]
    return [c for c in dict.fromkeys(named) if info(frame.scope, c).measure]


def _ranked_by(frame: Frame, best: Best) -> ColumnRef | Amount:
    """What ranks: the column or amount of the superlative, else the only other one named."""
    numbers, measures = _numbers(frame), frame.parts.measures
    if best.by is not None:
        if measures or set(numbers) - {best.by}:
            raise Misfit
        return best.by
    if len(measures) + len(numbers) != 1:
        raise Misfit
    return measures[0] if measures else numbers[0]
