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


def test_the_best_rated_row_is_one_row_whatever_is_asked_of_it(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE inns AS SELECT * FROM (VALUES ('Alba', 'Porto', 4.9), ('Brio', 'Porto', 1.0), ('Corso', 'Faro', 4.0)) t(inn_name, town, rating)"
    )
    assert desk.rows("which town has the highest rated inn") == [("Porto",)]
    assert desk.rows("best rated town") == [("Faro",)]


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


def test_a_missing_part_of_a_sum_leaves_no_row_out(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE pay AS SELECT * FROM (VALUES ('Ann', 'Ops', 100, 10), ('Bob', 'IT', 200, NULL),"
        " ('Cy', 'Ops', 300, 5)) t(name, team, salary, bonus)"
    )
    assert desk.rows("salary plus bonus by team") == [("Ops", 415), ("IT", 200)]
    assert said(desk, "salary plus bonus by team").endswith("A missing bonus adds nothing.")
    assert said(desk, "total bonus by team").endswith("1 row without bonus left out.")


def test_only_one_of_its_rows_is_no_word_without_meaning(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE orders AS SELECT * FROM (VALUES (1, 'Ann', 5.0), (2, 'Ann', 6.0), (3, 'Bob', 7.0))"
        " t(order_id, customer, amount)"
    )
    for words in ("only one order", "just one order", "exactly one order"):
        assert desk.rows(f"customers with {words}") == [("Bob",)]
    assert desk.rows("customers with only 2 orders") == [("Ann",)]


@pytest.mark.parametrize(
    "question",
    [
        "how many cancelled orders in North",
        "amount of cancelled orders by region",
        "total amount of completed orders",
        "average amount of voided orders in North",
        "how many returned customers in North",
        "which returned customers are in North",
    ],
)
def test_a_word_that_chooses_rows_by_what_nobody_knows_is_not_passed_over(
    desk_of: Any, question: str
) -> None:
    desk = desk_of(
        "CREATE TABLE orders AS SELECT i AS order_id, 'C' || i % 7 AS customer, ['paid', 'open'][1 + i % 2] AS status,"
        " ['North', 'South'][1 + i % 2] AS region, i * 2.5 AS amount FROM range(40) t(i)"
    )
    assert "I do not know what" in desk.refusal(question).text
    assert desk.rows("how many paid orders") == [(20,)]


def test_amounts_in_different_units_are_not_added_up(jobs: Any) -> None:
    assert all('"Labour (Hrs)"' not in str(row) for row in jobs.plan("labour + parts").columns)
    assert "in one unit" in jobs.refusal("labour (hrs) + parts").text


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


CLINIC = (
    "CREATE TABLE appointments AS SELECT 'A-' || i AS \"Appt #\", ['Ann Lee', 'Bo Ray', 'Cy Fox', 'Di Kay'][1 + i % 4] AS \"Patient Name\","
    " [DATE '1950-03-04', DATE '1961-12-30', DATE '1990-06-01', DATE '2015-01-20'][1 + i % 4] AS \"D.O.B.\","
    " ['Dr Amin', 'Dr Bauer'][1 + (i * 3 + i // 4) % 2] AS doctor, DATE '2024-01-02' + CAST(i * 5 AS INTEGER) AS \"Appt Date\","
    ' 5 + (i * 7) % 40 AS "Wait (mins)", 10 + (i * 11) % 30 AS "Consult (mins)", [45, 60, 80][1 + i % 3] AS "Fee (£)" FROM range(32) t(i)'
)


@pytest.fixture(scope="module")
def clinic(desk_of: Any) -> Any:
    return desk_of(CLINIC)


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("oldest patient", "SELECT 'Ann Lee'"),
        ("youngest patient", "SELECT 'Di Kay'"),
        ("patients over 60", "SELECT unnest(['Ann Lee', 'Bo Ray'])"),
        ("how many patients over 60", "SELECT 2"),
        ("patients older than 30", "SELECT unnest(['Ann Lee', 'Bo Ray', 'Cy Fox'])"),
        ("how old is Bo Ray", "SELECT 62"),
        ("how many appts in march", "SELECT count(*) FROM appointments WHERE month(\"Appt Date\") = 3"),
        ("which doctor has the longest average consult", "SELECT doctor FROM appointments GROUP BY 1 ORDER BY avg(\"Consult (mins)\") DESC LIMIT 1"),
        ("average wait time by doctor", "SELECT doctor, avg(\"Wait (mins)\") FROM appointments GROUP BY 1"),
        ("wait times over 30 mins by doctor", "SELECT doctor, count(*) FROM appointments WHERE \"Wait (mins)\" > 30 GROUP BY 1"),
    ],
)  # fmt: skip
def test_births_are_ages_and_no_time_at_which_rows_happened(clinic: Any, question: str, query: str) -> None:
    assert sorted(clinic.rows(question)) == sorted(clinic.sql(query))


def test_an_age_says_as_of_when_and_is_not_averaged_over_visits(clinic: Any) -> None:
    assert "age as of 2024-11-23 is above 60" in said(clinic, "patients over 60")
    clinic.refusal("average age of patients")


def test_the_average_age_of_people_with_a_row_each_is_answered(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE members AS SELECT * FROM (VALUES (1, 'Ann', DATE '1990-11-24', 'x'), (2, 'Bo', DATE '1980-01-01', 'x'), (3, 'Cy', DATE '2000-01-01', 'y'))"
        " t(member_id, member_name, birth_date, team)"
    )
    assert desk.rows("average age") == [((33 + 44 + 24) / 3,)]
    assert dict(desk.rows("average age by team")) == {"x": 38.5, "y": 24.0}


def test_a_bare_number_behind_people_is_no_amount_of_money(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE visits AS SELECT 'P' || i % 9 AS patient, 20 + i AS fee_usd FROM range(90) t(i)"
    )
    desk.refusal("patients over 65")
    assert desk.rows("fee over 105") == desk.sql("SELECT * FROM visits WHERE fee_usd > 105")


@pytest.fixture(scope="module")
def trips(desk_of: Any) -> Any:
    return desk_of(
        "CREATE TABLE trips AS SELECT 'T' || (300 + i) AS \"Trip ID\", ['V1', 'V2'][1 + i % 2] AS truck, 100 + (i * 97) % 900 AS \"Distance (km)\","
        ' 50 + (i * 211) % 4000 AS "Cargo kg", 1.5 + i % 50 AS "Toll €", (i * 7) % 60 AS "Delay (min)" FROM range(60) t(i)'
    )


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("trips over 500 km", 'SELECT * FROM trips WHERE "Distance (km)" > 500'),
        ("how many trips with more than 2000 kg", 'SELECT count(*) FROM trips WHERE "Cargo kg" > 2000'),
        ("total km by truck", 'SELECT truck, sum("Distance (km)") FROM trips GROUP BY 1'),
        ("heaviest cargo", 'SELECT max("Cargo kg") FROM trips'),
        ("longest delay", 'SELECT max("Delay (min)") FROM trips'),
    ],
)  # fmt: skip
def test_a_unit_says_what_is_measured(trips: Any, question: str, query: str) -> None:
    assert sorted(trips.rows(question)) == sorted(trips.sql(query))


def test_the_longest_delay_is_one_delay_and_no_sum_of_them(trips: Any) -> None:
    longest = 'SELECT DISTINCT truck FROM trips WHERE "Delay (min)" = (SELECT max("Delay (min)") FROM trips)'
    assert sorted(trips.rows("which truck had the longest delay")) == sorted(trips.sql(longest))


def test_a_bare_number_is_neither_an_identifier_nor_one_of_several_amounts(trips: Any) -> None:
    assert trips.refusal("trips over 500").not_understood == ("500",)


SHOP = (
    "CREATE TABLE customers AS SELECT i AS customer_id, 'C' || i AS customer_name, ['York', 'Hull'][1 + i % 2] AS city, DATE '2023-01-05' + CAST(i * 31 AS INTEGER) AS signup_date FROM range(8) t(i)",
    "CREATE TABLE products AS SELECT i AS product_id, ['Mug', 'Desk', 'Pen'][1 + i] AS product_name FROM range(3) t(i)",
    "CREATE TABLE orders AS SELECT 50 + i AS order_id, i % 7 AS customer_id, DATE '2024-01-05' + CAST(i * 9 AS INTEGER) AS order_date,"
    " DATE '2024-01-30' + CAST(i * 9 AS INTEGER) AS delivered_date, ['ok', 'cancelled'][1 + i % 3 % 2] AS status FROM range(30) t(i)",
    "CREATE TABLE order_items AS SELECT i AS item_id, 50 + i % 30 AS order_id, i % 3 AS product_id, CASE WHEN i % 3 = 0 THEN 9 ELSE 1 + i % 2 END AS quantity,"
    " CASE WHEN i % 3 = 1 THEN 80 ELSE 5 END AS line_total_gbp FROM range(60) t(i)",
)


def test_orders_are_of_the_date_called_as_they_are(desk_of: Any) -> None:
    desk = desk_of(*SHOP)
    assert desk.rows("how many orders did we get in march") == desk.sql(
        "SELECT count(*) FROM orders WHERE month(order_date) = 3"
    )
    by_month = "SELECT date_trunc('month', order_date)::DATE, 100.0 * count(*) FILTER (WHERE status = 'cancelled') / count(*) FROM orders GROUP BY 1"
    assert sorted(desk.rows("% cancelled by month")) == sorted(desk.sql(by_month))


def test_best_selling_asks_by_what_and_an_order_is_worth_its_lines(desk_of: Any) -> None:
    desk = desk_of(*SHOP)
    choices = desk.clarification("best selling product").choices
    assert [desk.rows(c.question) for c in sorted(choices, key=lambda c: c.label)] == [
        [("Desk",)],
        [("Mug",)],
    ]
    assert (
        desk.rows("best selling product by quantity")
        == desk.rows("which product sold the most units")
        == [("Mug",)]
    )
    worth = desk.sql("SELECT sum(line_total_gbp) / count(DISTINCT order_id) FROM order_items")
    assert desk.rows("avg order value") == worth


def test_what_is_offered_shares_what_was_understood_and_can_be_answered(clinic: Any) -> None:
    for question, word in (
        ("fees lost to goblins", "Fee (£)"),
        ("gloops by doctor", "doctor"),
        ("dr amin gloop", "Dr Amin"),
    ):
        choices = clinic.refusal(question).choices
        assert 0 < len(choices) <= 3
        assert all(word in c.question for c in choices)
        assert all(clinic.rows(c.question) for c in choices)


def test_what_was_done_most_is_counted_by_its_rows(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE gym_bookings_export AS SELECT 'B' || i AS booking_ref, ['Ann', 'Bo', 'Cy'][1 + (i * i) % 3] AS member,"
        " ['Spin', 'Yoga'][1 + i % 2] AS class_name FROM range(20) t(i)"
    )
    assert desk.rows("which member booked the most classes") == [("Bo",)]
    assert "the same number of different members" in said(desk, "how many members per class")


STAFF = (
    "CREATE TABLE staff AS SELECT 'E' || i AS emp_id, 'P' || i AS full_name, DATE '2015-02-01' + CAST(i * 97 AS INTEGER) AS hire_date,"
    " ['Ops', 'IT'][1 + i % 2] AS department, 30000 + (i * 7919) % 40000 AS salary_eur, (i * 500) % 3000 AS bonus_eur,"
    " 1 + (i * 7) % 5 AS perf_rating FROM range(20) t(i)"
)


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("who earns the most", "SELECT full_name FROM staff ORDER BY salary_eur DESC LIMIT 1"),
        (
            "salary + bonus by department",
            "SELECT department, sum(salary_eur) + sum(bonus_eur) FROM staff GROUP BY 1",
        ),
        ("who was hired last", "SELECT full_name FROM staff ORDER BY hire_date DESC LIMIT 1"),
        ("new hires by year", "SELECT year(hire_date), count(*) FROM staff GROUP BY 1"),
    ],
)
def test_pay_is_what_people_earn_and_new_hires_are_by_their_hire_date(
    desk_of: Any, question: str, query: str
) -> None:
    desk = desk_of(STAFF)
    assert sorted(desk.rows(question)) == sorted(desk.sql(query))


def test_a_rate_is_no_rating_and_a_bonus_no_turnover(desk_of: Any) -> None:
    desk = desk_of(STAFF)
    desk.refusal("turnover rate by department")
    desk.refusal("turnover by department")


def test_numbered_things_per_group_are_counted_once_each(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE lines AS SELECT 'T' || i // 3 AS \"Ticket No\", ['Gia', 'Leo'][1 + i % 2] AS server, 1 + i % 4 AS qty FROM range(30) t(i)"
    )
    counted = desk.sql('SELECT server, count(DISTINCT "Ticket No") FROM lines GROUP BY 1')
    assert sorted(desk.rows("tickets per server")) == sorted(counted)


def test_a_month_is_that_of_what_is_measured_and_not_of_who_is_asked_for(desk_of: Any) -> None:
    desk = desk_of(*SHOP)
    joined = "order_items JOIN orders USING (order_id) JOIN customers USING (customer_id)"
    spent = f"SELECT customer_name FROM {joined} WHERE month(order_date) = 3 GROUP BY 1 QUALIFY rank() OVER (ORDER BY sum(line_total_gbp) DESC) = 1"
    assert sorted(desk.rows("which customers spent the most in march")) == sorted(desk.sql(spent))
    orders = "SELECT customer_name FROM orders JOIN customers USING (customer_id) WHERE month(order_date) = 3 GROUP BY 1 QUALIFY rank() OVER (ORDER BY count(*) DESC) = 1"
    assert sorted(desk.rows("which customer had the most orders in march")) == sorted(desk.sql(orders))


def test_a_verb_for_money_before_other_things_counts_these(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE tickets AS SELECT i AS ticket_id, ['Acme', 'Bolt'][1 + (i % 5) // 3] AS client, CASE WHEN i % 5 > 2 THEN 90 ELSE 0 END AS refund_usd FROM range(30) t(i)"
    )
    assert desk.rows("which client raised the most tickets") == [("Acme",)]
    assert desk.rows("which client got the most refunds") == [("Bolt",)]


def test_a_thing_used_the_most_is_not_that_of_most_rows_of_its_own_table(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE bikes AS SELECT i AS bike_id, ['City', 'City', 'Cargo'][1 + i % 3] AS model FROM range(6) t(i)",
        "CREATE TABLE rides AS SELECT i AS ride_id, i % 5 AS bike_id, 1.5 + i AS distance_km FROM range(30) t(i)",
    )
    desk.refusal("which bike was used the most")
    assert desk.rows("which model is the most common") == [("City",)]


def test_discounted_rows_are_not_their_discounts(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE bookings AS SELECT i AS booking_id, (i % 4) * 5 AS discount_pct, 'c' || i % 3 AS class FROM range(20) t(i)"
    )
    desk.refusal("discounted bookings")
    assert desk.rows("average discount by class")
    assert desk.rows("how many bookings with a discount") == [(15,)]
    assert len(desk.rows("bookings with a discount")) == 15
    assert desk.rows("how many bookings without discount") == [(5,)]


@pytest.fixture(scope="module")
def exams(desk_of: Any) -> Any:
    return desk_of(
        "CREATE TABLE exams AS SELECT 'P' || i // 3 AS pupil, ['Maths', 'Art', 'French'][1 + i % 3] AS subject, 40 + (i * 37 + i // 3 * 11) % 60 AS \"Mark %\","
        ' 70 + (i * 13) % 31 + CASE WHEN i = 1 THEN -60 ELSE 0 END AS "Attendance %", i % 4 AS "Homework Late", DATE \'2024-05-01\' + CAST(i AS INTEGER) AS exam_date FROM range(60) t(i)'
    )


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("top 3 pupils by mark", 'SELECT pupil, avg("Mark %") FROM exams GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3'),
        ("which subject has the worst attendance", 'SELECT subject FROM exams GROUP BY 1 ORDER BY avg("Attendance %") LIMIT 1'),
        ("late homework by subject", 'SELECT subject, sum("Homework Late") FROM exams GROUP BY 1'),
        ("highest mark in art", "SELECT max(\"Mark %\") FROM exams WHERE subject = 'Art'"),
    ],
)  # fmt: skip
def test_things_with_many_rows_are_judged_by_their_average(exams: Any, question: str, query: str) -> None:
    assert sorted(exams.rows(question)) == sorted(exams.sql(query))


def test_days_absent_are_no_missing_dates(exams: Any) -> None:
    exams.refusal("days absent by subject")


def test_a_table_of_copy_editors_is_not_called_editors(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE copy_editor AS SELECT * FROM (VALUES (1, 'Ann')) t(id, name)",
        "CREATE TABLE draft AS SELECT * FROM (VALUES (1, 1, 'x')) t(draft_id, copy_editor_id, title)",
    )
    assert desk.rows("names of the copy editors") == [("Ann",)]


BAKERY = (
    "CREATE TABLE bakery_sales AS SELECT * FROM (VALUES"
    " (DATE '2025-08-02', 'Harbour', 'Rye', 2, 7.5), (DATE '2025-08-09', 'Market', 'Rye', 1, 4.0),"
    " (DATE '2025-09-05', 'Harbour', 'Roll', 10, 9.0))"
    ' t("Date", "Shop", "Product", "Qty", "Total (EUR)")'
)


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("what was our revenue in august", [(11.5,)]),
        ("sales by shop", [("Harbour", 16.5), ("Market", 4.0)]),
        ("top 1 products by revenue", [("Rye", 11.5)]),
        ("total sales", [(20.5,)]),
        ("how many sales in august", [(2,)]),
        ("number of sales by shop", [("Harbour", 2), ("Market", 1)]),
        ("how many rolls did we sell", [(10,)]),
        ("how many rye were sold in august", [(3,)]),
        ("how many sales did we make", [(3,)]),
    ],
)
def test_a_file_called_sales_does_not_turn_money_into_rows(
    desk_of: Any, question: str, rows: list[Any]
) -> None:
    got = desk_of(BAKERY).rows(question)
    assert [tuple(float(v) if not isinstance(v, str) else v for v in row) for row in got] == rows


def test_a_correlation_is_one_also_of_a_number_with_few_values(desk_of: Any) -> None:
    rows = ", ".join(f"({k % 3 + 1}, {(k % 3 + 1) * 2.5 + k * 0.01})" for k in range(60))
    desk = desk_of(f'CREATE TABLE till AS SELECT * FROM (VALUES {rows}) t("Qty", "Total (EUR)")')
    plan = desk.plan("correlation between total and qty")
    assert plan.related
    assert {c.name for c in plan.columns} == {"Qty", "Total (EUR)"}


def test_what_was_sold_is_counted_in_pieces_beside_other_tables_too(desk_of: Any) -> None:
    other = "CREATE TABLE poll AS SELECT * FROM (VALUES ('Reds', 45), ('Blues', 30)) t(party, seats)"
    assert desk_of(BAKERY, other).rows("how many rolls did we sell") == [(10,)]
