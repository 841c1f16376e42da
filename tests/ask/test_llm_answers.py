"""Answers of a model: one query, several, repaired, refused; with the facts that speak for them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from insights_ext.ask.planner import Turn

FAILED = re.compile("That query failed")
BY_REGION = "SELECT region, sum(revenue_usd) AS total FROM orders GROUP BY region ORDER BY total DESC"


def test_a_query_in_any_wrapping_is_an_answer(model: Any, asker: Any) -> None:
    desk = asker()
    wrapped = [
        {"sql": BY_REGION},
        f"```sql\n{BY_REGION};\n```",
        f'Here you are:\n```json\n{{"sql": "{BY_REGION}",}}\n```\nEnjoy!',
        f"<think>SELECT nothing</think>The query is {BY_REGION}; it sums the revenue.",
        BY_REGION,
    ]
    for content in wrapped:
        model.forget()
        model.say(content)
        reply = desk.ask("revenue by region")
        assert (reply.status, reply.planner, reply.model) == ("answered", "llm", "openai:scripted")
        assert (reply.total_rows, [c.name for c in reply.columns]) == (4, ["region", "total"])
        assert reply.steps == []
        assert "question" not in reply.text.lower()


def test_the_question_stands_as_it_was_typed_in_the_last_message(model: Any, asker: Any) -> None:
    model.say({"sql": BY_REGION})
    question = "What's the “revenue” per region — in  total?"
    asker().ask(question)
    assert question in model.requests[0].prompt
    assert all(name in model.requests[0].text for name in ("orders", "revenue_usd", "customer_age"))


def test_three_steps_each_read_the_one_before(model: Any, asker: Any) -> None:
    model.say(
        {
            "steps": [
                {"sql": "SELECT customer_name, sum(revenue_usd) AS r FROM orders GROUP BY 1", "purpose": "a"},
                {"sql": "SELECT * FROM step_1 WHERE r > (SELECT avg(r) FROM step_1)", "purpose": "b"},
                {"sql": "SELECT count(*) AS n FROM step_2", "purpose": "how many are above the mean"},
            ]
        }
    )
    desk = asker()
    reply = desk.ask("how many customers are above the average customer")
    assert [step.name for step in reply.steps] == ["step_1", "step_2", "step_3"]
    expected = desk.desk.sql(
        "WITH a AS (SELECT customer_name, sum(revenue_usd) AS r FROM orders GROUP BY 1) "
        "SELECT count(*) FROM a WHERE r > (SELECT avg(r) FROM a)"
    )
    assert reply.rows == [[expected[0][0]]]
    assert desk.desk.sql(reply.sql) == expected, "the SQL of the answer stands for itself"
    assert len(model.requests) == 1


def test_a_step_may_wait_for_the_result_before_it(model: Any, asker: Any) -> None:
    model.say({"sql": BY_REGION, "done": False}, times=1)
    model.say({"sql": "SELECT max(total) AS best FROM step_1"}, when="Results so far")
    reply = asker().ask("the best of the regions")
    assert [step.total_rows for step in reply.steps] == [4, 1]
    assert '"total"; 4 rows' in model.requests[1].prompt


def test_no_more_steps_than_are_allowed(model: Any, asker: Any) -> None:
    model.say({"sql": "SELECT 1 AS one FROM orders", "done": False})
    reply = asker(max_steps=3).ask("go on for ever")
    assert len(reply.steps) == len(model.requests) == 3
    assert any("no more are allowed" in w for w in reply.warnings)
    model.forget()
    model.say({"steps": [{"sql": "SELECT 1 AS one FROM orders"}] * 5})
    assert asker(max_steps=3).ask("zzz five at once").status == "refused"


def test_a_misspelt_column_is_repaired(model: Any, asker: Any) -> None:
    model.say({"sql": BY_REGION}, when=FAILED)
    model.say({"sql": BY_REGION.replace("revenue_usd", "revenu_usd")})
    reply = asker().ask("what did the regions bring in")
    assert reply.status == "answered"
    assert "revenue_usd" in model.requests[1].prompt
    assert [len(step.repairs) for step in reply.steps] == [1]
    assert "revenu_usd" in reply.steps[0].repairs[0].sql
    assert any("repaired once" in fact for fact in reply.confidence)
    assert [entry.sent_for for entry in reply.ledger] == ["plan", "repair"]


def test_a_query_that_cannot_be_read_is_repaired_too(model: Any, asker: Any) -> None:
    model.say({"sql": BY_REGION}, when=FAILED)
    model.say({"sql": "SELECT region, sum(revenue_usd FROM orders GROUP BY region"})
    assert asker().ask("what did the regions bring in").status == "answered"


def test_the_sentence_says_a_condition_on_an_earlier_step_in_words(model: Any, asker: Any) -> None:
    best = "SELECT region FROM orders GROUP BY region ORDER BY sum(revenue_usd) DESC LIMIT 1"
    there = "region = (SELECT region FROM step_1)"
    rest = f"SELECT product, count(*) AS n FROM orders WHERE {there} GROUP BY product"
    model.say({"steps": [{"sql": best}, {"sql": rest}]})
    reply = asker().ask("zzz what sells in the best region")
    assert reply.text.endswith("where region is the region of step_1.")


def test_repairs_end_after_two(model: Any, asker: Any) -> None:
    model.say({"sql": "SELECT nowhere FROM orders"})
    reply = asker().ask("zzz what is nowhere")
    assert reply.status == "refused"
    assert "2 repairs: The query does not fit the data (names: nowhere" in reply.text
    assert "FROM clause" not in reply.text, "the engine's terms are for the model"
    assert len(model.requests) == 3


def test_what_the_guard_refuses_is_neither_run_nor_repaired(model: Any, asker: Any) -> None:
    desk = asker()
    for sql in (
        "WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY orders TO '/tmp/stolen.csv'",
        "SELECT * FROM 'https://evil.test/x.parquet'",
    ):
        model.forget()
        model.say({"sql": sql})
        before = len(model.requests)
        reply = desk.ask("total revenue by region")
        assert reply.status == "refused"
        assert "may not run" in reply.text
        assert len(model.requests) == before + 1
    assert desk.desk.sql("SELECT count(*) FROM orders") == [(500,)]


def test_a_refusal_gives_way_to_the_embedded_planner(model: Any, asker: Any) -> None:
    model.say({"refuse": "There is no such column."})
    desk = asker()
    reply = desk.ask("total revenue by region")
    assert (reply.status, reply.planner, reply.model) == ("answered", "rules", None)
    assert any("The model sees no way" in w for w in reply.warnings)
    assert len(reply.ledger) == 1
    refused = desk.ask("zzz profit of the moon")
    assert (refused.status, refused.planner) == ("refused", "llm")
    assert "There is no such column." in refused.text


def test_a_refusal_says_nothing_that_is_not_known(model: Any, asker: Any) -> None:
    model.say({"refuse": "Visit https://evil.test or call Elbonia 555 now."})
    reply = asker().ask("zzz profit of the moon")
    assert "evil" not in reply.text
    assert "Elbonia" not in reply.text


def test_several_readings_are_asked_back(model: Any, asker: Any) -> None:
    readings = ["total revenue by region", "number of orders by region"]
    model.say({"ask_back": [*readings, "pay 500 to https://evil.test"]})
    reply = asker().ask("how good are the regions")
    assert reply.status == "clarification"
    assert [choice.question for choice in reply.choices] == readings


def test_the_embedded_planner_is_candidate_and_check(model: Any, asker: Any) -> None:
    model.say({"sql": BY_REGION})
    agrees = asker().ask("total revenue by region")
    assert 'SUM("revenue_usd")' in model.requests[0].prompt
    assert any("gives the same result" in fact for fact in agrees.confidence)
    model.forget()
    model.say({"sql": "SELECT region, sum(quantity) AS q FROM orders GROUP BY region"})
    differs = asker().ask("total revenue by region")
    assert any("another way" in w for w in differs.warnings)
    assert any("another way" in fact for fact in differs.confidence)


def test_a_chart_is_one_of_ours(model: Any, asker: Any) -> None:
    model.say({"sql": BY_REGION, "chart": {"mark": "pie", "url": "https://evil.test", "expr": "1"}})
    desk = asker()
    desk.ask("total revenue by region")
    assert desk.tools.charted[-1].chart == "pie"
    model.forget()
    model.say({"sql": BY_REGION, "chart": {"mark": "image"}})
    desk.ask("total revenue by region")
    assert desk.tools.charted[-1].chart is None


def test_a_follow_up_leans_on_the_questions_before(model: Any, asker: Any) -> None:
    turn = Turn("revenue in norway", ("orders",), "SELECT sum(revenue_usd) AS r FROM orders "
                "WHERE country = 'Norway' AND customer_name = 'cust7' "
                "AND order_date >= DATE '2023-02-01'", dt.date(2024, 11, 1))  # fmt: skip
    model.say(lambda r: {"sql": "SELECT sum(quantity) AS q FROM orders WHERE country = :v1"})
    desk = asker()
    reply = desk.ask("and the quantity?", before=[turn])
    sent = model.requests[0].prompt
    assert "revenue in norway" in sent
    assert "2023-02-01" in sent
    assert "Norway" not in sent
    assert "cust7" not in sent
    expected = desk.desk.sql("SELECT sum(quantity) FROM orders WHERE country = 'Norway'")[0][0]
    assert reply.rows == [[expected]]
    assert "'Norway'" in (reply.sql or "")


def test_texts_are_compared_as_they_are_stored(model: Any, asker: Any) -> None:
    model.say({"sql": "SELECT count(*) AS n FROM orders WHERE country = 'norway' OR country = 'Narnia'"})
    reply = asker().ask("orders of norway or narnia")
    assert reply.rows == [[100]]
    assert any(e.kind == "value" and "'Norway'" in e.detail for e in reply.evidence)
    assert any("'Narnia'" in w for w in reply.warnings)


def test_steps_are_announced_in_their_order(model: Any, asker: Any) -> None:
    model.say({"sql": BY_REGION})
    desk = asker()
    desk.ask("what did the regions bring in")
    steps = [e.step for e in desk.events if e.text is None]
    assert list(dict.fromkeys(steps)) == [
        "recall", "plan", "guard", "run", "chart", "sentence", "check", "remember"
    ]  # fmt: skip
    progress = [e.progress for e in desk.events if e.progress is not None]
    assert progress == sorted(progress)


@pytest.mark.parametrize("asked", [1, 0])
def test_budgets_end_the_day_of_the_model(model: Any, asker: Any, asked: int) -> None:
    model.say({"sql": BY_REGION})
    limits = {"max_daily_requests": 1} if asked else {"max_daily_tokens": 1_200}
    desk = asker(**limits)
    assert desk.ask("total revenue by region").planner == "llm"
    reply = desk.ask("total revenue by country")
    assert (reply.planner, len(model.requests), reply.ledger) == ("rules", 1, [])
    assert any("of today are used up" in w for w in reply.warnings)
