"""The planner protocol: a question about tables becomes a plan, a clarification or a refusal.

A planner never runs anything. What it returns is data: an SQL tree that still has to pass the guard,
the roles of the result's columns, and the evidence for every phrase it used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from ..schemas import Choice, Evidence, Stats
from .knowledge import NOTHING_KNOWN, JoinHint, KnowledgeView, TableHints

if TYPE_CHECKING:
    from sqlglot import exp

    from ..context import Context

Role = Literal["dimension", "time", "measure", "share", "label"]
"""What a result column is for: a category, a point in time, a number, a part of a whole, a name."""


YEAR = "year"
"""The unit of numbers that are years, which are written without separators."""


@dataclass(frozen=True)
class ValueHit:
    """A stored text value: the column it stands in, as written, and in how many rows."""

    column: str
    value: str
    count: int


class ValueIndex(Protocol):
    """The distinct text values of a table, capped per column, looked up by normalised form."""

    @property
    def complete(self) -> frozenset[str]:
        """Columns all of whose distinct values are in the index."""

    def lookup(self, normalised: str) -> Sequence[ValueHit]:
        """Values whose normalised form equals `normalised`; best (most frequent) first."""

    def values(self, column: str) -> Sequence[ValueHit]:
        """All indexed values of `column`, most frequent first."""


@dataclass(frozen=True)
class TableView:
    """What a planner may know of a table: its name, its profile and its value index; no rows.

    `hints` and `joins` are what people said of it, for the embedded planner; `PlanContext` has all of it.
    """

    name: str
    stats: Stats
    values: ValueIndex
    hints: TableHints | None = None
    joins: tuple[JoinHint, ...] = ()


@dataclass(frozen=True)
class Turn:
    """A question of a thread that was answered: from which tables, by which query, on which day."""

    question: str
    datasets: tuple[str, ...]
    sql: str
    day: dt.date


TAKEN = "from the question before"
"""How a line of evidence begins that says what a follow-up took over."""


def leaned(evidence: Sequence[Evidence]) -> bool:
    """Whether an answer leaned on the question before: alone, its question says too little."""
    return any(line.kind == "assumption" and line.detail.startswith(TAKEN) for line in evidence)


@dataclass(frozen=True)
class PlanContext:
    """A question, the tables it may be about, the day it is asked, and what was answered before it.

    `before` are the answered questions of its thread, oldest first; `knowledge` is what people said of
    these tables.
    """

    question: str
    tables: tuple[TableView, ...]
    today: dt.date
    before: tuple[Turn, ...] = ()
    knowledge: KnowledgeView = NOTHING_KNOWN


@dataclass(frozen=True)
class ResultColumn:
    """A column of the result: its role, the words a sentence uses for it, its unit and how it was made.

    `aggregate` is the function (``sum``, ``mean``, ``count`` …) or None for a plain column; `of` is the
    column it takes, None where it counts rows.
    """

    name: str
    role: Role
    label: str
    unit: str | None = None
    aggregate: str | None = None
    of: str | None = None


@dataclass(frozen=True)
class Plan:
    """A query and how to speak about its result.

    `filters` are conditions in words ("region is North"); `order` says whether the rows are ranked.
    `chart` is a mark the question asked for by name, `bin_width` the step of its bars or `bins` how many.
    `left_out` are notes on rows the query ignores.
    `criterion` says what singled the rows out ("highest total revenue"), `ties` that all rows of the result
    share it; `related` that the question is
    how two numbers go together, so the sentence says it.
    """

    sql: exp.Query
    columns: tuple[ResultColumn, ...]
    evidence: tuple[Evidence, ...]
    filters: tuple[str, ...] = ()
    order: Literal["none", "ascending", "descending", "time"] = "none"
    limit: int | None = None
    chart: str | None = None
    bin_width: float | None = None
    bins: int | None = None
    left_out: tuple[str, ...] = ()
    criterion: str | None = None
    ties: bool = False
    related: bool = False


@dataclass(frozen=True)
class Clarification:
    """The question has several readings; each choice is a question with one."""

    text: str
    choices: tuple[Choice, ...]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """The question cannot be grounded in the tables; `text` says what was not understood."""

    text: str
    not_understood: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Planner(Protocol):
    """Turns a question into SQL without running it."""

    name: str

    def plan(self, plan_context: PlanContext, context: Context) -> Plan | Clarification | Refusal:
        """Plan the question; deterministic for the embedded planner."""
