"""Notes on rows without a value: which are left out, which are taken along, which are not compared."""

from __future__ import annotations

from collections.abc import Iterator

from .calculations import Together
from .conditions import info
from .intents import Aggregate, Among, Bucket, ColumnRef, Compare, Missing, Not, Query, aggregates_in
from .scope import Scope


def left_out(scope: Scope, query: Query) -> tuple[str, ...]:
    """What a reader of the numbers should know of rows that lack a value, for the answer's sentence."""
    return (*_passed_over(scope, query), *_none_at_all(query), *_taken_along(scope, query))


def not_compared(scope: Scope, query: Query) -> tuple[str, ...]:
    """What is plain enough to stand in the evidence only: an unknown number is neither above nor below."""
    compared = (c.of for c in query.where if isinstance(c, Compare) and c.op in ("<", "<=", ">", ">="))
    columns = dict.fromkeys(of for of in compared if isinstance(of, ColumnRef))
    return tuple(
        f"rows without {info(scope, of).spoken} are neither above nor below"
        for of in columns
        if info(scope, of).stats.null_count
    )


def _passed_over(scope: Scope, query: Query) -> Iterator[str]:
    """Rows that an aggregate or a chart passes over because the value is missing."""
    ranking = tuple(o.by for o in query.order)
    added = {
        p.of for o in (*query.select, *ranking) if isinstance(o, Together) for p in aggregates_in(o.parts)
    }
    columns = [a.of for a in aggregates_in((query.select, ranking)) if a.of is not None]
    columns += [c.of.of for c in query.where if isinstance(c, Not) and isinstance(c.of, Missing)]
    filtered = any(not (isinstance(c, Not) and isinstance(c.of, Missing)) for c in query.where)
    for column in dict.fromkeys(columns):
        known = info(scope, column)
        nulls = known.stats.null_count
        if nulls and column in added:
            yield f"a missing {known.spoken} adds nothing"
        elif nulls and filtered:
            yield f"rows without {known.spoken} are left out"
        elif nulls:
            yield f"{nulls:,} {'row' if nulls == 1 else 'rows'} without {known.spoken} left out"


def _none_at_all(query: Query) -> Iterator[str]:
    """ "The customer with the fewest orders" is one of those who have any, since rows are counted."""
    first = query.order[0] if query.order and (query.foremost or query.limit) else None
    by = first.by if first is not None and first.direction == "asc" else None
    if not isinstance(by, Aggregate) or by.function not in ("count", "sum") or by.where:
        return
    counted = by.rows.table if by.rows is not None else by.of.table if by.of is not None else None
    owners = {k.table for k in query.group if isinstance(k, ColumnRef)} - {counted, None}
    yield from (f"{owner} without {counted} are not compared" for owner in sorted(owners) if counted)
    yield from (f"{k.grain}s without rows are not compared" for k in query.group if isinstance(k, Bucket))


def _taken_along(scope: Scope, query: Query) -> Iterator[str]:
    """ "Not in North": a row without a region is not in it either."""
    for condition in query.where:
        match condition:
            case Not(Among(of)) | Compare(ColumnRef() as of, "!="):
                if info(scope, of).stats.null_count:
                    yield f"rows without {info(scope, of).spoken} are among them"
            case _:
                pass
