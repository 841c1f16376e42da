"""Questions about how amounts go on: running totals, change from period to period, ranks."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from .calculations import Change, DatePart, Rank, Running, Split
from .conditions import info
from .frame import Frame
from .intents import Aggregate, Amount, Bucket, ColumnRef, Key, Output, Query
from .parts import Misfit
from .read_groups import grouped


def series(frame: Frame, keys: list[Key]) -> Query:
    """The amounts of `keys` and how each follows from those before it."""
    parts = frame.parts
    asked = parts.series
    assert asked is not None
    if parts.best is not None or parts.share:
        raise Misfit
    along = None
    if asked.kind != "rank":
        along = next((k for k in keys if _in_time(frame, k)), None)
        if along is None:
            along = _period(frame, asked.grain)
            keys = [along, *keys]
    query = grouped(frame, keys)
    amounts = [o for o in query.select if isinstance(o, get_args(Amount))]
    shown: list[Output] = [o for o in query.select if o not in amounts]
    if len(amounts) != 1:
        raise Misfit
    amount = amounts[0]
    if along is None:
        return replace(query, select=(*shown, amount, Rank(amount, "desc")))
    within = tuple(k for k in query.group if k != along)
    if asked.kind == "running":
        if not isinstance(amount, Aggregate) or amount.function not in ("sum", "count") or amount.distinct:
            raise Misfit
        return _in_order(query, along, (*shown, Running(amount, along, within)))
    change = Change(amount, along, within, percent=asked.kind == "growth")
    return _in_order(query, along, (*shown, amount, change))


def _in_order(query: Query, along: Key, select: tuple[Output, ...]) -> Query:
    order = tuple(o for o in query.order if o.by in select)
    if not order or order[0].by != along:
        raise Misfit
    return replace(query, select=select, order=order)


def _in_time(frame: Frame, key: Key) -> bool:
    if isinstance(key, (DatePart, Split)):
        return False
    return isinstance(key, Bucket) or info(frame.scope, key).yearly or info(frame.scope, key).temporal


def _period(frame: Frame, grain: str | None) -> Key:
    """The period to go along where none is named: that of "month over month", else one that suits."""
    if grain is None:
        return frame.default_period()
    times = [c for c in frame.scope.by_table[frame.table].times if c.temporal or grain == "year"]
    if len(times) != 1:
        raise Misfit
    column: ColumnRef = times[0].ref
    return Bucket(column, grain) if times[0].temporal else column  # type: ignore[arg-type]
