"""What the graph carries from node to node: the state of one question."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from ...schemas import AnswerStep, Column, Evidence, LedgerEntry, NumberOrigin, Repair, SentFor
from ...settings import Settings
from ...work import Result
from .. import steps
from ..planner import Clarification, Planner, Refusal
from ..steps import Case
from .calls import Caller
from .crosscheck import Outcome, Verdict
from .describe import Described
from .letter import Letter
from .reply import Draft, Reply
from .values import Values

if TYPE_CHECKING:
    import pyarrow as pa

MAX_REPAIRS = 2


@dataclass
class Step:
    """A query that ran; `kept` says that later steps can read its result as a table.

    `written` is the query as the model wrote it, with its placeholders.
    """

    name: str
    purpose: str
    written: str
    tree: exp.Query
    sql: str
    result: Result
    kept: bool
    repairs: list[Repair] = field(default_factory=list)

    def shown(self) -> AnswerStep:
        """As the answer shows it."""
        return AnswerStep(
            name=self.name,
            purpose=self.purpose,
            sql=self.sql,
            columns=[Column.model_validate(c) for c in self.result.value["columns"]],
            total_rows=int(self.result.value["total_rows"]),
            repairs=self.repairs,
        )


@dataclass
class Work:
    """One question on its way: what was said, what ran, what comes next.

    `outcome` ends it without an answer; `gives_way` says that the embedded planner may answer instead.
    """

    case: Case
    caller: Caller
    settings: Settings
    embedded: Planner
    model: str
    values: Values
    candidate: Outcome
    names: list[str]
    letter: Letter
    said: str = ""
    reply: Reply = field(default_factory=Reply)
    drafts: deque[Draft] = field(default_factory=deque)
    ran: list[Step] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    tree: exp.Query | None = None
    sql: str = ""
    failed: str | None = None
    outcome: Refusal | Clarification | None = None
    gives_way: bool = False
    entries: list[LedgerEntry] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    confidence: list[str] = field(default_factory=list)
    described: Described | None = None
    verdict: Verdict | None = None
    chart: dict[str, Any] | None = None
    text: str = ""
    numbers: list[NumberOrigin] | None = None

    @property
    def last(self) -> Step:
        """The step that is the answer."""
        return self.ran[-1]

    @property
    def table(self) -> pa.Table:
        """The result of the last step."""
        table = self.last.result.table
        assert table is not None, "a query's result has a table"
        return table

    @property
    def total_rows(self) -> int:
        """Rows of the last result."""
        return int(self.last.result.value["total_rows"])

    def give_way(self, text: str) -> None:
        """End without an answer of the model's."""
        self.outcome, self.gives_way = Refusal(text), True

    def call(self, letter: Letter, sent_for: SentFor, **more: Any) -> str:
        """Ask the model; every try is in `entries`."""
        return self.caller.call(
            letter, sent_for, self.case.answer_id, self.case.context, self.entries, **more
        )

    def next_name(self) -> str:
        """The name of the step to come."""
        return self.names[len(self.ran)]

    def earlier(self) -> list[str]:
        """Names of the steps that ran."""
        return [step.name for step in self.ran]

    def datasets(self) -> list[str]:
        """The datasets that any step of the answer reads."""
        read = {n for step in self.ran for n in steps.used(step.tree, self.case.names)}
        return [name for name in self.case.names if name in read]
