"""How amounts are said: once, with their currency beside the number alone; and what a refusal offers."""

from __future__ import annotations

from typing import Any

import pytest

from insights_ext.ask.narrative import sentence
from insights_ext.ask.rules.suggest import suggestions

BOOKINGS = (
    "CREATE TABLE bookings AS SELECT * FROM (VALUES (1, 'Sea', 2, 200.0), (2, 'Hill', 3, 450.0),"
    " (3, 'Sea', 4, 440.0), (4, 'Lake', 1, 90.0)) t(booking_id, hotel, nights, total_eur)"
)
GUESTS = (
    "CREATE TABLE guests AS SELECT * FROM (VALUES ('Ann', 'Oslo'), ('Bo', 'Oslo'),"
    " ('Cy', 'Bergen')) t(guest, town)"
)


@pytest.fixture(scope="module")
def lodge(desk_of: Any) -> Any:
    return desk_of(BOOKINGS)


def test_a_total_is_not_said_twice_and_its_currency_stands_by_the_number(lodge: Any) -> None:
    plan = lodge.plan("total eur by hotel")
    table = lodge.connection.cursor().sql(plan.sql.sql("duckdb")).to_arrow_table()
    text = sentence(plan, table, table.num_rows)
    assert "€640" in text
    assert "total total" not in text
    assert " eur" not in text.lower()


def test_suggestions_do_not_say_total_twice(desk_of: Any) -> None:
    (view,) = desk_of(
        "CREATE TABLE stays AS SELECT hotel, total_eur FROM (" + BOOKINGS.split(" AS ", 1)[1] + ")"
    ).views
    offered = suggestions(view)
    assert "total eur by hotel" in offered
    assert not any("total total" in question for question in offered)


def test_among_several_tables_a_refusal_offers_what_comes_nearest(desk_of: Any) -> None:
    refused = desk_of(BOOKINGS, GUESTS).refusal("dragons by town")
    offered = [choice.question for choice in refused.choices]
    assert "town" in offered[0]
    assert "how many rows are there" not in offered
