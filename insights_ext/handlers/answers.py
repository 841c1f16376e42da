"""Ask and query: from a question, or from SQL, to a checked result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..ask.planner import Turn, leaned
from ..context import Context
from ..errors import InvalidOption, InvalidRequest
from ..schemas import Answer, AskRequest, Column, QueryRequest, QueryResult, dataset_name
from ..services import charts, guard
from ..shown import SHOWN_ROWS, shown_rows
from ..telemetry import ANSWERS_TOTAL, operation
from ..work import Result
from ..workspace import Workspace
from .askable import askable
from .knowing import knowledge_of, notes_on, with_documents
from .removal import forget_if_deleted
from .replays import Replays
from .step_files import StepFiles
from .tables import Frames, Table, find_all, noted

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp

    from ..ask.knowledge.recalling import Recalled
    from ..ask.planner import Plan, Planner


@dataclass(frozen=True)
class Bench:
    """What the pipeline works with: the guard, the engine, charts and the memory of one workspace.

    `steps` are results of earlier queries of the question, as files that `close` removes.
    """

    workspace: Workspace
    tables: Sequence[Table]
    owner: str
    steps: StepFiles = field(default_factory=StepFiles)

    def close(self) -> None:
        """Remove what was kept for the question."""
        self.steps.remove()

    def guard(self, sql: exp.Query, names: Sequence[str]) -> str:
        """The SQL that may run, printed back from the checked tree; raises `QueryRefused`."""
        return guard.check(sql, names).sql

    def run(self, sql: str, names: Sequence[str], context: Context) -> Result:
        """Run checked SQL in a worker of its own; raises `QueryFailed` or `OutOfTime`."""
        known = {table.name: table.path for table in self.tables} | self.steps.paths
        paths = {name: known[name] for name in names}
        return self.workspace.run(
            "query",
            {
                "sql": sql,
                "tables": {name: str(path) for name, path in paths.items()},
                "max_rows": self.workspace.max_result_rows,
                "max_bytes": self.workspace.max_result_bytes,
            },
            context,
            reads=tuple(paths.values()),
        )

    def keep(self, name: str, table: pa.Table) -> bool:
        """Keep the result of a step as a Parquet file that later queries may read as a table."""
        return self.steps.keep(name, table, self.workspace.storage.private_directory)

    def chart(self, plan: Plan, table: pa.Table) -> dict[str, Any] | None:
        """A Vega-Lite specification for the result, or None where a chart would not help."""
        return charts.choose(plan, table)

    def nearest(self, text: str, names: Sequence[str]) -> list[str]:
        """Questions answered before that come nearest to `text`; none while the memory is not open.

        Opening it takes seconds, which a refusal is not worth.
        """
        if not self.workspace.memory.is_open:
            return []
        hits = self.workspace.memory.search(
            self.owner, text, kinds=("question",), datasets=list(names), limit=3
        )
        bad = self.workspace.catalog.of(self.owner).bad_answers() if hits else set()
        return [hit.text for hit in hits if hit.payload.get("answer_id") not in bad]

    def recall(self, text: str, names: Sequence[str], limit: int = 3) -> list[Recalled]:
        """What comes nearest to `text`, at most `limit` of a kind, best first; no stored value."""
        from ..ask.knowledge.recalling import RECALLED, recalled

        self.workspace.index_knowledge()
        search, known = self.workspace.memory.search, self.workspace.knowledge.current()
        bad = self.workspace.catalog.of(self.owner).bad_answers()
        found: list[Recalled] = []
        for kind in RECALLED:
            # More than are wanted, for some may no longer hold.
            hits = search(self.owner, text, kinds=(kind,), datasets=list(names), limit=3 * limit)
            found += recalled(hits, known, names, bad)[:limit]
        return sorted(found, key=lambda each: -each.score)


@operation("ask")
def ask(
    workspace: Workspace, request: AskRequest, context: Context, frames: Frames | None = None
) -> tuple[Answer, pa.Table | None]:
    """Answer a question; the table is the full result, up to ``max_result_rows``.

    Raises `EmptyQuestion`, `QuestionTooLong`, `DatasetNotFound`, `OutOfTime`. A question that cannot be
    grounded is not an error: the answer then says ``refused`` or ``clarification``.
    """
    from ..ask import pipeline

    pipeline.checked_question(request.question)
    planner = planner_of(workspace, request.planner)
    asks_model = planner.name == "llm"
    context = context.within(workspace.ask_model_timeout_s if asks_model else workspace.ask_timeout_s)
    asked = askable(workspace, request, context, frames)
    bench = Bench(workspace, asked.tables, context.owner)
    before, today = asked_before(workspace, request, context), dt.date.today()
    replays = None
    if asks_model:
        replays = Replays(workspace, request, asked.tables, before, bench, context, today)
        again = replays.find()
        if again is not None:
            return again
    known = knowledge_of(workspace, asked.views)
    if asks_model:
        known = with_documents(workspace, known, request.question, context.owner)
    try:
        answer, table = pipeline.answer(
            request,
            asked.views,
            planner,
            bench,
            context,
            today=today,
            before=before,
            max_shown_bytes=workspace.max_shown_bytes,
            knowledge=known,
        )
    finally:
        bench.close()
    notes = [*noted(each for each in asked.tables if each.name in answer.datasets), *asked.notes]
    notes += notes_on(workspace, known, answer.datasets)
    if answer.sql and workspace.owned(context).called_wrong(answer.question, answer.sql):
        notes.append("This same answer was called wrong before.")
    if notes:
        answer = answer.model_copy(update={"warnings": [*answer.warnings, *notes]})
    ANSWERS_TOTAL.labels(answer.status, answer.planner).inc()
    replay_key = None if replays is None else replays.key_for(answer)
    _remember(workspace, answer, asked.tables, context, replay_key)
    return answer, table


@operation("answer")
def answer(workspace: Workspace, answer_id: str, context: Context) -> Answer:
    """A past answer; raises `AnswerNotFound`."""
    return workspace.owned(context).answer(answer_id)


@operation("query")
def query(
    workspace: Workspace, request: QueryRequest, context: Context, frames: Frames | None = None
) -> tuple[QueryResult, pa.Table]:
    """Run one read-only SELECT; the table is the full result, up to ``max_result_rows``.

    Raises `QueryRefused`, `QueryFailed`, `DatasetNotFound` or `OutOfTime`.
    """
    if not request.sql.strip():
        raise InvalidRequest("The query is empty.", hint="For example: SELECT count(*) FROM sales")
    checked = guard.check(request.sql, _queryable(workspace, request, context, frames))
    tables = find_all(workspace, sorted(checked.tables), context, frames)
    bench = Bench(workspace, tables, context.owner)
    result = bench.run(checked.sql, [table.name for table in tables], context)
    table = result.table
    assert table is not None
    rows, warnings = shown_rows(table.slice(0, SHOWN_ROWS), workspace.max_shown_bytes)
    total = result.value["total_rows"]
    if total > table.num_rows:
        warnings.append(f"Only the first {table.num_rows:,} of {total:,} rows were kept.")
    shown = QueryResult(
        sql=checked.sql,
        request_id=context.request_id,
        columns=[Column.model_validate(column) for column in result.value["columns"]],
        rows=rows,
        total_rows=total,
        truncated=len(rows) < total,
        warnings=[*noted(tables), *warnings],
    )
    return shown, table


@operation("chart")
def chart_picture(workspace: Workspace, spec: dict[str, Any], context: Context) -> str:
    """A chart as a PNG in base64, drawn in a worker with no network."""
    charts.validate(spec)
    result = workspace.run("chart", {"spec": spec, "format": "png", "scale": 1.5}, context, key="chart")
    return str(result.value["data"])


def _queryable(
    workspace: Workspace, request: QueryRequest, context: Context, frames: Frames | None
) -> list[str]:
    if request.datasets is not None:
        # Names are enough here: only what the query uses is looked up, and frames converted.
        return list(
            dict.fromkeys([*(frames or {}), *map(dataset_name, set(request.datasets) - set(frames or ()))])
        )
    completed = (item.name for item in workspace.owned(context).list() if item.state == "completed")
    return list(dict.fromkeys([*(frames or {}), *completed]))


def asked_before(workspace: Workspace, request: AskRequest, context: Context) -> list[Turn]:
    """What was asked and answered in the request's thread, oldest first."""
    if request.thread is None:
        return []
    return [
        Turn(turn.question, turn.datasets, turn.sql, turn.created_at.astimezone().date())
        for turn in workspace.owned(context).turns(request.thread, asking=request.question)
    ]


def planner_of(workspace: Workspace, name: str | None) -> Planner:
    """The planner of that name, or the one that is configured; raises `InvalidOption`."""
    chosen = name or workspace.planner
    if chosen == "auto":
        chosen = "llm" if workspace.model else "rules"
    make = workspace.planners.get(chosen)
    if make is None:
        raise InvalidOption(
            f"There is no planner {chosen!r}.", hint=f"Planners here: {', '.join(workspace.planners)}."
        )
    return make()


def _remember(
    workspace: Workspace,
    answer: Answer,
    tables: Sequence[Table],
    context: Context,
    replay_key: str | None = None,
) -> None:
    hashes = {table.name: table.content_sha256 for table in tables if table.name in answer.datasets}
    workspace.owned(context).save_answer(answer, hashes, replay_key=replay_key)
    stored = {table.content_sha256 for table in tables if table.dataset is not None} & set(hashes.values())
    if forget_if_deleted(workspace, stored, context):
        return
    if answer.status != "answered" or not answer.sql or leaned(answer.evidence):
        return
    if not workspace.owned(context).called_wrong(answer.question, answer.sql):
        workspace.memory.remember_question(
            context.owner, answer.question, answer.sql, answer.datasets, answer.id
        )
