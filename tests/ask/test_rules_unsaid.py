"""What a single row or a count would leave unsaid: ties, things with none, cells without a value, roles."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Desk, MakeDesk

from insights_ext.ask import narrative

POTTERY = (
    "CREATE TABLE kilns AS SELECT i AS kiln_id, 'kiln ' || i AS name FROM range(1, 6) t(i)",
    "CREATE TABLE firings AS SELECT i AS firing_id, 1 + i % 3 AS kiln_id, 900 + i AS peak_temp,"
    " CASE WHEN i % 4 <> 0 THEN ['raku', 'stoneware'][1 + i % 2] END AS ware FROM range(1, 9) t(i)",
)
STALLS = (
    "CREATE TABLE stalls AS SELECT i AS id, ['Ada', 'Ben', 'Cleo'][1 + i % 3] AS keeper,"
    " CASE WHEN i % 5 <> 0 THEN i * 10 END AS sold_price, ['Keeper', 'Porter'][1 + i % 2] AS role,"
    " i % 4 AS porter_id, ['North', 'South', NULL][1 + i % 3] AS hall, 2.5 * i AS width"
    " FROM range(1, 19) t(i)"
)
CHOIRS = (
    "CREATE TABLE choirs AS SELECT i AS choir_id, 'choir ' || i AS name FROM range(1, 4) t(i)",
    "CREATE TABLE songs AS SELECT i AS song_id, 'song ' || i AS title FROM range(1, 6) t(i)",
    "CREATE TABLE singings AS SELECT row_number() OVER () AS singing_id, choir_id, song_id,"
    " DATE '2024-01-01' + CAST(choir_id AS INTEGER) AS singed_on"
    " FROM choirs, songs WHERE song_id <= 2 OR song_id = choir_id + 2",
)


def said(desk: Desk, question: str) -> str:
    plan = desk.plan(question)
    table = desk.connection.sql(plan.sql.sql("duckdb")).to_arrow_table()
    return narrative.sentence(plan, table, table.num_rows)


@pytest.fixture(scope="module")
def pottery(desk_of: MakeDesk) -> Any:
    return desk_of(*POTTERY)


@pytest.fixture(scope="module")
def stalls(desk_of: MakeDesk) -> Any:
    return desk_of(STALLS)


def test_groups_that_share_the_first_place_are_all_shown(stalls: Any, pottery: Any) -> None:
    assert stalls.rows("which keeper has the most stalls") == [("Ada",), ("Ben",), ("Cleo",)]
    assert "Ada, Ben and Cleo" in said(stalls, "which keeper has the most stalls")
    assert pottery.rows("which kiln has the most firings") == [("kiln 2",), ("kiln 3",)]


def test_a_number_of_places_is_kept_to(stalls: Any) -> None:
    assert len(stalls.rows("top 2 keepers by number of stalls")) == 2


def test_the_fewest_says_that_those_with_none_are_not_compared(pottery: Any) -> None:
    assert pottery.rows("which kiln has the fewest firings") == [("kiln 1",)]
    assert "Kilns without firings are not compared" in said(pottery, "which kiln has the fewest firings")
    assert "not compared" not in said(pottery, "which kiln has the most firings")


def test_a_row_without_a_value_is_not_that_value_be_it_a_text_or_a_number(stalls: Any) -> None:
    assert stalls.rows("how many stalls are not in North") == stalls.sql(
        "SELECT count(*) FROM stalls WHERE hall IS DISTINCT FROM 'North'"
    )
    question = "how many stalls have sold price not 20"
    assert stalls.rows(question) == stalls.sql(
        "SELECT count(*) FROM stalls WHERE sold_price IS DISTINCT FROM 20"
    )
    assert "Rows without sold price are among them" in said(stalls, question)


def test_a_row_without_a_number_is_neither_above_nor_below(stalls: Any) -> None:
    plan = stalls.plan("how many stalls have sold price not above 50")
    assert stalls.rows("how many stalls have sold price not above 50") == [(4,)]
    assert any("neither above nor below" in line.detail for line in plan.evidence)


def test_a_column_of_ranks_goes_before_a_rank_worked_out(desk_of: MakeDesk) -> None:
    desk = desk_of(
        "CREATE TABLE towns AS SELECT ['Port-Level Town', 'Hill Town', 'Hamlet'][i] AS level, 4 - i AS rank "
        "FROM range(1, 4) t(i)"
    )
    assert desk.rows("What's the rank of the Port-Level Town?") == [(3,)]
    assert desk.rows("what is the ranking of Hamlet") == [(1,)]


def test_a_role_that_is_stored_goes_before_the_id_of_whoever_has_it(stalls: Any) -> None:
    assert stalls.rows("number of porters") == [(9,)]


def test_who_sold_or_earned_the_most_is_not_one_dear_sale(stalls: Any) -> None:
    stalls.refusal("which keeper sold the most")
    stalls.refusal("which keeper earned the most")


@pytest.mark.parametrize("question", ["songs singed in all choirs", "songs that were singed in every choir"])
def test_done_in_all_means_in_each_of_them(question: str, desk_of: MakeDesk) -> None:
    assert sorted(desk_of(*CHOIRS).rows(question)) == [("song 1",), ("song 2",)]


def test_a_correlation_is_said_only_where_it_is_asked_for(stalls: Any) -> None:
    assert "Pearson" in said(stalls, "relationship between sold price and width")
    assert "Pearson" not in said(stalls, "sold price vs width")
