"""The way of one question as a LangGraph graph; the nodes take the same steps as every planner's.

recall → plan → guard → run → (repair, at most twice a step | further → plan) → chart → sentence → check →
remember. A refusal, a clarification or a failure of the model leaves the graph where it happens.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict

from ...schemas import Answer
from .. import reply as replies
from .. import steps
from ..planner import Clarification
from . import nodes, spoken
from .compose import composed
from .work import Work

if TYPE_CHECKING:
    import pyarrow as pa


class State(TypedDict, total=False):
    """The one channel of the graph, and what comes out of it."""

    work: Work
    answer: tuple[Answer, Any]


def answer(work: Work) -> tuple[Answer, pa.Table | None]:
    """Take `work` through the graph; raises what its calls raise."""
    from langsmith.run_helpers import tracing_context

    most = 12 + 8 * work.settings.max_steps
    with tracing_context(enabled=False):
        final = _graph().invoke({"work": work}, config={"recursion_limit": most, "callbacks": []})
    found: tuple[Answer, pa.Table | None] = final["answer"]
    return found


@cache
def _graph() -> Any:
    from langgraph.graph import END, START, StateGraph

    graph: Any = StateGraph(State)
    for name, node in {
        "recall": _recall,
        "plan": _of(nodes.plan),
        "guard": _of(nodes.guard),
        "run": _of(nodes.run),
        "repair": _of(nodes.repair),
        "further": _of(nodes.further),
        "chart": _of(nodes.chart),
        "sentence": _sentence,
        "check": _check,
        "remember": _remember,
    }.items():
        graph.add_node(name, node)
    graph.add_edge(START, "recall")
    graph.add_edge("recall", "plan")
    graph.add_conditional_edges("plan", _after_plan, ["guard", "chart", "remember"])
    graph.add_conditional_edges("guard", _after_guard, ["run", "repair", "remember"])
    graph.add_conditional_edges("run", _after_run, ["repair", "guard", "further", "chart"])
    graph.add_conditional_edges("repair", _after_repair, ["guard", "remember"])
    graph.add_edge("further", "plan")
    graph.add_edge("chart", "sentence")
    graph.add_edge("sentence", "check")
    graph.add_edge("check", "remember")
    graph.add_edge("remember", END)
    return graph.compile()


def _of(node: Any) -> Any:
    def take(state: State) -> State:
        node(state["work"])
        return {"work": state["work"]}

    return take


def _after_plan(state: State) -> str:
    work = state["work"]
    if work.outcome is not None:
        return "remember"
    return "guard" if work.drafts else "chart"


def _after_guard(state: State) -> str:
    work = state["work"]
    if work.outcome is not None:
        return "remember"
    return "repair" if work.failed else "run"


def _after_run(state: State) -> str:
    work = state["work"]
    if work.failed:
        return "repair"
    if work.drafts:
        return "guard"
    return "chart" if work.reply.done or len(work.ran) >= work.settings.max_steps else "further"


def _after_repair(state: State) -> str:
    return "remember" if state["work"].outcome is not None else "guard"


def _recall(state: State) -> State:
    """What there is to know was gathered before: here the question begins to move."""
    state["work"].case.context.check()
    return {"work": state["work"]}


def _sentence(state: State) -> State:
    work = state["work"]
    nodes.compare(work)
    with work.case.course.step("sentence", "Writing the sentence", 0.85):
        spoken.speak(work)
        spoken.template(work)
    return {"work": work}


def _check(state: State) -> State:
    """The template's sentence is checked as every other; a model's was, piece by piece."""
    work = state["work"]
    if work.numbers is None:
        plan = nodes.spoken_plan(work)
        work.text, work.numbers = steps.check(work.case, plan, work.table, work.total_rows, work.text)
        work.case.course.say(work.text)
    else:
        with work.case.course.step("check", "Checking the numbers", 0.95):
            pass
    return {"work": work}


def _remember(state: State) -> State:
    """Put the answer together; the operation that asked keeps it."""
    work = state["work"]
    with work.case.course.step("remember", "Keeping the answer", 0.98):
        shared: dict[str, Any] = {"model": work.model, "ledger": list(work.entries)}
        if isinstance(work.outcome, Clarification):
            return {
                "work": work,
                "answer": (replies.clarified(work.case, "llm", work.outcome, **shared), None),
            }
        if work.outcome is not None:
            return {"work": work, "answer": (replies.refused(work.case, "llm", work.outcome, **shared), None)}
        found = replies.answered(
            work.case,
            "llm",
            nodes.plan_of(work),
            _whole(work),
            work.last.result,
            work.chart,
            work.text,
            work.numbers or [],
            work.datasets(),
            steps=nodes.shown_steps(work),
            confidence=work.confidence,
            **shared,
        )
        return {"work": work, "answer": found}


def _whole(work: Work) -> str:
    """The SQL of the answer: one query, with the steps it rests on in WITH."""
    if len(work.ran) == 1:
        return work.last.sql
    return work.case.tools.guard(composed(work.last.tree, work.ran[:-1]), work.case.names)
