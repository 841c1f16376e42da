"""The catalog: the life of a dataset, who may see it, and what two at once may do."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from catalog_databases import database_url, sha, stored, upload
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from insights_ext.errors import (
    AnswerNotFound,
    DatasetNotFound,
    DatasetNotReady,
    InsightsError,
    NameTaken,
    UnreadableFile,
)
from insights_ext.schemas import Answer, ImportOptions
from insights_ext.services.catalog import Catalog, OwnedCatalog, sqlite_url
from insights_ext.services.catalog.models import AnswerRow, DatasetRow
from insights_ext.services.catalog.sessions import UnownedStatement

url = database_url


@pytest.fixture
def catalog(url: str) -> Iterator[Catalog]:
    with Catalog(url) as opened:
        yield opened


@pytest.fixture
def mine(catalog: Catalog) -> OwnedCatalog:
    return catalog.of("ana")


def answer(number: int, thread: str | None = None) -> Answer:
    return Answer(
        id=f"answer{number}", request_id="r", question="total?", status="answered", text="6", planner="rules",
        sql="SELECT 1", thread=thread, rows=[[6]], datasets=["sales"],
    )  # fmt: skip


def test_an_upload_goes_from_pending_through_processing_to_completed(mine: OwnedCatalog) -> None:
    options = ImportOptions(delimiter=";", dtypes={"zip": "VARCHAR"})
    begun = mine.begin("sales", filename="Sales 2024.csv", media_type="text/csv", options=options)
    assert begun.state == "pending"
    assert mine.processing(begun.id).state == "processing"
    done = mine.complete(begun.id, **stored())
    assert (done.id, done.state, done.row_count, done.column_count) == (begun.id, "completed", 3, 1)
    assert done.columns[0].null_count == 1
    assert done.metadata.sample_rows == [[1.5], [None]]
    assert done.options == options
    assert mine.get("sales") == done == mine.get_completed("sales")


def test_columns_and_metadata_may_come_as_json(mine: OwnedCatalog) -> None:
    begun = mine.begin("sales")
    fields = stored() | {"columns": [{"name": "a", "type": "INTEGER"}], "metadata": {"columns": ["a"]}}
    done = mine.complete(begun.id, **fields)
    assert (done.columns[0].name, done.metadata.columns) == ("a", ["a"])


def test_times_are_aware_and_utc(mine: OwnedCatalog) -> None:
    before = dt.datetime.now(dt.UTC)
    made = upload(mine, "sales")
    read = mine.get("sales")
    assert read.created_at.utcoffset() == dt.timedelta(0)
    assert before <= made.created_at <= read.updated_at <= dt.datetime.now(dt.UTC)
    assert read.created_at == made.created_at


def test_a_naive_time_is_refused_and_another_zone_becomes_utc(catalog: Catalog, mine: OwnedCatalog) -> None:
    upload(mine, "sales")
    zone = dt.timezone(dt.timedelta(hours=5, minutes=30))
    with catalog.session(writes=True) as session:
        session.execute(update(DatasetRow).values(updated_at=dt.datetime(2024, 3, 31, 1, 30, tzinfo=zone)))
    assert mine.get("sales").updated_at == dt.datetime(2024, 3, 30, 20, 0, tzinfo=dt.UTC)
    with pytest.raises(InsightsError), catalog.session(writes=True) as session:
        session.execute(update(DatasetRow).values(updated_at=dt.datetime(2024, 3, 31)))


def test_a_name_taken_is_refused_unless_replaced(mine: OwnedCatalog) -> None:
    upload(mine, "sales")
    with pytest.raises(NameTaken):
        mine.begin("sales")
    assert mine.begin("sales", replace=True).state == "pending"


def test_a_name_under_way_is_refused(mine: OwnedCatalog) -> None:
    mine.begin("sales")
    with pytest.raises(NameTaken, match="under way"):
        mine.begin("sales")


def owed(catalog: Catalog) -> list[tuple[str, str | None, str]]:
    """Owner, lost name and content of what is still to be removed."""
    return [(each.owner, each.name, each.content_sha256) for each in catalog.removals.pending()]


def test_a_replaced_dataset_gives_its_content_free(catalog: Catalog, mine: OwnedCatalog) -> None:
    old = upload(mine, "sales", "a")
    begun = mine.begin("sales", replace=True)
    assert mine.get("sales").id == old.id, "the old one serves until the new one is complete"
    new = mine.complete(begun.id, **stored("b"))
    assert owed(catalog) == [("ana", None, sha("a"))]
    assert [each.id for each in mine.list()] == [new.id]


def test_a_content_that_another_owner_holds_is_not_free(catalog: Catalog, mine: OwnedCatalog) -> None:
    upload(mine, "sales", "a")
    upload(catalog.of("ben"), "other", "a")
    assert catalog.references(sha("a")) == 2
    mine.delete("sales")
    with catalog.removals.of_content(sha("a")) as free:
        assert not free
    catalog.of("ben").delete("other")
    with catalog.removals.of_content(sha("a")) as free:
        assert free
    assert catalog.references(sha("a")) == 0
    assert owed(catalog) == [("ana", "sales", sha("a")), ("ben", "other", sha("a"))]


def test_a_removal_stays_until_it_is_struck_off(catalog: Catalog, mine: OwnedCatalog) -> None:
    upload(mine, "sales", "a")
    upload(mine, "twin", "a")
    mine.delete("sales")
    (removal,) = catalog.removals.pending()
    assert (removal.name_in_use, removal.content_in_use, removal.source_sha256) == (False, True, sha("f"))
    upload(mine, "sales", "b")
    mine.delete("twin")
    first, second = catalog.removals.pending()
    assert (first.name_in_use, first.content_in_use) == (True, False)
    for each in (first, first, second):
        catalog.removals.done(each.id)
    assert catalog.removals.pending() == []


def test_an_upload_that_fails_owes_what_it_claimed(catalog: Catalog, mine: OwnedCatalog) -> None:
    begun = mine.begin("sales")
    mine.claim(begun.id, sha("a"), sha("f"))
    with catalog.removals.of_source(sha("f")) as free:
        assert not free
    mine.fail(begun.id, {"message": "no"})
    (removal,) = catalog.removals.pending()
    assert (removal.name, removal.content_sha256, removal.source_sha256) == (None, sha("a"), sha("f"))
    with catalog.removals.of_source(sha("f")) as free:
        assert free


def test_answers_go_in_the_transaction_that_deletes_their_dataset(mine: OwnedCatalog) -> None:
    upload(mine, "sales", "a")
    upload(mine, "twin", "a")
    mine.save_answer(answer(1), {"sales": sha("a")})
    mine.save_answer(answer(2), {"twin": sha("a")})
    mine.delete("sales")
    assert mine.answer("answer2").id == "answer2"
    with pytest.raises(AnswerNotFound):
        mine.answer("answer1")
    mine.delete("twin")
    with pytest.raises(AnswerNotFound):
        mine.answer("answer2")


def test_replacing_by_the_same_content_frees_nothing(catalog: Catalog, mine: OwnedCatalog) -> None:
    upload(mine, "sales", "a")
    begun = mine.begin("sales", replace=True)
    mine.complete(begun.id, **stored("a"))
    assert owed(catalog) == []


def test_a_claimed_content_is_not_removed_before_it_is_entered(catalog: Catalog, mine: OwnedCatalog) -> None:
    upload(mine, "old", "a")
    begun = mine.begin("new")
    mine.claim(begun.id, sha("a"))
    mine.delete("old")
    with catalog.removals.of_content(sha("a")) as free:
        assert not free
    assert mine.get("new").content_sha256 is None, "a claim is not yet a content"
    mine.fail(begun.id, UnreadableFile("no").body("r"))
    with catalog.removals.of_content(sha("a")) as free:
        assert free


def test_a_failed_upload_keeps_name_and_reason_and_blocks_nothing(mine: OwnedCatalog) -> None:
    begun = mine.begin("sales", filename="x.csv")
    mine.fail(begun.id, UnreadableFile("Row 3 is torn.", hint="Mend it.").body("r1"))
    failed = mine.get("sales")
    assert (failed.state, failed.content_sha256, failed.filename) == ("failed", None, "x.csv")
    with pytest.raises(DatasetNotReady, match=r"Row 3 is torn\.") as caught:
        mine.get_completed("sales")
    assert caught.value.hint == "Mend it."
    upload(mine, "sales")
    assert [each.state for each in mine.list()] == ["completed"]


def test_a_failed_replacement_leaves_the_dataset(mine: OwnedCatalog) -> None:
    upload(mine, "sales")
    begun = mine.begin("sales", replace=True)
    mine.fail(begun.id, UnreadableFile("no").body("r"))
    assert mine.get_completed("sales").state == "completed"
    assert [each.state for each in mine.list()] == ["failed", "completed"]


def test_a_late_failure_does_not_undo_a_completed_upload(mine: OwnedCatalog) -> None:
    done = upload(mine, "sales")
    mine.fail(done.id, UnreadableFile("too late").body("r"))
    assert mine.get("sales").state == "completed"


def test_a_dataset_under_way_is_not_ready_and_not_deleted(mine: OwnedCatalog) -> None:
    mine.begin("sales")
    with pytest.raises(DatasetNotReady, match="pending"):
        mine.get_completed("sales")
    with pytest.raises(DatasetNotReady):
        mine.delete("sales")


def test_an_unknown_name_is_answered_with_the_nearest(mine: OwnedCatalog) -> None:
    with pytest.raises(DatasetNotFound) as caught:
        mine.get("sales")
    assert caught.value.hint == "Upload one first."
    for name in ("sales_2024", "weather"):
        upload(mine, name)
    with pytest.raises(DatasetNotFound) as caught:
        mine.get("sale_2024")
    assert caught.value.hint == "Did you mean 'sales_2024'?"
    with pytest.raises(DatasetNotFound) as caught:
        mine.get("zzz")
    assert caught.value.hint == "The datasets here are: sales_2024, weather."


def test_the_list_is_newest_first(mine: OwnedCatalog) -> None:
    for name in ("one", "two", "three"):
        upload(mine, name)
    assert [each.name for each in mine.list()] == ["three", "two", "one"]


def test_rename_moves_the_name_and_refuses_a_taken_one(mine: OwnedCatalog) -> None:
    first = upload(mine, "sales")
    upload(mine, "taken", "b")
    renamed = mine.rename("sales", "sales_2024")
    assert (renamed.id, renamed.name) == (first.id, "sales_2024")
    with pytest.raises(DatasetNotFound):
        mine.get("sales")
    with pytest.raises(NameTaken):
        mine.rename("sales_2024", "taken")
    with pytest.raises(DatasetNotFound):
        mine.rename("nothing", "something")
    assert mine.rename("taken", "taken").name == "taken"


def test_names_that_no_database_text_can_hold_are_mended(mine: OwnedCatalog) -> None:
    begun = mine.begin("odd", filename="a\x00b\udcff'\".csv")
    assert begun.filename is not None
    assert mine.get("odd").filename == "a\ufffdb?'\".csv"


# Ownership ---------------------------------------------------------------------------------------


def test_a_second_owner_sees_and_changes_nothing(catalog: Catalog, mine: OwnedCatalog) -> None:
    made = upload(mine, "sales")
    mine.save_answer(answer(1, "t"), {"sales": sha("a")}, replay_key="k")
    under_way = mine.begin("draft")
    other = catalog.of("ben")

    assert other.list() == []
    assert other.answers_of_thread("t") == []
    assert other.replay("k") is None
    assert other.delete_answers_of(sha("a")) == []
    other.fail(under_way.id, UnreadableFile("mine now").body("r"))
    attempts: list[Callable[[], object]] = [
        lambda: other.get("sales"),
        lambda: other.delete("sales"),
        lambda: other.rename("sales", "gone"),
        lambda: other.processing(under_way.id),
        lambda: other.claim(under_way.id, sha("c")),
        lambda: other.complete(under_way.id, **stored("c")),
        lambda: other.answer("answer1"),
    ]
    for attempt in attempts:
        with pytest.raises((DatasetNotFound, AnswerNotFound)) as caught:
            attempt()
        assert "draft" not in str(caught.value.hint)
        assert "sales'" not in str(caught.value.hint)
    assert upload(other, "sales", "b").owner == "ben", "another's name does not take mine"

    assert mine.get("sales") == made
    assert mine.get("draft").state == "pending"
    assert mine.answer("answer1").text == "6"


def test_an_owned_session_refuses_what_the_filter_cannot_reach(catalog: Catalog, mine: OwnedCatalog) -> None:
    made = upload(mine, "sales")
    with catalog.session(owner="ben", writes=True) as session:
        session.execute(update(DatasetRow).values(name="stolen"))
        assert session.scalars(select(DatasetRow.name)).all() == []
        assert session.get(DatasetRow, made.id) is None
        for statement in (text("SELECT name FROM datasets"), select(DatasetRow.__table__), insert(AnswerRow)):
            with pytest.raises(UnownedStatement):
                session.execute(statement)
    with catalog.session(owner="ben", writes=True) as session:
        session.add(AnswerRow(id="x", owner="ana"))
        with pytest.raises(UnownedStatement):
            session.flush()
        session.rollback()
    assert mine.get("sales") == made


# Two at once -------------------------------------------------------------------------------------


def test_of_many_begins_of_a_name_one_wins(catalog: Catalog) -> None:
    start = threading.Barrier(8)

    def begin(_: int) -> str:
        start.wait()
        try:
            return catalog.of("ana").begin("sales").state
        except NameTaken:
            return "taken"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(begin, range(8))) == ["pending"] + ["taken"] * 7


def test_of_many_completes_of_a_name_one_wins_without_replace(catalog: Catalog) -> None:
    owned = catalog.of("ana")
    # Uploads that replace may run side by side; then they are told not to replace.
    begun = [owned.begin("sales", replace=True).id for _ in range(6)]
    with catalog.session(writes=True) as session:
        session.execute(update(DatasetRow).values(replaces=False))
    start = threading.Barrier(6)

    def complete(position: int) -> bool:
        start.wait()
        try:
            owned.complete(begun[position], **stored(f"{position}"))
        except NameTaken:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(complete, range(6))) == [False] * 5 + [True]
    assert [each.state for each in owned.list()].count("completed") == 1


def test_of_many_replacing_completes_the_last_stays_and_the_others_are_freed(catalog: Catalog) -> None:
    owned = catalog.of("ana")
    begun = [owned.begin("sales", replace=True).id for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda at: owned.complete(begun[at], **stored(f"{at}")), range(6)))
    freed = [content for _, _, content in owed(catalog)]
    kept = owned.get_completed("sales").content_sha256
    assert sorted([*freed, str(kept)]) == [sha(f"{at}") for at in range(6)]


def test_the_database_itself_holds_one_completed_row_per_owner_and_name(
    catalog: Catalog, mine: OwnedCatalog
) -> None:
    upload(mine, "sales")
    mine.fail(mine.begin("sales", replace=True).id, {"message": "no"})
    mine.fail(mine.begin("sales", replace=True).id, {"message": "no"})
    upload(catalog.of("ben"), "sales")
    with pytest.raises(IntegrityError), catalog.session(writes=True) as session:
        session.execute(update(DatasetRow).where(DatasetRow.owner == "ana").values(state="completed"))


WRITER = """
import sys
from insights_ext.errors import NameTaken
from insights_ext.services.catalog import Catalog
owned = Catalog(sys.argv[1]).of("ana")
fields = {"size_bytes": 1, "stored_bytes": 1, "row_count": 1, "columns": []}
won = 0
for number in range(10):
    try:
        record = owned.begin(f"shared_{number}")
        owned.complete(record.id, content_sha256="c" * 64, **fields)
        won += 1
    except NameTaken:
        pass
    record = owned.begin(f"own_{sys.argv[2]}_{number}")
    owned.complete(record.id, content_sha256="d" * 64, **fields)
print(won)
"""


def test_processes_that_write_at_once_lose_nothing(url: str, catalog: Catalog) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, str(at)], stdout=subprocess.PIPE, text=True)
        for at in range(3)
    ]
    won = [int(writer.communicate(timeout=60)[0]) for writer in writers]
    assert sum(won) == 10
    names = [each.name for each in catalog.of("ana").list()]
    assert len(names) == len(set(names)) == 10 + 3 * 10
    assert catalog.references(sha("d")) == 30


# Profiles, answers, recovery -----------------------------------------------------------------------


def test_a_profile_is_kept_per_content_and_version(catalog: Catalog) -> None:
    assert catalog.profile(sha("a")) is None
    catalog.save_profile(sha("a"), {"rows": 1}, 1)
    catalog.save_profile(sha("a"), {"rows": 2}, 2)
    assert catalog.profile(sha("a")) == {"rows": 2} == catalog.profile(sha("a"), 2)
    assert catalog.profile(sha("a"), 3) is None
    catalog.drop_profile(sha("a"))
    assert catalog.profile(sha("a")) is None


def test_answers_are_found_by_id_thread_and_replay_key(mine: OwnedCatalog) -> None:
    for number in (1, 2, 3):
        key = f"key{number % 2}"
        mine.save_answer(answer(number, "talk"), {"sales": sha("a"), "more": sha("b")}, replay_key=key)
    assert mine.answer("answer2").rows == [[6]]
    assert mine.answer_with_hashes("answer2")[1] == {"sales": sha("a"), "more": sha("b")}
    assert [each.id for each in mine.answers_of_thread("talk")] == ["answer1", "answer2", "answer3"]
    found = mine.replay("key1")
    assert found is not None
    assert (found[0].id, found[1]) == ("answer3", {"sales": sha("a"), "more": sha("b")})


def test_answers_go_with_the_content_they_were_made_from(mine: OwnedCatalog) -> None:
    mine.save_answer(answer(1), {"sales": sha("a"), "copy": sha("a")})
    mine.save_answer(answer(2), {"other": sha("b")})
    assert mine.delete_answers_of(sha("a")) == ["answer1"]
    with pytest.raises(AnswerNotFound):
        mine.answer("answer1")
    assert mine.answer("answer2").id == "answer2"
    assert mine.delete_answers_of(sha("a")) == []


CRASHER = """
import os, sys
from insights_ext.services.catalog import Catalog
owned = Catalog(sys.argv[1]).of("ana")
owned.begin("sales")
owned.processing(owned.begin("more").id)
os.kill(os.getpid(), 9)
"""


def test_uploads_of_a_dead_process_are_failed_and_those_of_a_living_one_are_not(
    url: str, catalog: Catalog, mine: OwnedCatalog
) -> None:
    alive = mine.begin("alive")
    subprocess.run([sys.executable, "-c", CRASHER, url], check=False, timeout=60)
    assert mine.begin("sales").state == "pending", "a dead upload does not hold its name"
    assert len(catalog.recover()) == 1
    assert catalog.recover() == []
    failed = mine.get("more")
    assert failed.state == "failed"
    assert failed.error is not None
    assert failed.error["code"] == "worker_crashed"
    assert mine.get("alive").id == alive.id
    assert mine.get("alive").state == "pending"


def test_a_number_used_again_by_another_process_is_not_taken_for_the_old_one(
    catalog: Catalog, mine: OwnedCatalog
) -> None:
    begun = mine.begin("sales")
    with catalog.session(writes=True) as session:
        session.execute(update(DatasetRow).values(process_start="an earlier boot 17"))
    assert catalog.recover() == [begun.id]


def test_uploads_of_another_host_are_given_time(catalog: Catalog, mine: OwnedCatalog) -> None:
    begun = mine.begin("sales")
    with catalog.session(writes=True) as session:
        session.execute(update(DatasetRow).values(process_host="elsewhere"))
    assert catalog.recover() == []
    assert catalog.recover(other_hosts_after_s=0) == [begun.id]


def test_failed_records_expire(catalog: Catalog, mine: OwnedCatalog) -> None:
    upload(mine, "kept")
    mine.fail(mine.begin("torn").id, {"message": "no"})
    assert catalog.expire_failed(3600) == 0
    assert catalog.expire_failed(0) == 1
    assert [each.name for each in mine.list()] == ["kept"]


def test_completed_lists_what_an_index_is_rebuilt_from(catalog: Catalog, mine: OwnedCatalog) -> None:
    upload(mine, "sales", "a")
    upload(catalog.of("ben"), "sales", "b")
    mine.begin("draft")
    assert catalog.completed() == [("ana", "sales", sha("a")), ("ben", "sales", sha("b"))]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_gets_connections_of_its_own(tmp_path: Path) -> None:
    script = f"""
import os
from insights_ext.services.catalog import Catalog
catalog = Catalog({sqlite_url(tmp_path / "catalog.db")!r})
catalog.open()
catalog.of("ana").begin("parent")
if os.fork() == 0:
    catalog.of("ana").begin("child")
    os._exit(0)
os.wait()
catalog.of("ana").begin("after")
print(sorted(each.name for each in catalog.of("ana").list()))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "['after', 'child', 'parent']"


def test_a_catalog_deleted_under_way_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "store" / "catalog.db"
    path.parent.mkdir()
    with Catalog(sqlite_url(path)) as catalog:
        upload(catalog.of("ana"), "sales")
        for each in path.parent.iterdir():
            each.unlink()
        path.parent.rmdir()
        assert catalog.of("ana").list() == []
        upload(catalog.of("ana"), "sales")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM datasets").fetchall() == [("sales",)]
    connection.close()


def test_the_turns_of_a_thread_are_those_of_its_name_or_lead_to_an_answer(
    mine: OwnedCatalog, catalog: Catalog
) -> None:
    for number, thread in ((1, "talk"), (2, "talk"), (3, "answer1"), (4, "talk"), (5, None), (6, "answer5")):
        asked_now = answer(number, thread).model_copy(update={"question": f"question {number}"})
        mine.save_answer(asked_now, {"sales": sha("a")})
    refused = answer(7, "talk").model_copy(update={"sql": None})
    mine.save_answer(refused, {})

    def asked(thread: str, most: int = 20) -> list[str]:
        return [turn.question for turn in mine.turns(thread, most)]

    assert asked("talk") == ["question 1", "question 2", "question 4"]
    assert asked("talk", most=2) == ["question 2", "question 4"]
    assert asked("answer3") == ["question 1", "question 3"]
    assert asked("answer6") == ["question 5", "question 6"]
    assert asked("nothing") == []
    assert catalog.of("ben").turns("talk") == []
    assert mine.turns("answer5")[0].datasets == ("sales",)
