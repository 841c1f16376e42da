"""What the planner does not understand it does not answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from insights_ext.ask.planner import Plan
from insights_ext.ask.rules.search import unambiguous
from insights_ext.ask.rules.suggest import suggestions

TODAY = dt.date(2024, 11, 23)


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("profit by region", "profit"),
        ("how many tickets are in Norway", "tickets"),
        ("total revenue in Atlantis", "Atlantis"),
        ("delete all rows", "delete"),
        ("total revenue by region weighted", "weighted"),
        ("what is dark matter and what evidence supports its existence?", "dark matter"),
    ],
)
def test_an_unexplained_word_is_refused_by_name(orders: Any, question: str, word: str) -> None:
    refusal = orders.refusal(question)
    assert word in " ".join(refusal.not_understood)
    assert word in refusal.text


@pytest.mark.parametrize(
    "question", ["who", "top 10", "???", "average region", "total customer name", "revenue above average"]
)
def test_words_that_do_not_make_a_question_are_refused(orders: Any, question: str) -> None:
    orders.refusal(question)


def test_a_refusal_offers_questions_that_work(orders: Any) -> None:
    choices = orders.refusal("profit by region").choices
    assert choices
    assert all(isinstance(orders.reply(c.question), Plan) for c in choices)


def test_suggestions_are_answerable(orders: Any, films: Any) -> None:
    for desk in (orders, films):
        found = suggestions(desk.views[0])
        assert 3 <= len(found) <= 6
        assert all(unambiguous(desk.views[0], q, TODAY) for q in found)
        assert all(desk.rows(q) for q in found)


def test_two_columns_alike_are_asked_back(desk_of: Any) -> None:
    desk = desk_of("CREATE TABLE staff AS SELECT 'Ann' AS first_name, 'Lee' AS last_name, 3 AS years")
    choices = desk.clarification("what is the name where years is 3").choices
    assert {c.label for c in choices} == {"first_name", "last_name"}
    assert sorted(desk.rows(c.question) for c in choices) == [[("Ann",)], [("Lee",)]]


def test_a_value_in_two_columns_is_asked_back(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE games AS SELECT * FROM (VALUES ('Lions', 'Bears', 10), ('Bears', 'Lions', 20)) "
        "t(home, away, crowd)"
    )
    choices = desk.clarification("what is the crowd of the Lions").choices
    assert sorted(desk.rows(c.question) for c in choices) == [[(10,)], [(20,)]]
    assert desk.rows("what is the crowd when home is Lions") == [(10,)]


JOBS = """
CREATE TABLE jobs AS SELECT DATE '2023-05-01' + i AS "Date In", DATE '2023-05-06' + 2 * i AS "Date Out",
    i AS cost
FROM (SELECT CAST(range AS INTEGER) AS i FROM range(30))
"""


def test_a_period_of_either_of_two_dates_is_asked_back(desk_of: Any) -> None:
    desk = desk_of(JOBS)
    choices = desk.clarification("number of jobs per weekday").choices
    assert {c.label for c in choices} == {"Date In", "Date Out"}
    for choice in choices:
        counted = desk.sql(f'SELECT count(*) FROM jobs GROUP BY dayname("{choice.label}")')
        assert sorted(row[-1] for row in desk.rows(choice.question)) == sorted(n for (n,) in counted)


def test_a_refusal_between_readings_never_asks_which_of_one(desk_of: Any) -> None:
    text = desk_of(JOBS).refusal("number of jobs per weekday date in").text
    assert "several ways" in text
    assert "ways: Date Out?" not in text


def test_two_dates_are_asked_back(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE parcels AS SELECT * FROM (VALUES (DATE '2023-05-01', DATE '2024-01-02', 5)) "
        "t(ordered, shipped, weight)"
    )
    choices = desk.clarification("how many parcels in 2023").choices
    assert {tuple(desk.rows(c.question)[0]) for c in choices} == {(1,), (0,)}
    assert desk.rows("how many parcels shipped in 2024") == [(1,)]


def test_a_table_name_that_is_also_an_amount_is_asked_back(desk_of: Any) -> None:
    desk = desk_of("CREATE TABLE sales AS SELECT 'a' AS product, 5.0 AS revenue FROM range(9)")
    assert {c.label for c in desk.clarification("sales by product").choices} == {"revenue", "number of rows"}


def test_the_table_that_explains_the_question_is_taken(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE cities AS SELECT 'Oslo' AS city, 700 AS population",
        "CREATE TABLE rivers AS SELECT 'Glomma' AS river, 600 AS length",
    )
    assert desk.rows("what is the length of Glomma") == [(600,)]
    assert desk.rows("population of oslo") == [(700,)]
    desk.refusal("length by city")


def test_a_key_is_no_answer_where_the_other_table_is_meant(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE movies AS SELECT 'Salt' AS title, 7 AS studio_id",
        "CREATE TABLE studios AS SELECT 7 AS studio_id, 'Nordlys' AS name",
    )
    assert desk.rows("which studio made Salt") == [("Nordlys",)]
    assert desk.rows("what is the studio id of Salt") == [(7,)]


def test_a_count_of_what_the_question_fixes_is_refused(desk_of: Any) -> None:
    desk = desk_of("CREATE TABLE exams AS SELECT 'Fail' AS test_result FROM range(3)")
    desk.refusal("how many tests have result Fail")
    assert desk.rows("how many exams have test result Fail") == [(3,)]


def test_a_question_both_tables_answer_is_asked_back(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE north AS SELECT 'a' AS shop, 1 AS amount",
        "CREATE TABLE south AS SELECT 'a' AS shop, 2 AS amount",
    )
    choices = desk.clarification("total amount by shop").choices
    assert {c.label for c in choices} == {"north", "south"}


def test_an_unknown_value_is_not_dropped(films: Any) -> None:
    films.refusal("what is the rating of Northern Lights")
    films.refusal("films directed by Ida Bergman")


def test_contradicting_conditions_are_refused(orders: Any) -> None:
    orders.refusal("total revenue in 2023 in 2024")


@pytest.mark.parametrize("question", ["and by country", "what about Norway", "only for 2023", "but by month"])
def test_a_question_that_leans_on_the_one_before_is_refused(orders: Any, question: str) -> None:
    assert "earlier question" in orders.refusal(question).text


def test_a_number_in_a_unit_of_time_needs_a_column_in_that_unit(desk_of: Any) -> None:
    desk = desk_of("CREATE TABLE trips AS SELECT i AS trip_id, i * 30 AS minutes FROM range(9) t(i)")
    assert desk.rows("how many trips with minutes over 100 minutes") == [(5,)]
    desk.refusal("how many trips with minutes over 3 hours")


def test_a_number_that_groups_is_a_category(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE cars AS SELECT 1 + i % 3 AS cylinders, i * 10.5 AS weight FROM range(9) t(i)"
    )
    plan = desk.plan("average weight by cylinders")
    assert [column.role for column in plan.columns] == ["dimension", "measure"]


def test_how_many_of_what_every_row_has_one_of_are_rows(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE cities AS SELECT 'c' || i AS city, 'n' || i % 2 AS country FROM range(5) t(i)"
    )
    assert desk.rows("how many cities") == [(5,)]
    assert sorted(desk.rows("how many cities by country")) == [("n0", 3), ("n1", 2)]
