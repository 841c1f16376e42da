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


@pytest.fixture(scope="module")
def visits(desk_of: Any) -> Any:
    return desk_of(
        "CREATE TABLE visits AS SELECT i AS visit_id, 'G' || (i * i % 11) AS guest, DATE '2024-01-10' + CAST(i * 9 AS INTEGER) AS arrived,"
        " 1 + i % 3 AS nights, ['Porto', 'Faro'][1 + i % 2] AS town FROM range(14) t(i)"
    )


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("repeat guests", "SELECT guest FROM visits GROUP BY 1 HAVING count(*) > 1"),
        ("how many repeat guests do we have", "SELECT count(*) FROM (SELECT guest FROM visits GROUP BY 1 HAVING count(*) > 1)"),
        ("guests who came more than once", "SELECT guest FROM visits GROUP BY 1 HAVING count(*) > 1"),
        ("how many guests visited only once", "SELECT count(*) FROM (SELECT guest FROM visits GROUP BY 1 HAVING count(*) = 1)"),
        ("nights of repeat guests", "SELECT sum(nights) FROM visits WHERE guest IN (SELECT guest FROM visits GROUP BY 1 HAVING count(*) > 1)"),
        ("new guests by month", "SELECT date_trunc('month', first)::DATE, count(*) FROM (SELECT guest, min(arrived) AS first FROM visits GROUP BY 1) GROUP BY 1"),
        ("how many new guests in march 2024", "SELECT count(*) FROM (SELECT guest, min(arrived) AS first FROM visits GROUP BY 1) WHERE first BETWEEN '2024-03-01' AND '2024-03-31'"),
    ],
)  # fmt: skip
def test_who_comes_again_and_who_is_new(visits: Any, question: str, query: str) -> None:
    assert sorted(visits.rows(question)) == sorted(visits.sql(query))


@pytest.mark.parametrize("question", ["new guests", "repeat guests in 2024", "new guests in porto"])
def test_what_would_have_to_be_guessed_of_new_and_repeat_things_is_refused(
    visits: Any, question: str
) -> None:
    visits.refusal(question)


def test_of_several_tables_those_who_come_again_have_several_rows_elsewhere(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE members AS SELECT * FROM (VALUES (1, 'Ann', DATE '2024-01-02'), (2, 'Bo', DATE '2024-01-20'), (3, 'Cy', DATE '2024-02-03'))"
        " t(member_id, member_name, joined_on)",
        "CREATE TABLE loans AS SELECT * FROM (VALUES (1, 1, 'x'), (2, 1, 'y'), (3, 2, 'x')) t(loan_id, member_id, book)",
    )
    assert desk.rows("repeat members") == [("Ann",)]
    assert desk.rows("how many members borrowed more than once") == [(1,)]
    assert [n for _, n in desk.rows("new members by month")] == [2, 1]


def test_what_is_new_or_repeat_by_its_own_column_is_read_there(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE sales AS SELECT i AS sale_id, 'C' || i % 4 AS customer, ['New', 'Repeat'][1 + i % 2] AS kind FROM range(9) t(i)"
    )
    assert desk.rows("how many repeat sales") == [(4,)]


def test_a_bare_total_says_of_what(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE hotel_stays AS SELECT ['Alba', 'Brio'][1 + i % 2] AS hotel, 10.0 + i AS total_eur FROM range(8) t(i)"
    )
    assert said(desk, "hotel with the highest total") == "Hotel with the highest total of hotel stays: Brio."
    assert said(desk, "total by hotel").startswith(
        "Of 2 hotels, Brio (€56) has the highest total of hotel stays, "
    )


def test_sentences_count_things_and_not_values(jobs: Any) -> None:
    assert said(jobs, "list job #").startswith("48 jobs, the first are ")
    assert said(jobs, "how many different customers") == "There are 20 different customer names."
    assert "values of" not in said(jobs, "jobs per mechanic")


def test_periods_that_share_the_first_place_are_all_shown(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE calls AS SELECT * FROM (VALUES (DATE '2024-01-05', 'a'), (DATE '2024-01-09', 'b'), (DATE '2024-03-01', 'a'),"
        " (DATE '2024-03-07', 'b'), (DATE '2024-06-02', 'a')) t(called_on, agent)"
    )
    assert said(desk, "busiest month") == "January 2024 and March 2024 share the highest number of rows (2)."
    assert (
        said(desk, "quietest month")
        == "June 2024 has the lowest number of rows (1). Months without rows are not compared."
    )
    assert said(desk, "which agent has the most calls") == "Agent with the highest number of rows: a."
    assert len(desk.rows("which month had the most calls")) == 2
