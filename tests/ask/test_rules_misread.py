"""Readings that looked right and were not: one test for each."""

from __future__ import annotations

from typing import Any


def test_numbers_of_rows_in_alternatives_are_no_columns(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE engineers AS SELECT * FROM (VALUES (1, 'Ann'), (2, 'Bo')) t(engineer_id, name)",
        "CREATE TABLE visits AS SELECT * FROM (VALUES (1, 1), (2, 1), (3, 2)) t(visit_id, engineer_id)",
    )
    desk.reply("engineers with more than 1 visits or more than 5 visits")
    desk.reply("engineers with at least 1 visits or with no visits")
    assert desk.rows("names of engineers with more than 1 visits") == [("Ann",)]


def test_who_asks_for_a_name_though_the_verb_names_the_column(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE staff AS SELECT * FROM (VALUES ('Ann', DATE '2020-01-02'), ('Bo', DATE '2024-05-06'))"
        ' t("Full Name", "Hire Date")'
    )
    assert desk.rows("who was hired most recently") == [("Bo",)]
