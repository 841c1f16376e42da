"""Questions about totals, values and rows."""

from __future__ import annotations

from collections.abc import Sequence

from .calculations import Age
from .conditions import info, number_of
from .frame import ALL_COLUMNS_COST, MANY_ROWS, Frame
from .intents import (
    Aggregate,
    Among,
    Amount,
    ColumnRef,
    Exists,
    Many,
    Not,
    Order,
    Query,
    Typical,
)
from .joins import tables_of
from .parts import Misfit
from .read_groups import arranged

KIND_COST = 0.2
_TELL_NOTHING = frozenset({"count", "sum", "min", "max", "mean", "median"})
LONG_TABLE = 150
"""Rows from which a list of what repeats is shown once each; of a short table each row is shown."""


def totals(frame: Frame) -> Query:
    """Aggregates over all rows that meet the conditions."""
    measures = list(frame.parts.measures)
    numbers, others = frame.split_targets()
    if frame.parts.share or frame.parts.sort or not frame.asks_value():
        raise Misfit
    if frame.counting() and not measures:
        return counted(frame, numbers, others)
    if frame.counting() and {t for t in frame.parts.rows if t} - set(tables_of(tuple(measures))):
        raise Misfit  # "the total age of students and the number of classes" asks for both
    if frame.elsewhere(measures, numbers + others):
        if frame.parts.targets_first:
            return per_row(frame, measures, numbers + others)
        frame.only_named(numbers + others)
        return frame.query(measures)
    if any(m.function in _TELL_NOTHING and m.of and m.of in frame.fixed() for m in _plain(measures)):
        raise Misfit  # the question itself says what they are
    frame.entities(numbers + others)
    return frame.query(measures)


def _plain(measures: Sequence[Amount]) -> list[Aggregate]:
    return [m for m in measures if isinstance(m, Aggregate)]


def counted(frame: Frame, numbers: list[ColumnRef], others: list[ColumnRef]) -> Query:
    """ "How many": rows, different values, or an amount that is a number of things."""
    if frame.parts.rows and numbers + others:
        raise Misfit
    if len(numbers) > 1 or (numbers and others):
        numbers, others = asked_amount(frame, numbers, others)
    sold = frame.parts.sold
    if numbers:
        known = info(frame.scope, numbers[0])
        if known.ordinal:
            raise Misfit
        if not known.additive or (known.text and "list" in frame.parts.heads):
            return lookup(frame, numbers)
        measure = frame.amount(numbers[0])
    elif not others and not frame.parts.rows and sold is not None and sold.table == frame.table:
        measure = frame.amount(sold)
    elif not others:
        measure = frame.rows_counted()
    else:
        if len(others) > 1:
            raise Misfit
        distinct = any(t.distinct for t in frame.parts.targets)
        if others[0] in frame.fixed() or (info(frame.scope, others[0]).flag and not distinct):
            raise Misfit
        if info(frame.scope, others[0]).amounts or info(frame.scope, others[0]).noted:
            return lookup(frame, others)
        measure = number_of(frame.scope, others[0])
    return frame.query([measure])


def per_row(frame: Frame, measures: Sequence[Amount], columns: list[ColumnRef]) -> Query:
    """ "The name of each customer and the number of orders": an amount of one table for rows of another."""
    frame.entity_tables.add(columns[0].table)
    return arranged(frame, columns, measures)


def asked_amount(
    frame: Frame, numbers: list[ColumnRef], others: list[ColumnRef]
) -> tuple[list[ColumnRef], list[ColumnRef]]:
    """ "How many points did the player …": the amount, once the kind of thing is set aside."""
    amounts = [c for t in frame.parts.targets if t.amount for c in t.columns]
    if len(amounts) != 1 or len(numbers) != 1:
        raise Misfit
    frame.entities(others)
    return amounts, []


def lookup(frame: Frame, columns: list[ColumnRef]) -> Query:
    """The values themselves; without a condition that would be all of them, which nobody asked."""
    if not frame.parts.conditions:
        raise Misfit
    return frame.query(columns)


def rows(frame: Frame) -> Query:
    """Values of columns in the rows that meet the conditions."""
    parts = frame.parts
    if parts.share:
        raise Misfit
    columns = [c for t in parts.targets for c in t.columns]
    columns = list(dict.fromkeys(columns))
    if columns and elsewhere(frame, columns):
        frame.entities(columns)
        columns = []
    if columns and len(parts.targets) > 1:
        columns = frame.asked(columns)
    elif columns and len(columns) == 1 and frame.without_fixed(columns) != columns:
        raise Misfit
    if not columns:
        columns = implied(frame)
    if parts.chart and len(columns) == 1 and not info(frame.scope, columns[0]).measure:
        return arranged(frame, columns, [frame.rows_counted()])
    if wants_total(frame, columns):
        return frame.query([frame.amount(columns[0])])
    columns = told_apart(frame, columns)
    distinct = any(t.distinct for t in parts.targets) or is_list(frame, columns)
    order: tuple[Order, ...] = ()
    if parts.sort is not None:
        by = parts.sort.by or (columns[0] if columns else None)
        if by is None or not isinstance(by, ColumnRef) or (distinct and by not in columns):
            raise Misfit
        if by.table not in frame.scope.keys.paths(frame.table, up_only=True):
            raise Misfit
        order = (Order(by, parts.sort.direction or "asc"),)
    elif distinct:
        order = tuple(Order(c, "asc") for c in columns)
    return frame.query(columns, distinct=distinct, order=order)


def told_apart(frame: Frame, columns: list[ColumnRef]) -> list[ColumnRef]:
    """Names that several rows share say nothing of which has no other rows: the key goes with them."""
    none = any(isinstance(c, Not) and isinstance(c.of, Exists) for c in frame.parts.conditions)
    labels = [c.ref for c in frame.labels()]
    key = frame.scope.by_table[frame.table].key
    if not none or columns != labels or key is None or not all(map(frame.repeats, columns)):
        return columns
    frame.assumptions.append(f"{key.name} tells those of the same name apart")
    return [key.ref, *columns]


def elsewhere(frame: Frame, columns: Sequence[ColumnRef]) -> bool:
    """ "Where is the track …": the question word asks for another column than the one named."""
    heads, named = set(frame.parts.heads), [info(frame.scope, c) for c in columns]
    pointed = bool(frame.parts.conditions or frame.parts.end or frame.parts.nearby)
    if "what_year" in heads and frame.scope.alone:
        return pointed and not any(c.is_year or c.temporal or c.digits or c.nature("time") for c in named)
    if "who" in heads and not any(c.text for c in named) and any(c.measure for c in named):
        raise Misfit  # nobody is an amount
    if "where" in heads:
        return pointed and not any(c.nature("place") for c in named)
    return (
        "when" in heads
        and pointed
        and len(frame.scope.by_table[frame.table].times) == 1
        and (not any(c in frame.scope.times or c.nature("time") or c.participle for c in named))
    )


def is_list(frame: Frame, columns: Sequence[ColumnRef]) -> bool:
    """ "What are the regions": a category without any condition is meant once each."""
    if len(columns) != 1 or not frame.repeats(columns[0]):
        return False
    aged = any(isinstance(getattr(c, "of", None), Age) for c in frame.parts.conditions)
    if not frame.parts.conditions or aged:  # people of an age, not their rows
        return True
    many = frame.scope.by_table[columns[0].table].view.stats.row_count >= LONG_TABLE
    return (many or not frame.scope.alone) and frame.rows_per_value(columns[0]) >= MANY_ROWS


def wants_total(frame: Frame, columns: Sequence[ColumnRef]) -> bool:
    """ "Revenue in Norway" is a total where it would be a long list of amounts."""
    parts = frame.parts
    if len(columns) != 1 or not info(frame.scope, columns[0]).additive or parts.sort or parts.chart:
        return False
    if info(frame.scope, columns[0]).text:
        return False  # what is written is shown as it is written
    if parts.only:
        return False
    if set(parts.heads) - {"which", "much"} or any(t.distinct for t in parts.targets):
        return False
    if not parts.conditions:
        return "which" not in parts.heads
    own = columns[0].table
    above = not parts.heads and frame.scope.by_table[own].name == frame.table
    return all(frame.many_rows(c) or (above and own not in set(tables_of(c))) for c in parts.conditions)


def implied(frame: Frame) -> list[ColumnRef]:
    """What is shown when no column is named: who, when and where have one, rows are shown whole."""
    heads = set(frame.parts.heads)
    if frame.parts.whole:
        return []
    named = frame.parts.conditions or frame.parts.sort
    if len(frame.scope.tables) > 1 and frame.parts.rows and named and "when" not in heads:
        labels = [c.ref for c in frame.labels()]
        if labels and len(labels) == 1 and not frame.named_rows() and not frame.parts.sort:
            return []
        if labels and frame.without_fixed(labels) != labels:
            return kinds(frame)
        if labels:
            return labels
    if heads & {"who", "when", "where", "what_year"}:
        if not frame.parts.conditions:
            raise Misfit
        return frame.subject()
    many = any(isinstance(c.of if isinstance(c, Not) else c, (Many, Exists)) for c in frame.parts.conditions)
    if (
        not frame.parts.rows
        and len(frame.scope.tables) > 1
        and (heads or many)
        and heads <= {"list", "which"}
    ):
        return kinds(frame)
    if frame.scope.alone and not frame.parts.rows and not heads and _only_conditions(frame):
        frame.cost += ALL_COLUMNS_COST
        return []
    if not frame.parts.rows or "much" in heads:
        raise Misfit
    if not frame.parts.conditions and "list" not in heads:
        frame.cost += ALL_COLUMNS_COST
    return []


def _only_conditions(frame: Frame) -> bool:
    """ "Humidity over 80", "houses in Austin": rows are wanted, there is nothing else to want."""
    parts = frame.parts
    vague = any(isinstance(c, Typical) for c in parts.conditions)
    return (
        bool(parts.conditions) and not vague and not (parts.chart or parts.drawn or parts.how or parts.only)
    )


def kinds(frame: Frame) -> list[ColumnRef]:
    """ "Show all housekeepers": a value that says what kind of row it is stands for the rows' names."""
    named = [info(frame.scope, c.of) for c in frame.parts.conditions if isinstance(c, Among)]
    found = [c for c in named if not c.unique and c.text and c not in frame.scope.by_table[c.table].labels]
    if len(found) != 1:
        raise Misfit
    frame.table = found[0].table
    labels = [c.ref for c in frame.labels()]
    if not labels:
        raise Misfit
    frame.cost += KIND_COST
    return labels
