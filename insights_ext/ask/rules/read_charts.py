"""Questions that ask to draw: which column goes on which axis, scatter plots, histograms."""

from __future__ import annotations

from .conditions import continuous, info
from .frame import Frame
from .intents import Aggregate, Among, ColumnRef, Missing, Not, Query
from .parts import Misfit
from .pieces import Target, Versus
from .read_groups import arranged, grouped


def take_roles(frame: Frame) -> None:
    """Give columns the roles that words about charts give them; raises `Misfit` where they lack one."""
    parts = frame.parts
    if parts.how and not (parts.depends or parts.trend or parts.versus):
        raise Misfit
    _axes(frame)
    _compared(frame)
    _shown_by(frame)


def _axes(frame: Frame) -> None:
    """ "Price on the x axis": amounts are values to show, anything else is what they are shown by."""
    parts = frame.parts
    x, y = (parts.axes.get(which) for which in ("x", "y"))
    amounts = [k for k in (x, y) if isinstance(k, ColumnRef) and continuous(frame.scope, k)]
    if isinstance(x, ColumnRef) and isinstance(y, ColumnRef) and len(amounts) == 2 and not parts.measures:
        parts.versus = Versus(x, y)
        return
    parts.targets.extend(Target((k,)) for k in amounts)
    parts.keys.extend(k for k in (x, y) if k is not None and k not in amounts and k not in parts.keys)


def _compared(frame: Frame) -> None:
    """ "Compare sales in Norway and Sweden": what the compared values are values of makes the groups."""
    parts = frame.parts
    measured = bool(parts.measures or parts.functions) or frame.counting() or parts.compared_sides
    measured = measured or parts.drawn or parts.chart is not None
    if not parts.compared or not (frame.scope.alone or measured):
        return
    listed = [c.of for c in parts.conditions if isinstance(c, Among) and len(c.said) > 1]
    if not listed and not parts.keys and not parts.versus:
        raise Misfit
    parts.keys.extend(c for c in listed if c not in parts.keys)


def _shown_by(frame: Frame) -> None:
    """ "Plot region and average price": a group named beside an aggregate is what it is shown by."""
    parts = frame.parts
    if not parts.measures or parts.best or not (parts.drawn or parts.chart) or set(parts.heads) - {"list"}:
        return
    named = [c for t in parts.targets for c in t.columns if not t.amount]
    groups = [c for c in named if not continuous(frame.scope, c) and not info(frame.scope, c).near_unique]
    if len(groups) > 2:
        return
    parts.keys.extend(c for c in groups if c not in parts.keys)
    kept = (
        Target(tuple(c for c in t.columns if c not in groups), t.distinct, t.entity) for t in parts.targets
    )
    parts.targets = [t for t in kept if t.columns]


def correlates(frame: Frame) -> bool:
    """ "Price by size": an amount by an amount is a cloud of dots, not a bar for each size."""
    parts = frame.parts
    if parts.versus or parts.chart == "point":
        return True
    numbers, _ = frame.split_targets()
    amounts = [k for k in parts.keys if isinstance(k, ColumnRef) and continuous(frame.scope, k)]
    said = parts.measures or parts.functions or parts.best or parts.sort or parts.share or frame.counting()
    plain = parts.chart is None and not said
    return plain and len(amounts) == 1 and len(numbers) == 1 and continuous(frame.scope, numbers[0])


def scatter(frame: Frame) -> Query:
    """Two numbers of each row against each other, coloured by a group."""
    parts = frame.parts
    numbers, others = frame.split_targets()
    keys = [k for k in parts.keys if isinstance(k, ColumnRef)]
    axes = [parts.versus.x, parts.versus.y] if parts.versus else []
    by = [k for k in keys if info(frame.scope, k).measure]
    for column in [*by, *numbers] if len(by) == 1 and len(numbers) == 1 else [*numbers, *by]:
        if column not in axes:
            axes.append(column)
    colours = [c for c in [*keys, *others] if c not in axes and not info(frame.scope, c).near_unique]
    if len(axes) == 3 and not continuous(frame.scope, axes[2]):
        colours.append(axes.pop())
    if len(axes) != 2 or len(colours) > 1 or parts.measures or parts.best or len(keys) != len(parts.keys):
        raise Misfit
    parts.chart = "point"
    parts.conditions.extend(Not(Missing(c)) for c in axes)
    return frame.query([*axes, *colours])


def spread(frame: Frame) -> Query:
    """Box and strip plots: the single amounts, apart by a group."""
    parts = frame.parts
    numbers, others = frame.split_targets()
    keys = [k for k in parts.keys if isinstance(k, ColumnRef)]
    groups = [c for c in dict.fromkeys([*keys, *others]) if not info(frame.scope, c).near_unique]
    amounts = list(dict.fromkeys(numbers))
    if len(amounts) != 1 or len(groups) > 1 or parts.measures or parts.best or len(keys) != len(parts.keys):
        raise Misfit
    parts.conditions.append(Not(Missing(amounts[0])))
    return frame.query([*amounts, *(g for g in groups if g != amounts[0])])


def histogram(frame: Frame) -> Query:
    """How one column is distributed: its values, or counts where it holds few or categories."""
    parts = frame.parts
    numbers, others = frame.split_targets()
    keys = [k for k in parts.keys if isinstance(k, ColumnRef)]
    if parts.best or len(keys) != len(parts.keys):
        raise Misfit
    counts = [m for m in parts.measures if isinstance(m, Aggregate) and m.function == "count"]
    if len(counts) < len(parts.measures):
        parts.chart = "bar"
        return grouped(frame, list(parts.keys))
    columns = [*numbers, *others, *keys, *(m.of for m in counts if m.of is not None)]
    columns = list(dict.fromkeys(columns))
    named = [c for c in columns if not info(frame.scope, c).text or not info(frame.scope, c).near_unique]
    amounts = [c for c in named if continuous(frame.scope, c)]
    groups = [c for c in named if c not in amounts]
    if not named or len(amounts) > 1 or len(groups) > 2 or (amounts and len(groups) > 1):
        raise Misfit
    if not amounts:
        parts.chart = "bar"
        return arranged(frame, groups, [frame.rows_counted()])
    parts.conditions.append(Not(Missing(amounts[0])))
    return frame.query([*amounts, *groups])
