"""Puts an answer together: what every outcome shares, and what each has of its own."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from ..schemas import Answer, Choice, Column, Evidence, NumberOrigin
from ..shown import SHOWN_ROWS, shown_rows
from .planner import Clarification, Plan, Refusal
from .steps import Case, told

if TYPE_CHECKING:
    import pyarrow as pa

    from ..work import Result

MAX_SUGGESTIONS = 3


def _answer(case: Case, planner: str, fields: dict[str, Any]) -> Answer:
    return Answer(
        id=case.answer_id,
        request_id=case.context.request_id,
        question=case.question,
        planner=planner,
        thread=case.request.thread,
        timings=case.course.total(),
        created_at=dt.datetime.now(dt.UTC),
        **fields,
    )


def clarified(case: Case, planner: str, outcome: Clarification, **more: Any) -> Answer:
    """Several readings, each a choice."""
    return _answer(
        case,
        planner,
        {
            "status": "clarification",
            "text": outcome.text,
            "datasets": case.names,
            "choices": list(outcome.choices),
            "evidence": list(outcome.evidence),
            "warnings": case.warnings,
            **more,
        },
    )


def refused(case: Case, planner: str, outcome: Refusal, **more: Any) -> Answer:
    """What was not understood, with questions that could be meant."""
    choices = list(outcome.choices)
    if not choices:
        offered = case.tools.nearest(case.question, case.names)[:MAX_SUGGESTIONS]
        choices = [Choice(label=q, question=q) for q in offered]
    return _answer(
        case,
        planner,
        {
            "status": "refused",
            "text": outcome.text,
            "datasets": case.names,
            "choices": choices,
            "evidence": list(outcome.evidence),
            "warnings": case.warnings,
            **more,
        },
    )


def answered(
    case: Case,
    planner: str,
    plan: Plan,
    sql: str,
    result: Result,
    chart: dict[str, Any] | None,
    text: str,
    numbers: list[NumberOrigin],
    datasets: list[str],
    **more: Any,
) -> tuple[Answer, pa.Table]:
    """The answer with its full result; cut rows are warned of."""
    table = result.table
    assert table is not None, "a query's result has a table"
    total_rows = int(result.value["total_rows"])
    rows, notes = shown_rows(table.slice(0, SHOWN_ROWS), case.max_shown_bytes)
    warnings, evidence = list(case.warnings), list(told(case, plan).evidence)
    if total_rows > table.num_rows:
        warnings.append(f"The result has {total_rows:,} rows; the first {table.num_rows:,} were kept.")
    if table.num_rows > len(rows):
        warnings.append(f"The first {len(rows):,} of {total_rows:,} rows are shown.")
    response = _answer(
        case,
        planner,
        {
            "status": "answered",
            "text": text,
            "datasets": datasets,
            "sql": sql,
            "columns": [Column.model_validate(c) for c in result.value["columns"]],
            "rows": rows,
            "total_rows": total_rows,
            "truncated": total_rows > len(rows),
            "chart": chart,
            "evidence": evidence or [Evidence(kind="operation", detail="planned without notes")],
            "numbers": numbers,
            "warnings": warnings + notes,
            **more,
        },
    )
    return response, table
