"""Every example in README's "How good are the answers?" is answered; what it says cannot be done is refused."""

# ruff: noqa: E501 - a question and its SQL, or a table and its rows, stand on one line

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from insights_ext.ask.planner import Plan, PlanContext, Turn
from insights_ext.ask.rules.planner import RulesPlanner
from insights_ext.context import Context

TODAY = dt.date(2024, 11, 23)
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README[README.index("## How good are the answers?") : README.index("## Settings and limits")]
TABLE = SECTION[SECTION.index("<!-- examples -->") : SECTION.index("**What it cannot do.**")]
THREAD = re.findall(r"\*([^*]+)\*", TABLE[TABLE.index("In a thread,") :])
EXAMPLES = re.findall(r"^\| [^|]+ \| \*([^*|]+)\* \|$", TABLE, re.MULTILINE)

TABLES = [
    """CREATE TABLE customers AS SELECT * FROM (VALUES (1, 'Ada Finch', 'Leeds', 34), (2, 'Bo Lund', 'York', 51),
       (3, 'Cy Adler', 'Leeds', 28), (4, 'Di Marsh', 'Hull', 45)) t(customer_id, name, city, age)""",
    """CREATE TABLE orders AS SELECT 1 + i AS order_id, 1 + i % 3 AS customer_id,
       DATE '2023-01-10' + CAST(i * 17 AS INTEGER) AS order_date,
       ['North', 'South', 'East'][1 + (i * 7) % 3] AS region, ['online', 'store'][1 + i % 2] AS channel,
       round(20 + (i * 37) % 500 / 3.0, 2) + CASE WHEN i = 7 THEN 900 ELSE 0 END AS amount, 1 + i % 6 AS units,
       CASE WHEN i % 5 > 0 THEN 1 + i % 5 END AS rating, i % 4 = 0 AS returned FROM range(40) t(i)""",
    """CREATE TABLE products AS SELECT * FROM (VALUES (1, 'Lamp', 15.0, 'Light'), (2, 'Kettle', 30.0, 'Kitchen'),
       (3, 'Desk', 180.0, 'Furniture'), (4, 'Mug', 6.5, 'Kitchen')) t(product_id, product, price, category)""",
    """CREATE TABLE order_items AS SELECT i + 1 AS order_id, 1 + (i + j) % 4 AS product_id, 1 + (i + j) % 4 AS quantity
       FROM range(40) a(i), range(2) b(j)""",
]
ROWS = {
    "how many orders are there": "SELECT 40",
    "which customer is the oldest": "SELECT 'Bo Lund'",
    "what is the price of the Lamp": "SELECT 15",
    "customers without orders": "SELECT 'Di Marsh'",
    "products with price above average": "SELECT 'Desk'",
    "customers over 40 who never ordered": "SELECT 'Di Marsh'",
    "best rated region": "SELECT region FROM orders GROUP BY 1 ORDER BY avg(rating) DESC LIMIT 1",
    "how many repeat customers do we have": "SELECT 3",
    "new customers by month": "SELECT date_trunc('month', first)::DATE, count(*) FROM (SELECT customer_id, min(order_date) AS first FROM orders GROUP BY 1) GROUP BY 1",
    "% returned by channel": "SELECT channel, 100 * avg(returned::INT) FROM orders GROUP BY 1",
    "average number of orders per customer": "SELECT 10.0",
    "total revenue by region": "SELECT region, sum(amount) FROM orders GROUP BY 1",
    "avrage amount of orders w/o rating by channel": "SELECT channel, avg(amount) FROM orders WHERE rating IS NULL GROUP BY 1",
    "orders without rating": "SELECT * FROM orders WHERE rating IS NULL",
    "orders on weekends": "SELECT * FROM orders WHERE isodow(order_date) > 5",
    "outliers in amount": "SELECT * FROM orders WHERE amount > 900",
    "total amount by city": "SELECT city, sum(amount) FROM orders JOIN customers USING (customer_id) GROUP BY 1",
    "return rate by region": "SELECT region, 100 * avg(returned::INT) FROM orders GROUP BY 1",
    "customers with more than 10 orders": "SELECT name FROM customers WHERE customer_id < 4",
    "which customers bought every product": "SELECT name FROM customers WHERE customer_id < 4",
    "most expensive product in each category": "SELECT category, product, price FROM products WHERE product_id < 4",
    "what is the difference in price between the Desk and the Lamp": "SELECT 165",
    "average amount of orders containing a Desk": "SELECT avg(amount) FROM orders WHERE order_id IN "
    "(SELECT order_id FROM order_items WHERE product_id = 3)",
}


@pytest.fixture(scope="module")
def desk(desk_of: Any) -> Any:
    return desk_of(*TABLES)


def bag(rows: list[tuple[Any, ...]]) -> list[str]:
    return sorted(
        str([round(float(v), 6) if str(v).replace(".", "").isdigit() else str(v) for v in r]) for r in rows
    )


def test_the_examples_are_found() -> None:
    assert len(EXAMPLES) > 20
    assert ROWS.keys() <= set(EXAMPLES)


@pytest.mark.parametrize("question", EXAMPLES)
def test_an_example_is_answered_with_rows(desk: Any, question: str) -> None:
    assert desk.rows(question)


@pytest.mark.parametrize("question", ROWS)
def test_an_example_is_answered_rightly(desk: Any, question: str) -> None:
    assert bag(desk.rows(question)) == bag(desk.sql(ROWS[question]))


@pytest.mark.parametrize(
    "question",
    [
        "and by month?",
        "profit by region",
        "orders in 3 hours",
        "total amount by product",
        "average number of orders per customer in 2024",
        "forecast amount for next year",
        "customers with the same city as Ada",
    ],
)
def test_what_cannot_be_done_is_refused(desk: Any, question: str) -> None:
    desk.refusal(question)


def test_the_thread_is_answered_from_its_first_to_its_last(desk: Any) -> None:
    turns: list[Turn] = []
    for question in THREAD:
        plan = RulesPlanner().plan(PlanContext(question, desk.views, TODAY, tuple(turns)), Context())
        assert isinstance(plan, Plan), f"{question}: {plan}"
        sql = plan.sql.sql("duckdb")
        assert desk.sql(sql), question
        turns.append(Turn(question, ("orders",), sql, TODAY))
    assert [turn.question for turn in turns] == THREAD
    assert len(THREAD) > 2


def test_the_columns_that_the_section_names_are_those_asked(desk: Any) -> None:
    for view in desk.views:
        columns = ", ".join(c.name for c in view.stats.columns)
        assert f"`{view.name}` ({columns})" in SECTION
