"""Counts of rows drawn as rows: one datum per counted row, which Vega-Lite counts.

A count has no column of its own in the data that was asked about. Where the counted rows are few, the
chart holds one datum for each, so that it encodes what the question named and nothing else, and stays
right when its data is filtered or put in other groups.
"""

from __future__ import annotations

from .fields import Field
from .rows import MAX_ROWS, Drawn, Row
from .rules import Design

_MARKS = frozenset({"bar", "line", "area"})


def tally(design: Design, drawn: Drawn) -> Field | None:
    """The count of rows that `design` shows along an axis, if its rows can all be drawn."""
    measure = design.y
    if measure is None or not measure.rows or design.mark not in _MARKS or design.ranked:
        return None
    if any(field.kind == "number" and field is not measure for field in design.tooltip):
        return None
    counts = [row[measure.name] for row in drawn.rows]
    whole = all(isinstance(count, int) and count > 0 for count in counts)
    return measure if whole and sum(counts) <= MAX_ROWS else None


def unrolled(drawn: Drawn, measure: Field) -> list[Row]:
    """Each row of `drawn` as often as its count says, without the count."""
    found: list[Row] = []
    for row in drawn.rows:
        kept = {name: value for name, value in row.items() if name != measure.name}
        found.extend(kept for _ in range(row[measure.name]))
    return found
