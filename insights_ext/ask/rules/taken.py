"""What a follow-up takes over from the question before it, in words, and whether all it says is heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..planner import TAKEN
from . import describe
from .assemble import Reading
from .calculations import Change, Running, Share
from .intents import Aggregate, Bucket, ColumnRef, Extreme, Missing, Not, Output, Query, columns_in
from .pieces import Best, By, ByRows, Chart, Draw, Measure, Period, Piece, ShareOf, Sort, Target, Where
from .scope import Scope
from .yielding import column_of

_MARKS = {"arc": "a pie", "point": "points"}


def heard(reading: Reading, said: Sequence[Piece]) -> bool:
    """Whether the query holds what each piece of the follow-up says: none may go under unseen."""
    return all(_heard(reading, piece) for piece in said)


def _heard(reading: Reading, piece: Piece) -> bool:
    query = reading.query
    shown = set(query.select) | set(query.group)
    match piece:
        case Where(conditions):
            return set(conditions) <= set(query.where)
        case By(keys):
            return set(keys) <= shown or any(k in _ranked_by(query) for k in keys)
        case Period():
            return any(isinstance(k, Bucket) for k in query.group) or bool(query.group)
        case ByRows():
            return bool(query.group)
        case Measure(aggregates):
            held = {o.of if isinstance(o, Share) else o for o in query.select}
            return set(aggregates) <= held or all(a in [o.by for o in query.order] for a in aggregates)
        case ShareOf():
            return any(isinstance(o, Share) for o in query.select)
        case Sort(by):
            return bool(query.order) and (by is None or _plain(_first(query)) == by or _sums(query, by))
        case Best(_, _, count):
            if query.foremost is not None:
                return (query.foremost.count or 1) == (count or 1)
            return (query.limit or 1) == (count or 1) and (bool(query.order) or _extreme(query))
        case Chart(mark):
            return reading.chart == mark
        case Target(columns):
            held_columns = set(columns_in((query.select, query.group, query.order, query.where)))
            return set(columns) <= held_columns
        case Draw():
            return True
    return True


def _first(query: Query) -> Any:
    return query.order[0].by


def _sums(query: Query, by: object) -> bool:
    """Whether the order is that of an amount made of the column."""
    first = _first(query)
    inner = first.of if isinstance(first, Share) else first
    return isinstance(inner, Aggregate) and inner.of == by


def _extreme(query: Query) -> bool:
    return any(isinstance(c, Extreme) for c in query.where)


def _ranked_by(query: Query) -> list[ColumnRef]:
    return list(columns_in((query.order, tuple(c for c in query.where if isinstance(c, Extreme)))))


def taken_over(scope: Scope, before: Reading, after: Reading) -> tuple[str, ...]:
    """Lines of evidence: what stayed as it was, then what gave way."""
    old, new, old_chart = before.query, after.query, before.chart
    held = {_plain(o) for o in new.select} | set(new.group) | {_plain(o.by) for o in new.order}
    words = [_said(old, o, label) for o, label in _labelled(scope, old) if _plain(o) in held]
    if old.limit is not None and old.limit > 1 and old.limit == new.limit:
        words.append(f"the first {old.limit}")
    if old.foremost is not None and new.foremost is not None and old.foremost.count == new.foremost.count:
        words.append(f"the first {old.foremost.count or 1} of each")
    singled = describe.criterion(scope, old)
    if singled is not None and singled == describe.criterion(scope, new):
        words.append(f"the {singled}")
    words += (
        [f"drawn as {_MARKS.get(old_chart, f'a {old_chart}')}"]
        if old_chart and old_chart == after.chart
        else []
    )
    told = [(c, describe.condition_words(scope, c)) for c in old.where if not _unsaid(c)]
    words += [text for c, text in told if text and c in new.where]
    gone = [text for c, text in told if text and c not in new.where]
    gone += [_said(old, o, label) for o, label in _labelled(scope, old) if _plain(o) not in held]
    if singled is not None and f"the {singled}" not in words:
        gone.append(f"the {singled}")
    lines = [f"{TAKEN}: {text}" for text in dict.fromkeys(words)]
    return (*lines, *(f"not taken over from the question before: {text}" for text in dict.fromkeys(gone)))


def _labelled(scope: Scope, query: Query) -> list[tuple[Output, str]]:
    if not query.select:
        return []
    columns = describe.result_columns(scope, query)
    return [(o, c.label) for o, c in zip(query.select, columns, strict=True)]


def _said(query: Query, output: Output, label: str) -> str:
    return f"by {label}" if output in query.group else label


def _plain(output: Output) -> Any:
    """What is shown, whatever the groups and periods it is shown for."""
    if isinstance(output, Running | Change):
        return type(output), output.of
    return output.of if isinstance(output, Share) else output


def _unsaid(condition: Any) -> bool:
    return (
        column_of(condition) is not None and isinstance(condition, Not) and isinstance(condition.of, Missing)
    )
