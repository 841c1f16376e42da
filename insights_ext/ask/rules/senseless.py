"""Queries that can be put together but that nobody asks."""

from __future__ import annotations

from .frame import Frame
from .intents import Aggregate, ColumnRef, Compare, Many, Query, aggregates_in


def senseless(frame: Frame, query: Query) -> bool:
    """Whether a query tells nothing that was asked.

    Of each speed the sum of that speed; of one table also: whole rows or numbers of rows for "who", only
    what the question states itself, and "less than 5,038 rows" where there are fewer anyway.
    """
    if any(a.of in query.group and a.function != "count" for a in aggregates_in(query.select)):
        return True
    if not frame.scope.alone:
        return False
    return _no_person(frame, query) or _only_stated(frame, query) or _always_met(frame, query)


def _no_person(frame: Frame, query: Query) -> bool:
    if "who" not in frame.parts.heads:
        return False
    unasked = not (frame.parts.measures or frame.parts.best or frame.counting() or frame.parts.chart)
    counts = any(isinstance(o, Aggregate) and o.function == "count" for o in query.select)
    return not query.select or (bool(query.group) and counts and unasked)


def _only_stated(frame: Frame, query: Query) -> bool:
    shown = [o for o in query.select if isinstance(o, ColumnRef)]
    return bool(shown) and len(shown) == len(query.select) and set(shown) <= frame.fixed() and not query.group


def _always_met(frame: Frame, query: Query) -> bool:
    rows = frame.scope.tables[0].view.stats.row_count
    counted = [c for c in query.having if isinstance(c, Compare) and isinstance(c.of, Aggregate)]
    limits = [c for c in (*counted, *query.where) if isinstance(c, (Compare, Many))]
    return any(
        isinstance(c.of, Aggregate)
        and c.of.function == "count"
        and c.op in ("<", "<=")
        and isinstance(c.value, (int, float))
        and c.value > rows
        for c in limits
    )
