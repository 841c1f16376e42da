"""The steps that every planner's question takes: guard, run, chart, sentence, check.

The plain driver (`pipeline`) and the graph of the model (`llm.graph`) take the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import Cancelled, InsightsError, OutOfTime
from ..schemas import AskRequest, NumberOrigin
from ..shown import json_bytes
from . import narrative
from .course import Course
from .grounding import Facts, ground
from .knowledge import filters
from .planner import Plan, PlanContext
from .tools import Tools

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp

    from ..context import Context
    from ..work import Result


@dataclass
class Case:
    """One question with all it works with; `warnings` gather what the reader must know."""

    request: AskRequest
    plan_context: PlanContext
    tools: Tools
    course: Course
    answer_id: str
    max_shown_bytes: int
    warnings: list[str] = field(default_factory=list)

    @property
    def question(self) -> str:
        """The question, without surrounding space."""
        return self.plan_context.question

    @property
    def names(self) -> list[str]:
        """The tables it may be about."""
        return [view.name for view in self.plan_context.tables]

    @property
    def context(self) -> Context:
        """Who asks, and until when."""
        return self.course.context


def guard(case: Case, sql: exp.Query, more: Sequence[str] = ()) -> str:
    """The SQL that may run; `more` are results of earlier steps it may read. Raises `QueryRefused`.

    Whoever wrote it: the default filters of the tables are in it.
    """
    with case.course.step("guard", "Checking the query", 0.3):
        return case.tools.guard(filters.hold(sql, case.plan_context.knowledge), [*case.names, *more])


def run(case: Case, plan_sql: exp.Query, sql: str, more: Sequence[str] = ()) -> Result:
    """Run guarded SQL over the tables that it reads; raises `QueryFailed`, `OutOfTime`, `Cancelled`."""
    with case.course.step("run", "Running the query", 0.4):
        return case.tools.run(sql, used(plan_sql, [*case.names, *more]), case.context)


def chart(case: Case, plan: Plan, table: pa.Table) -> dict[str, Any] | None:
    """The chart, or a warning: a table and a sentence are an answer without one."""
    with case.course.step("chart", "Drawing", 0.75):
        try:
            spec = case.tools.chart(plan, table)
            if spec is not None and json_bytes(spec) > case.max_shown_bytes:
                case.warnings.append("No chart was drawn: its values are too long.")
                return None
            return spec
        except (Cancelled, OutOfTime):
            raise
        except InsightsError as error:
            case.warnings.append(f"No chart was drawn: {error.message}")
            return None


def sentence(case: Case, plan: Plan, table: pa.Table, total_rows: int) -> str:
    """The sentence of the template."""
    with case.course.step("sentence", "Writing the sentence", 0.85):
        return narrative.sentence(told(case, plan), table, total_rows)


def check(
    case: Case, plan: Plan, table: pa.Table, total_rows: int, text: str
) -> tuple[str, list[NumberOrigin]]:
    """`text` with the origin of each number; what cannot be traced makes way for the plain sentence."""
    plan = told(case, plan)
    with case.course.step("check", "Checking the numbers", 0.95):
        facts = Facts.of(plan, table, total_rows, case.question)
        numbers, untraced = ground(text, facts)
        if untraced:
            text = narrative.plain(plan, total_rows)
            numbers, _ = ground(text, facts)
        return text, numbers


def told(case: Case, plan: Plan) -> Plan:
    """`plan` with the conditions that always hold for its tables."""
    return filters.told(plan, case.plan_context.knowledge, used(plan.sql, case.names))


def used(sql: exp.Query, names: Sequence[str]) -> list[str]:
    """Those of `names` that `sql` reads, in their order."""
    from sqlglot import exp

    read = {table.name.lower() for table in sql.find_all(exp.Table)}
    return [name for name in names if name.lower() in read]
