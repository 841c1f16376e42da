"""Charts: a result's column roles become a Vega-Lite v5 unit specification; no model writes one.

`choose` decides and writes, `validate` holds a specification against the closed vocabulary that
`choose` writes in, and `render.render` draws one as a picture in a worker. Nothing here computes by
expression, follows a link or fetches a byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from .vocabulary import validate

if TYPE_CHECKING:
    import pyarrow as pa

    from .fields import PlannedColumn

__all__ = ["Planned", "choose", "validate"]


class Planned(Protocol):
    """What a chart needs of a plan (`insights_ext.ask.planner.Plan` is one)."""

    @property
    def columns(self) -> Sequence[PlannedColumn]:
        """The roles of the result's columns."""

    @property
    def chart(self) -> str | None:
        """A chart asked for by name, such as ``line`` or ``pie``."""

    @property
    def bin_width(self) -> float | None:
        """The step of a histogram's bars, if one was asked for."""

    @property
    def bins(self) -> int | None:
        """How many bars a histogram has at most, if that was asked for."""


def choose(plan: Planned, table: pa.Table) -> dict[str, Any] | None:
    """The chart of a planned result, None where there is nothing to draw.

    The specification has a top-level ``mark`` and ``encoding``, its data inlined in ``data.values``
    (at most `rows.MAX_ROWS` rows), and ``field`` equal to the result column's name, in which
    Vega-Lite's own signs (``. [ ] ' "``) are preceded by a backslash.
    """
    from .fields import fields_of, plain
    from .rows import rows_of
    from .rules import design
    from .words import description, title
    from .write import write

    table = plain(table)
    chosen = design(fields_of(table, plan.columns), table, plan.chart)
    if chosen is None:
        return None
    if chosen.binned:
        chosen = replace(chosen, bin_width=plan.bin_width, bins=plan.bins)
    drawn = rows_of(table, chosen)
    if not drawn.rows:
        return None
    return write(chosen, drawn, title(chosen), description(chosen, drawn))
