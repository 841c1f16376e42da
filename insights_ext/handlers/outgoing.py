"""What asking would send: the first call of a model, word for word, and nothing is sent."""

from __future__ import annotations

import datetime as dt

from ..context import Context
from ..schemas import AskRequest, Outgoing
from ..telemetry import operation
from ..workspace import Workspace
from .answers import Bench, asked_before, planner_of
from .askable import askable
from .knowing import knowledge_of, with_documents
from .replays import Replays
from .tables import Frames


@operation("outgoing")
def outgoing(
    workspace: Workspace, request: AskRequest, context: Context, frames: Frames | None = None
) -> Outgoing:
    """The messages of the first call that `ask` would make for `request`.

    Where no model would be asked `messages` is empty; where a stored answer or a verified question would
    come first, `later` says so. Raises as `ask` does, and `ModelNotAllowed`.
    """
    from ..ask import pipeline
    from ..ask.knowledge import verified
    from ..ask.llm.planner import LlmPlanner
    from ..ask.planner import PlanContext

    question = pipeline.checked_question(request.question)
    planner = planner_of(workspace, request.planner)
    if not isinstance(planner, LlmPlanner):
        return Outgoing(
            share=workspace.share,
            later=["The embedded planner answers on this machine: nothing would be sent."],
        )
    asked = askable(workspace, request, context.within(workspace.ask_timeout_s), frames)
    before, today = asked_before(workspace, request, context), dt.date.today()
    known = with_documents(workspace, knowledge_of(workspace, asked.views), request.question, context.owner)
    plan_context = PlanContext(question, tuple(asked.views), today, tuple(before), known)
    bench = Bench(workspace, asked.tables, context.owner)
    replays = Replays(workspace, request, asked.tables, before, bench, context, today)
    first = []
    if replays.kept():
        first.append("A stored answer would be given again, and nothing sent, unless you refresh it.")
    if verified.find(plan_context) is not None:
        first.append("A verified question of insights.yaml answers this: nothing would be sent.")
    would = planner.outgoing(plan_context)
    return would.model_copy(update={"later": [*first, *would.later]})
