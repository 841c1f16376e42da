"""One question from words to a checked answer: recall, plan, guard, run, chart, sentence, check."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from ..errors import (
    Cancelled,
    EmptyQuestion,
    InsightsError,
    OutOfTime,
    QueryFailed,
    QueryRefused,
    QuestionTooLong,
)
from ..schemas import Answer, AskRequest, Choice, Column, Evidence
from ..shown import MAX_SHOWN_BYTES, SHOWN_ROWS, json_bytes, shown_rows
from . import narrative
from .grounding import Facts, ground
from .planner import Clarification, Plan, PlanContext, Planner, Refusal, TableView, Turn
from .tools import Tools

if TYPE_CHECKING:
    import pyarrow as pa

    from ..context import Context
    from ..work import Result

MAX_QUESTION_CHARACTERS = 4_000
MAX_REPAIRS = 2
MAX_SUGGESTIONS = 3


@runtime_checkable
class RepairingPlanner(Protocol):
    """A planner that may have another idea when the engine refused its first."""

    def repair(self, plan_context: PlanContext, failed: Plan, error: str, context: Context) -> Plan | None:
        """Another plan, or None."""


@dataclass
class _Course:
    """The steps of one question: announces, times and bounds them."""

    context: Context
    started: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def step(self, name: str, message: str, progress: float) -> Iterator[None]:
        self.context.check()
        self.context.step(name, message, progress)
        began = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - began
            self.timings[name] = round(self.timings.get(name, 0.0) + spent, 6)

    def total(self) -> dict[str, float]:
        return {**self.timings, "total": round(time.perf_counter() - self.started, 6)}


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
) -> tuple[Answer, pa.Table | None]:
    """Answer `request` over `tables`: the response and, where there is one, the full result.

    `today` anchors relative dates; `before` are the answered questions of its thread. Raises
    `EmptyQuestion`, `QuestionTooLong`, `Cancelled`, `OutOfTime`. What the planner cannot ground, the guard
    does not let pass or the engine cannot run is a refusal, not an error.
    """
    question = checked_question(request.question)
    course = _Course(context)
    names = [view.name for view in tables]
    with course.step("recall", f"Looking at {_tables(names)}", 0.05):
        plan_context = PlanContext(question, tuple(tables), today or dt.date.today(), tuple(before))
    with course.step("plan", "Understanding the question", 0.15):
        planned = planner.plan(plan_context, context)
    reply = _Reply(request, question, planner.name, names, course, max_shown_bytes)
    if isinstance(planned, Clarification):
        return reply.clarified(planned), None
    if isinstance(planned, Refusal):
        return reply.refused(planned, tools), None
    outcome = _run(planned, plan_context, planner, tools, names, course)
    if isinstance(outcome, Refusal):
        return reply.refused(outcome, tools), None
    plan, sql, result = outcome
    return reply.answered(plan, sql, result, tools)


def _run(
    plan: Plan, plan_context: PlanContext, planner: Planner, tools: Tools, names: list[str], course: _Course
) -> tuple[Plan, str, Result] | Refusal:
    """Guard and run the plan; a failed query is repaired at most twice, by a planner that can."""
    for attempt in range(MAX_REPAIRS + 1):
        try:
            with course.step("guard", "Checking the query", 0.3):
                sql = tools.guard(plan.sql, names)
            with course.step("run", "Running the query", 0.4):
                return plan, sql, tools.run(sql, _used(plan, names), course.context)
        except QueryRefused as error:
            return Refusal(
                f"The query for this question may not run: {error.message}", evidence=plan.evidence
            )
        except QueryFailed as error:
            other = None
            if attempt < MAX_REPAIRS and isinstance(planner, RepairingPlanner):
                with course.step("repair", "Trying another way", 0.35):
                    other = planner.repair(plan_context, plan, error.message, course.context)
            if other is None:
                text = f"The question was understood, but its query failed on this data: {error.message}"
                return Refusal(text, evidence=plan.evidence)
            plan = other
    raise AssertionError("the loop returns")


@dataclass
class _Reply:
    """The parts of an answer that every outcome shares."""

    request: AskRequest
    question: str
    planner: str
    names: list[str]
    course: _Course
    max_shown_bytes: int

    def _answer(self, **fields: Any) -> Answer:
        return Answer(
            id=uuid.uuid4().hex,
            request_id=self.course.context.request_id,
            question=self.question,
            planner=self.planner,
            thread=self.request.thread,
            timings=self.course.total(),
            created_at=dt.datetime.now(dt.UTC),
            **fields,
        )

    def clarified(self, outcome: Clarification) -> Answer:
        return self._answer(
            status="clarification",
            text=outcome.text,
            datasets=self.names,
            choices=list(outcome.choices),
            evidence=list(outcome.evidence),
        )

    def refused(self, outcome: Refusal, tools: Tools) -> Answer:
        choices = list(outcome.choices)
        if not choices:
            offered = tools.nearest(self.question, self.names)[:MAX_SUGGESTIONS]
            choices = [Choice(label=q, question=q) for q in offered]
        return self._answer(
            status="refused",
            text=outcome.text,
            datasets=self.names,
            choices=choices,
            evidence=list(outcome.evidence),
        )

    def answered(self, plan: Plan, sql: str, result: Result, tools: Tools) -> tuple[Answer, pa.Table]:
        table, course = result.table, self.course
        assert table is not None, "a query's result has a table"
        total_rows = int(result.value["total_rows"])
        warnings: list[str] = []
        with course.step("chart", "Drawing", 0.75):
            chart = _chart(plan, table, tools, warnings, self.max_shown_bytes)
        with course.step("sentence", "Writing the sentence", 0.85):
            text = narrative.sentence(plan, table, total_rows)
        with course.step("check", "Checking the numbers", 0.95):
            facts = Facts.of(plan, table, total_rows, self.question)
            numbers, untraced = ground(text, facts)
            if untraced:
                text = narrative.plain(plan, total_rows)
                numbers, _ = ground(text, facts)
        rows, notes = shown_rows(table.slice(0, SHOWN_ROWS), self.max_shown_bytes)
        if total_rows > table.num_rows:
            warnings.append(f"The result has {total_rows:,} rows; the first {table.num_rows:,} were kept.")
        if table.num_rows > len(rows):
            warnings.append(f"The first {len(rows):,} of {total_rows:,} rows are shown.")
        used = _used(plan, self.names)
        response = self._answer(
            status="answered",
            text=text,
            datasets=used,
            sql=sql,
            columns=[Column.model_validate(c) for c in result.value["columns"]],
            rows=rows,
            total_rows=total_rows,
            truncated=total_rows > len(rows),
            chart=chart,
            evidence=list(plan.evidence) or [Evidence(kind="operation", detail="planned without notes")],
            numbers=numbers,
            warnings=warnings + notes,
        )
        return response, table


def _chart(
    plan: Plan, table: pa.Table, tools: Tools, warnings: list[str], max_bytes: int
) -> dict[str, Any] | None:
    """The chart, or a warning: a table and a sentence are an answer without one."""
    try:
        chart = tools.chart(plan, table)
        if chart is not None and json_bytes(chart) > max_bytes:
            warnings.append("No chart was drawn: its values are too long.")
            return None
        return chart
    except (Cancelled, OutOfTime):
        raise
    except InsightsError as error:
        warnings.append(f"No chart was drawn: {error.message}")
        return None


def _used(plan: Plan, names: Sequence[str]) -> list[str]:
    from sqlglot import exp

    read = {table.name for table in plan.sql.find_all(exp.Table)}
    return [name for name in names if name in read]


def _tables(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} datasets"
