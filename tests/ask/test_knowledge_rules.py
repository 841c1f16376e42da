"""The embedded planner with knowledge: declared words, units, joins and metrics, on real small tables."""

import duckdb
import pytest
from conftest import TODAY
from conftest import view_of as table_view

from insights_ext.ask import narrative
from insights_ext.ask.knowledge import verified
from insights_ext.ask.knowledge.build import view_of
from insights_ext.ask.knowledge.filters import hold, told
from insights_ext.ask.planner import Plan, PlanContext, Refusal, Turn
from insights_ext.ask.rules.planner import RulesPlanner
from insights_ext.context import Context
from insights_ext.schemas import ColumnKnowledge, Join, Knowledge, Metric, TableKnowledge, VerifiedQuestion
from insights_ext.services import guard

ORDERS = """
CREATE TABLE orders AS SELECT * FROM (VALUES
    (1, 1, 2, 10.0, 1.0, 'done', DATE '2024-01-05'), (2, 1, 1, 20.0, 0.0, 'done', DATE '2024-02-05'),
    (3, 2, 2, 40.0, 5.0, 'cancelled', DATE '2024-02-09'), (4, 3, 3, 80.0, 8.0, 'done', DATE '2024-03-01'),
    (5, 3, 1, 30.0, 2.0, 'cancelled', DATE '2024-03-02')
) AS t(id, buyer, courier, amt, refund, status, placed)
"""
PEOPLE = """
CREATE TABLE people AS SELECT * FROM (VALUES
    (1, 'Ada', 'North'), (2, 'Bob', 'South'), (3, 'Cy', 'North')) AS t(person, name, region)
"""
KNOWN = Knowledge(
    tables={
        "orders": TableKnowledge(
            synonyms=["purchases"],
            columns={
                "amt": ColumnKnowledge(synonyms=["turnover", "money in"], unit="EUR"),
                "placed": ColumnKnowledge(synonyms=["booking day"]),
            },
        )
    },
    metrics={
        "net revenue": Metric(sql="sum(amt) - sum(refund)", table="orders", synonyms=["takings"], unit="EUR"),
        "refund quota": Metric(sql="100 * sum(refund) / sum(amt)", table="orders", unit="%"),
    },
    joins=[Join(left="orders.buyer", right="people.person")],
)


class KnowingDesk:
    def __init__(self, *tables, knowledge=KNOWN):
        self.connection = duckdb.connect()
        for table in tables:
            self.connection.execute(table)
        names = [name for (name,) in self.connection.execute("SHOW TABLES").fetchall()]
        self.views = tuple(table_view(self.connection, name) for name in names)
        columns = {view.name: [column.name for column in view.stats.columns] for view in self.views}
        self.knowledge = view_of(knowledge, columns)

    def reply(self, question, before=()):
        asked = PlanContext(question, self.views, TODAY, tuple(before), self.knowledge)
        return RulesPlanner().plan(asked, Context())

    def rows(self, question):
        plan = self.reply(question)
        assert isinstance(plan, Plan), plan
        return self.connection.execute(hold(plan.sql, self.knowledge).sql("duckdb")).fetchall()


@pytest.fixture
def shop():
    return KnowingDesk(ORDERS, PEOPLE)


@pytest.fixture
def orders():
    return KnowingDesk(ORDERS)


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("total turnover", [(180.0,)]),
        ("total money in", [(180.0,)]),
        ("average turnover by status", [("done", 110 / 3), ("cancelled", 35.0)]),
        ("how many purchases", [(5,)]),
        ("total turnover of purchases with status done", [(110.0,)]),
        ("number of purchases by status", [("done", 3), ("cancelled", 2)]),
    ],
)
def test_declared_words_are_the_columns_and_tables_they_stand_for(orders, question, rows):
    found = orders.rows(question)
    assert [row[:-1] for row in found] == [row[:-1] for row in rows]
    assert [row[-1] for row in found] == pytest.approx([row[-1] for row in rows])


def test_without_knowledge_the_same_words_are_refused():
    desk = KnowingDesk(ORDERS, knowledge=Knowledge())
    assert isinstance(desk.reply("total money in"), Refusal)


def test_the_declared_unit_is_said(orders):
    plan = orders.reply("total turnover")
    assert [column.unit for column in plan.columns] == ["EUR"]


def test_a_declared_word_beats_one_of_the_lexicon():
    known = Knowledge(tables={"t": TableKnowledge(columns={"x1": ColumnKnowledge(synonyms=["revenue"])})})
    desk = KnowingDesk(
        "CREATE TABLE t AS SELECT * FROM (VALUES (1.5, 10.5, 'a'), (2.5, 20.5, 'b')) AS t(sales, x1, kind)",
        knowledge=known,
    )
    assert desk.rows("total revenue") == [(31.0,)]


def test_a_declared_join_is_used_where_nothing_could_be_inferred(shop):
    assert shop.rows("total turnover by region") == [("North", 140.0), ("South", 40.0)]


def test_a_declared_join_without_a_unique_side_is_left_aside():
    known = Knowledge(joins=[Join(left="orders.courier", right="people.region")])
    desk = KnowingDesk(ORDERS, PEOPLE, knowledge=known)
    plan = desk.reply("total amt by region")
    assert not isinstance(plan, Plan) or "courier" not in plan.sql.sql()


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("net revenue", [(164.0,)]),
        ("total net revenue", [(164.0,)]),
        ("takings", [(164.0,)]),
        ("what is the net revenue of orders with status done?", [(101.0,)]),
        ("net revenue by status", [("done", 101.0), ("cancelled", 63.0)]),
        ("net revenue by month", None),
        ("refund quota", [(100 * 16 / 180,)]),
        ("refund quota by status", [("cancelled", 10.0), ("done", 100 * 9 / 110)]),
    ],
)
def test_a_metric_is_computed_by_its_own_sql(orders, question, rows):
    found = orders.rows(question)
    if rows is None:
        rows = orders.connection.execute(
            "SELECT date_trunc('month', placed), sum(amt) - sum(refund) FROM orders GROUP BY 1 ORDER BY 1"
        ).fetchall()
        assert [row[1] for row in found] == [row[1] for row in rows]
        return
    assert [row[:-1] for row in found] == [row[:-1] for row in rows]
    assert [row[-1] for row in found] == pytest.approx([row[-1] for row in rows])


def test_a_metric_by_something_of_another_table(shop):
    assert shop.rows("net revenue by region") == [("North", 129.0), ("South", 35.0)]
    assert shop.rows("top 1 region by net revenue") == [("North", 129.0)]


def test_the_metric_is_named_with_its_unit_and_in_the_evidence(orders):
    plan = orders.reply("net revenue by status")
    assert [(c.label, c.unit) for c in plan.columns][1] == ("net revenue", "EUR")
    assert any(line.kind == "metric" and "sum" in line.detail for line in plan.evidence)


@pytest.mark.parametrize(
    "question",
    [
        "average refund quota by status",
        "orders with net revenue over 20",
        "share of refund quota by status",
        "running total of refund quota by month",
        "median net revenue",
    ],
)
def test_a_metric_is_never_taken_for_a_plain_column(orders, question):
    assert not isinstance(orders.reply(question), Plan)


def test_a_metric_that_nobody_names_changes_nothing(orders):
    plain = KnowingDesk(ORDERS, knowledge=Knowledge())
    for question in ("show the first 2 rows", "total amt by status", "which order has the highest amt"):
        told_by = [desk.reply(question) for desk in (orders, plain)]
        sql = [reply.sql.sql() if isinstance(reply, Plan) else reply for reply in told_by]
        assert sql[0] == sql[1]


def test_a_follow_up_keeps_the_declared_words(orders):
    turn = Turn("total turnover by status", ("orders",), "SELECT 1", TODAY)
    plan = orders.reply("and by month?", [turn])
    assert isinstance(plan, Plan)
    assert "amt" in plan.sql.sql()


# Default filters -----------------------------------------------------------------------------------

FILTERED = KNOWN.model_copy(
    update={
        "tables": {"orders": TableKnowledge(default_filters=["status <> 'cancelled'", "amt > 10 or id = 9"])}
    }
)


def test_default_filters_hold_in_every_place_a_table_is_read():
    desk = KnowingDesk(ORDERS, PEOPLE, knowledge=FILTERED)
    assert desk.rows("total amt") == [(100.0,)]
    assert desk.rows("how many orders") == [(2,)]
    for sql, rows in (
        ("SELECT count(*) FROM orders", [(2,)]),
        ("SELECT count(*) FROM ORDERS AS o WHERE o.amt > 0", [(2,)]),
        ("SELECT (SELECT count(*) FROM orders), count(*) FROM people", [(2, 3)]),
        ("WITH orders AS (SELECT * FROM orders) SELECT count(*) FROM orders", [(2,)]),
        ("WITH o AS (SELECT 1 AS x) SELECT count(*) FROM o, orders", [(2,)]),
        ("SELECT count(*) FROM orders a JOIN orders b ON a.id = b.id", [(2,)]),
        ("SELECT count(*) FROM people WHERE EXISTS (SELECT 1 FROM orders WHERE buyer = person)", [(2,)]),
        ("SELECT count(*) FROM orders UNION ALL SELECT count(*) FROM orders ORDER BY 1", [(2,), (2,)]),
        ("SELECT orders.amt FROM orders ORDER BY 1", [(20.0,), (80.0,)]),
    ):
        from insights_ext.services import guard

        tree = guard.parsed(guard.check(sql, ["orders", "people"]).sql)
        held = guard.check(hold(tree, desk.knowledge), ["orders", "people"]).sql
        assert desk.connection.execute(held).fetchall() == [tuple(row) for row in rows], sql


def test_holding_twice_is_holding_once():
    from insights_ext.services import guard

    desk = KnowingDesk(ORDERS, PEOPLE, knowledge=FILTERED)
    tree = guard.parsed("SELECT count(*) FROM orders AS o JOIN people ON buyer = person")
    once = hold(tree, desk.knowledge)
    again = hold(guard.parsed(guard.check(once, ["orders", "people"]).sql), desk.knowledge)
    assert guard.show(again) == guard.show(once)
    assert guard.show(tree) != guard.show(once)


def test_the_sentence_and_the_evidence_say_so():
    desk = KnowingDesk(ORDERS, knowledge=FILTERED)
    plan = told(desk.reply("total amt"), desk.knowledge, ["orders"])
    assert any("status <> 'cancelled'" in text for text in plan.filters)
    assert any("default filter" in line.detail for line in plan.evidence)
    assert told(plan, desk.knowledge, ["people"]) is plan


# Verified questions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SELECT count(*) FROM orders", "There are 5 rows."),
        ("SELECT count(*) AS purchases FROM orders", "There are 5 purchases."),
        ("SELECT count(DISTINCT buyer) AS n FROM orders", "There are 3 different buyer."),
        ("SELECT sum(amt) FROM orders", "The sum of amt is 180 EUR."),
        ("SELECT sum(amt) / count(*) FROM orders", "The sum(amt) / count(*) is 36 EUR."),
        ("SELECT sum(amt - refund) FROM orders", "The sum(amt - refund) is 164."),
        ("SELECT count(*) FROM orders UNION ALL SELECT 7", "2 values of number of rows: 5 and 7."),
    ],
)
def test_a_verified_query_without_names_is_told_by_what_it_computes(orders, sql, text):
    asked = PlanContext("how many?", orders.views, TODAY, (), orders.knowledge)
    plan = verified.plan(VerifiedQuestion(question="how many?", sql=sql), asked)
    table = orders.connection.cursor().sql(guard.show(plan.sql)).to_arrow_table()
    assert [column.name for column in plan.columns] == table.column_names
    assert narrative.sentence(plan, table, table.num_rows) == text
