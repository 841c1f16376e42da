"""From a request to an answer, with a real engine behind the tools."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from duckdb_tools import DuckDBTools
from sqlglot import exp

from insights_ext.ask.pipeline import MAX_REPAIRS, answer
from insights_ext.ask.planner import Plan, ResultColumn
from insights_ext.ask.rules.planner import RulesPlanner
from insights_ext.context import Context, Event
from insights_ext.errors import (
    Cancelled,
    EmptyQuestion,
    InvalidRequest,
    OutOfTime,
    QueryRefused,
    QuestionTooLong,
)
from insights_ext.schemas import Answer, AskRequest

TODAY = dt.date(2024, 11, 23)


def ask(
    orders: Any, tools: Any, question: str, planner: Any = None, context: Context | None = None
) -> Answer:
    request = AskRequest(question=question, thread="t1")
    reply, _ = answer(
        request, orders.views, planner or RulesPlanner(), tools, context or Context(), today=TODAY
    )
    return reply


def test_an_answer_has_a_table_a_sentence_sql_and_evidence(orders: Any, tools: Any) -> None:
    reply = ask(orders, tools, "total revenue by region")
    assert reply.status == "answered"
    assert [c.name for c in reply.columns] == ["region", "revenue_usd"]
    assert reply.total_rows == len(reply.rows) == 4
    assert not reply.truncated
    assert reply.sql
    assert reply.evidence
    assert reply.datasets == ["orders"]
    assert (reply.planner, reply.thread) == ("rules", "t1")
    best = max(reply.rows, key=lambda row: row[1])
    assert f"{best[0]} (${best[1]:,.2f})" in reply.text
    assert {n.origin for n in reply.numbers} >= {"the number of rows"}


def test_steps_are_announced_and_timed(orders: Any, tools: Any) -> None:
    events: list[Event] = []
    reply = ask(orders, tools, "how many orders", context=Context(emit=events.append))
    steps = ["recall", "plan", "guard", "run", "chart", "sentence", "check"]
    assert [e.step for e in events] == steps
    assert set(reply.timings) == {*steps, "total"}
    assert reply.timings["total"] >= max(reply.timings[s] for s in steps)
    progress = [e.progress for e in events if e.progress is not None]
    assert progress == sorted(progress)


def test_a_thousand_rows_are_shown_and_all_are_kept(desk_of: Any) -> None:
    desk = desk_of("CREATE TABLE points AS SELECT i AS point_id, 'x' AS kind FROM range(2500) t(i)")
    request = AskRequest(question="show all points")
    reply, table = answer(request, desk.views, RulesPlanner(), DuckDBTools(desk.connection), Context())
    assert (len(reply.rows), reply.total_rows, reply.truncated) == (1000, 2500, True)
    assert table is not None
    assert table.num_rows == 2500
    assert any("1,000 of 2,500" in w for w in reply.warnings)
    reply, table = answer(request, desk.views, RulesPlanner(), DuckDBTools(desk.connection, 1500), Context())
    assert table is not None
    assert (table.num_rows, reply.total_rows, len(reply.warnings)) == (1500, 2500, 2)


@pytest.mark.parametrize("question", ["", "   ", "\n\t"])
def test_an_empty_question_is_an_error(orders: Any, tools: Any, question: str) -> None:
    with pytest.raises(EmptyQuestion):
        ask(orders, tools, question)


def test_a_question_has_4000_characters_at_most(orders: Any, tools: Any) -> None:
    assert ask(orders, tools, "x " * 1900 + "y").status == "refused"
    with pytest.raises(QuestionTooLong):
        ask(orders, tools, "x" * 4001)


def test_a_long_question_is_refused_quickly(orders: Any, tools: Any) -> None:
    began = time.perf_counter()
    assert ask(orders, tools, ("total revenue by region and " * 140)[:4000]).status in ("refused", "answered")
    assert time.perf_counter() - began < 5


def test_refusals_and_clarifications_carry_choices(orders: Any, tools: Any, desk_of: Any) -> None:
    refused = ask(orders, tools, "profit by region")
    assert (refused.status, refused.sql, refused.rows) == ("refused", None, [])
    assert refused.choices
    desk = desk_of("CREATE TABLE staff AS SELECT 'Ann' AS first_name, 'Lee' AS last_name, 3 AS years")
    asked = ask(desk, tools, "what is the name where years is 3")
    assert asked.status == "clarification"
    assert len(asked.choices) == 2


def test_a_stopped_question_stops(orders: Any, tools: Any) -> None:
    context = Context()
    context.cancelled.set()
    with pytest.raises(Cancelled):
        ask(orders, tools, "how many orders", context=context)
    with pytest.raises(OutOfTime):
        ask(orders, tools, "how many orders", context=Context(deadline=time.monotonic() - 1))


class Stubborn:
    """A planner whose SQL fails, and that has other ideas a number of times."""

    name = "stubborn"

    def __init__(self, good_after: int) -> None:
        self.left, self.asked = good_after, 0

    def _plan(self) -> Plan:
        column = "order_id" if self.left <= 0 else "nowhere"
        sql = exp.select(exp.column(column, quoted=True)).from_("orders").limit(3)
        return Plan(sql, (ResultColumn(column, "label", column),), ())

    def plan(self, plan_context: Any, context: Context) -> Plan:
        return self._plan()

    def repair(self, plan_context: Any, failed: Plan, error: str, context: Context) -> Plan:
        assert "nowhere" in error
        self.left, self.asked = self.left - 1, self.asked + 1
        return self._plan()


def test_a_failed_query_is_repaired_at_most_twice(orders: Any, tools: Any) -> None:
    planner = Stubborn(good_after=2)
    assert ask(orders, tools, "anything", planner).status == "answered"
    planner = Stubborn(good_after=3)
    reply = ask(orders, tools, "anything", planner)
    assert (reply.status, planner.asked) == ("refused", MAX_REPAIRS)
    assert "failed" in reply.text


class Hopeless:
    """A planner whose SQL fails, without another idea."""

    name = "hopeless"

    def plan(self, plan_context: Any, context: Context) -> Plan:
        return Plan(exp.select(exp.column("nowhere")).from_("orders"), (), ())


def test_a_failed_query_is_a_refusal_not_a_crash(orders: Any, tools: Any) -> None:
    reply = ask(orders, tools, "anything", Hopeless())
    assert reply.status == "refused"
    assert "nowhere" in reply.text


def test_what_the_guard_refuses_is_not_run(orders: Any, tools: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> str:
        raise QueryRefused("Only SELECT is allowed.")

    def run(*_: Any) -> Any:
        raise AssertionError("ran")

    monkeypatch.setattr(tools, "guard", refuse)
    monkeypatch.setattr(tools, "run", run)
    assert ask(orders, tools, "how many orders").status == "refused"


def test_an_answer_without_a_chart_is_an_answer(
    orders: Any, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise InvalidRequest("No such mark.")

    monkeypatch.setattr(tools, "chart", fail)
    reply = ask(orders, tools, "total revenue by region")
    assert (reply.status, reply.chart) == ("answered", None)
    assert any("No such mark" in w for w in reply.warnings)


def test_no_rows_is_an_answer_said_plainly(orders: Any, tools: Any) -> None:
    reply = ask(orders, tools, "orders with quantity more than 5000")
    assert (reply.status, reply.rows) == ("answered", [])
    assert "No row matches" in reply.text
    assert "quantity is above 5000" in reply.text


def test_a_search_that_is_under_way_stops(orders: Any, tools: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from insights_ext.ask.rules import search

    context, real = Context(), search.leaves

    def leaves(*given: Any) -> Any:
        context.cancelled.set()
        return real(*given)

    monkeypatch.setattr(search, "leaves", leaves)
    with pytest.raises(Cancelled):
        ask(orders, tools, "total revenue by region", context=context)
