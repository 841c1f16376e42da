"""When a stored answer may be given again, and what makes a question another one."""

import datetime as dt

import pytest

from insights_ext.ask.planner import Turn
from insights_ext.ask.replay import holds_today_only, normalised, replay_keys

TODAY = dt.date(2026, 3, 1)
BEFORE = [Turn("total amount", ("sales",), "SELECT sum(amount) FROM sales", TODAY)]
ASKED = {
    "question": "total amount by region",
    "before": [],
    "hashes": {"sales": "a", "regions": "b"},
    "knowledge": "k",
    "asked_of": {"model": "openai:gpt", "share": "stats"},
    "today": TODAY,
}


def test_the_same_question_has_the_same_keys_however_it_is_written():
    keys = replay_keys(**ASKED)
    for question in ("Total amount by region?", "  total  amount\nby region ?!", "total amount by region."):
        assert replay_keys(**{**ASKED, "question": question}) == keys
    assert replay_keys(**{**ASKED, "hashes": {"regions": "b", "sales": "a"}}) == keys
    assert (len(keys.standing), len(keys.of_today)) == (64, 64)
    assert keys.standing != keys.of_today


@pytest.mark.parametrize(
    "changed",
    [
        {"question": "total amount by Region"},
        {"question": "total amount by product"},
        {"before": BEFORE},
        {"hashes": {"sales": "other", "regions": "b"}},
        {"hashes": {"sales": "a"}},
        {"hashes": {"sales": "b", "regions": "a"}},
        {"knowledge": "other"},
        {"asked_of": {"model": "openai:gpt-2", "share": "stats"}},
        {"asked_of": {"model": "openai:gpt", "share": "samples"}},
    ],
    ids=str,
)
def test_what_an_answer_came_from_makes_another_key(changed):
    keys, other = replay_keys(**ASKED), replay_keys(**{**ASKED, **changed})
    assert keys.standing != other.standing
    assert keys.of_today != other.of_today


def test_another_day_changes_only_the_key_of_the_day():
    keys, tomorrow = replay_keys(**ASKED), replay_keys(**{**ASKED, "today": TODAY + dt.timedelta(days=1)})
    assert keys.standing == tomorrow.standing
    assert keys.of_today != tomorrow.of_today


def test_only_the_first_capital_counts_for_nothing():
    assert normalised("Total of code A1?") == "total of code A1"
    assert normalised("") == ""


@pytest.mark.parametrize(
    "question",
    [
        "sales today", "revenue this month", "orders of the last 3 months", "orders of the past two weeks",
        "amount year to date", "Current stock", "who joined recently", "how many ten days ago",
        "sales last Friday",
    ],
)  # fmt: skip
def test_a_question_that_counts_from_today_holds_today_only(question):
    assert holds_today_only(question, [], "SELECT 1")


@pytest.mark.parametrize(
    "question", ["who was hired last", "the next 5 rows", "total amount by region", "the past in general"]
)
def test_other_questions_hold_on_any_day(question):
    assert not holds_today_only(question, [], "SELECT sum(amount) FROM sales WHERE amount > 12.2024")


def test_a_year_that_nobody_named_tells_a_question_of_today_in_any_language():
    sql = "SELECT 1 WHERE day >= DATE '2026-02-01'"
    assert holds_today_only("Umsatz im letzten Monat", [], sql)
    assert not holds_today_only("Umsatz im Februar 2026", [], sql)
    turn = Turn("Umsatz 2026", ("sales",), "SELECT 1", TODAY)
    assert not holds_today_only("und im Februar?", [turn], sql)
    turn = Turn("Umsatz", ("sales",), "SELECT 1 WHERE year(day) = 2026", TODAY)
    assert not holds_today_only("und im Februar?", [turn], sql)
