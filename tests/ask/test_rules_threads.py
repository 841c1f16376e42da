"""Follow-up questions: each changes the question before it in its thread, and says what it took over."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import FILMS, ORDERS, TODAY, Desk
from sqlglot import exp

from insights_ext.ask.planner import Clarification, Plan, PlanContext, Refusal, Turn, leaned
from insights_ext.ask.rules.leaning import leans, may_lean, read
from insights_ext.ask.rules.planner import RulesPlanner
from insights_ext.context import Context

REGIONS = "SELECT region, sum(revenue_usd) AS r FROM orders {} GROUP BY region ORDER BY r DESC, region"


class Talk:
    """A conversation about the tables of a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.turns: list[Turn] = []

    def reply(self, question: str) -> Plan | Clarification | Refusal:
        context = PlanContext(question, self.desk.views, TODAY, tuple(self.turns))
        reply = RulesPlanner().plan(context, Context())
        if isinstance(reply, Plan):
            names = {table.name for table in reply.sql.find_all(exp.Table)}
            self.turns.append(Turn(question, tuple(names), reply.sql.sql("duckdb"), TODAY))
        return reply

    def plan(self, question: str) -> Plan:
        reply = self.reply(question)
        assert isinstance(reply, Plan), f"{question}: {reply}"
        return reply

    def plans(self, *questions: str) -> Plan:
        """The plan of the last of `questions`."""
        return [self.plan(question) for question in questions][-1]

    def rows(self, *questions: str) -> list[tuple[Any, ...]]:
        """The rows of the last of `questions`."""
        plan = self.plans(*questions)
        return self.desk.connection.execute(plan.sql.sql("duckdb")).fetchall()


@pytest.fixture
def talk(orders: Desk) -> Talk:
    return Talk(orders)


def assumed(plan: Plan) -> list[str]:
    return [line.detail for line in plan.evidence if line.kind == "assumption"]


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("only for Italy", "WHERE country = 'Italy'"),
        ("and in Sweden?", "WHERE country = 'Sweden'"),
        ("what about 2023", "WHERE year(order_date) = 2023"),
        ("without the returned ones", "WHERE NOT returned"),
        ("only the returned ones", "WHERE returned"),
        ("without Norway", "WHERE country <> 'Norway'"),
        ("with revenue over 100", "WHERE revenue_usd > 100"),
    ],
)
def test_a_condition_narrows_the_question_before(talk: Talk, question: str, where: str) -> None:
    assert talk.rows("total revenue by region", question) == talk.desk.sql(REGIONS.format(where))


def test_a_condition_replaces_the_one_on_its_column_and_keeps_the_others(talk: Talk) -> None:
    rows = talk.rows("total revenue in 2023 in Norway by region", "and in Sweden?")
    assert rows == talk.desk.sql(REGIONS.format("WHERE country = 'Sweden' AND year(order_date) = 2023"))
    plan = talk.plan("without the returned ones")
    assert "from the question before: country is Sweden" in assumed(plan)
    assert "from the question before: order date is in 2023" in assumed(plan)


def test_a_group_of_one_value_is_no_group(talk: Talk) -> None:
    italy = "SELECT {} FROM orders WHERE country = 'Italy'"
    assert talk.rows("total revenue by country", "only for Italy") == talk.desk.sql(
        italy.format("sum(revenue_usd)")
    )
    assert "not taken over from the question before: by country" in assumed(
        talk.plans("total revenue by country", "only for Italy")
    )
    assert talk.rows("orders by country", "only for Italy") == talk.desk.sql(italy.format("count(*)"))


def test_a_word_that_often_opens_a_follow_up_leaves_a_whole_question_whole(talk: Talk) -> None:
    returned = "SELECT sum(quantity) FROM orders WHERE returned"
    assert talk.rows("total quantity", "just the returned") == talk.desk.sql(returned)
    assert len(talk.rows("now the total quantity by region")) == 4


def test_one_of_several_values_can_be_taken_away(talk: Talk) -> None:
    rows = talk.rows("total revenue by region in Norway or Sweden", "without Norway")
    assert rows == talk.desk.sql(REGIONS.format("WHERE country = 'Sweden'"))


def test_two_bounds_make_a_range(talk: Talk) -> None:
    rows = talk.rows("how many orders with revenue over 100", "and revenue under 150")
    assert rows == talk.desk.sql("SELECT count(*) FROM orders WHERE revenue_usd > 100 AND revenue_usd < 150")


def test_and_by_adds_a_group_and_by_alone_replaces(talk: Talk) -> None:
    both = talk.rows("total revenue by region", "and by month?")
    assert both == talk.desk.sql(
        "SELECT region, date_trunc('month', order_date)::DATE AS m, sum(revenue_usd) FROM orders "
        "GROUP BY ALL ORDER BY m, region"
    )
    months = talk.rows("total revenue by region", "by month instead")
    assert months == talk.desk.sql(
        "SELECT date_trunc('month', order_date)::DATE AS m, sum(revenue_usd) FROM orders "
        "GROUP BY m ORDER BY m"
    )
    assert talk.rows("total revenue by region", "by month") == months
    assert len(talk.rows("total revenue by region", "now by region and country")[0]) == 3
    assert len(talk.rows("total revenue by region", "by country as well")[0]) == 3
    assert len(talk.rows("total revenue by region and country", "by product")[0]) == 2


def test_same_for_and_instead_of_swap_a_group(talk: Talk) -> None:
    rows = talk.rows("total revenue by region in 2023", "same for product")
    assert rows == talk.desk.sql(
        "SELECT product, sum(revenue_usd) AS r FROM orders WHERE year(order_date) = 2023 "
        "GROUP BY product ORDER BY r DESC, product"
    )
    assert talk.rows("total revenue by region in 2023", "product instead of region") == rows


def test_amounts_become_shares_and_shares_stay(talk: Talk) -> None:
    rows = talk.rows("total revenue by region", "as a percentage")
    assert sum(share for _, share in rows) == pytest.approx(100)
    assert talk.plan("only for Italy").columns[-1].role == "share"
    assert talk.rows("total revenue by region", "and as %?") == rows


def test_a_ranking_is_cut_or_turned(talk: Talk) -> None:
    all_rows = talk.rows("total revenue by region")
    assert talk.rows("top 3 instead") == all_rows[:3]
    assert talk.rows("bottom 2") == all_rows[:1:-1]
    assert talk.rows("top 5 products by revenue in Norway", "by quantity instead") == talk.desk.sql(
        "SELECT product, sum(quantity) AS q FROM orders WHERE country = 'Norway' "
        "GROUP BY product ORDER BY q DESC, product LIMIT 5"
    )


def test_the_first_of_each_group_and_series_are_followed_up(talk: Talk) -> None:
    rows = talk.rows("top 3 products per region by revenue", "top 2 instead")
    regions = [region for region, *_ in rows]
    assert len(rows) == 8
    assert all(regions.count(region) == 2 for region in set(regions))
    assert "from the question before: the first 2 of each" in assumed(talk.plan("only for 2023"))
    talk.plan("running total of revenue by month")
    plan = talk.plan("by quarter")
    assert "from the question before: running total revenue" in assumed(plan)
    assert talk.rows("only for Italy")[-1][1] == pytest.approx(
        talk.desk.sql("SELECT sum(revenue_usd) FROM orders WHERE country = 'Italy'")[0][0]
    )


def test_the_one_that_stands_out_is_asked_of_another_group(talk: Talk) -> None:
    best = "SELECT {0} FROM orders GROUP BY {0} ORDER BY sum(revenue_usd) {1} LIMIT 1"
    assert talk.rows("which region has the highest revenue?", "and the lowest?") == talk.desk.sql(
        best.format("region", "ASC")
    )
    talk.plan("which region has the highest revenue?")
    assert talk.rows("which product?") == talk.desk.sql(best.format("product", "DESC"))
    assert "from the question before: the highest total revenue" in assumed(talk.plan("and country?"))


def test_a_function_or_an_amount_is_replaced(talk: Talk) -> None:
    rows = talk.rows("total revenue by region", "average instead of total")
    expected = talk.desk.sql(REGIONS.format("").replace("sum(", "avg("))
    assert [(r, round(v, 6)) for r, v in rows] == [(r, round(v, 6)) for r, v in expected]
    assert "not taken over from the question before: average revenue" in assumed(
        talk.plan("and the median quantity?")
    )
    assert talk.rows("total revenue by region", "and quantity?") == talk.desk.sql(
        REGIONS.format("").replace("revenue_usd", "quantity")
    )


def test_an_order_is_asked_for_and_name_means_what_is_shown(talk: Talk) -> None:
    names = [("East",), ("North",), ("South",), ("West",)]
    for question in ("sort by name", "sort it by region"):
        assert [row[:1] for row in talk.rows("total revenue by region", question)] == names


def test_a_chart_is_asked_for_and_stays(talk: Talk) -> None:
    talk.plan("total revenue by month")
    assert talk.plan("as a line chart").chart == "line"
    plan = talk.plan("only for Italy")
    assert plan.chart == "line"
    assert "from the question before: drawn as a line" in assumed(plan)


def test_counts_are_followed_up(talk: Talk) -> None:
    norway = "SELECT count(DISTINCT customer_name) FROM orders WHERE country = '{}'"
    talk.plan("how many customers are there in Norway?")
    assert talk.rows("how many in Sweden?") == talk.desk.sql(norway.format("Sweden"))
    assert talk.rows("and orders?") == talk.desk.sql("SELECT count(*) FROM orders WHERE country = 'Sweden'")
    assert talk.rows("show the customers in Italy", "how many are there?") == talk.desk.sql(
        norway.format("Italy")
    )


def test_a_thread_goes_on_over_many_questions(talk: Talk) -> None:
    questions = ("total revenue by region", "and by year", "only for Italy", "what about Norway", "by region")
    assert talk.rows(*questions) == talk.desk.sql(REGIONS.format("WHERE country = 'Norway'"))


def test_a_whole_question_stays_whole(talk: Talk) -> None:
    rows = talk.rows("total revenue by region in Norway", "how many orders are there in Italy?")
    assert rows == talk.desk.sql("SELECT count(*) FROM orders WHERE country = 'Italy'")
    assert not assumed(talk.plan("and which country has the highest total revenue?"))


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("top 5 products by revenue", "and by month?"),
        ("average revenue by region", "as a percentage"),
        ("how many orders were returned", "sort by region"),
        ("show the customers in Italy", "top 3"),
        ("total revenue by region", "average instead of profit"),
        ("total revenue by region", "product instead of country"),
    ],
)
def test_what_does_not_fit_the_question_before_is_refused(talk: Talk, before: str, question: str) -> None:
    talk.plan(before)
    reply = talk.reply(question)
    assert isinstance(reply, Refusal)
    assert before in reply.text


def test_unknown_words_are_named(talk: Talk) -> None:
    talk.plan("total revenue by region")
    reply = talk.reply("and what about profit?")
    assert isinstance(reply, Refusal)
    assert "profit" in reply.not_understood


def test_without_a_question_before_a_follow_up_is_refused(talk: Talk) -> None:
    reply = talk.reply("and by month?")
    assert isinstance(reply, Refusal)
    assert "none here that was answered" in reply.text


def test_a_question_about_tables_that_are_not_here_is_no_ground(orders: Desk, films: Desk) -> None:
    turn = Turn("total revenue by region", ("orders",), "", TODAY)
    reply = RulesPlanner().plan(PlanContext("and by month?", films.views, TODAY, (turn,)), Context())
    assert isinstance(reply, Refusal)
    assert "about orders" in reply.text


def test_a_thread_stays_with_its_table_among_several(desk_of: Any, orders: Desk) -> None:
    talk = Talk(desk_of(ORDERS, FILMS))
    assert talk.rows("total revenue by region", "only for Italy") == talk.desk.sql(
        REGIONS.format("WHERE country = 'Italy'")
    )


def test_the_choices_of_an_unclear_follow_up_can_be_asked_in_the_thread(desk_of: Any) -> None:
    talk = Talk(
        desk_of(
            "CREATE TABLE visits AS SELECT i AS visit_id, ['Rome', 'Oslo', 'Bonn'][1 + i % 3] AS home_town, "
            "['Bonn', 'Rome'][1 + i % 2] AS visited_town, i * 10.5 AS spent FROM range(1, 40) t(i)"
        )
    )
    talk.plan("average spent")
    reply = talk.reply("only for Rome")
    assert isinstance(reply, Clarification)
    for choice in reply.choices:
        assert leaned(Talk.plan(talk, choice.question).evidence)


def test_how_a_question_leans() -> None:
    assert all(map(leans, ("and by month?", "Only for Italy", "top 3 instead", "sort it by name")))
    assert not any(map(leans, ("by month", "total revenue by region", "how many orders were returned")))
    assert may_lean("by month")
    assert may_lean("in percent")
    assert not may_lean("total revenue by region")
    assert read("and by month instead").way == "replaces"
    assert [t.norm for t in read("ok, now show that as a bar chart please").tokens.items][:4] == [
        "as",
        "a",
        "bar",
        "chart",
    ]
