"""What planners know beside profiles: frozen data, for the tables of one question, names as they stand there.

Whatever insights.yaml says of other tables, or wrongly of these, is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...schemas import VerifiedQuestion


@dataclass(frozen=True)
class ColumnHints:
    """What people say of the column `name`."""

    name: str
    description: str | None = None
    synonyms: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(frozen=True)
class TableHints:
    """What people say of the table `name`; `filters` are checked SQL conditions that always hold.

    `metrics` are those of its columns that are metrics; the embedded planner alone has such.
    """

    name: str
    description: str | None = None
    synonyms: tuple[str, ...] = ()
    columns: tuple[ColumnHints, ...] = ()
    filters: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()

    def column(self, name: str) -> ColumnHints | None:
        """What is said of a column."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class MetricHint:
    """A named aggregate over the columns of `table`; `sql` is checked, `additive` where parts add up."""

    name: str
    table: str
    sql: str
    description: str | None = None
    synonyms: tuple[str, ...] = ()
    unit: str | None = None
    additive: bool = False


@dataclass(frozen=True)
class JoinHint:
    """Two columns that belong together, each as (table, column)."""

    left: tuple[str, str]
    right: tuple[str, str]


@dataclass(frozen=True)
class KnowledgeView:
    """Knowledge of the tables at hand; `digest` names the whole file's content.

    `verified` are questions that can be answered from these tables alone. Their SQL is text that somebody
    wrote: it passes the guard before it runs, like any other. `warnings` say of
    which table what was left aside. `documents` are pieces of texts that come near the question, each with
    the name of its document; the embedded planner has no use for them.
    """

    tables: tuple[TableHints, ...] = ()
    metrics: tuple[MetricHint, ...] = ()
    joins: tuple[JoinHint, ...] = ()
    verified: tuple[VerifiedQuestion, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    documents: tuple[tuple[str, str], ...] = ()
    digest: str = ""

    def table(self, name: str) -> TableHints | None:
        """What is said of a table."""
        return next((table for table in self.tables if table.name == name), None)

    @property
    def filtered(self) -> tuple[TableHints, ...]:
        """The tables for which conditions always hold."""
        return tuple(table for table in self.tables if table.filters)


NOTHING_KNOWN = KnowledgeView()
