"""Questions about groups: an amount per group, trends."""

from __future__ import annotations

from collections.abc import Sequence

from .calculations import DatePart, Foremost, Share
from .columns import KEY_WORDS
from .conditions import continuous, info, number_of
from .frame import ENTITY_COST, Frame
from .intents import (
    Aggregate,
    Bucket,
    ColumnRef,
    Key,
    Order,
    Output,
    Query,
)
from .lexicon import RATED
from .parts import Misfit


def grouped(frame: Frame, keys: list[Key]) -> Query:
    """An amount per group; periods in their order, other groups from the largest down."""
    parts = frame.parts
    measures = list(parts.measures)
    numbers, others = frame.split_targets()
    others = [
        c for c in others if c not in keys and not any(isinstance(k, Bucket) and k.of == c for k in keys)
    ]
    numbers = [c for c in numbers if c not in keys]
    if parts.best is not None and parts.best.by is not None and parts.best.count is None and not measures:
        measures += _extreme(frame)
    measured = {m.of for m in measures if isinstance(m, Aggregate)}
    measures += [frame.amount(c) for c in dict.fromkeys(numbers) if c not in measured]
    distinct = [c for t in parts.targets if t.distinct for c in t.columns]
    if not measures and not set(parts.heads) - {"count"} and len(others) == 1 and others == distinct:
        measures.append(Aggregate("count", others[0], distinct=True))
        others = []
    if not measures:
        if _numbered(frame, others):
            measures.append(number_of(frame.scope, others[0]))
            others = []
        elif others and not frame.counting():
            told = frame.scope.alone and all(info(frame.scope, c).unique for c in others)
            if not parts.chart and not parts.share and not told:
                raise Misfit
            frame.cost += ENTITY_COST
            others = []
        if frame.counting() and len(others) == 1:
            measures.append(number_of(frame.scope, others[0]))
            others = []
        elif not measures:
            measures.append(frame.rows_counted())
    entities = [c for c in others if info(frame.scope, c).near_unique]
    frame.cost += ENTITY_COST * len(entities)
    others = [c for c in others if c not in entities]
    if len(others) > 1 and len({c.table for c in others}) > 1:
        raise Misfit
    keys += others
    outputs: list[Output] = (
        [
            Share(a, not parts.fractions)
            if isinstance(a, Aggregate) and a.function in ("sum", "count")
            else a
            for a in measures
        ]
        if parts.share
        else list(measures)
    )
    if parts.share and not any(isinstance(o, Share) for o in outputs):
        raise Misfit
    if outputs == [frame.rows_counted()] and parts.chart in (None, "bar") and _amounts(frame, keys):
        if {k.table for k in keys if isinstance(k, ColumnRef)} != {frame.table}:
            raise Misfit  # "rank customers by amount" does not count customers for each amount
        parts.chart = "histogram"
    return arranged(frame, keys, outputs)


def _numbered(frame: Frame, others: Sequence[ColumnRef]) -> bool:
    """ "Tickets per server" where many rows share a ticket's number: tickets are counted."""
    if (
        len(others) != 1
        or not frame.scope.alone
        or frame.parts.heads
        or frame.parts.share
        or frame.parts.chart
    ):
        return False
    known = info(frame.scope, others[0])
    return not known.near_unique and bool({w.norm for w in known.words} & KEY_WORDS)


def _extreme(frame: Frame) -> list[Aggregate]:
    """ "The highest price by region": the extreme of each group, which ranks nothing then."""
    best = frame.parts.best
    if best is None or not isinstance(best.by, ColumnRef):
        return []
    if best.adjective in RATED:
        raise Misfit  # "the best rated by city" does not say what
    frame.parts.best = None
    return [Aggregate("max" if best.direction == "desc" else "min", best.by)]


def _amounts(frame: Frame, keys: Sequence[Key]) -> bool:
    """Whether the groups are single amounts: counts of them are read in steps."""
    return len(keys) == 1 and isinstance(keys[0], ColumnRef) and continuous(frame.scope, keys[0])


def arranged(frame: Frame, keys: Sequence[Key], outputs: Sequence[Output]) -> Query:
    """Group by `keys`, in the order asked for or the one that reads best."""
    parts = frame.parts
    time = [k for k in keys if _in_order(frame, k)]
    limit, first_place = None, None
    if parts.best is not None:
        best = parts.best
        if best.by is not None and not isinstance(best.by, ColumnRef) and best.by not in outputs:
            outputs = [*outputs, best.by] if outputs != [frame.rows_counted()] else [best.by]
        lead: Output = outputs[0] if best.by is None or isinstance(best.by, ColumnRef) else best.by
        limit = best.count
        if limit is None:  # groups that share the first place are all shown
            first_place = Foremost(lead, best.direction, ())
        order = [Order(lead, best.direction), *(Order(k, "asc") for k in keys)]
    elif parts.sort is not None:
        by: Output = parts.sort.by or outputs[0]
        if isinstance(by, ColumnRef) and by not in keys:
            matching = [o for o in outputs if isinstance(o, Aggregate) and o.of == by]
            if not matching:
                raise Misfit
            by = matching[0]
        if not isinstance(by, ColumnRef) and by not in outputs:
            raise Misfit
        order = [Order(by, parts.sort.direction or ("asc" if by in keys else "desc"))]
        order += [Order(k, "asc") for k in keys if k != by]
    elif time:
        order = [Order(k, "asc") for k in (*time, *(k for k in keys if k not in time))]
    else:
        order = [Order(outputs[0], "desc"), *(Order(k, "asc") for k in keys)]
    group = [*keys, *frame.apart(keys)]
    return frame.query(
        [*keys, *outputs], group=tuple(group), order=tuple(order), limit=limit, foremost=first_place
    )


def _in_order(frame: Frame, key: Key) -> bool:
    """Periods and sizes have an order of their own, which reads better than that of their amounts."""
    if not isinstance(key, ColumnRef):
        return isinstance(key, (Bucket, DatePart))
    known = info(frame.scope, key)
    return known.yearly or known.measure
