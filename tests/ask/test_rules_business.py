"""Questions of a small business about its own files: marks, hours and money, sums, late and unpaid, units sold."""

# ruff: noqa: E501 - a table and its rows, or a question and its SQL, stand on one line

from __future__ import annotations

from typing import Any

import pytest

from insights_ext.ask.narrative import sentence

JOBS = (
    "CREATE TABLE jobs AS SELECT 'J' || (100 + i) AS \"Job #\", DATE '2024-01-03' + CAST((i * 13) % 180 AS INTEGER) AS date_in,"
    " ['Ana', 'Bob', 'Carl'][1 + (i * 5) % 3] AS mechanic, 'Client ' || ((i * 7) % 20) AS customer_name,"
    " ['tyres', 'brakes', 'oil'][1 + (i * 3 + i // 7) % 3] AS service, 0.5 + (i * 11) % 6 AS \"Labour (Hrs)\","
    ' 30.0 + (i * 37) % 200 AS "Labour €", CASE WHEN i % 8 > 0 THEN 5.0 + (i * 53) % 90 END AS "Parts €",'
    " CASE WHEN i = 5 THEN 5 WHEN i % 4 > 0 THEN 1 + ((i * 5) % 3 + i) % 4 END AS rating,"
    " i % 6 = 0 AS paid, CASE WHEN i % 5 = 0 THEN 'Y' ELSE 'N' END AS late FROM range(48) t(i)"
)
FILMS = (
    "CREATE TABLE films AS SELECT * FROM (VALUES ('Salt', 'Lee', 7.9), ('Mud', 'Lee', 6.1), ('Rain', 'Roy', 7.2),"
    " ('Dust', 'Roy', 7.3)) t(film, director, rating)"
)
HOTELS = (
    "CREATE TABLE hotels AS SELECT * FROM (VALUES (1, 'Alba'), (2, 'Brio'), (3, 'Corso')) t(hotel_id, hotel_name)",
    "CREATE TABLE reviews AS SELECT i AS review_id, 1 + i % 3 AS hotel_id, CASE WHEN i = 0 THEN 5 ELSE 2 + (i % 3) END AS stars FROM range(30) t(i)",
)
SALES = (
    "CREATE TABLE sales AS SELECT i AS sale_id, ['DHL', 'UPS'][1 + (i * 3) % 2] AS carrier, ['Mug', 'Pen', 'Cup'][1 + i % 3] AS product,"
    " 1 + (i * 7) % 5 AS quantity, 2.5 + i % 4 AS unit_price, i % 4 = 0 AS late, ['on time', 'late', 'lost'][1 + (i * 5) % 3] AS delivery_status"
    " FROM range(36) t(i)"
)


def said(desk: Any, question: str) -> str:
    plan = desk.plan(question)
    table = desk.connection.cursor().sql(plan.sql.sql("duckdb")).to_arrow_table()
    return sentence(plan, table, table.num_rows)


@pytest.fixture(scope="module")
def jobs(desk_of: Any) -> Any:
    return desk_of(JOBS)


@pytest.fixture(scope="module")
def sales(desk_of: Any) -> Any:
    return desk_of(SALES)


@pytest.mark.parametrize(
    "question",
    [
        "who is our best rated mechanic",
        "highest rated mechanic",
        "top rated mechanic",
        "best reviewed mechanic",
        "which mechanic has the highest rating",
    ],
)
def test_marks_of_a_thing_with_many_are_averaged(jobs: Any, question: str) -> None:
    best = jobs.sql("SELECT mechanic FROM jobs GROUP BY 1 ORDER BY avg(rating) DESC LIMIT 1")
    top_mark = jobs.sql("SELECT DISTINCT mechanic FROM jobs WHERE rating = (SELECT max(rating) FROM jobs)")
    assert jobs.rows(question) == best != top_mark
    assert "highest average rating" in said(jobs, question)


def test_the_worst_and_the_first_few_are_averaged_too(jobs: Any) -> None:
    assert jobs.rows("lowest rated service") == jobs.sql(
        "SELECT service FROM jobs GROUP BY 1 ORDER BY avg(rating) LIMIT 1"
    )
    ranked = jobs.sql("SELECT mechanic, avg(rating) FROM jobs GROUP BY 1 ORDER BY 2 DESC LIMIT 2")
    assert jobs.rows("top 2 rated mechanics") == ranked == jobs.rows("2 best rated mechanics")


def test_where_each_thing_has_one_mark_its_row_is_the_answer(desk_of: Any) -> None:
    films = desk_of(FILMS)
    assert films.rows("best rated film") == [("Salt",)]
    assert (
        films.rows("best rated director")
        == films.sql("SELECT director FROM films GROUP BY 1 ORDER BY avg(rating) DESC LIMIT 1")
        == [("Roy",)]
    )


def test_marks_in_another_table_are_averaged_per_thing(desk_of: Any) -> None:
    desk = desk_of(*HOTELS)
    best = desk.sql(
        "SELECT hotel_name FROM reviews JOIN hotels USING (hotel_id) GROUP BY 1 ORDER BY avg(stars) DESC LIMIT 1"
    )
    assert desk.rows("best rated hotel") == best == [("Corso",)]


def test_two_columns_of_one_name_in_two_units_are_asked_back(jobs: Any) -> None:
    choices = jobs.clarification("total labour by mechanic").choices
    answers = [jobs.rows(c.question) for c in choices]
    assert {c.label for c in choices} == {"Labour €", "Labour (Hrs)"}
    assert sorted(answers[0]) != sorted(answers[1])


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("hours per mechanic", 'SELECT mechanic, sum("Labour (Hrs)") FROM jobs GROUP BY 1'),
        ("total labour hours", 'SELECT sum("Labour (Hrs)") FROM jobs'),
        ("labour cost by service", 'SELECT service, sum("Labour €") FROM jobs GROUP BY 1'),
        ("how many jobs took more than 3 hours", 'SELECT count(*) FROM jobs WHERE "Labour (Hrs)" > 3'),
        ("labour + parts by mechanic", 'SELECT mechanic, sum("Labour €") + coalesce(sum("Parts €"), 0) FROM jobs GROUP BY 1'),
        ("labour plus parts cost", 'SELECT sum("Labour €") + sum("Parts €") FROM jobs'),
        ("labour and parts combined", 'SELECT sum("Labour €") + sum("Parts €") FROM jobs'),
        ("% late by mechanic", "SELECT mechanic, 100.0 * count(*) FILTER (WHERE late = 'Y') / count(*) FROM jobs GROUP BY 1"),
        ("% unpaid", "SELECT 100.0 * count(*) FILTER (WHERE NOT paid) / count(*) FROM jobs"),
    ],
)  # fmt: skip
def test_units_sums_and_parts_are_read(jobs: Any, question: str, query: str) -> None:
    assert sorted(jobs.rows(question)) == sorted(jobs.sql(query))


def test_amounts_in_different_units_are_not_added_up(jobs: Any) -> None:
    assert all('"Labour (Hrs)"' not in str(row) for row in jobs.plan("labour + parts").columns)
    jobs.refusal("labour (hrs) + parts")


@pytest.mark.parametrize(
    "question",
    ["units sold per product", "how many units did we sell of each product", "total units by product"],
)
def test_units_are_a_quantity_and_no_unit_price(sales: Any, question: str) -> None:
    assert sorted(sales.rows(question)) == sorted(
        sales.sql("SELECT product, sum(quantity) FROM sales GROUP BY 1")
    )


def test_a_word_that_is_a_flag_and_a_value_is_asked_back_with_both(sales: Any) -> None:
    choices = sales.clarification("% late by carrier").choices
    by_flag = sales.sql(
        "SELECT carrier, 100.0 * count(*) FILTER (WHERE late) / count(*) FROM sales GROUP BY 1"
    )
    by_value = sales.sql(
        "SELECT carrier, 100.0 * count(*) FILTER (WHERE delivery_status = 'late') / count(*) FROM sales GROUP BY 1"
    )
    assert sorted(sorted(sales.rows(c.question)) for c in choices) == sorted(
        [sorted(by_flag), sorted(by_value)]
    )
