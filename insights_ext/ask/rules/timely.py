"""Which table's time a period speaks of, where no word says it."""

from __future__ import annotations

from .frame import Frame
from .intents import Bucket, InMonth, InPeriod, Query, aggregates_in
from .joins import tables_of
from .scope import Scope

OTHER_TIME_COST = 0.25


def timely(frame: Frame, query: Query) -> None:
    """A time is that of what is measured or ranks, else of the nearest that it belongs to; others cost more.

    "Who spent the most in March" speaks of the month of the orders, not of that in which a customer joined.
    """
    amounts = (query.select, tuple(o.by for o in query.order))
    measured = {t for a in aggregates_in(amounts) for t in tables_of(a)} or {frame.table}
    timed = {t for m in measured for t in nearest_times(frame.scope, m)}
    if not timed:
        return
    said = [c for c in query.where if isinstance(c, (InPeriod, InMonth))]
    cut = [k for k in query.group if isinstance(k, Bucket)]
    frame.cost += OTHER_TIME_COST * sum(not timed & set(tables_of(part)) for part in (*said, *cut))


def nearest_times(scope: Scope, table: str) -> set[str]:
    """The table itself if it has a time, else those fewest steps up from it: the order of an order's line."""
    if scope.by_table[table].times:
        return {table}
    paths = scope.keys.paths(table, up_only=True)
    steps = {t: len(path.steps) for t, path in paths.items() if scope.by_table[t].times}
    return {t for t, n in steps.items() if n == min(steps.values())}
