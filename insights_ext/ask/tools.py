"""What the pipeline needs from the house: a guard, a place to run SQL, charts, and suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..work import Result
from .planner import Plan

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp

    from ..context import Context
    from .knowledge.recalling import Recalled


class Tools(Protocol):
    """Implemented above this floor from the services; every call may raise an `InsightsError`."""

    def guard(self, sql: exp.Query, names: Sequence[str]) -> str:
        """The SQL to run, printed from the checked tree; raises `QueryRefused`."""

    def run(self, sql: str, names: Sequence[str], context: Context) -> Result:
        """Run guarded SQL over the named tables, within the query's time limit.

        The value is ``{"columns": [Column], "total_rows": int, "truncated": bool}``; the table holds the
        rows up to the workspace's limit. Raises `QueryFailed`, `OutOfTime`, `Cancelled`.
        """

    def keep(self, name: str, table: pa.Table) -> bool:
        """Keep the result of a step as a table called `name` that later queries of this question may read.

        False where the table cannot be kept as it is; its query then stands in for it.
        """

    def chart(self, plan: Plan, table: pa.Table) -> dict[str, Any] | None:
        """A Vega-Lite v5 unit specification for the result, or None where a chart says nothing."""

    def recall(self, text: str, names: Sequence[str], limit: int = 3) -> list[Recalled]:
        """What was written, checked or answered before that comes nearest to `text`: `limit` of a kind.

        Only what can be used with the tables `names`; no stored value is among it. It takes seconds where
        the memory is not open yet, and is empty where it cannot be opened.
        """

    def nearest(self, text: str, names: Sequence[str]) -> list[str]:
        """Questions that could be meant, best first; for refusals."""
