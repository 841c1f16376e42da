"""The memory: what it finds, whose it is, and that losing or breaking it harms nobody."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from insights_ext.services.memory import DatasetEntries, HashingEmbedder, Hit, Memory
from insights_ext.services.memory.entries import quoted

SHA = "a" * 64
COLUMNS = [
    {"name": "total_revenue", "type": "DOUBLE", "source_name": "Total Revenue (EUR)"},
    {"name": "orderDate", "type": "DATE"},
    {"name": "country", "type": "VARCHAR"},
]
VALUES = [
    ("country", name, 10 - at) for at, name in enumerate(["Norway", "Sweden", "Germany", "North Macedonia"])
]
HOSTILE = [
    "O'Brien",
    "'; DROP TABLE entries; --",
    "a' OR '1'='1",
    'say "hi"',
    "back\\slash'",
    "{x} %s _",
    "日本 'q'",
]


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    made = Memory(tmp_path / "memory.lance")
    yield made
    made.close()


def fill(memory: Memory, owner: str = "ana", name: str = "sales", sha: str = SHA) -> None:
    memory.remember_dataset(DatasetEntries(owner, name, sha, COLUMNS, VALUES))


def texts(hits: Sequence[Hit]) -> list[str]:
    return [hit.text for hit in hits]


def eventually(condition: Callable[[], bool], within_s: float = 20.0) -> bool:
    until = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


# Finding -----------------------------------------------------------------------------------------


def test_a_value_is_found_by_a_word_made_from_it(memory: Memory) -> None:
    fill(memory)
    hit = memory.search("ana", "Norwegian", kinds=("value",))[0]
    assert (hit.kind, hit.dataset, hit.text) == ("value", "sales", "Norway")
    assert hit.payload == {"column": "country", "count": 10}


def test_a_column_is_found_by_part_of_its_name_or_of_its_header(memory: Memory) -> None:
    fill(memory)
    assert texts(memory.search("ana", "revenue", kinds=("column",))) == ["total_revenue"]
    assert texts(memory.search("ana", "order date", kinds=("column",)))[0] == "orderDate"
    hit = memory.search("ana", "eur", kinds=("column",))[0]
    assert (hit.text, hit.payload) == ("total_revenue", COLUMNS[0])


def test_in_a_whole_question_the_values_and_columns_it_names_come_first(memory: Memory) -> None:
    fill(memory)
    hits = memory.search("ana", "what was the total revenue in north macedonia?", kinds=("value", "column"))
    assert set(texts(hits)[:2]) == {"North Macedonia", "total_revenue"}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 < hit.score <= 1 for hit in hits)


def test_what_resembles_nothing_finds_nothing(memory: Memory) -> None:
    fill(memory)
    for text in ("qqqq xxxx", "!!!", "", "   "):
        assert memory.search("ana", text) == []


def test_kinds_datasets_and_limit_narrow_a_search(memory: Memory) -> None:
    fill(memory)
    fill(memory, name="other")
    memory.remember_question("ana", "revenue of norway", "SELECT 1", ["sales"], "a1")
    assert {hit.kind for hit in memory.search("ana", "norway revenue sales")} == {
        "table", "column", "value", "question",
    }  # fmt: skip
    assert {hit.dataset for hit in memory.search("ana", "norway", kinds=("value",))} == {"sales", "other"}
    assert {hit.dataset for hit in memory.search("ana", "norway", datasets=["other"])} == {"other"}
    assert memory.search("ana", "norway", datasets=[]) == []
    assert memory.search("ana", "norway", kinds=()) == []
    assert len(memory.search("ana", "norway", limit=1)) == 1
    assert memory.search("ana", "norway", limit=0) == []


def test_a_past_question_is_found_with_its_sql_for_each_of_its_datasets(memory: Memory) -> None:
    memory.remember_question("ana", "total revenue by region", "SELECT 1", ["sales", "regions"], "a1")
    memory.remember_question("ana", "total revenue by region", "SELECT 2", ["regions", "sales"], "a2")
    for datasets in (["sales"], ["regions"], None):
        hits = memory.search("ana", "revenue per region", kinds=("question",), datasets=datasets)
        assert [hit.payload["sql"] for hit in hits] == ["SELECT 2"], "the newer takes the older one's place"
    assert memory.search("ana", "revenue", kinds=("question",), datasets=["sale"]) == []


def test_only_the_most_frequent_values_are_kept(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "m", max_values=5)
    memory.remember_dataset(
        DatasetEntries("ana", "d", SHA, [{"name": "c"}], (("c", f"word{n}", n) for n in range(50)))
    )
    memory.flush()
    assert memory.status()["rows"] == 1 + 1 + 5
    assert texts(memory.search("ana", "word49", kinds=("value",), limit=1)) == ["word49"]
    memory.close()


# Owners and hostile text -------------------------------------------------------------------------


def test_an_owner_finds_only_what_is_theirs(memory: Memory) -> None:
    fill(memory, "ana")
    memory.remember_question("ana", "norway?", "SELECT 1", ["sales"], "a1")
    memory.remember_dataset(
        DatasetEntries("ben", "sales", SHA, [{"name": "height"}], [("height", "Norway spruce", 1)])
    )
    assert texts(memory.search("ben", "norway")) == ["Norway spruce"]
    assert memory.search("eve", "norway") == []
    memory.forget_dataset("eve", "sales")
    memory.forget_dataset("eve", SHA)
    memory.rename_dataset("eve", "sales", "stolen")
    memory.forget_dataset("ben", "sales")
    assert memory.search("ben", "norway") == []
    assert memory.search("ana", "norway", kinds=("value",))[0].dataset == "sales"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_quotes_in_owners_names_and_values_are_only_text(memory: Memory, hostile: str) -> None:
    fill(memory, "ana")
    memory.remember_dataset(
        DatasetEntries(hostile, hostile, SHA, [{"name": hostile}], [(hostile, hostile, 1)])
    )
    memory.remember_question(hostile, hostile, hostile, ["d"], hostile)
    hits = memory.search(hostile, hostile, datasets=[hostile, "d"])
    assert {hit.text for hit in hits} == {hostile}
    assert {hit.kind for hit in hits} == {"table", "column", "value", "question"}
    assert memory.search("ana", hostile, datasets=[hostile]) == []
    memory.rename_dataset(hostile, hostile, "n" + hostile)
    memory.forget_dataset(hostile, "n" + hostile)
    memory.forget_dataset(hostile, "d")
    assert memory.search(hostile, hostile) == []
    assert memory.search("ana", "norway")
    assert memory.status()["reason"] is None


def test_text_that_utf_8_cannot_hold_is_mended(memory: Memory) -> None:
    memory.remember_dataset(
        DatasetEntries("a\x00b\udcff", "d", SHA, [{"name": "c\x00"}], [("c", "nul\x00 \ud800 norway", 1)])
    )
    assert len(memory.search("a\x00b\udcff", "norway", kinds=("value",))) == 1
    assert quoted("it's\0") == "'it''s\ufffd'"


# Changing ----------------------------------------------------------------------------------------


def test_indexing_again_takes_the_place_of_what_was_there(memory: Memory) -> None:
    fill(memory)
    memory.flush()
    memory.remember_dataset(
        DatasetEntries("ana", "sales", "b" * 64, [{"name": "height"}], [("height", "tall", 1)])
    )
    assert memory.search("ana", "norway") == []
    assert memory.search("ana", "revenue") == []
    assert memory.indexed() == {("ana", "sales", "b" * 64)}
    assert memory.status()["rows"] == 3


@pytest.mark.parametrize("by", ["sales", SHA])
def test_a_forgotten_dataset_is_gone_by_name_or_hash(memory: Memory, by: str) -> None:
    fill(memory)
    fill(memory, name="other", sha="b" * 64)
    memory.remember_question("ana", "norway?", "SELECT 1", ["sales", "third"], "a1")
    memory.forget_dataset("ana", by)
    found = memory.search("ana", "norway", datasets=["sales"])
    assert {hit.kind for hit in found} == (set() if by == "sales" else {"question"})
    assert memory.indexed() == {("ana", "other", "b" * 64)}


def test_a_renamed_dataset_is_found_under_its_new_name_and_leaves_the_old_one_free(memory: Memory) -> None:
    fill(memory)
    memory.remember_question("ana", "norway?", "SELECT * FROM sales", ["sales"], "a1")
    memory.rename_dataset("ana", "sales", "sales_2024")
    fill(memory, name="sales", sha="b" * 64)
    assert memory.indexed() == {("ana", "sales_2024", SHA), ("ana", "sales", "b" * 64)}
    found = memory.search("ana", "norway", kinds=("value", "question"))
    assert sorted((hit.kind, hit.dataset) for hit in found) == [("value", "sales"), ("value", "sales_2024")]
    memory.rename_dataset("ana", "nothing", "something")
    fill(memory, name="sales_2024", sha="c" * 64)
    assert memory.status()["queued"] >= 0
    memory.flush()
    assert memory.status()["rows"] == 2 * 8


def test_changes_take_effect_in_their_order(memory: Memory) -> None:
    fill(memory, name="one")
    memory.forget_dataset("ana", "one")
    fill(memory, name="two")
    memory.rename_dataset("ana", "two", "three")
    fill(memory, name="two", sha="b" * 64)
    assert memory.indexed() == {("ana", "three", SHA), ("ana", "two", "b" * 64)}


def test_many_small_uploads_become_few_commits(memory: Memory) -> None:
    for number in range(300):
        memory.remember_dataset(
            DatasetEntries("ana", f"d{number}", SHA, [{"name": "c"}], [("c", f"value{number}", 1)])
        )
    memory.flush()
    assert memory.status()["rows"] == 900
    assert len(list((memory._store.directory / "entries.lance" / "data").iterdir())) < 10


def test_threads_may_write_and_search_at_once(memory: Memory) -> None:
    failures: list[BaseException] = []

    def use(number: int) -> None:
        try:
            for step in range(5):
                fill(memory, name=f"d{number}_{step}")
                assert memory.search("ana", "norway", datasets=[f"d{number}_{step}"])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(memory.indexed()) == 20


WRITER = """
import sys
from pathlib import Path
from insights_ext.services.memory import DatasetEntries, Memory
memory = Memory(Path(sys.argv[1]))
columns = [{"name": "c"}]
for number in range(10):
    entries = DatasetEntries("ana", f"own_{sys.argv[2]}_{number}", "a" * 64, columns, [("c", "Norway", 1)])
    memory.remember_dataset(entries)
    entries = DatasetEntries("ana", f"shared_{number}", "b" * 64, columns, [("c", "Sweden", 1)])
    memory.remember_dataset(entries)
    memory.flush()
assert memory.status()["reason"] is None, memory.status()
memory.close()
"""


def test_processes_that_write_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "memory.lance"
    writers = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", WRITER, str(directory), str(at)])
        for at in range(2)
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    memory = Memory(directory)
    assert len(memory.indexed()) == 30
    assert memory.status()["rows"] == 90
    assert {hit.dataset for hit in memory.search("ana", "sweden", limit=50)} == {
        f"shared_{n}" for n in range(10)
    }
    memory.close()


def test_tidying_up_while_another_process_writes_harms_neither(tmp_path: Path, memory: Memory) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", WRITER, str(tmp_path / "memory.lance"), "other"],
        stderr=subprocess.PIPE,
        text=True,
    )
    while writer.poll() is None:
        fill(memory)
        assert memory.search("ana", "norway", datasets=["sales"])
        memory._store.optimize()
    assert (writer.wait(), writer.stderr.read() if writer.stderr else "") == (0, "")
    assert writer.stderr is not None
    writer.stderr.close()
    assert len(memory.indexed()) == 21
    assert memory.status()["reason"] is None


def test_another_process_sees_what_is_written(tmp_path: Path, memory: Memory) -> None:
    fill(memory)
    assert memory.search("ana", "norway")
    subprocess.run(
        [sys.executable, "-c", WRITER, str(tmp_path / "memory.lance"), "other"], check=True, timeout=120
    )
    assert memory.search("ana", "norway", datasets=["own_other_3"])


def remove(directory: Path) -> None:
    """Delete a directory in which a writer may still be putting files."""

    def gone() -> bool:
        shutil.rmtree(directory, ignore_errors=True)
        return not directory.exists()

    assert eventually(gone)


# Losing it ---------------------------------------------------------------------------------------


class Catalogue:
    """What a workspace would do to fill a new index."""

    def __init__(self, directory: Path, embedder: Any = None) -> None:
        self.calls = 0
        self.entries = [DatasetEntries("ana", "sales", SHA, COLUMNS, VALUES)]
        self.memory = Memory(directory, embedder, on_missing=self.on_missing)

    def on_missing(self) -> None:
        self.calls += 1
        self.memory.rebuild(self.entries)

    def ready(self) -> bool:
        """Whether the index is whole in the end."""
        self.memory.flush()
        return eventually(lambda: not self.memory.needs_rebuild and self.memory.status()["state"] == "ready")


def test_nothing_is_imported_or_made_before_it_is_needed(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from insights_ext.services.memory import DatasetEntries, Memory
memory = Memory(Path({str(tmp_path / "m")!r}))
assert memory.status()["state"] == "empty"
memory.close()
assert not {{"lancedb", "numpy", "pyarrow"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True, timeout=60)
    assert not (tmp_path / "m").exists()


def test_an_index_deleted_while_closed_is_filled_again(tmp_path: Path) -> None:
    first = Catalogue(tmp_path / "m")
    first.memory.warm()
    assert first.ready()
    first.memory.close()
    shutil.rmtree(tmp_path / "m")
    again = Catalogue(tmp_path / "m")
    again.memory.search("ana", "norway")
    assert again.ready()
    assert texts(again.memory.search("ana", "norway")) == ["Norway"]
    assert again.calls == 1
    again.memory.close()
    whole = Catalogue(tmp_path / "m")
    assert texts(whole.memory.search("ana", "norway")) == ["Norway"]
    assert whole.calls == 0
    whole.memory.close()


def test_an_index_deleted_while_open_is_filled_again(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "m")
    catalogue.memory.warm()
    assert catalogue.ready()
    remove(tmp_path / "m")
    catalogue.memory.search("ana", "norway")
    assert eventually(lambda: catalogue.calls >= 2)
    assert catalogue.ready()
    assert texts(catalogue.memory.search("ana", "norway")) == ["Norway"]
    catalogue.memory.close()


@pytest.mark.parametrize("part", ["data", "_versions", "_indices"])
def test_a_torn_index_is_thrown_away_and_filled_again(tmp_path: Path, part: str) -> None:
    first = Catalogue(tmp_path / "m")
    first.memory.warm()
    assert first.ready()
    first.memory._store.optimize()
    first.memory.close()
    for file in (tmp_path / "m" / "entries.lance" / part).rglob("*"):
        if file.is_file():
            file.write_bytes(b"torn")
    again = Catalogue(tmp_path / "m")
    again.memory.search("ana", "norway")
    assert again.ready()
    assert texts(again.memory.search("ana", "norway")) == ["Norway"]
    assert again.memory.status()["reason"] is None
    again.memory.close()


def test_an_index_made_with_another_embedder_is_filled_again(tmp_path: Path) -> None:
    class Small(HashingEmbedder):
        name = "small"
        dimensions = 64

    first = Catalogue(tmp_path / "m")
    first.memory.warm()
    assert first.ready()
    first.memory.close()
    again = Catalogue(tmp_path / "m", Small())
    again.memory.warm()
    assert again.ready()
    assert again.calls == 1
    assert texts(again.memory.search("ana", "norway")) == ["Norway"]
    again.memory.close()


def test_mending_leaves_other_files_of_the_directory_alone(tmp_path: Path) -> None:
    directory = tmp_path / "home"
    directory.mkdir()
    (directory / "thesis.txt").write_text("years of work")
    (directory / "entries.lance").mkdir()
    (directory / "entries.lance" / "junk").write_text("x")
    memory = Memory(directory)
    fill(memory)
    assert texts(memory.search("ana", "norway")) == ["Norway"]
    memory.close()
    assert (directory / "thesis.txt").read_text() == "years of work"


def test_a_rebuild_drops_what_is_no_longer_there_and_keeps_questions(memory: Memory) -> None:
    fill(memory, name="gone")
    memory.remember_question("ana", "norway?", "SELECT 1", ["sales"], "a1")
    memory.flush()
    memory.rebuild(DatasetEntries("ana", f"d{n}", SHA, COLUMNS, VALUES) for n in range(5))
    assert memory.indexed() == {("ana", f"d{n}", SHA) for n in range(5)}
    assert memory.search("ana", "norway", kinds=("question",))
    assert not memory.needs_rebuild


def test_a_fill_that_was_cut_off_is_begun_again_by_a_later_process(tmp_path: Path) -> None:
    cut = Memory(tmp_path / "m")
    cut.warm()
    cut.close()
    pending = tmp_path / "m" / "rebuild.pending"
    assert pending.exists()
    long_ago = time.time() - 3600
    os.utime(pending, (long_ago, long_ago))
    later = Catalogue(tmp_path / "m")
    later.memory.warm()
    assert later.ready()
    assert later.calls == 1
    assert not pending.exists()
    later.memory.close()


def test_a_filler_that_fails_ends_neither_writer_nor_search(tmp_path: Path) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    memory = Memory(tmp_path / "m", on_missing=broken)
    fill(memory)
    assert texts(memory.search("ana", "norway")) == ["Norway"]
    assert eventually(lambda: memory.needs_rebuild)
    fill(memory, name="more")
    assert len(memory.search("ana", "norway")) == 2
    memory.close()


def test_a_place_that_cannot_be_used_makes_the_memory_unavailable_and_nothing_fail(tmp_path: Path) -> None:
    (tmp_path / "m").write_text("a file")
    memory = Memory(tmp_path / "m")
    fill(memory)
    memory.remember_question("ana", "q", "SELECT 1", ["sales"], "a1")
    memory.forget_dataset("ana", "sales")
    memory.rename_dataset("ana", "sales", "other")
    memory.rebuild([])
    assert memory.search("ana", "norway") == []
    assert memory.indexed() == set()
    status = memory.status()
    assert status["state"] == "unavailable"
    assert status["reason"] == "its place is not a directory"
    assert memory.needs_rebuild
    memory.close()
    assert (tmp_path / "m").read_text() == "a file"


def test_an_embedder_that_fails_makes_the_memory_unavailable_for_a_while(tmp_path: Path) -> None:
    class Failing(HashingEmbedder):
        broken = True

        def embed(self, texts: Sequence[str], kinds: Sequence[str] | None = None) -> np.ndarray[Any, Any]:
            if self.broken:
                raise ConnectionError("no endpoint at http://secret")
            return super().embed(texts, kinds)

    embedder = Failing()
    memory = Memory(tmp_path / "m", embedder)
    fill(memory)
    assert memory.search("ana", "norway") == []
    assert memory.status()["reason"] == "it failed (ConnectionError)"
    embedder.broken = False
    memory._retry_at = 0.0
    fill(memory)
    assert texts(memory.search("ana", "norway")) == ["Norway"]
    assert memory.status()["state"] == "ready"
    memory.close()


def test_a_closed_memory_does_nothing_quietly(memory: Memory) -> None:
    fill(memory)
    memory.close()
    fill(memory, name="late")
    assert memory.search("ana", "norway") == []
    memory.close()


def test_what_was_queued_is_written_on_close(tmp_path: Path) -> None:
    first = Memory(tmp_path / "m")
    fill(first)
    first.close()
    second = Memory(tmp_path / "m")
    assert texts(second.search("ana", "norway")) == ["Norway"]
    second.close()


def test_a_process_that_does_not_close_its_memory_ends_cleanly(tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from insights_ext.services.memory import DatasetEntries, Memory
memory = Memory(Path({str(tmp_path / "m")!r}))
for number in range(50):
    entries = DatasetEntries("ana", f"d{{number}}", "a" * 64, [{{"name": "c"}}], [("c", "Norway", 1)])
    memory.remember_dataset(entries)
    if number == 25:
        memory.flush()
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_process_killed_while_writing_leaves_a_readable_index(tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from insights_ext.services.memory import DatasetEntries, Memory
memory = Memory(Path({str(tmp_path / "m")!r}))
for number in range(100_000):
    entries = DatasetEntries("ana", f"d{{number}}", "a" * 64, [{{"name": "c"}}], [("c", "Norway", 1)] * 20)
    memory.remember_dataset(entries)
    memory.flush()
    print(number, flush=True)
"""
    writer = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    acknowledged = 0
    for line in writer.stdout:
        acknowledged = int(line)
        if acknowledged == 12:
            writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    memory = Memory(tmp_path / "m")
    assert {name for _, name, _ in memory.indexed()} >= {f"d{n}" for n in range(acknowledged + 1)}
    assert memory.search("ana", "norway", datasets=["d7"])
    assert memory.status()["reason"] is None
    memory.close()


def test_an_index_that_was_never_opened_is_filled_by_the_next(tmp_path):
    directory = tmp_path / "m"
    first = Memory(directory, on_missing=lambda: None)
    fill(first)
    first.close()
    assert not (directory / "entries.lance").exists()
    calls = []
    second = Memory(directory, on_missing=lambda: calls.append(1))
    second.search("ana", "norway")
    second.flush(30)
    deadline = time.monotonic() + 30
    while not calls and time.monotonic() < deadline:
        time.sleep(0.05)
    assert calls
    second.close()


def files(directory: Path, part: str) -> set[str]:
    """The names of the files of the table's `part`."""
    return {path.name for path in (directory / "entries.lance" / part).rglob("*") if path.is_file()}


def test_what_is_forgotten_leaves_the_disk_before_it_is_said_to_be_done(tmp_path: Path) -> None:
    home = tmp_path / "m"
    memory = Memory(home)
    for number in range(3):
        values = [("country", f"place {number} {at}", 1) for at in range(1500)]
        memory.remember_dataset(DatasetEntries("ana", f"big_{number}", f"{number}" * 64, COLUMNS, values))
    found: list[tuple[set[str], set[str], set[str]]] = []

    def done() -> None:
        found.append((files(home, "_deletions"), files(home, "data"), files(home, "_versions")))

    # A single row among thousands: a compaction that waits for many deletions would leave it.
    for _ in range(2):
        memory.remember_dataset(
            DatasetEntries("ana", "secret", SHA, [{"name": "c"}], [("c", "Qjxkzebra", 1)])
        )
        memory.flush()
        memory._store.optimize()
        before = files(home, "data")
        memory.forget_dataset("ana", "secret", done=done)
        assert eventually(lambda: bool(found))
        deletions, data, versions = found.pop()
        assert deletions == set()
        assert before & data == set(), "every file that held the value is written anew"
        assert sum(name.endswith(".manifest") for name in versions) == 1, "no older version leads back to it"
    assert len(memory.search("ana", "place 1 7", limit=5)) == 5
    memory.close()


def test_nothing_is_opened_to_forget_what_was_never_kept(tmp_path: Path) -> None:
    memory, done = Memory(tmp_path / "m"), []
    memory.forget_dataset("ana", "sales", done=lambda: done.append(True))
    assert done == [True]
    assert not memory.is_open
    assert not (tmp_path / "m").exists()


def test_past_questions_can_be_forgotten_alone(memory: Memory) -> None:
    fill(memory)
    memory.remember_question("ana", "norway?", "SELECT 1", ["sales", "third"], "a1")
    memory.forget_dataset("ana", questions_about=["sales"])
    assert {hit.kind for hit in memory.search("ana", "norway")} == {"value"}


def test_a_forgetting_that_fails_is_not_said_to_be_done(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    memory, done = Memory(tmp_path / "m"), []
    fill(memory)
    memory.flush()
    # The writer tidies up after a commit and may put a file into a folder that is just being emptied.
    assert eventually(
        lambda: shutil.rmtree(tmp_path / "m", ignore_errors=True) or not (tmp_path / "m").exists()
    )
    (tmp_path / "m").write_text("a file")
    fill(memory, name="other")
    memory.forget_dataset("ana", "sales", done=lambda: done.append(True))
    memory.flush()
    assert eventually(lambda: memory.status()["state"] == "unavailable")
    assert done == []
    memory.close()
