"""Questions about groups and distributions: an amount per group, trends, scatter, histogram."""

from __future__ import annotations

from collections.abc import Sequence

from .conditions import info, number_of
from .frame import ENTITY_COST, Frame
from .intents import (
    Aggregate,
    Bucket,
    ColumnRef,
    Key,
    Missing,
    Not,
    Order,
    Output,
    Query,
    Share,
)
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
        by = parts.best.by
        if isinstance(by, ColumnRef):
            measures.append(Aggregate("max" if parts.best.direction == "desc" else "min", by))
            parts.best = None
    measures += [frame.amount(c) for c in numbers]
    if not measures:
        if others and not frame.counting():
            if not parts.chart and not parts.share and not all(info(frame.scope, c).unique for c in others):
                raise Misfit
            frame.cost += ENTITY_COST
            others = []
        if frame.counting() and len(others) == 1:
            measures.append(number_of(frame.scope, others[0]))
            others = []
        else:
            measures.append(frame.rows_counted())
    entities = [c for c in others if info(frame.scope, c).near_unique]
    frame.cost += ENTITY_COST * len(entities)
    others = [c for c in others if c not in entities]
    if len(others) > 1 and len({c.table for c in others}) > 1:
        raise Misfit
    keys += others
    outputs: list[Output] = (
        [Share(a) if a.function in ("sum", "count") else a for a in measures]
        if parts.share
        else list(measures)
    )
    if parts.share and not any(isinstance(o, Share) for o in outputs):
        raise Misfit
    return arranged(frame, keys, outputs)


def arranged(frame: Frame, keys: Sequence[Key], outputs: Sequence[Output]) -> Query:
    """Group by `keys`, in the order asked for or the one that reads best."""
    parts = frame.parts
    time = [
        k for k in keys if isinstance(k, Bucket) or (isinstance(k, ColumnRef) and info(frame.scope, k).yearly)
    ]
    limit = None
    if parts.best is not None:
        best = parts.best
        if isinstance(best.by, Aggregate) and best.by not in outputs:
            outputs = [*outputs, best.by] if outputs != [frame.rows_counted()] else [best.by]
        lead: Output = best.by if isinstance(best.by, Aggregate) else outputs[0]
        limit = best.count or 1
        order = [Order(lead, best.direction), *(Order(k, "asc") for k in keys)]
    elif parts.sort is not None:
        by: Output = parts.sort.by or outputs[0]
        if isinstance(by, ColumnRef) and by not in keys:
            matching = [o for o in outputs if isinstance(o, Aggregate) and o.of == by]
            if not matching:
                raise Misfit
            by = matching[0]
        if isinstance(by, Aggregate) and by not in outputs:
            raise Misfit
        order = [Order(by, parts.sort.direction or ("asc" if by in keys else "desc"))]
        order += [Order(k, "asc") for k in keys if k != by]
    elif time:
        order = [Order(k, "asc") for k in (*time, *(k for k in keys if k not in time))]
    else:
        order = [Order(outputs[0], "desc"), *(Order(k, "asc") for k in keys)]
    group = [*keys, *frame.apart(keys)]
    return frame.query([*keys, *outputs], group=tuple(group), order=tuple(order), limit=limit)


def scatter(frame: Frame) -> Query:
    """Two numbers of each row against each other, coloured by a group."""
    parts = frame.parts
    numbers, others = frame.split_targets()
    keys = [k for k in parts.keys if isinstance(k, ColumnRef)]
    axes = [parts.versus.x, parts.versus.y] if parts.versus else []
    for column in [*numbers, *(k for k in keys if info(frame.scope, k).measure)]:
        if column not in axes:
            axes.append(column)
    colours = [c for c in [*keys, *others] if c not in axes and not info(frame.scope, c).unique]
    if len(axes) != 2 or len(colours) > 1 or parts.measures or parts.best or len(keys) != len(parts.keys):
        raise Misfit
    parts.chart = "point"
    parts.conditions.extend(Not(Missing(c)) for c in axes)
    return frame.query([*axes, *colours])


def histogram(frame: Frame) -> Query:
    """How one column is distributed: its values, or counts where it holds categories."""
    parts = frame.parts
    numbers, others = frame.split_targets()
    columns = [*numbers, *others, *(k for k in parts.keys if isinstance(k, ColumnRef))]
    columns += [m.of for m in parts.measures if m.of is not None]
    if len(columns) != 1 or parts.best or any(m.function != "count" for m in parts.measures):
        raise Misfit
    if info(frame.scope, columns[0]).numeric:
        parts.conditions.append(Not(Missing(columns[0])))
        return frame.query(columns)
    return arranged(frame, columns, [frame.rows_counted()])
