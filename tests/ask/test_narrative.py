"""Sentences are right, rounded, and every number in them is traced."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from sqlglot import exp

from insights_ext.ask import narrative
from insights_ext.ask.grounding import Facts, ground, numbers_in
from insights_ext.ask.planner import Plan, ResultColumn

SQL = exp.select("*").from_("t")
REGION = ResultColumn("region", "dimension", "region")
REVENUE = ResultColumn("revenue", "measure", "total revenue", "$", "sum")


def plan(*columns: ResultColumn, **more: Any) -> Plan:
    return Plan(SQL, columns, (), **more)


def groups() -> pa.Table:
    return pa.table({"region": ["North", "South", "East"], "revenue": [1200.5, 300.0, 99.25]})


def test_groups_name_leader_laggard_and_total() -> None:
    text = narrative.sentence(plan(REGION, REVENUE, order="descending"), groups(), 3)
    assert text == (
        "Of 3 regions, North ($1,200.50) has the highest total revenue, East ($99.25) the lowest; "
        "together $1,599.75."
    )


def test_groups_by_a_first_day_say_from_when_to_when() -> None:
    table = pa.table({"region": ["North", "South"], "day": [dt.date(2024, 3, 1), dt.date(2024, 1, 5)]})
    column = ResultColumn("day", "measure", "lowest order day", None, "min")
    text = narrative.sentence(plan(REGION, column), table, 2)
    assert text == "Lowest order day runs from 2024-01-05 to 2024-03-01, over 2 regions."
    nothing = pa.table({"region": ["North", "South"], "day": pa.nulls(2, pa.date32())})
    assert narrative.sentence(plan(REGION, column), nothing, 2) == "2 rows, none with a lowest order day."


def test_combinations_that_share_the_first_place_are_not_said_to_have_one_leader() -> None:
    columns = (REGION, ResultColumn("year", "time", "year"), REVENUE)
    table = pa.table(
        {"region": ["North", "South", "North"], "year": [2023, 2023, 2024], "revenue": [7, 7, 5]}
    )
    text = narrative.sentence(plan(*columns), table, 3)
    assert text.endswith("North, 2023 and 1 more have the highest total revenue ($7).")
    table = table.slice(1)
    assert narrative.sentence(plan(*columns), table, 2).endswith(
        "South, 2023 has the highest total revenue ($7)."
    )


@pytest.mark.parametrize("ties", [False, True])
def test_a_sentence_with_many_in_one_place_stands_up_to_the_check_of_its_numbers(ties: bool) -> None:
    values = [1000] * 12 if ties else [2000, *[1000] * 11]
    table = pa.table({"region": [f"r{chr(97 + k)}" for k in range(12)], "revenue": values})
    asked = plan(REGION, REVENUE, ties=ties, criterion="highest total revenue" if ties else None)
    text = narrative.sentence(asked, table, 12)
    assert ("11 more share" if ties else "10 more ($1,000) the lowest") in text
    assert ground(text, Facts.of(asked, table, 12, ""))[1] == []


def test_averages_are_not_added_up() -> None:
    column = ResultColumn("revenue", "measure", "average revenue", None, "mean")
    assert "together" not in narrative.sentence(plan(REGION, column), groups(), 3)


def test_trends_name_first_last_and_peak() -> None:
    table = pa.table({"month": [dt.date(2024, m, 1) for m in (1, 2, 3)], "revenue": [10, 30, 20]})
    text = narrative.sentence(plan(ResultColumn("month", "time", "month"), REVENUE, order="time"), table, 3)
    assert text == (
        "Total revenue went from $10 in January 2024 to $20 in March 2024, "
        "with a peak of $30 in February 2024."
    )


def test_filters_and_what_was_left_out_are_said() -> None:
    table = pa.table({"revenue": [12345.678]})
    text = narrative.sentence(
        plan(REVENUE, filters=("region is North",), left_out=("3 rows without revenue left out",)), table, 1
    )
    assert text == "The total revenue is $12,345.68, where region is North. 3 rows without revenue left out."


def test_lists_name_the_first_few() -> None:
    table = pa.table({"region": [f"r{k}" for k in range(9)]})
    assert narrative.sentence(plan(REGION), table, 9) == "9 regions, the first are r0, r1, r2, r3, r4."


def test_nothing_found_is_said() -> None:
    empty = pa.table({"region": pa.array([], pa.string())})
    assert narrative.sentence(plan(REGION, filters=("year is 1900",)), empty, 0) == (
        "No row matches, where year is 1900."
    )
    nothing = pa.table({"revenue": pa.array([None], pa.float64())})
    assert "there is no total revenue" in narrative.sentence(plan(REVENUE), nothing, 1).lower()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1234567, "1,234,567"),
        (1234.56, "1,235"),
        (123.456, "123.5"),
        (1.2345, "1.23"),
        (0.01234, "0.0123"),
        (-5, "-5"),
    ],
)
def test_numbers_are_rounded_to_suit(value: float, said: str) -> None:
    assert narrative.decimals(value) == said


def facts(question: str = "", **more: Any) -> Facts:
    return Facts.of(plan(REGION, REVENUE, **more), groups(), 3, question)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("North made 1,200.50", "column revenue, value 1"),
        ("North made about 1.2k", "column revenue, value 1"),
        ("3 regions", "the number of rows"),
        ("together 1,599.75", "the sum of column revenue"),
        ("North has 75.0% of it", "the share in percent of value 1 in the sum of column revenue"),
        ("it fell by 1,101.25", "the difference from first to last, without sign, of column revenue"),
        ("it fell by 91.7%", "the change in percent, without sign, from first to last of column revenue"),
    ],
)
def test_numbers_are_traced(text: str, origin: str) -> None:
    found, untraced = ground(text, facts())
    assert untraced == []
    assert found[0].origin == origin


@pytest.mark.parametrize(
    "text", ["North made 1,202", "about 47 regions", "in 1999", "up 12.5%", "North made 1,200.49"]
)
def test_numbers_from_nowhere_are_found_out(text: str) -> None:
    assert ground(text, facts())[1] != []


def test_a_number_of_the_question_is_traced_to_it() -> None:
    assert ground("more than 500", facts("regions with more than 500"))[0][0].origin == "the question"


def test_numbers_in_names_and_dates_belong_to_them() -> None:
    table = pa.table({"plane": ["Boeing 747"], "day": [dt.date(2024, 3, 5)], "flights": [12]})
    columns = [ResultColumn(n, "dimension", n) for n in table.column_names]
    known = Facts.of(Plan(SQL, tuple(columns), ()), table, 1, "")
    found, untraced = ground("The Boeing 747 flew 12 times on 5 March 2024.", known)
    assert untraced == []
    assert [n.origin for n in found if n.text in ("747", "12")] == [
        "column plane, row 1",
        "column flights, value 1",
    ]
    assert ground("The Boeing 737 flew", known)[1] == ["737"]
    assert ground("on 6 March 2024", known)[1]


def test_written_numbers_are_read_with_their_precision() -> None:
    read = {n.text: (n.value, n.tolerance) for n in numbers_in("1,234.5 and 2 million, 7k; v12")}
    assert read["1,234.5"] == (1234.5, 0.05)
    assert read["2 million"] == (2e6, 5e5)
    assert read["7k"] == (7000, 500)
    assert "12" in read


def test_every_sentence_of_the_planner_is_grounded(orders: Any) -> None:
    for question in (
        "total revenue by region", "revenue by month", "top 5 products by revenue", "list the regions",
        "share of revenue by country", "average unit price per country and region", "how many orders in 2024",
        "which product has the highest revenue", "revenue in norway since march 2024",
        "min and max unit price by product",
    ):  # fmt: skip
        made = orders.plan(question)
        table = orders.connection.cursor().sql(made.sql.sql("duckdb")).to_arrow_table()
        text = narrative.sentence(made, table, table.num_rows)
        assert ground(text, Facts.of(made, table, table.num_rows, question))[1] == [], text


def test_groups_that_share_the_first_or_the_last_place_are_said() -> None:
    table = pa.table({"region": ["North", "South", "East", "West"], "revenue": [9, 9, 4, 4]})
    column = ResultColumn("revenue", "measure", "average revenue", None, "mean")
    text = narrative.sentence(plan(REGION, column), table, 4)
    assert (
        text
        == "Of 4 regions, North and South (9) have the highest average revenue, East and West (4) the lowest."
    )
    many = pa.table({"region": [f"r{k}" for k in range(6)], "revenue": [9, 4, 4, 4, 4, 4]})
    assert "r1 and 4 more (4) the lowest" in narrative.sentence(plan(REGION, column), many, 6)


def test_a_peak_in_two_periods_is_said_of_both() -> None:
    table = pa.table({"month": [dt.date(2024, m, 1) for m in (1, 2, 3, 4)], "revenue": [10, 30, 30, 20]})
    text = narrative.sentence(plan(ResultColumn("month", "time", "month"), REVENUE, order="time"), table, 4)
    assert text.endswith("with a peak of $30 in February 2024 and March 2024.")
