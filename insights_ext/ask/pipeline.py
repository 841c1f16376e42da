"""One question from words to a checked answer: recall, plan, guard, run, chart, sentence, check.

This is the plain driver, for planners that plan at once. A planner that drives by itself, as the model
does through its graph, takes the same steps in an order of its own.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ..errors import EmptyQuestion, QueryFailed, QueryRefused, QuestionTooLong
from ..schemas import Answer, AskRequest
from ..shown import MAX_SHOWN_BYTES
from . import reply, steps
from .course import Course
from .knowledge import NOTHING_KNOWN, KnowledgeView, verified
from .planner import Clarification, Plan, PlanContext, Planner, Refusal, TableView, Turn
from .steps import Case
from .tools import Tools

if TYPE_CHECKING:
    import pyarrow as pa

    from ..context import Context
    from ..work import Result

MAX_QUESTION_CHARACTERS = 4_000
MAX_REPAIRS = 2


@runtime_checkable
class RepairingPlanner(Protocol):
    """A planner that may have another idea when the engine refused its first."""

    def repair(self, plan_context: PlanContext, failed: Plan, error: str, context: Context) -> Plan | None:
        """Another plan, or None."""


@runtime_checkable
class DrivingPlanner(Protocol):
    """A planner that takes the steps in an order of its own."""

    def answer(self, case: Case) -> tuple[Answer, pa.Table | None]:
        """The whole way from the case to its answer."""


def checked_question(question: str) -> str:
    """The question without surrounding space; raises `EmptyQuestion` or `QuestionTooLong`."""
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise QuestionTooLong(
            f"The question has {len(question):,} characters; at most {MAX_QUESTION_CHARACTERS:,} are read.",
            hint="Ask one thing at a time, in a sentence or two.",
        )
    if not question.strip():
        raise EmptyQuestion("The question is empty.")
    return question.strip()


def answer(
    request: AskRequest,
    tables: Sequence[TableView],
    planner: Planner,
    tools: Tools,
    context: Context,
    *,
    today: dt.date | None = None,
    before: Sequence[Turn] = (),
    max_shown_bytes: int = MAX_SHOWN_BYTES,
    knowledge: KnowledgeView = NOTHING_KNOWN,
) -> tuple[Answer, pa.Table | None]:
    """Answer `request` over `tables`: the response and, where there is one, the full result.

    `today` anchors relative dates; `before` are the answered questions of its thread; `knowledge` is what
    people said of the tables: a verified question is answered by its own SQL, whoever plans. Raises
    `EmptyQuestion`, `QuestionTooLong`, `Cancelled`, `OutOfTime`. What the planner cannot ground, the guard
    does not let pass or the engine cannot run is a refusal, not an error.
    """
    question = checked_question(request.question)
    course = Course(context)
    with course.step("recall", f"Looking at {_tables(tables)}", 0.05):
        plan_context = PlanContext(
            question, tuple(tables), today or dt.date.today(), tuple(before), knowledge
        )
    case = Case(request, plan_context, tools, course, uuid.uuid4().hex, max_shown_bytes)
    kept = _verified(case)
    if kept is not None:
        return kept
    if isinstance(planner, DrivingPlanner):
        return planner.answer(case)
    return drive(case, planner)


def _verified(case: Case) -> tuple[Answer, pa.Table | None] | None:
    """The answer to a verified question by its own SQL; a warning where that no longer runs."""
    found = verified.find(case.plan_context)
    if found is None:
        return None
    try:
        plan = verified.plan(found, case.plan_context)
        sql = steps.guard(case, plan.sql)
        result = steps.run(case, plan.sql, sql)
    except (QueryRefused, QueryFailed) as error:
        case.warnings.append(f"Its verified SQL in insights.yaml was left aside: {error.message}")
        return None
    assert result.table is not None, "a query's result has a table"
    return _finished(case, verified.NAME, verified.fitted(plan, result.table), sql, result)


def drive(case: Case, planner: Planner) -> tuple[Answer, pa.Table | None]:
    """Plan once and take the steps; a failed query is repaired by a planner that can."""
    with case.course.step("plan", "Understanding the question", 0.15):
        planned = planner.plan(case.plan_context, case.context)
    if isinstance(planned, Clarification):
        return reply.clarified(case, planner.name, planned), None
    if isinstance(planned, Refusal):
        return reply.refused(case, planner.name, planned), None
    outcome = _run(case, planned, planner)
    if isinstance(outcome, Refusal):
        return reply.refused(case, planner.name, outcome), None
    return _finished(case, planner.name, *outcome)


def _finished(
    case: Case, planner: str, plan: Plan, sql: str, result: Result
) -> tuple[Answer, pa.Table | None]:
    """Chart, sentence and check of a result."""
    table, total_rows = result.table, int(result.value["total_rows"])
    assert table is not None, "a query's result has a table"
    chart = steps.chart(case, plan, table)
    text = steps.sentence(case, plan, table, total_rows)
    text, numbers = steps.check(case, plan, table, total_rows, text)
    read = steps.used(plan.sql, case.names)
    return reply.answered(case, planner, plan, sql, result, chart, text, numbers, read)


def _run(case: Case, plan: Plan, planner: Planner) -> tuple[Plan, str, Result] | Refusal:
    """Guard and run the plan; a failed query is repaired at most twice, by a planner that can."""
    for attempt in range(MAX_REPAIRS + 1):
        try:
            sql = steps.guard(case, plan.sql)
            return plan, sql, steps.run(case, plan.sql, sql)
        except QueryRefused as error:
            return Refusal(
                f"The query for this question may not run: {error.message}", evidence=plan.evidence
            )
        except QueryFailed as error:
            other = None
            if attempt < MAX_REPAIRS and isinstance(planner, RepairingPlanner):
                with case.course.step("repair", "Trying another way", 0.35):
                    other = planner.repair(case.plan_context, plan, error.message, case.context)
            if other is None:
                text = f"The question was understood, but its query failed on this data: {error.message}"
                return Refusal(text, evidence=plan.evidence)
            plan = other
    raise AssertionError("the loop returns")


def _tables(tables: Sequence[TableView]) -> str:
    return tables[0].name if len(tables) == 1 else f"{len(tables)} datasets"
