"""Questions that set named things against one another: which has more, how far they are apart."""

from __future__ import annotations

from .calculations import Foremost
from .conditions import info
from .frame import Frame
from .intents import Aggregate, Among, ColumnRef, Condition, Extreme, Gap, Order, Query
from .lexicon import RATED
from .parts import Misfit
from .read_ranks import single_marks


def alternatives(frame: Frame) -> Among | None:
    """The things named ("A or B"), of which one is asked for."""
    found = [c for c in frame.parts.conditions if isinstance(c, Among) and len(c.said) > 1]
    return found[0] if len(found) == 1 and isinstance(found[0].of, ColumnRef) else None


def choose(frame: Frame, among: Among) -> Query:
    """The one of the things named that stands out."""
    parts = frame.parts
    best = parts.best
    assert best is not None
    if parts.measures or parts.share or parts.sort or parts.keys or frame.counting() or best.count:
        raise Misfit
    columns = [c for t in parts.targets for c in t.columns if c != among.of]
    by = best.by
    if by is None:
        ordered = [c for c in columns if info(frame.scope, c).ordered]
        if len(ordered) != 1:
            raise Misfit
        by, columns = ordered[0], [c for c in columns if c != ordered[0]]
    columns = [c for c in columns if c not in (by, best.target)]
    if by == among.of:
        raise Misfit
    frame.entities(columns)
    if isinstance(by, ColumnRef) and best.adjective in RATED and not single_marks(frame, by, [among.of]):
        by = Aggregate("mean", by)
    if not isinstance(by, ColumnRef):  # both are shown where they tie
        order = (Order(by, best.direction), Order(among.of, "asc"))
        first_place = Foremost(by, best.direction, ())
        return frame.query([among.of], group=(among.of,), order=order, foremost=first_place)
    where: tuple[Condition, ...] = (*parts.conditions, Extreme(by, best.direction))
    return frame.query([among.of], where=where, distinct=frame.repeats(among.of))


def apart(frame: Frame) -> Query:
    """The difference between two things named, in the number asked for or in how many rows they have."""
    parts = frame.parts
    among = alternatives(frame)
    assert parts.apart is not None
    if among is None or len(among.said) != 2 or len(among.values) != 2:
        raise Misfit
    if parts.keys or parts.share or parts.sort or parts.best or parts.end or parts.nearby:
        raise Misfit
    columns = [c for t in parts.targets for c in t.columns if c != among.of]
    numbers = [c for c in columns if info(frame.scope, c).numeric]
    by = parts.apart.by
    if by is not None:
        measure = Aggregate("max", by)
        numbers = []
    elif len(numbers) == 1:
        known = info(frame.scope, numbers[0])
        measure = Aggregate("sum" if known.additive else "max", numbers[0])
    elif len(parts.measures) == 1 and not numbers and isinstance(parts.measures[0], Aggregate):
        measure = parts.measures[0]
    elif not numbers and not parts.measures and (frame.counting() or parts.rows):
        measure = frame.rows_counted()
    else:
        raise Misfit
    frame.entities([c for c in columns if c not in numbers])
    sides = [Among(among.of, (v,), (s,)) for v, s in zip(among.values, among.said, strict=True)]
    rest = tuple(c for c in parts.conditions if c is not among)
    return frame.query([Gap(measure, sides[0], sides[1])], where=rest)
