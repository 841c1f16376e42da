"""Each construct of the question grammar, on real rows: the plan's rows are those of hand-written SQL."""

# ruff: noqa: E501 - a question and its SQL stand on one line
from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

SAME_ROWS = [
    # counts
    ("how many rows are there?", "SELECT 500"),
    ("how many orders", "SELECT 500"),
    ("number of records", "SELECT 500"),
    ("how many orders are in Norway", "SELECT count(*) FROM orders WHERE country = 'Norway'"),
    ("how many distinct customers", "SELECT count(DISTINCT customer_name) FROM orders"),
    ("how many different products are there in Italy", "SELECT count(DISTINCT product) FROM orders WHERE country = 'Italy'"),
    # totals, averages, extremes
    ("total revenue", "SELECT sum(revenue_usd) FROM orders"),
    ("what is the average unit price?", "SELECT avg(unit_price) FROM orders"),
    ("avg quantity", "SELECT avg(quantity) FROM orders"),
    ("median unit price", "SELECT median(unit_price) FROM orders"),
    ("standard deviation of quantity", "SELECT stddev_samp(quantity) FROM orders"),
    ("highest revenue", "SELECT max(revenue_usd) FROM orders"),
    ("what is the lowest unit price", "SELECT min(unit_price) FROM orders"),
    ("min and max unit price", "SELECT min(unit_price), max(unit_price) FROM orders"),
    # groups
    ("total revenue by region", "SELECT region, sum(revenue_usd) FROM orders GROUP BY 1"),
    ("average unit price per country and region", "SELECT country, region, avg(unit_price) FROM orders GROUP BY 1, 2"),
    ("number of orders for each product", "SELECT product, count(*) FROM orders GROUP BY 1"),
    ("min and max unit price by product", "SELECT product, min(unit_price), max(unit_price) FROM orders GROUP BY 1"),
    ("revenue by region and month", "SELECT region, date_trunc('month', order_date)::DATE, sum(revenue_usd) FROM orders GROUP BY 1, 2"),
    ("share of revenue by region", "SELECT region, 100 * sum(revenue_usd) / (SELECT sum(revenue_usd) FROM orders) FROM orders GROUP BY 1"),
    ("percentage of orders by country", "SELECT country, 20.0 FROM orders GROUP BY 1"),
    # values
    ("total revenue in Norway", "SELECT sum(revenue_usd) FROM orders WHERE country = 'Norway'"),
    ("total revenue for single origin", "SELECT sum(revenue_usd) FROM orders WHERE product = 'Single Origin'"),
    ("total revenue of widgets", "SELECT sum(revenue_usd) FROM orders WHERE product = 'Widget'"),
    ("how many orders in norway or sweden", "SELECT count(*) FROM orders WHERE country IN ('Norway', 'Sweden')"),
    ("how many orders where region is not north", "SELECT count(*) FROM orders WHERE region <> 'North'"),
    ("total quantity by country except norway", "SELECT country, sum(quantity) FROM orders WHERE country <> 'Norway' GROUP BY 1"),
    # numbers
    ("orders with quantity more than 5", "SELECT * FROM orders WHERE quantity > 5"),
    ("how many orders have at least 3 quantity", "SELECT count(*) FROM orders WHERE quantity >= 3"),
    ("how many orders with unit price between 10 and 20", "SELECT count(*) FROM orders WHERE unit_price BETWEEN 10 AND 20"),
    ("how many orders with revenue under 1.5k", "SELECT count(*) FROM orders WHERE revenue_usd < 1500"),
    ("how many orders with quantity of five or more", "SELECT count(*) FROM orders WHERE quantity >= 5"),
    ("what is the revenue of order 17", "SELECT revenue_usd FROM orders WHERE order_id = 17"),
    ("how many customers older than 40", "SELECT count(DISTINCT customer_name) FROM orders WHERE customer_age > 40"),
    # dates
    ("total revenue in 2024", "SELECT sum(revenue_usd) FROM orders WHERE year(order_date) = 2024"),
    ("total revenue since March 2024", "SELECT sum(revenue_usd) FROM orders WHERE order_date >= DATE '2024-03-01'"),
    ("how many orders before 2023-02-01", "SELECT count(*) FROM orders WHERE order_date < DATE '2023-02-01'"),
    ("how many orders after March 2024", "SELECT count(*) FROM orders WHERE order_date >= DATE '2024-04-01'"),
    ("how many orders until June 2023", "SELECT count(*) FROM orders WHERE order_date < DATE '2023-07-01'"),
    ("total revenue in q1 2024", "SELECT sum(revenue_usd) FROM orders WHERE order_date >= DATE '2024-01-01' AND order_date < DATE '2024-04-01'"),
    ("total revenue last month", "SELECT sum(revenue_usd) FROM orders WHERE order_date >= DATE '2024-10-01' AND order_date < DATE '2024-11-01'"),
    ("total revenue last year", "SELECT sum(revenue_usd) FROM orders WHERE year(order_date) = 2023"),
    ("how many orders between 2023-02-01 and 2023-03-31", "SELECT count(*) FROM orders WHERE order_date BETWEEN DATE '2023-02-01' AND DATE '2023-03-31'"),
    ("how many orders on March 5, 2023", "SELECT count(*) FROM orders WHERE order_date = DATE '2023-03-05'"),
    ("how many orders in May 2023", "SELECT count(*) FROM orders WHERE order_date >= DATE '2023-05-01' AND order_date < DATE '2023-06-01'"),
    # missing
    ("orders without email", "SELECT * FROM orders WHERE email IS NULL"),
    ("how many orders are missing email", "SELECT count(*) FROM orders WHERE email IS NULL"),
    # true and false
    ("how many orders were returned", "SELECT count(*) FROM orders WHERE returned"),
    ("how many orders were not returned", "SELECT count(*) FROM orders WHERE NOT returned"),
    # lists
    ("which countries", "SELECT DISTINCT country FROM orders"),
    ("list the regions", "SELECT DISTINCT region FROM orders"),
    ("what are the different products?", "SELECT DISTINCT product FROM orders"),
    ("show all orders from Italy", "SELECT * FROM orders WHERE country = 'Italy'"),
    # the way people type
    ("rev by region 2024", "SELECT region, sum(revenue_usd) FROM orders WHERE year(order_date) = 2024 GROUP BY 1"),
    ("total revenu by regoin", "SELECT region, sum(revenue_usd) FROM orders GROUP BY 1"),
    ("hi, could you please tell me the total quantity by product thanks", "SELECT product, sum(quantity) FROM orders GROUP BY 1"),
    ("revenue in norway", "SELECT sum(revenue_usd) FROM orders WHERE country = 'Norway'"),
]  # fmt: skip


def bag(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    rounded = [tuple(round(v, 6) if isinstance(v, float) else v for v in row) for row in rows]
    return sorted(rounded, key=repr)


@pytest.mark.parametrize(("question", "sql"), SAME_ROWS, ids=[q for q, _ in SAME_ROWS])
def test_a_question_gives_the_rows_of_its_sql(orders: Any, question: str, sql: str) -> None:
    assert bag(orders.rows(question)) == bag(orders.sql(sql))


def test_trends_run_in_time_order(orders: Any) -> None:
    months = [row[0] for row in orders.rows("monthly revenue in 2023")]
    assert months == [dt.date(2023, m, 1) for m in range(1, 13)]
    assert orders.plan("revenue over time").order == "time"
    assert [row[0] for row in orders.rows("total revenue by year")] == [2023, 2024]


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
def test_trends_know_every_period(orders: Any, grain: str) -> None:
    rows = orders.rows(f"number of orders by {grain}")
    assert sum(row[1] for row in rows) == 500
    assert (
        len(rows) == orders.sql(f"SELECT count(DISTINCT date_trunc('{grain}', order_date)) FROM orders")[0][0]
    )


def test_the_best_group_is_by_total_where_names_repeat(orders: Any) -> None:
    best = orders.sql("SELECT product FROM orders GROUP BY 1 ORDER BY sum(revenue_usd) DESC LIMIT 1")
    assert orders.rows("which product has the highest revenue") == best


def test_top_n_ranks_groups_by_total(orders: Any) -> None:
    sql = "SELECT product, sum(revenue_usd) FROM orders GROUP BY 1 ORDER BY 2 {} LIMIT {}"
    assert orders.rows("top 5 products by revenue") == orders.sql(sql.format("DESC", 5))
    assert orders.rows("bottom 2 products by total revenue") == orders.sql(sql.format("ASC", 2))


def test_most_common_counts_rows(orders: Any) -> None:
    most = orders.sql(
        "SELECT region FROM orders GROUP BY 1 QUALIFY rank() OVER (ORDER BY count(*) DESC) = 1 ORDER BY 1"
    )
    assert orders.rows("which region has the most orders") == most


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which title has the highest rating", [("North Wind",)]),
        ("what is the longest film", [("North Wind",)]),
        ("shortest film", [("Café Zoë",)]),
        ("which film is the oldest", [("The Harbour",)]),
        ("what is the newest film", [("Café Zoë",)]),
        ("film with the lowest rating", [("Paper Moon River",)]),
    ],
)
def test_superlatives_have_the_right_polarity(films: Any, question: str, expected: list[Any]) -> None:
    assert films.rows(question) == expected


def test_all_rows_of_a_tie_are_best(films: Any) -> None:
    rows = films.rows("which film has the highest rating in 2014")
    assert rows == [("North Wind",)]
    assert "max" in films.plan("which film has the highest rating").sql.sql("duckdb").lower()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the rating of North Wind?", [(8.4,)]),
        ("when title is Salt, what is the genre", [("Thriller",)]),
        ("What is the genre when the result is w 5-4?", [("Comedy",)]),
        ("who directed cafe zoe", [("Tom Okafor",)]),
        ("name the title directed by Lena Moreau", [("Salt",)]),
        ("what is the running time of the title Paper Moon River", [(101,)]),
        ("title and genre with rating below 6.5", [("Paper Moon River", "Comedy")]),
    ],
)
def test_look_ups_find_the_row(films: Any, question: str, expected: list[Any]) -> None:
    assert films.rows(question) == expected


def test_names_of_rows_are_their_label(films: Any) -> None:
    assert films.rows("names of the films with rating below 6.5") == [("Paper Moon River",)]


def test_superlatives_in_a_list_are_functions(films: Any) -> None:
    assert films.rows("highest, lowest and average rating") == [(8.4, 6.1, pytest.approx(7.28))]


def test_sorting_is_kept(films: Any) -> None:
    rows = [r[0] for r in films.rows("list title sorted by rating in descending order")]
    assert rows == ["North Wind", "The Harbour", "Salt", "Café Zoë", "Paper Moon River"]
    assert films.rows("list the titles in alphabetical order")[0] == ("Café Zoë",)


def test_a_named_chart_is_passed_on(orders: Any) -> None:
    assert orders.plan("pie chart of revenue by country").chart == "arc"
    scatter = orders.plan("scatter plot of revenue vs quantity")
    assert (scatter.chart, [c.name for c in scatter.columns]) == ("point", ["quantity", "revenue_usd"])


def test_roles_and_units_describe_the_columns(orders: Any) -> None:
    month, revenue = orders.plan("revenue by month").columns
    assert (month.role, revenue.role, revenue.aggregate, revenue.unit) == ("time", "measure", "sum", "$")


def test_evidence_says_what_each_phrase_was_taken_for(orders: Any) -> None:
    plan = orders.plan("total revenue in norway since March 2024")
    told = {(e.kind, e.phrase, e.target) for e in plan.evidence}
    assert ("value", "norway", "Norway") in told
    assert ("column", "revenue", "revenue_usd") in told
    assert any(e.kind == "data" and "without revenue" in e.detail for e in plan.evidence)
    assert plan.filters == ("country is Norway", "order date is since March 2024")


def test_an_assumed_sum_is_said(orders: Any) -> None:
    assert any(e.kind == "assumption" for e in orders.plan("revenue by region").evidence)
    assert not any(e.kind == "assumption" for e in orders.plan("total revenue by region").evidence)


def test_ratings_are_averaged_not_added(films: Any) -> None:
    assert dict(films.rows("rating by genre"))["Comedy"] == pytest.approx(6.45)


def test_strange_names_stay_quoted(desk_of: Any) -> None:
    desk = desk_of("""CREATE TABLE "select" AS SELECT 'a"b' AS "group by", 3 AS "order; drop" """)
    sql = desk.plan('what is the "order; drop" where group by is a"b').sql.sql("duckdb")
    assert desk.connection.execute(sql).fetchall() == [(3,)]


def test_planning_is_deterministic(orders: Any) -> None:
    plans = {orders.plan("average unit price per country and region").sql.sql("duckdb") for _ in range(5)}
    assert len(plans) == 1
