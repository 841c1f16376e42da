"""What asking a model leaves in the catalog: the ledger, feedback, and answers given again."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from catalog_databases import database_url, sha, upload

from insights_ext.errors import AnswerNotFound
from insights_ext.schemas import Answer, Feedback, LedgerEntry
from insights_ext.services.catalog import Catalog, OwnedCatalog

url = database_url
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def catalog(url: str) -> Iterator[Catalog]:
    with Catalog(url) as opened:
        yield opened


@pytest.fixture
def mine(catalog: Catalog) -> OwnedCatalog:
    return catalog.of("ana")


def answer(name: str, question: str = "total?", thread: str | None = None, after_s: int = 0) -> Answer:
    return Answer(
        id=name, request_id="r", question=question, status="answered", text="6", planner="llm",
        sql="SELECT 1", thread=thread, datasets=["sales"], created_at=NOON + dt.timedelta(seconds=after_s),
    )  # fmt: skip


def entry(name: str, **fields: Any) -> LedgerEntry:
    given = {
        "id": name, "created_at": NOON, "sent_for": "plan", "provider": "openai", "model": "gpt",
        "host": "api.example.org", "share": "stats", "tokens_in": 100, "tokens_out": 20,
    }  # fmt: skip
    return LedgerEntry.model_validate({**given, **fields})


def said(answer_id: str, verdict: str, note: str | None = None) -> Feedback:
    return Feedback.model_validate(
        {"answer_id": answer_id, "verdict": verdict, "note": note, "created_at": NOON}
    )


# The ledger --------------------------------------------------------------------------------------


def test_an_entry_comes_back_as_it_was_recorded(mine: OwnedCatalog) -> None:
    full = entry(
        "e1", answer_id="a1", estimated=True, bytes_out=4_000_000_000, bytes_in=70, rows=3, values=2,
        columns=["sales.amount", 'o"dd.ü'], masked=["sales.email"], seconds=1.25, outcome="model_timeout",
        model="gpt\x00\udcff",
    )  # fmt: skip
    mine.record(full)
    (found,), total = mine.ledger()
    assert total == 1
    assert found == full.model_copy(update={"model": "gpt\ufffd?"})
    assert found.created_at.utcoffset() == dt.timedelta(0)


def test_the_ledger_is_newest_first_and_tells_how_many_there_are(mine: OwnedCatalog) -> None:
    for number in range(5):
        mine.record(
            entry(f"e{number}", created_at=NOON + dt.timedelta(seconds=number), answer_id=f"a{number % 2}")
        )
    newest, total = mine.ledger(limit=2)
    assert ([each.id for each in newest], total) == (["e4", "e3"], 5)
    of_one, total = mine.ledger(answer="a1")
    assert ([each.id for each in of_one], total) == (["e3", "e1"], 2)


def test_what_was_spent_counts_the_calls_of_a_day_in_utc(mine: OwnedCatalog) -> None:
    east = dt.timezone(dt.timedelta(hours=9))
    mine.record(entry("e1"))
    mine.record(entry("e2", outcome="model_timeout", tokens_out=0))
    # Still the last of February where UTC is.
    mine.record(entry("e3", created_at=dt.datetime(2026, 3, 1, 8, 59, tzinfo=east)))
    assert mine.spent(NOON.date()) == (2, 220)
    assert mine.spent(dt.date(2026, 2, 28)) == (1, 120)
    assert mine.spent() == (0, 0)
    mine.record(entry("e4", created_at=dt.datetime.now(dt.UTC)))
    assert mine.spent() == (1, 120)


def test_nobody_sees_or_pays_for_the_calls_of_another(catalog: Catalog, mine: OwnedCatalog) -> None:
    mine.record(entry("e1", answer_id="a1"))
    other = catalog.of("ben")
    assert other.ledger() == ([], 0)
    assert other.ledger(answer="a1") == ([], 0)
    assert other.spent(NOON.date()) == (0, 0)


def test_entries_stay_when_the_answer_goes_with_its_data(mine: OwnedCatalog) -> None:
    upload(mine, "sales", "a")
    mine.save_answer(answer("a1"), {"sales": sha("a")})
    mine.save_feedback(said("a1", "bad"))
    mine.replayed("a1", "talk")
    mine.record(entry("e1", answer_id="a1"))
    mine.delete("sales")
    assert mine.feedback_of("a1") is None
    assert mine.turns("talk") == []
    assert [each.answer_id for each in mine.ledger()[0]] == ["a1"]


def test_calls_recorded_at_once_are_all_counted(catalog: Catalog) -> None:
    start = threading.Barrier(8)

    def record(number: int) -> None:
        start.wait()
        catalog.of("ana").record(entry(f"e{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(record, range(8)))
    assert catalog.of("ana").spent(NOON.date()) == (8, 960)


# Feedback ----------------------------------------------------------------------------------------


def test_the_last_word_on_an_answer_holds_and_stands_in_it(mine: OwnedCatalog) -> None:
    mine.save_answer(answer("a1"), {"sales": sha("a")})
    assert mine.feedback_of("a1") is None
    mine.save_feedback(said("a1", "bad", "wrong year"))
    assert mine.bad_answers() == {"a1"}
    assert mine.answer("a1").feedback == "bad"
    good = said("a1", "good").model_copy(update={"saved": True})
    mine.save_feedback(good)
    assert mine.feedback_of("a1") == good
    assert mine.bad_answers() == set()
    assert mine.good_answers() == {("total?", "SELECT 1")}
    assert mine.answer("a1").feedback == "good"


def test_only_ones_own_answers_can_be_spoken_of(catalog: Catalog, mine: OwnedCatalog) -> None:
    mine.save_answer(answer("a1"), {"sales": sha("a")})
    mine.save_feedback(said("a1", "good"))
    other = catalog.of("ben")
    for name in ("a1", "nothing"):
        with pytest.raises(AnswerNotFound):
            other.save_feedback(said(name, "bad"))
        assert other.feedback_of(name) is None
    assert mine.answer("a1").feedback == "good"


def test_an_answer_called_wrong_is_not_replayed_and_neither_is_an_older_one(mine: OwnedCatalog) -> None:
    mine.save_answer(answer("a1"), {"sales": sha("a")}, replay_key="k")
    mine.save_answer(answer("a2", after_s=1), {"sales": sha("a")}, replay_key="k")
    mine.save_feedback(said("a2", "bad"))
    assert mine.replay("k") is None
    mine.save_feedback(said("a2", "good"))
    again = mine.replay("k")
    assert again is not None
    assert (again[0].id, again[0].feedback) == ("a2", "good")
    assert again[1] == {"sales": sha("a")}
    mine.save_feedback(said("a2", "bad"))
    mine.save_answer(answer("a3", after_s=2), {"sales": sha("a")}, replay_key="k")
    renewed = mine.replay("k")
    assert renewed is not None
    assert renewed[0].id == "a3"


def test_a_query_called_wrong_is_known_again_however_the_question_is_punctuated(mine: OwnedCatalog) -> None:
    mine.save_answer(answer("a1", "Total for Delft?"), {"sales": sha("a")})
    mine.save_feedback(said("a1", "bad"))
    assert mine.called_wrong("total for delft", "SELECT 1")
    assert not mine.called_wrong("total for Leiden", "SELECT 1")
    assert not mine.called_wrong("total for delft", "SELECT 2")
    mine.save_feedback(said("a1", "good"))
    assert not mine.called_wrong("total for delft", "SELECT 1")


# Answers given again -----------------------------------------------------------------------------


def asked(mine: OwnedCatalog, thread: str) -> list[str]:
    return [turn.question for turn in mine.turns(thread)]


def test_an_answer_given_again_is_a_turn_of_the_conversation_it_was_given_in(
    catalog: Catalog, mine: OwnedCatalog
) -> None:
    mine.save_answer(answer("a1", "total?", "monday"), {"sales": sha("a")})
    mine.replayed("a1", "tuesday")
    mine.save_answer(
        answer("a2", "by month?", "tuesday").model_copy(update={"created_at": dt.datetime.now(dt.UTC)}),
        {"sales": sha("a")},
    )
    assert asked(mine, "monday") == ["total?"]
    assert asked(mine, "tuesday") == ["total?", "by month?"]
    assert asked(mine, "a2") == ["total?", "by month?"]
    catalog.of("ben").replayed("a1", "stolen")
    assert asked(mine, "stolen") == []
    mine.replayed("nothing", "tuesday")
    mine.replayed("a1", "a1")
    assert asked(mine, "a1") == ["total?"]


def test_asking_the_first_question_again_begins_a_named_thread_anew(mine: OwnedCatalog) -> None:
    for at, (name, question) in enumerate((("a1", "total?"), ("a2", "by month?"), ("a3", "only in May?"))):
        mine.save_answer(answer(name, question, "talk", at), {"sales": sha("a")})
    assert asked(mine, "talk") == ["total?", "by month?", "only in May?"]
    assert mine.turns("talk", asking="total?") == []
    assert len(mine.turns("talk", asking="by month?")) == 3
    assert len(mine.turns("a1", asking="total?")) == 1, "of an answer it is a follow-up, whatever its words"
    mine.replayed("a1", "talk")
    assert asked(mine, "talk") == ["total?"]
    mine.replayed("a2", "talk")
    assert asked(mine, "talk") == ["total?", "by month?"]
    mine.replayed("a1", "talk")
    assert asked(mine, "talk") == ["total?"], "the same place in the thread, however often"
    assert asked(mine, "a3") == ["total?", "by month?", "only in May?"], "what was asked then, was asked then"
