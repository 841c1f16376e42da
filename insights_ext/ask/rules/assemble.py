"""Putting pieces together: a tiling of the question becomes one query, or does not make sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .frame import Frame
from .intents import (
    Bucket,
    Query,
)
from .parts import Misfit, sort_pieces
from .pieces import (
    Piece,
)
from .read_groups import grouped, histogram, scatter
from .read_lists import rows, totals
from .read_ranks import best, rank_by_group
from .scope import Scope


@dataclass(frozen=True)
class Reading:
    """A query, what it assumed, the chart asked for, and how far it strains the words (added cost)."""

    query: Query
    assumptions: tuple[str, ...] = ()
    chart: str | None = None
    cost: float = 0.0


def assemble(scope: Scope, pieces: Sequence[Piece]) -> Reading | None:
    """The query that the pieces make together, or None where they do not fit."""
    try:
        return _read(Frame(scope, sort_pieces(pieces)))
    except Misfit:
        return None


def _read(frame: Frame) -> Reading:
    parts = frame.parts
    if parts.trend and not any(isinstance(k, Bucket) for k in parts.keys):
        parts.keys.insert(0, frame.default_period())
    rank_by_group(frame)
    frame.loose_functions()
    if parts.versus or parts.chart == "point":
        query = scatter(frame)
    elif parts.chart == "histogram":
        query = histogram(frame)
    elif parts.keys:
        query = grouped(frame, list(parts.keys))
    elif parts.best is not None:
        query = best(frame)
    elif parts.measures or frame.counting():
        query = totals(frame)
    else:
        query = rows(frame)
    chart = "bar" if parts.chart == "histogram" else parts.chart
    return Reading(query, tuple(frame.assumptions), chart, frame.cost)
