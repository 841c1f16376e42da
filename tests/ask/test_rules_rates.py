"""Ratios, rates, shares and differences: each construct over small real tables, checked against SQL."""

from __future__ import annotations

from typing import Any

import pytest

PASSENGERS = """
CREATE TABLE passengers AS SELECT
    i AS passenger_id,
    CASE WHEN i % 5 < 2 THEN 1 ELSE 0 END AS survived,
    ['male', 'female'][1 + i % 2] AS sex,
    ['paid', 'cancelled', 'refunded'][1 + i % 3] AS status,
    ['yes', 'no'][1 + i % 2] AS insured,
    i % 4 AS bags
FROM range(1, 101) t(i)
"""
CUSTOMERS = """
CREATE TABLE customers AS SELECT i AS customer_id, 'Customer ' || i AS name,
    ['Norway', 'Sweden', 'Italy'][1 + i % 3] AS country FROM range(1, 21) t(i)
"""
SALES = """
CREATE TABLE sales AS SELECT i AS sale_id, 1 + i % 20 AS customer_id,
    DATE '2023-01-01' + CAST(i * 3 AS INTEGER) AS sold_on, 1 + i % 5 AS quantity,
    i % 4 = 0 AS returned FROM range(1, 201) t(i)
"""


@pytest.fixture(scope="module")
def passengers(desk_of: Any) -> Any:
    return desk_of(PASSENGERS)


@pytest.fixture(scope="module")
def shop(desk_of: Any) -> Any:
    return desk_of(CUSTOMERS, SALES)


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("what percentage of orders were returned", "100 * avg(returned::INT)"),
        ("percentage of orders from Norway that were returned",
         "100 * avg(returned::INT) FILTER (country = 'Norway')"),
        ("percentage of orders in 2024 that were returned",
         "100 * avg(returned::INT) FILTER (year(order_date) = 2024)"),
        ("proportion of orders with quantity above 5", "avg((quantity > 5)::INT)"),
        ("what share of revenue comes from Norway",
         "100 * sum(revenue_usd) FILTER (country = 'Norway') / sum(revenue_usd)"),
        ("what percentage of revenue does the North region account for",
         "100 * sum(revenue_usd) FILTER (region = 'North') / sum(revenue_usd)"),
        ("ratio of returned orders to orders not returned", "count_if(returned) / count_if(NOT returned)"),
        ("revenue per quantity", "sum(revenue_usd) / sum(quantity)"),
        ("average ratio of revenue to quantity", "avg(revenue_usd / quantity)"),
        ("ratio of orders with quantity above 5 to orders with quantity below 3 in Norway",
         "count_if(quantity > 5 AND country = 'Norway') / count_if(quantity < 3 AND country = 'Norway')"),
        ("difference between average revenue in Norway and Sweden",
         "avg(revenue_usd) FILTER (country = 'Norway') - avg(revenue_usd) FILTER (country = 'Sweden')"),
        ("change in revenue from 2023 to 2024",
         "sum(revenue_usd) FILTER (year(order_date) = 2024)"
         " - sum(revenue_usd) FILTER (year(order_date) = 2023)"),
        ("growth of revenue from 2023 to 2024",
         "100 * (sum(revenue_usd) FILTER (year(order_date) = 2024)"
         " / sum(revenue_usd) FILTER (year(order_date) = 2023) - 1)"),
    ],
)  # fmt: skip
def test_one_number(orders: Any, question: str, sql: str) -> None:
    assert orders.rows(question)[0] == pytest.approx(orders.sql(f"SELECT {sql} FROM orders")[0])


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("return rate by country",
         "SELECT country, 100 * avg(returned::INT) FROM orders GROUP BY 1 ORDER BY 2 DESC, 1"),
        ("ratio of revenue to quantity by product",
         "SELECT product, sum(revenue_usd) / sum(quantity) FROM orders GROUP BY 1 ORDER BY 2 DESC, 1"),
    ],
)  # fmt: skip
def test_per_group(orders: Any, question: str, sql: str) -> None:
    found, wanted = orders.rows(question), orders.sql(sql)
    assert [r[0] for r in found] == [r[0] for r in wanted]
    assert [r[1] for r in found] == pytest.approx([r[1] for r in wanted])


def test_a_rate_ranks(orders: Any) -> None:
    wanted = orders.sql("SELECT country FROM orders GROUP BY 1 ORDER BY avg(returned::INT) DESC, 1 LIMIT 1")
    assert orders.rows("which country has the highest return rate") == wanted


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("survival rate", "100 * avg(survived)"),
        ("what percentage of passengers survived", "100 * avg(survived)"),
        ("cancellation rate", "100 * avg((status = 'cancelled')::INT)"),
        ("what fraction of passengers are female", "avg((sex = 'female')::INT)"),
        ("ratio of male to female", "count_if(sex = 'male') / count_if(sex = 'female')"),
        ("percentage of passengers with bags", "100 * avg((bags > 0)::INT)"),
        ("percentage of passengers not insured", "100 * avg((insured = 'no')::INT)"),
    ],
)
def test_flags_and_states(passengers: Any, question: str, sql: str) -> None:
    assert passengers.rows(question)[0] == pytest.approx(passengers.sql(f"SELECT {sql} FROM passengers")[0])


def test_the_part_may_depend_on_another_table(shop: Any) -> None:
    wanted = shop.sql(
        "SELECT 100 * avg((country = 'Norway')::INT) FROM sales JOIN customers USING (customer_id)"
    )
    assert shop.rows("percentage of sales from Norway")[0] == pytest.approx(wanted[0])


SHOPS = """
CREATE TABLE shops AS SELECT i AS shop_id, 'Shop ' || i AS shop_name, (i % 3 > 0)::INT AS is_open,
    ['Oslo', 'Bergen'][1 + i % 2] AS city FROM range(1, 31) t(i)
"""
VISITS = """
CREATE TABLE visits AS SELECT i AS visit_id, CASE WHEN i % 4 > 0 THEN 1 + i % 30 END AS shop_id,
    i % 7 AS guests FROM range(1, 121) t(i)
"""


@pytest.fixture(scope="module")
def town(desk_of: Any) -> Any:
    return desk_of(SHOPS, VISITS)


def test_opposites_and_rows_that_point_to_others(town: Any) -> None:
    wanted = town.sql("SELECT count_if(is_open = 1) / count_if(is_open = 0) FROM shops WHERE city = 'Oslo'")
    assert town.rows("ratio of open shops to closed shops in Oslo")[0] == pytest.approx(wanted[0])
    wanted = town.sql("SELECT 100 * count(shop_id) / count(*) FROM visits")
    assert town.rows("percentage of visits made in shops")[0] == pytest.approx(wanted[0])


def test_a_rate_is_told_in_words(orders: Any) -> None:
    column = orders.plan("what percentage of orders were returned").columns[0]
    assert (column.label, column.unit) == ("percentage of rows where returned is true", "%")


def test_an_unknown_rate_is_refused(orders: Any) -> None:
    assert "bounce rate" in " ".join(orders.refusal("bounce rate by country").not_understood)
