"""Knowledge and feedback: what people say of their data and of answers, kept in insights.yaml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ..context import Context
from ..errors import InvalidKnowledge, QueryRefused
from ..schemas import (
    Answer,
    DescribeRequest,
    Feedback,
    FeedbackRequest,
    Knowledge,
    KnowledgeState,
    LearnRequest,
    VerifiedQuestion,
)
from ..services import guard
from ..telemetry import operation
from ..workspace import Workspace
from . import profiles
from .tables import find_all, find_whole


@operation("feedback")
def feedback(workspace: Workspace, request: FeedbackRequest, context: Context, answer_id: str) -> Feedback:
    """Say that an answer is right or wrong; the last word holds.

    A right one becomes a verified question of insights.yaml, where its SQL can stand alone. A wrong one is
    taken out of it, and is neither replayed nor offered again. Raises `AnswerNotFound`.
    """
    owned = workspace.owned(context)
    answer = owned.answer(answer_id)
    note = (request.note or "").strip() or None
    saved, detail = False, "It is not given again."
    if request.verdict == "good":
        saved, detail = _keep(workspace, answer, note)
        if answer.sql and saved:
            workspace.memory.remember_question(
                context.owner, answer.question, answer.sql, answer.datasets, answer.id
            )
            workspace.index_knowledge()
    else:
        if _drop(workspace, answer):
            detail = f"It is not given again, and was taken out of {workspace.knowledge.shown}."
        workspace.memory.forget_question(context.owner, answer.question, answer.datasets)
    said = Feedback(
        answer_id=answer_id,
        verdict=request.verdict,
        note=note,
        saved=saved,
        detail=detail,
        created_at=dt.datetime.now(dt.UTC),
    )
    owned.save_feedback(said)
    return said


@operation("knowledge")
def knowledge(workspace: Workspace, request: None, context: Context) -> KnowledgeState:
    """The knowledge in force, its problems by line, and what of it is left aside."""
    return _with_warnings(workspace, workspace.knowledge.state(), context)


@operation("learn")
def learn(workspace: Workspace, request: LearnRequest, context: Context) -> KnowledgeState:
    """Add one thing to insights.yaml; raises `InvalidKnowledge`, `QueryRefused`, `DatasetNotFound`.

    SQL must pass the guard, and tables and columns must be there, before anything is written.
    """
    if request.question is not None:
        item = _checked_question(workspace, request, context)
        return _with_warnings(workspace, workspace.knowledge.add(item), context)
    _check_words(workspace, request, context)
    return _with_warnings(workspace, workspace.knowledge.add(request), context)


@operation("describe")
def describe(workspace: Workspace, request: DescribeRequest, context: Context) -> KnowledgeState:
    """A draft of insights.yaml from the profiles, as `text`; it is written only if `save` says so.

    Raises `DatasetNotFound`, and `InvalidKnowledge` where the file is broken.
    """
    from ..ask.knowledge.joining import likely_joins

    if request.datasets is None:
        tables, _ = find_whole(workspace, context)
    else:
        tables = find_all(workspace, request.datasets, context)
    views = [profiles.view(workspace, table, context) for table in tables]
    stats, joins = [view.stats for view in views], likely_joins(views)
    store = workspace.knowledge
    if request.save:
        return _with_warnings(workspace, store.write_draft(stats, joins), context)
    text = store.draft(stats, joins)
    return _with_warnings(workspace, store.state().model_copy(update={"text": text}), context)


def _keep(workspace: Workspace, answer: Answer, note: str | None) -> tuple[bool, str]:
    """Save a right answer as a verified question, and say what came of it."""
    from ..ask.knowledge import verified
    from ..ask.planner import leaned

    store = workspace.knowledge
    if answer.status != "answered" or not answer.sql:
        return False, "There is no query in it to keep."
    if leaned(answer.evidence):
        return False, "Not kept for other questions: it leans on the question before."
    try:
        checked = guard.check(answer.sql, answer.datasets)
    except QueryRefused:
        return False, "Not kept for other questions: its query reads the results of earlier steps."
    if verified.relative(answer.question) and not checked.volatile:
        return False, "Not kept for other questions: its dates are those of the day it was asked."
    item = VerifiedQuestion(
        question=answer.question, sql=answer.sql, datasets=sorted(answer.datasets), note=note
    )
    store.add(item)
    return True, f"Saved as a verified question in {store.shown}."


def _drop(workspace: Workspace, answer: Answer) -> bool:
    """Take the question out of the verified ones if it has this answer's SQL; a broken file is left alone."""
    from ..ask.knowledge.verified import same_words

    store, dropped = workspace.knowledge, False
    words = same_words(answer.question)
    for each in store.current().verified:
        if same_words(each.question) == words and (each.sql == answer.sql or answer.planner == "verified"):
            dropped = store.remove_verified(each.question, each.sql) or dropped
    return dropped


def _checked_question(workspace: Workspace, request: LearnRequest, context: Context) -> VerifiedQuestion:
    if not request.sql or not request.sql.strip():
        raise InvalidKnowledge("A verified question needs its SQL.", hint="Give question and sql.")
    tables, _ = _tables(workspace, context)
    checked = guard.check(request.sql, list(tables))
    return VerifiedQuestion(
        question=(request.question or "").strip(),
        sql=request.sql.strip(),
        datasets=list(checked.tables),
        note=request.description,
    )


def _check_words(workspace: Workspace, request: LearnRequest, context: Context) -> None:
    """Refuse words about what is not there: written down they would help nobody."""
    from ..ask.knowledge.build import warnings_of
    from ..services.knowledge.reading import read
    from ..services.knowledge.writing import with_words

    about = (request.about or "").strip()
    if request.sql is None and about in workspace.knowledge.current().metrics:
        return
    tables, unready = _tables(workspace, context)
    wanted = read(with_words("", Knowledge(), request)).knowledge
    wrong = _of_ready(warnings_of(wanted, tables, {}), unready)
    if wrong:
        raise InvalidKnowledge(
            f"{wrong[0].rstrip('.')}.", hint="Names are those of datasets and their columns."
        )


def _with_warnings(workspace: Workspace, state: KnowledgeState, context: Context) -> KnowledgeState:
    from ..ask.knowledge.build import warnings_of

    tables, unready = _tables(workspace, context)
    warnings = warnings_of(state.knowledge, tables, workspace.knowledge.lines())
    return state.model_copy(update={"warnings": _of_ready(warnings, unready)})


def _of_ready(warnings: Sequence[str], unready: Sequence[str]) -> list[str]:
    """Those that are not about datasets still on their way."""
    return [each for each in warnings if not any(repr(name) in each for name in unready)]


def _tables(workspace: Workspace, context: Context) -> tuple[dict[str, list[str]], Sequence[str]]:
    """The columns of every dataset that is there, and the names of those still on their way."""
    found = workspace.owned(context).list()
    whole = {
        item.name: [column.name for column in item.columns] for item in found if item.state == "completed"
    }
    return whole, [item.name for item in found if item.state in ("pending", "processing")]
