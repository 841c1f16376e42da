"""Series, parts of dates, the best of each group, statistics: over small real tables, checked by SQL."""

from __future__ import annotations

from typing import Any

import pytest

STAFF = """
CREATE TABLE staff AS SELECT * FROM (VALUES
    ('Ann', 'Sales', 5000, 'Female', DATE '2020-01-01', DATE '2022-03-01', 34),
    ('Bob', 'Sales', 4000, 'Male', DATE '2019-05-01', DATE '2020-05-01', 44),
    ('Cid', 'IT', 6000, 'Male', DATE '2018-07-15', DATE '2023-01-15', 29),
    ('Dee', 'IT', 7000, 'Female', DATE '2021-02-01', NULL, 51),
    ('Eve', 'HR', 3500, 'Female', DATE '2022-09-01', NULL, 38)
) t(employee_name, department, salary, gender, hire_date, leave_date, age)
"""
TRIPS = """
CREATE TABLE trips AS SELECT i AS trip_id, 10.5 + i % 70 AS fare,
    TIMESTAMP '2024-01-01 00:00:00' + to_hours(i * 7) AS boarded_at FROM range(1, 101) t(i)
UNION ALL SELECT 101, 900.0, TIMESTAMP '2024-02-01 10:00:00'
"""


@pytest.fixture(scope="module")
def staff(desk_of: Any) -> Any:
    return desk_of(STAFF)


@pytest.fixture(scope="module")
def trips(desk_of: Any) -> Any:
    return desk_of(TRIPS)


def same(found: list[tuple[Any, ...]], wanted: list[tuple[Any, ...]]) -> bool:
    """Equal up to the last digits of the numbers."""
    return [tuple(map(_near, r)) for r in found] == [tuple(map(_near, r)) for r in wanted]


def _near(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("cumulative revenue by month",
         "SELECT month, sum(r) OVER (ORDER BY month) FROM"
         " (SELECT date_trunc('month', order_date)::DATE AS month, sum(revenue_usd) AS r FROM orders"
         " GROUP BY 1) ORDER BY 1"),
        ("running total of quantity by month in 2023",
         "SELECT month, sum(q) OVER (ORDER BY month) FROM"
         " (SELECT date_trunc('month', order_date)::DATE AS month, sum(quantity) AS q FROM orders"
         " WHERE year(order_date) = 2023 GROUP BY 1) ORDER BY 1"),
        ("growth of revenue by year",
         "SELECT y, r, 100 * (r / lag(r) OVER (ORDER BY y) - 1) FROM (SELECT year(order_date) AS y,"
         " sum(revenue_usd) AS r FROM orders"
         " GROUP BY 1) ORDER BY 1"),
        ("year over year change in revenue",
         "SELECT y, r, r - lag(r) OVER (ORDER BY y) FROM (SELECT year(order_date) AS y,"
         " sum(revenue_usd) AS r FROM orders"
         " GROUP BY 1) ORDER BY 1"),
        ("cumulative revenue by month and region",
         "SELECT month, region, sum(r) OVER (PARTITION BY region ORDER BY month) FROM"
         " (SELECT date_trunc('month', order_date)::DATE AS month, region, sum(revenue_usd) AS r FROM orders"
         " GROUP BY 1, 2) ORDER BY 1, 2"),
    ],
)  # fmt: skip
def test_what_goes_on(orders: Any, question: str, sql: str) -> None:
    assert same(orders.rows(question), orders.sql(sql))


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("revenue by weekday",
         "SELECT dayname(order_date), sum(revenue_usd) FROM orders GROUP BY 1, isodow(order_date)"
         " ORDER BY isodow(order_date)"),
        ("which day of the week has the most orders",
         "SELECT dayname(order_date), count(*) FROM orders GROUP BY 1, isodow(order_date)"
         " QUALIFY rank() OVER (ORDER BY count(*) DESC) = 1 ORDER BY isodow(order_date)"),
        ("average revenue on weekends vs weekdays",
         "SELECT if(isodow(order_date) > 5, 'weekend', 'weekday'), avg(revenue_usd) FROM orders"
         " GROUP BY 1 ORDER BY 1"),
        ("number of orders on Mondays", "SELECT count(*) FROM orders WHERE isodow(order_date) = 1"),
        ("number of orders on weekends", "SELECT count(*) FROM orders WHERE isodow(order_date) > 5"),
        ("which month had the highest revenue",
         "SELECT date_trunc('month', order_date)::DATE, sum(revenue_usd) FROM orders GROUP BY 1"
         " ORDER BY 2 DESC, 1 LIMIT 1"),
        ("revenue year to date",
         "SELECT sum(revenue_usd) FROM orders WHERE order_date BETWEEN '2024-01-01' AND '2024-11-23'"),
        ("revenue in the last six months",
         "SELECT sum(revenue_usd) FROM orders WHERE order_date BETWEEN '2024-05-23' AND '2024-11-23'"),
    ],
)  # fmt: skip
def test_parts_of_dates_and_periods(orders: Any, question: str, sql: str) -> None:
    assert same(orders.rows(question), orders.sql(sql))


def test_hours_need_times_of_the_clock(orders: Any, trips: Any) -> None:
    wanted = trips.sql("SELECT hour(boarded_at), avg(fare) FROM trips GROUP BY 1 ORDER BY 1")
    assert same(trips.rows("average fare by hour of day"), wanted)
    assert orders.refusal("average revenue by hour of day").not_understood


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("highest paid employee in each department",
         [("HR", "Eve", 3500), ("IT", "Dee", 7000), ("Sales", "Ann", 5000)]),
        ("which employee has the highest salary in each department",
         [("HR", "Eve", 3500), ("IT", "Dee", 7000), ("Sales", "Ann", 5000)]),
        ("youngest employee per department", [("HR", "Eve", 38), ("IT", "Cid", 29), ("Sales", "Ann", 34)]),
        ("percentage of women by department", [("HR", 100.0), ("IT", 50.0), ("Sales", 50.0)]),
        ("ratio of men to women", [(2 / 3,)]),
    ],
)  # fmt: skip
def test_the_best_of_each_group(staff: Any, question: str, expected: list[tuple[Any, ...]]) -> None:
    assert same(staff.rows(question), expected)


def test_the_top_few_of_each_group(orders: Any) -> None:
    wanted = orders.sql(
        "SELECT country, product, sum(revenue_usd) AS r FROM orders GROUP BY 1, 2"
        " QUALIFY row_number() OVER (PARTITION BY country ORDER BY r DESC, product) <= 3"
        " ORDER BY 1, 3 DESC, 2"
    )
    assert same(orders.rows("top 3 products per country by revenue"), wanted)


def test_without_a_number_nothing_stands_out(orders: Any) -> None:
    orders.refusal("the top product in each region")


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("90th percentile of revenue", "SELECT quantile_cont(revenue_usd, 0.9) FROM orders"),
        ("lower quartile of quantity", "SELECT quantile_cont(quantity, 0.25) FROM orders"),
        ("correlation coefficient between revenue and quantity",
         "SELECT corr(revenue_usd, quantity) FROM orders"),
        ("number of orders with and without email",
         "SELECT 'with email', count(email) FROM orders UNION ALL"
         " SELECT 'without email', count(*) - count(email) FROM orders"),
        ("products with a return rate above 30%",
         "SELECT product FROM orders GROUP BY 1 HAVING avg(returned::INT) > 0.3 ORDER BY 1"),
        ("revenue north vs south",
         "SELECT region, sum(revenue_usd) FROM orders WHERE region IN ('North', 'South') GROUP BY 1"
         " ORDER BY 2 DESC"),
    ],
)  # fmt: skip
def test_statistics_and_groups(orders: Any, question: str, sql: str) -> None:
    assert same(orders.rows(question), orders.sql(sql))


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("average time between hire date and leave date in days",
         "SELECT avg(leave_date - hire_date) FROM staff"),
        ("longest time between hire date and leave date", "SELECT max(leave_date - hire_date) FROM staff"),
        ("average days between hire date and leave date by department",
         "SELECT department, avg(leave_date - hire_date) AS d FROM staff GROUP BY 1"
         " ORDER BY d DESC NULLS LAST"),
    ],
)  # fmt: skip
def test_durations(staff: Any, question: str, sql: str) -> None:
    assert same(staff.rows(question), staff.sql(sql))


def test_outliers_are_rows(trips: Any) -> None:
    assert [row[0] for row in trips.rows("outliers in fare")] == [101]


@pytest.mark.parametrize(
    ("question", "name", "role", "unit"),
    [
        ("growth of revenue by year", "growth of total revenue", "measure", "%"),
        ("cumulative revenue by month", "running total revenue", "measure", "$"),
        ("revenue by weekday", "day of the week", "dimension", None),
        ("90th percentile of revenue", "90th percentile of revenue", "measure", "$"),
    ],
)  # fmt: skip
def test_computed_columns_are_described(
    orders: Any, question: str, name: str, role: str, unit: str | None
) -> None:
    assert (role, name, unit) in [(c.role, c.label, c.unit) for c in orders.plan(question).columns]
