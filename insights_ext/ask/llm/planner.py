"""The planner that asks a model, with the embedded planner beside it: candidate, check, and fall-back."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...context import Context
from ...errors import (
    BudgetSpent,
    InsightsError,
    ModelFailed,
)
from ...schemas import Answer, LedgerEntry, Message, Outgoing
from ...settings import Settings
from .. import pipeline
from ..planner import Clarification, Plan, PlanContext, Planner, Refusal
from ..steps import Case
from . import models, prompt
from .calls import Books, Caller
from .crosscheck import Outcome, candidate
from .letter import Letter
from .values import Values

if TYPE_CHECKING:
    import pyarrow as pa

NO_HELP = "The model gave no usable answer"


class LlmPlanner:
    """Answers through a model; `books` gives the ledger and the day's sum of an asker.

    `embedded` plans without a model. Settings are read at every question, so that they may change.
    """

    name = "llm"

    def __init__(self, settings: Settings, embedded: Planner, books: Callable[[Context], Books]) -> None:
        self._settings, self._embedded = settings, embedded
        self._caller = Caller(settings, books)

    def close(self) -> None:
        """End calls that are under way and close the connections."""
        self._caller.close()

    @property
    def model(self) -> models.Endpoint:
        """The model that would be asked now; raises `InvalidOption` or `ModelNotAllowed`."""
        return models.endpoint(self._settings)

    def plan(self, plan_context: PlanContext, context: Context) -> Plan | Clarification | Refusal:
        """What the embedded planner makes of the question: a model does not plan without running."""
        return self._embedded.plan(plan_context, context)

    def answer(self, case: Case) -> tuple[Answer, pa.Table | None]:
        """The model's answer; where it lets us down, the embedded planner's, with the cause.

        Raises `ModelNotAllowed`, `InvalidOption`, `Cancelled`, `OutOfTime`.
        """
        found = self.model
        with case.course.step("recall", "Looking at what is known", 0.08):
            outcome = candidate(case, self._embedded)
            values = self._values(case.plan_context)
        entries: list[LedgerEntry] = []
        try:
            models.key(found)
            _check_environment()
            return self._asked(case, found, outcome, values, entries)
        except _GaveWay as given:
            return self._fallen_back(case, outcome, given.cause, entries)
        except (ModelFailed, BudgetSpent) as error:
            hint = f" {error.hint}" if error.hint else ""
            cause = f"{NO_HELP}: {error.message}{hint}"
            return self._fallen_back(case, outcome, cause, entries)

    def outgoing(self, plan_context: PlanContext) -> Outgoing:
        """Exactly what `answer` would send first, for a question in its setting; nothing is sent."""
        found = self.model
        try:
            outcome: Outcome = self._embedded.plan(plan_context, Context())
        except InsightsError as error:
            outcome = Refusal(error.message)
        letter = self._letter(plan_context, outcome, self._values(plan_context))
        later = [
            "A query that fails is sent back with the class of its error and names of columns, "
            "at most twice for each step."
        ]
        if self._settings.share == "samples":
            later.append("The sentence is asked for with the first rows of the result, personal data masked.")
            later.append("Before a further step, the first rows of the steps before it are sent.")
        else:
            later.append("Before a further step, column names of earlier results are sent, no rows.")
            later.append(
                "A sentence whose numbers cannot be traced is sent back once: the model's own words."
            )
        return Outgoing(
            model=found.id,
            host=found.host,
            share=self._settings.share,
            messages=[Message(role=m.role, content=m.content) for m in letter.messages],
            bytes=letter.size,
            columns=letter.columns,
            rows=letter.rows + letter.values,
            masked=letter.masked,
            later=later,
        )

    def _letter(self, plan_context: PlanContext, outcome: Outcome, values: Values) -> Letter:
        suggested = None
        if isinstance(outcome, Plan):
            known = len(values.hidden)
            suggested = values.masked(outcome.sql.sql(dialect="duckdb"))
            found = len(values.hidden) > known or any(e.kind == "value" for e in outcome.evidence)
            if values.names_only and found:
                suggested = None  # where a value was found is more than names and types
        return prompt.plan(self._settings, plan_context, values, self._step_names(plan_context), suggested)

    def _values(self, plan_context: PlanContext) -> Values:
        return Values(plan_context, names_only=self._settings.share == "schema")

    def _step_names(self, plan_context: PlanContext) -> list[str]:
        taken = {view.name.lower() for view in plan_context.tables}
        prefix = "step"
        while any(name.startswith(f"{prefix}_") for name in taken):
            prefix = f"a_{prefix}"
        return [f"{prefix}_{k + 1}" for k in range(self._settings.max_steps)]

    def _asked(
        self,
        case: Case,
        found: models.Endpoint,
        outcome: Outcome,
        values: Values,
        entries: list[LedgerEntry],
    ) -> tuple[Answer, pa.Table | None]:
        from . import graph
        from .work import Work

        work = Work(
            case=case,
            caller=self._caller,
            settings=self._settings,
            embedded=self._embedded,
            model=found.id,
            values=values,
            candidate=outcome,
            names=self._step_names(case.plan_context),
            letter=self._letter(case.plan_context, outcome, values),
            entries=entries,
        )
        answer, table = graph.answer(work)
        if work.gives_way and not isinstance(outcome, Refusal):
            raise _GaveWay(answer.text)
        return answer, table

    def _fallen_back(
        self, case: Case, outcome: Outcome, cause: str, entries: list[LedgerEntry]
    ) -> tuple[Answer, pa.Table | None]:
        """The embedded planner's answer with the cause; its refusal says both."""
        if isinstance(outcome, Refusal):
            text = f"{cause} The embedded planner cannot answer it either: {outcome.text}"
            outcome = Refusal(text, outcome.not_understood, outcome.choices, outcome.evidence)
        else:
            case.warnings.append(f"{cause} The embedded planner answered instead.")
        answer, table = pipeline.drive(case, _Planned(outcome))
        return answer.model_copy(update={"ledger": list(entries)}), table


def _check_environment() -> None:
    """LangChain refuses to work at all where its first way of tracing is asked for."""
    for name in ("LANGCHAIN_TRACING", "LANGCHAIN_HANDLER"):
        if os.environ.get(name, "").lower() not in ("", "0", "false"):
            raise ModelFailed(
                f"The environment variable {name} keeps LangChain from working.", hint=f"Unset {name}."
            )


class _GaveWay(Exception):
    """The model saw no way, or found none, where the embedded planner has a reading."""

    def __init__(self, cause: str) -> None:
        self.cause = cause


class _Planned:
    """A planner that has planned already."""

    name = "rules"

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def plan(self, plan_context: PlanContext, context: Context) -> Outcome:
        """What was planned."""
        return self._outcome
