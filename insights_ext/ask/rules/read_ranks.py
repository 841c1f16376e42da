"""Questions about what stands out: the best row, the best group, the extreme value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .calculations import Foremost
from .columns import ColumnInfo
from .conditions import info
from .frame import MANY_ROWS, Frame
from .intents import (
    Aggregate,
    Amount,
    ColumnRef,
    Extreme,
    Missing,
    Not,
    Order,
    Output,
    Query,
    count_of,
)
from .joins import tables_of
from .lexicon import RATED, SELLING
from .parts import Misfit
from .pieces import (
    Best,
)

_BY_THE_PIECE = frozenset({"expensive", "cheap", "fast", "slow", "hot", "cold"})
"""Adjectives that speak of a typical row where a thing has many: a carrier is cheap by its usual price."""
COUNTED_COST, SEVERAL_ROWS = 0.4, 2


def rank_by_group(frame: Frame) -> None:
    """ "Top 5 products by revenue": what follows "by" ranks when it is a number and something is ranked."""
    parts = frame.parts
    if parts.best is None:
        return
    if parts.best.by is not None:
        named = [*parts.keys, *(c for t in parts.targets for c in t.columns)]
        said = any(isinstance(k, ColumnRef) and info(frame.scope, k).measure for k in named)
        if parts.best.adjective == SELLING and said:
            raise Misfit  # "best selling by quantity" says by what
        return
    amounts = [k for k in parts.keys if isinstance(k, ColumnRef) and info(frame.scope, k).measure]
    if len(amounts) == 1 and (len(parts.keys) == 1 or not parts.measures):
        parts.best = replace(parts.best, by=amounts[0])
        parts.ranked_by.append(amounts[0])
        parts.keys = [k for k in parts.keys if k != amounts[0]]


def best(frame: Frame) -> Query:  # noqa: PLR0912 - one case a way to stand out
    """The row, or the group, that stands out; or the extreme value itself."""
    parts = frame.parts
    best = parts.best
    assert best is not None
    numbers, others = frame.split_targets()
    by, numbers = ranked_by(frame, best, numbers, others)
    if parts.measures or parts.share or parts.sort or "count" in parts.heads or by in frame.fixed():
        raise Misfit
    if not isinstance(by, ColumnRef):
        by_rows(frame, by)
    targets = list(dict.fromkeys(c for c in [*others, *numbers] if c != by))
    if best.count is None and len(parts.targets) > 1 and len(targets) > 1:
        targets = frame.asked(targets)
    kind = best.adjective and not (parts.heads or targets or parts.rows) and bool(parts.conditions)
    if kind and isinstance(by, ColumnRef) and best.count is None:
        return best_row(frame, best, by, _things(frame))
    marks = best.adjective in RATED
    value = best.count is None and isinstance(by, ColumnRef) and frame.asks_value() and not marks
    if (
        value
        and not parts.rows
        and (not targets or (best.named and not set(targets) & set(parts.before_best)))
    ):
        frame.entities(targets)
        assert isinstance(by, ColumnRef)
        return frame.query([Aggregate("max" if best.direction == "desc" else "min", by)])
    if best.named and parts.before_best:
        targets = frame.without_fixed([t for t in targets if t in parts.before_best])
        listed = not targets or any(by in t.columns and len(t.columns) > 1 for t in parts.targets)
        if isinstance(by, ColumnRef) and by in parts.before_best and best.count is None and listed:
            targets.append(by)
    if value and not best.named and by in parts.before_best:
        targets.append(by)  # "the age of the oldest student"
    if not targets and not parts.whole:
        targets = frame.subject()
    if not isinstance(by, ColumnRef):
        return best_group(frame, best, by, targets)
    if marks:
        named = {c.ref for c in frame.labels()}
        of_row = best.rows == by.table and not set(targets) & named  # "the city of the best rated inn"
        if of_row or single_marks(frame, by, targets):
            return best_row(frame, best, by, targets)
        frame.assumptions.append(f"{by.column} is averaged")
        return best_group(frame, best, Aggregate("mean", by), targets)
    if adds_up(frame, by, targets):
        return best_group(frame, best, Aggregate("sum", by), targets)
    if _typical(frame, best, by, targets):
        frame.assumptions.append(f"{by.column} is averaged")
        return best_group(frame, best, Aggregate("mean", by), targets)
    single = best.single or by.table in frame.parts.rows  # "the region of the sale with …": one sale
    if len(targets) == 1 and frame.repeats(targets[0]) and info(frame.scope, by).additive and not single:
        return best_group(frame, best, Aggregate("sum", by), targets)
    return best_row(frame, best, by, targets)


def ranked_by(
    frame: Frame, best: Best, numbers: list[ColumnRef], others: list[ColumnRef]
) -> tuple[ColumnRef | Amount, list[ColumnRef]]:
    """What ranks, where the superlative does not say it, and the numbers that are left to be shown."""
    parts = frame.parts
    by = best.by
    if by is None:
        if parts.measures:
            by = parts.measures[0]
            parts.measures = parts.measures[1:]
        elif len(numbers) == 1 and (others or parts.rows):
            by, numbers = numbers[0], []
            if _done_most(frame, by, others):
                raise Misfit
        elif _by_rows_alone(frame, best, numbers, others):
            by = count_of(frame.table)
            frame.cost += COUNTED_COST
            frame.assumptions.append("the most and the least are counted by rows")
        elif len(numbers) == 1 and best.count is not None:
            by, numbers = numbers[0], []
            parts.rows.append(by.table)  # "top 5 salaries": of whatever has them
        else:
            raise Misfit
    if best.adjective and best.adjective not in RATED and isinstance(by, ColumnRef):
        _own(frame, best, by, others)
    return by, numbers


def _done_most(frame: Frame, by: ColumnRef, others: Sequence[ColumnRef]) -> bool:
    """ "Which agent sold the most", each sale having its sold_price: one dear sale is not what was asked."""
    if frame.parts.best is None or frame.parts.best.count is not None or info(frame.scope, by).additive:
        return False
    return len(others) == 1 and frame.repeats(others[0]) and by.table == others[0].table


def _by_rows_alone(
    frame: Frame, best: Best, numbers: Sequence[ColumnRef], others: Sequence[ColumnRef]
) -> bool:
    """ "What party is represented the most": a repeated name, and nothing that could rank but its rows."""
    plain = frame.scope.alone and best.count is None and not frame.parts.conditions
    return plain and not numbers and len(others) == 1 and frame.repeats(others[0])


def adds_up(frame: Frame, by: ColumnRef, targets: Sequence[ColumnRef]) -> bool:
    """ "Which shop sold the most cups": amounts of the many rows that point to one of what is asked for."""
    owners = {t.table for t in targets}
    if len(owners) != 1 or by.table in owners or not info(frame.scope, by).additive:
        return False
    return owners <= frame.scope.keys.paths(by.table, up_only=True).keys()


def by_rows(frame: Frame, by: Amount) -> None:
    """ "The customer with the most orders": the rows counted are not the rows asked for."""
    counted = set(tables_of(by))
    asked = [t for t in frame.parts.rows if t and t not in counted]
    if asked:
        frame.table = asked[0]


def _things(frame: Frame) -> list[ColumnRef]:
    """ "The newest house", a house being a kind of row: what names it, else the row."""
    labels = frame.labels()
    return [c.ref for c in labels] if labels and labels[0].near_unique else []


def _own(frame: Frame, best: Best, by: ColumnRef, others: Sequence[ColumnRef]) -> None:
    """ "The oldest doctor" has an age of his own; that of a patient who is joined to him is not meant."""
    parts = frame.parts
    asked = {c.table for c in others} or ({parts.rows[0]} - {""} if parts.rows else set())
    said = {best.rows, best.target.table if best.target else None} - {None, ""}
    if by.table in said or not asked or by.table in asked:
        return
    if parts.relations and info(frame.scope, by).temporal and not said:
        return  # "who ordered most recently": when it was done, not how new they are
    if said or not all(_same_rows(frame, by.table, table) for table in asked):
        raise Misfit


def _same_rows(frame: Frame, one: str, other: str) -> bool:
    """Whether each row of one table has at most one of the other, and the other way round."""
    return any(
        {k.child.table, k.parent.table} == {one, other} and frame.scope.by_ref[k.child].unique
        for k in frame.scope.keys.links
    )


def _typical(frame: Frame, best: Best, by: ColumnRef, targets: Sequence[ColumnRef]) -> bool:
    """ "Which carrier is the cheapest", "best agent by rating": the average of a thing with many rows."""
    known = info(frame.scope, by)
    if len(targets) != 1 or targets[0].table != by.table or not known.measure or known.ordinal:
        return False
    many = frame.rows_per_value(targets[0])
    if not frame.repeats(targets[0]) or many < SEVERAL_ROWS:
        return False
    if by in frame.parts.ranked_by:
        return not known.additive
    if many < MANY_ROWS:
        return False
    if best.judged and best.count is None and not known.additive:
        return by.table not in {r for r in frame.parts.rows if r}
    if best.named and best.count is None and known.nature("marks") and not {"rate", "rates"} & _norms(known):
        return by.table not in {r for r in frame.parts.rows if r}
    return best.adjective in _BY_THE_PIECE and by.table not in {r for r in frame.parts.rows if r}


def _norms(column: ColumnInfo) -> set[str]:
    return {w.norm for w in column.words}


def single_marks(frame: Frame, by: ColumnRef, things: Sequence[ColumnRef]) -> bool:
    """Whether each thing has one mark, as a film in a table of films; Misfit where the two are apart.

    A mechanic of many jobs has many, and one good one makes nobody the best rated.
    """
    if not things:
        raise Misfit
    owners = {t.table for t in things}
    if owners == {by.table}:
        if any(info(frame.scope, t).near_unique for t in things):
            return True
        if len(things) > 1:
            raise Misfit
        return False
    if len(owners) > 1:
        raise Misfit
    if _same_rows(frame, by.table, next(iter(owners))):
        return True
    if not owners <= frame.scope.keys.paths(by.table, up_only=True).keys():
        raise Misfit
    return False


def _once_each(frame: Frame, by: Amount, targets: Sequence[ColumnRef]) -> bool:
    """Counts of rows for each row: all are one, which singles nothing out."""
    if not isinstance(by, Aggregate) or by.function != "count" or by.of is not None or by.where:
        return False
    own = by.rows is None or {t.table for t in targets} == {by.rows.table}
    return own and any(info(frame.scope, t).unique for t in targets)


def best_row(frame: Frame, best: Best, by: ColumnRef, targets: list[ColumnRef]) -> Query:
    """The rows where a column is at its extreme, or the first few by it."""
    if best.count is None:
        where = (*frame.parts.conditions, Extreme(by, best.direction))
        return frame.query(targets, where=where, distinct=len(targets) == 1 and frame.repeats(targets[0]))
    present = Not(Missing(by))
    order = (Order(by, best.direction), *(Order(t, "asc") for t in targets[:1]))
    frame.parts.conditions.append(present)
    select = [*targets, by] if targets else []
    return frame.query(select, order=order, limit=best.count)


def best_group(frame: Frame, best: Best, by: Amount, targets: list[ColumnRef]) -> Query:
    """The group with the greatest or least aggregate, or the first few."""
    if not targets:
        raise Misfit
    counted = set(tables_of(by))
    of_rows = bool(counted) and len({t.table for t in targets}) == 1 and targets[0].table not in counted
    first = targets[0]
    own = info(frame.scope, first).unique or any(t.implied for t in frame.parts.targets)
    if not frame.scope.alone and by == Aggregate("count") and own:
        raise Misfit  # each thing stands in one row, so none is the most common
    named = first.table in frame.parts.rows or info(frame.scope, first) in frame.scope.labels(first.table)
    of_rows = of_rows and (named or len(targets) > 1)  # not for "the city with the most orders"
    if getattr(by, "of", None) in targets or (len(targets) != 1 and not of_rows):
        raise Misfit
    if _once_each(frame, by, targets):
        raise Misfit
    if of_rows:
        frame.entity_tables.add(targets[0].table)
    order = (Order(by, best.direction), *(Order(t, "asc") for t in targets))
    select: list[Output] = [*targets] if best.count is None else [*targets, by]
    if not of_rows:
        frame.parts.conditions.append(Not(Missing(targets[0])))
    group = (*targets, *frame.apart(targets))
    if best.count is None:  # groups that share the first place are all shown
        first_place = Foremost(by, best.direction, ())
        return frame.query(select, group=group, order=order, foremost=first_place)
    return frame.query(select, group=group, order=order, limit=best.count)
