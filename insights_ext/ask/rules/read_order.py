"""Questions about the order of rows: the first, the last, the one after another."""

from __future__ import annotations

from .columns import ColumnInfo
from .conditions import info
from .frame import ENTITY_COST, Frame
from .intents import PLACE, Among, Beside, ColumnRef, Compare, Condition, Missing, Not, Order, Query
from .parts import Misfit
from .read_lists import elsewhere
from .tokens import stem

_OTHER_TIMES = frozenset(
    stem(w)
    for w in (
        *("birth", "born", "death", "died", "span", "life", "age", "win"),
        *("founded", "established", "built", "formed", "created", "constructed", "incorporated"),
    )
)


def end(frame: Frame) -> Query:
    """The first or last row that meets the conditions, in time and then in the order of the file."""
    parts = frame.parts
    assert parts.end is not None
    if parts.measures or parts.keys or parts.share or parts.best or parts.sort or frame.counting():
        raise Misfit
    if parts.nearby is not None or parts.nearest is not None:
        raise Misfit
    targets = _wanted(frame, None)
    direction = "desc" if parts.end.last else "asc"
    place = ColumnRef(frame.table, PLACE)
    order = [Order(place, direction)]  # type: ignore[arg-type]
    time = None if parts.end.listed else _clock(frame)
    if time is not None:
        column = time.ref
        order.insert(0, Order(column, direction))  # type: ignore[arg-type]
        parts.conditions.append(Not(Missing(column)))
        frame.assumptions.append(f"{'last' if parts.end.last else 'first'} by {time.name}")
    else:
        frame.assumptions.append("in the order of the file")
    return frame.query(targets, order=tuple(order), limit=1)


def _clock(frame: Frame) -> ColumnInfo | None:
    times = frame.scope.times
    if len(times) != 1 or (times[0].shape is not None and times[0].shape.yearless):
        return None
    told = times[0].stems & _OTHER_TIMES or (times[0].shape is not None and len(times[0].words) > 2)
    return None if told or times[0].ref in frame.fixed() else times[0]


def nearby(frame: Frame) -> Query:
    """The row next to the one that is named, among those that meet the conditions."""
    parts = frame.parts
    near = parts.nearby
    if near is None:
        raise Misfit
    if parts.measures or parts.keys or parts.share or parts.best or parts.sort or parts.end:
        raise Misfit
    if parts.nearest is not None and parts.nearest.step != near.step:
        raise Misfit
    if "count" in parts.heads:
        raise Misfit
    anchor = anchor_column(near.anchor)
    if anchor is None:
        raise Misfit
    targets = _wanted(frame, anchor)
    frame.assumptions.append("in the order of the file")
    return frame.query(targets, where=(*parts.conditions, Beside(near.anchor, near.step)))


def anchor_column(condition: Condition) -> ColumnRef | None:
    """The column in which a row was named."""
    of = condition.of if isinstance(condition, (Among, Compare)) else None
    return of if isinstance(of, ColumnRef) else None


def _wanted(frame: Frame, anchor: ColumnRef | None) -> list[ColumnRef]:
    """What is asked of the row: the columns named, else what names it."""
    parts = frame.parts
    columns = list(dict.fromkeys(c for t in parts.targets for c in t.columns))
    if columns and elsewhere(frame, columns):
        frame.entities(columns)
        return frame.subject()
    people = [c for c in columns if info(frame.scope, c).nature("person")]
    if columns and anchor is not None and "who" in parts.heads and not people and anchor not in columns:
        frame.entities(columns)
        return [anchor]
    named = parts.end.target if parts.end is not None else None
    if named is not None and len(columns) > 1:
        columns = [c for c in columns if c != named]
        parts.targets = [t for t in parts.targets if t.columns != (named,)]
    if columns:
        if len(parts.targets) > 1:
            columns = frame.asked(columns)
        return columns
    if anchor is not None:
        frame.cost += 0.0 if parts.heads else ENTITY_COST
        return [anchor]
    if set(parts.heads) & {"who", "when", "where", "what_year"}:
        return frame.subject()
    labels = frame.labels()
    if not parts.rows or not labels:
        raise Misfit
    return [c.ref for c in labels]
