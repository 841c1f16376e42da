"""Questions as people type them about their own files: what each class of them is taken for, and what is not."""

# ruff: noqa: E501 - a table and its rows, or a question and its SQL, stand on one line

from __future__ import annotations

from typing import Any

import pytest

from insights_ext.ask.narrative import sentence
from insights_ext.ask.rules.tokens import tokenise

GARAGE = (
    "CREATE TABLE mechanics AS SELECT * FROM (VALUES (1, 'Ann Ruiz', DATE '2011-04-01', 'Day'),"
    " (2, 'Bo Lund', DATE '2019-09-15', 'Night'), (3, 'Cy Adler', DATE '2021-02-20', 'Day'),"
    " (4, 'Di Marsh', DATE '2016-02-20', 'Night')) t(mechanic_id, mechanic_name, joined_on, shift)",
    "CREATE TABLE clients AS SELECT * FROM (VALUES (1, 'Eva Lind', 71), (2, 'Fay Wong', 34),"
    " (3, 'Gus Ito', 52), (4, 'Hal Bone', 29)) t(client_id, full_name, age)",
    "CREATE TABLE repairs AS SELECT 100 + i AS repair_id, 1 + i % 3 AS mechanic_id, 1 + (i * 2) % 3 AS client_id,"
    " ['brakes', 'engine', 'paint'][1 + (i * 5) % 3] AS repair_type,"
    " DATE '2024-01-05' + CAST(i * 11 AS INTEGER) AS repaired_on, 40 + (i * 37) % 200 AS charge_eur,"
    " i % 4 = 0 AS warranty FROM range(24) t(i)",
)


def said(desk: Any, question: str) -> str:
    plan = desk.plan(question)
    table = desk.connection.cursor().sql(plan.sql.sql("duckdb")).to_arrow_table()
    return sentence(plan, table, table.num_rows)


@pytest.fixture(scope="module")
def garage(desk_of: Any) -> Any:
    return desk_of(*GARAGE)


@pytest.fixture(scope="module")
def rides(desk_of: Any) -> Any:
    return desk_of(
        "CREATE TABLE rides AS SELECT 'R' || i AS ride_id, ['Ola', 'Per', 'Siv'][1 + i % 3] AS driver,"
        ' 5 + (i * 13) % 40 AS fare_usd, CASE WHEN i % 5 > 0 THEN 1 + (i * 7) % 5 END AS "Stars (1-5)",'
        " 15.0 + (i * 3) % 20 AS temp_c, CASE WHEN i % 3 = 0 THEN 'Y' ELSE 'N' END AS escalated,"
        " ['Paid', 'Refunded', 'No-show'][1 + (i * 11) % 3] AS status,"
        " DATE '2024-01-01' + CAST(i * 6 AS INTEGER) AS ride_date FROM range(60) t(i)"
    )


def test_rows_per_thing_are_counted_and_not_listed(garage: Any) -> None:
    counted = "SELECT mechanic_name, count(*) FROM repairs JOIN mechanics USING (mechanic_id) GROUP BY 1"
    assert sorted(garage.rows("repairs per mechanic")) == sorted(garage.sql(counted))
    by_kind = "SELECT mechanic_name, repair_type, count(*) FROM repairs JOIN mechanics USING (mechanic_id) GROUP BY 1, 2"
    assert sorted(garage.rows("repair type per mechanic")) == sorted(garage.sql(by_kind))


def test_an_adjective_measures_the_thing_it_stands_before(garage: Any) -> None:
    assert garage.rows("newest mechanic") == [("Cy Adler",)]
    assert garage.rows("oldest client") == [("Eva Lind",)]
    garage.refusal("oldest mechanic")
    garage.refusal("which mechanic is the youngest")


def test_a_plural_that_is_a_table_means_its_rows(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE clubs AS SELECT * FROM (VALUES (1, 'Chess'), (2, 'Judo'), (3, 'Choir')) t(club_id, club_name)",
        "CREATE TABLE grades AS SELECT * FROM (VALUES (1, 1, 5), (2, 1, NULL), (3, 2, 4)) t(grade_id, club_id, grade)",
    )
    assert desk.rows("clubs without grades") == [("Choir",)]


def test_a_percent_sign_is_a_word(rides: Any) -> None:
    assert rides.rows("% of rides that escalated") == rides.sql(
        "SELECT 100.0 * count(*) FILTER (WHERE escalated = 'Y') / count(*) FROM rides"
    )
    assert [t.norm for t in tokenise("the win % of 5% w/o").items] == [
        "the",
        "win",
        "percent",
        "of",
        "5",
        "without",
    ]


def test_shorthand_is_spelled_out() -> None:
    def words(question: str) -> str:
        return " ".join(t.norm for t in tokenise(question).items)

    assert words("# of rides w/o tip b4 2020") == "count of rides without tip before 2020"
    assert words("top10 drivers with 4+ stars") == "top 10 drivers with 4 or more stars"
    assert words("track #7 in seat B4") == "track 7 in seat b4"


def test_states_are_counted_where_they_are_asked_for(rides: Any) -> None:
    assert rides.rows("how many escalated") == [(20,)]
    by_driver = (
        "SELECT driver, 100.0 * count(*) FILTER (WHERE escalated = 'Y') / count(*) FROM rides GROUP BY 1"
    )
    assert sorted(rides.rows("escalation rate by driver")) == sorted(rides.sql(by_driver))
    no_shows = rides.sql("SELECT 100.0 * count(*) FILTER (WHERE status = 'No-show') / count(*) FROM rides")
    assert rides.rows("no-show rate") == rides.rows("% of rides that are no-shows") == no_shows
    assert sorted(rides.rows("status counts")) == sorted(
        rides.sql("SELECT status, count(*) FROM rides GROUP BY 1")
    )


def test_grades_and_temperatures_are_averaged(rides: Any) -> None:
    assert sorted(rides.rows("temp by driver")) == sorted(
        rides.sql("SELECT driver, avg(temp_c) FROM rides GROUP BY 1")
    )
    best = 'SELECT driver FROM rides GROUP BY 1 QUALIFY rank() OVER (ORDER BY avg("Stars (1-5)") DESC) = 1 ORDER BY 1'
    assert rides.rows("best driver by stars") == rides.sql(best)
    cheapest = "SELECT driver FROM rides GROUP BY 1 ORDER BY avg(fare_usd) LIMIT 1"
    assert rides.rows("which driver is the cheapest") == rides.sql(cheapest)
    assert "1-5)" not in said(rides, "average stars by driver").replace("Stars (1-5)", "")


def test_what_is_counted_once_each_singles_nothing_out(desk_of: Any) -> None:
    desk = desk_of("CREATE TABLE films AS SELECT 'Film ' || i AS title, 1990 + i AS year FROM range(9) t(i)")
    desk.refusal("most popular film")


def test_rows_whose_label_many_share_are_shown_whole(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE depots AS SELECT * FROM (VALUES (1, 'East'), (2, 'West')) t(depot_id, depot_name)",
        "CREATE TABLE parcels AS SELECT i AS parcel_no, 1 + i % 2 AS depot_id, ['Ann', 'Bo'][1 + i % 2] AS customer,"
        " ['Lost', 'Sent'][1 + (i // 2) % 2] AS state FROM range(12) t(i)",
    )
    assert len(desk.rows("lost parcels")) == 6


def test_years_are_written_without_separators(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE bridges AS SELECT 'B' || i AS bridge, 1950 + i AS year_built FROM range(9) t(i)"
    )
    assert "1958" in said(desk, "what is the latest year built")


@pytest.fixture(scope="module")
def shopfront(desk_of: Any) -> Any:
    return desk_of(
        "CREATE TABLE tickets AS SELECT 'T' || i AS ticket_no, ['Oslo', 'Bergen', 'Hamar'][1 + i % 3] AS venue,"
        " 20 + (i * 13) % 70 AS seat_price, (1 + i % 4) * (20 + (i * 13) % 70) AS total_nok,"
        " 1 + (i * 5) % 9 AS nights, CASE WHEN i % 4 > 0 THEN 1 + i % 5 END AS rating,"
        " DATE '2023-02-03' + CAST((i * 29) % 500 AS INTEGER) AS sold_on FROM range(60) t(i)"
    )


def test_money_without_a_name_is_the_one_amount_of_money(shopfront: Any) -> None:
    by_venue = "SELECT venue, sum(total_nok) FROM tickets GROUP BY 1"
    assert sorted(shopfront.rows("revenue by venue")) == sorted(shopfront.sql(by_venue))
    plan = shopfront.plan("rev by venue")
    assert any("taken for the amount of money" in line.detail for line in plan.evidence)
    best = shopfront.sql("SELECT venue FROM tickets GROUP BY 1 ORDER BY sum(total_nok) DESC LIMIT 1")
    assert (
        shopfront.rows("which venue made the most money")
        == shopfront.rows("which venue earned the most")
        == best
    )
    two = "SELECT venue, sum(total_nok) FROM tickets WHERE venue <> 'Hamar' GROUP BY 1"
    assert sorted(shopfront.rows("oslo vs bergen revenue")) == sorted(shopfront.sql(two))
    assert sorted(shopfront.rows("revenue: oslo vs bergen")) == sorted(shopfront.sql(two))
    monthly = "SELECT date_trunc('month', sold_on)::DATE, sum(total_nok) FROM tickets WHERE year(sold_on) = 2023 GROUP BY 1"
    assert sorted(shopfront.rows("monthly revenue 2023")) == sorted(shopfront.sql(monthly))


def test_profit_and_money_that_goes_both_ways_are_refused(shopfront: Any, desk_of: Any) -> None:
    shopfront.refusal("profit by venue")
    shopfront.refusal("margin by venue")
    account = desk_of(
        "CREATE TABLE postings AS SELECT 'Shop ' || i % 4 AS text, ['debit', 'credit'][1 + i % 2] AS type,"
        " 5 + (i * 7) % 90 AS amount_gbp FROM range(20) t(i)"
    )
    account.refusal("total spend by text")
    assert account.rows("total amount") == account.sql("SELECT sum(amount_gbp) FROM postings")


def test_two_amounts_of_money_are_asked_back(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE bills AS SELECT ['Ann', 'Bo', 'Cy'][1 + i % 3] AS client, 10 + i % 50 AS net_eur,"
        " 20 + i % 70 AS shipping_eur FROM range(40) t(i)"
    )
    assert not hasattr(desk.reply("spending by client"), "sql")


def test_the_busiest_period_has_most_rows(shopfront: Any) -> None:
    month = "SELECT date_trunc('month', sold_on)::DATE, count(*) FROM tickets GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
    assert shopfront.rows("busiest month") == shopfront.sql(month)
    day = "SELECT dayname(sold_on), count(*) FROM tickets GROUP BY 1 ORDER BY 2, min(isodow(sold_on)) LIMIT 1"
    assert shopfront.rows("quietest day of the week")[0][1] == shopfront.sql(day)[0][1]


def test_what_was_never_done_or_said_is_missing(shopfront: Any, garage: Any) -> None:
    missing = shopfront.sql("SELECT count(*) FROM tickets WHERE rating IS NULL")
    assert shopfront.rows("how many tickets were never rated") == missing
    assert shopfront.rows("how many tickets are not rated") == missing
    assert len(shopfront.rows("unrated tickets")) == missing[0][0]
    assert garage.rows("mechanics who never repaired") == [("Di Marsh",)]


def test_people_are_told_by_a_bare_age(garage: Any) -> None:
    assert garage.rows("clients over 65") == [("Eva Lind",)]
    assert sorted(garage.rows("clients aged 30 to 60")) == [("Fay Wong",), ("Gus Ito",)]
    assert garage.rows("how many clients under 40") == [(2,)]


def test_a_bare_amount_is_money(shopfront: Any) -> None:
    over = shopfront.sql("SELECT count(*) FROM tickets WHERE total_nok > 150")
    assert shopfront.rows("how many tickets over 150") == over


def test_the_most_done_is_counted_by_the_rows_of_the_deed(garage: Any) -> None:
    most = garage.sql(
        "SELECT repair_type FROM repairs GROUP BY 1 QUALIFY rank() OVER (ORDER BY count(*) DESC) = 1 ORDER BY 1"
    )
    assert garage.rows("most common repair type") == most


def test_a_surname_and_a_title_find_the_one_name(garage: Any) -> None:
    total = garage.sql("SELECT sum(charge_eur) FROM repairs WHERE mechanic_id = 1")
    assert garage.rows("total charge of mr ruiz") == garage.rows("total charge of ruiz") == total
    garage.refusal("total charge of mr nobody")


def test_numbers_of_rows_per_row_count_those_with_none(garage: Any) -> None:
    each = "SELECT avg(n) FROM (SELECT count(repair_id) AS n FROM mechanics LEFT JOIN repairs USING (mechanic_id) GROUP BY mechanic_id)"
    assert garage.rows("avg number of repairs per mechanic") == garage.sql(each)
    assert garage.rows("repairs per mechanic on average") == garage.sql(each)
    plan = garage.plan("average repairs per mechanic")
    assert any("count as 0" in line.detail for line in plan.evidence)
    garage.refusal("average number of repairs per mechanic in 2024")


def test_a_correlation_is_said_with_its_number(shopfront: Any) -> None:
    r = shopfront.sql("SELECT corr(seat_price, total_nok) FROM tickets")[0][0]
    text = said(shopfront, "correlation between seat price and total nok")
    assert f"Pearson's r is {r:.2f}, n = 60" in text
    assert "positive correlation" in text


def test_slips_in_words_of_the_question_are_understood(shopfront: Any) -> None:
    assert shopfront.rows("avrage nights by venue") == shopfront.rows("average nights by venue")
    assert shopfront.rows("nubmer of tickets") == [(60,)]
    assert shopfront.rows("revnue by venue") == shopfront.rows("revenue by venue")
    shopfront.refusal("banana nights by venue")


def test_a_whole_question_may_be_a_condition(shopfront: Any) -> None:
    assert (
        len(shopfront.rows("nights over 7"))
        == shopfront.sql("SELECT count(*) FROM tickets WHERE nights > 7")[0][0]
    )


def test_different_things_per_group_are_counted_once(rides: Any) -> None:
    counted = "SELECT status, count(DISTINCT driver) FROM rides GROUP BY 1"
    assert sorted(rides.rows("unique drivers by status")) == sorted(rides.sql(counted))


def test_countries_are_known_by_their_codes(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE visits AS SELECT i AS visit_no, ['DE', 'IN', 'NO'][1 + i % 3] AS country_code FROM range(12) t(i)"
    )
    assert desk.rows("how many visits from germany") == [(4,)]
    assert desk.rows("how many visits are there in norway") == [(4,)]


def test_a_bare_quarter_is_the_latest(shopfront: Any) -> None:
    plan = shopfront.plan("q1 revenue")
    assert plan.filters == ("sold on is in Q1 2024, the latest",)


def test_a_refusal_says_which_column_an_adjective_lacks(garage: Any) -> None:
    assert (
        "mechanics has no column for 'oldest', such as age" in garage.refusal("oldest mechanic").text.lower()
    )
