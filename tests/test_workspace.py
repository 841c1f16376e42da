import json
import logging
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client import REGISTRY
from traitlets import TraitError
from traitlets.config import Config

from insights_ext import Insights, handlers
from insights_ext.context import Context
from insights_ext.errors import Cancelled, DatasetNotFound, OutOfTime, RootUnusable
from insights_ext.root import find_root
from insights_ext.workspace import Workspace


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("INSIGHTS_"):
            monkeypatch.delenv(name)
    return tmp_path


def test_the_root_is_the_working_directory_unless_a_parent_has_a_store(here):
    inner = here / "a" / "b"
    inner.mkdir(parents=True)
    os.chdir(inner)
    assert find_root("") == inner
    (here / "a" / ".insights").mkdir(mode=0o700)
    assert find_root("") == here / "a"


def test_a_store_that_others_may_write_is_not_walked_into(here):
    (here / ".insights").mkdir()
    (here / ".insights").chmod(0o777)
    inner = here / "inner"
    inner.mkdir()
    os.chdir(inner)
    assert find_root("") == inner


def test_a_keyword_beats_the_environment_which_beats_the_files(here, monkeypatch):
    config = Config({"Workspace": {"query_timeout_s": 1.0, "keep_originals": False, "max_workers": 3}})
    monkeypatch.setenv("INSIGHTS_QUERY_TIMEOUT_S", "2")
    monkeypatch.setenv("INSIGHTS_KEEP_ORIGINALS", "true")
    monkeypatch.setenv("INSIGHTS_ROOT", str(here / "elsewhere"))
    workspace = Workspace(config=config)
    assert (workspace.query_timeout_s, workspace.keep_originals, workspace.max_workers) == (2, True, 3)
    assert workspace.store == here / "elsewhere" / ".insights"
    assert Workspace(config=config, query_timeout_s=7).query_timeout_s == 7


@pytest.mark.parametrize(("name", "value"), [("QUERY_TIMEOUT_S", "soon"), ("KEEP_ORIGINALS", "perhaps")])
def test_an_environment_variable_that_makes_no_sense_is_an_error(here, monkeypatch, name, value):
    monkeypatch.setenv(f"INSIGHTS_{name}", value)
    with pytest.raises((TraitError, ValueError)):
        Workspace()


def test_every_place_can_be_moved(here):
    places = {name: str(here / name) for name in ("datasets_dir", "originals_dir", "memory_dir", "tmp_dir")}
    with Workspace(root=str(here / "root"), catalog_url=f"sqlite:///{here / 'c.db'}", **places) as workspace:
        assert (here / "c.db").exists()
        assert (here / "datasets_dir").is_dir()
        assert (here / "tmp_dir").is_dir()
        assert workspace.storage.store == here / "root" / ".insights"


def test_work_under_one_key_is_done_once_and_shared(here):
    with Workspace(root=str(here)) as workspace:
        go, calls = threading.Event(), []

        def work(cancelled):
            calls.append(1)
            go.wait(10)
            return len(calls)

        flights = [workspace.once("key", work) for _ in range(3)]
        go.set()
        assert [flight.wait(Context()) for flight in flights] == [1, 1, 1]
        assert workspace.once("key", lambda cancelled: 2).wait(Context()) == 2


def test_waiting_stops_at_the_deadline_and_the_work_goes_on(here):
    with Workspace(root=str(here)) as workspace:
        go = threading.Event()
        flight = workspace.once("key", lambda cancelled: go.wait(10))
        with pytest.raises(OutOfTime):
            flight.wait(Context().within(0.1))
        assert not flight.cancelled.is_set()
        go.set()
        assert flight.wait(Context()) is True


def test_a_cancelled_wait_cancels_the_work(here):
    with Workspace(root=str(here)) as workspace:
        flight = workspace.once("key", lambda cancelled: cancelled.wait(10))
        context = Context()
        context.cancelled.set()
        with pytest.raises(Cancelled):
            flight.wait(context)
        assert flight.future.result(10) is True


def test_an_operation_leaves_one_log_line_and_a_metric_without_any_data(here, caplog):
    caplog.set_level(logging.INFO, "insights_ext")

    def observed():
        labels = {"operation": "dataset", "outcome": "dataset_not_found"}
        return REGISTRY.get_sample_value("insights_operation_seconds_count", labels) or 0

    before = observed()
    with Workspace(root=str(here)) as workspace, pytest.raises(DatasetNotFound):
        handlers.dataset(workspace, "secret_name", Context(request_id="r-1"))
    (line,) = [
        json.loads(record.message) for record in caplog.records if "insights.operation" in record.message
    ]
    assert (line["operation"], line["outcome"], line["request_id"]) == ("dataset", "dataset_not_found", "r-1")
    assert "secret_name" not in json.dumps(line)
    assert observed() == before + 1


def test_a_workspace_can_be_opened_again_after_it_was_closed(here):
    workspace = Workspace(root=str(here))
    for _ in range(2):
        workspace.open()
        assert handlers.datasets(workspace, None, Context()).total == 0
        workspace.close()


def test_what_a_killed_process_left_is_cleaned_up_on_opening(here):
    with Workspace(root=str(here)) as workspace:
        left = workspace.storage.private_directory()
        dead = left.with_name(left.name.replace(f"-{os.getpid()}-", "-4194000-"))
        left.rename(dead)
    with Workspace(root=str(here)) as workspace:
        assert not dead.exists()


def test_failed_records_expire_and_looking_at_the_list_writes_nothing(here):
    (here / "a.csv").write_text("a\n1\n")
    with Insights(root=here, failed_ttl_s=0.2) as insights:
        workspace, context = insights.workspace, Context()
        record = workspace.owned(context).begin("bad")
        workspace.owned(context).fail(record.id, {"message": "no", "code": "empty_file"})
        assert handlers.datasets(workspace, None, context).total == 1
        time.sleep(0.3)
        assert handlers.datasets(workspace, None, context).total == 0
        assert [item.name for item in workspace.owned(context).list()] == ["bad"], "its row is still there"
        insights.upload("a.csv")
        assert [item.name for item in workspace.owned(context).list()] == ["a"]


def known_to_the_memory(workspace, wanted):
    """Whether the memory comes to know the datasets of these names, and no others."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if {name for _, name, _ in workspace.memory.indexed()} == wanted:
            return True
        time.sleep(0.1)
    return False


def test_the_memory_knows_every_dataset_of_one_content(here):
    (here / "a.csv").write_text("a,place\n1,Norway\n")
    with Insights(root=here) as insights:
        insights.upload("a.csv", "first")
        insights.stats("first")
        insights.upload("a.csv", "second")
        assert known_to_the_memory(insights.workspace, {"first", "second"})
        found = insights.workspace.memory.search("local", "norway", kinds=("value",))
        assert {hit.dataset for hit in found} == {"first", "second"}


@pytest.mark.parametrize("moment", ["profiled", "told"])
def test_a_dataset_renamed_while_it_is_profiled_is_known_by_its_new_name(here, moment):
    (here / "a.csv").write_text("a,place\n1,Norway\n")
    with Insights(root=here) as insights:
        workspace = insights.workspace
        place, name = (workspace, "run") if moment == "profiled" else (workspace.memory, "remember_dataset")
        real = getattr(place, name)

        def renaming(*args, **more):
            done = real(*args, **more) if moment == "profiled" else None
            if (moment == "told" or args[0] == "profile") and insights.datasets()[0].name == "old":
                insights.rename("old", "new")
            return done or real(*args, **more)

        setattr(place, name, renaming)
        insights.upload("a.csv", "old")
        assert known_to_the_memory(workspace, {"new"})


def test_one_who_leaves_does_not_stop_the_work_that_others_wait_for(here):
    with Workspace(root=str(here)) as workspace:
        go = threading.Event()

        def work(cancelled):
            go.wait(10)
            if cancelled.is_set():
                raise Cancelled("The operation was cancelled.")
            return "done"

        flight, leaving = workspace.once("key", work), Context()
        with ThreadPoolExecutor(2) as pool:
            waits = [pool.submit(flight.wait, context) for context in (leaving, Context())]
            while flight._waiting < 2:
                time.sleep(0.01)
            leaving.cancelled.set()
            with pytest.raises(Cancelled):
                waits[0].result(10)
            go.set()
            assert waits[1].result(10) == "done"


def test_work_that_is_being_stopped_is_not_joined(here):
    with Workspace(root=str(here)) as workspace:
        go = threading.Event()
        stopped = workspace.once("key", lambda cancelled: go.wait(10))
        stopped.cancelled.set()
        assert workspace.once("key", lambda cancelled: "new").wait(Context()) == "new"
        go.set()


def test_work_stopped_on_purpose_leaves_no_warning(here, caplog):
    with Workspace(root=str(here)) as workspace:

        def work(cancelled):
            raise Cancelled("The operation was cancelled.")

        with pytest.raises(Cancelled):
            workspace.once("key", work).wait(Context())
    assert caplog.records == []


def test_what_ends_while_the_workspace_closes_opens_nothing_anew(here):
    workspace = Workspace(root=str(here)).open()
    seen = []

    def work(context):
        assert context.cancelled.wait(10)
        seen.append(workspace.owned(context).list())

    workspace.jobs.start("upload", Context(), work)
    workspace.close()
    assert seen == [[]]
    assert workspace._services == {}


def test_the_file_of_an_upload_whose_process_died_goes_when_the_store_is_opened(here):
    (here / "data.csv").write_text("a\n1\n")
    dying = (
        "import os\n"
        "from insights_ext import Insights\n"
        "from insights_ext.services.catalog.owned import OwnedCatalog\n"
        "OwnedCatalog.complete = lambda *args, **more: os._exit(9)\n"
        "Insights(root='.').upload('data.csv')\n"
    )
    done = subprocess.run([sys.executable, "-c", dying], cwd=here, capture_output=True, timeout=60)
    stored = here / ".insights" / "datasets"
    assert (done.returncode, len(list(stored.iterdir()))) == (9, 1)
    with Workspace(root=str(here)) as workspace:
        assert [item.state for item in handlers.datasets(workspace, None, Context()).datasets] == ["failed"]
        assert list(stored.iterdir()) == []


@pytest.mark.parametrize(
    ("method", "call"),
    [
        ("delete", "insights.delete('sales')"),
        ("complete", "insights.upload('b.csv', 'sales', replace=True)"),
    ],
)
def test_what_a_deletion_left_goes_when_the_store_is_opened_though_its_process_died(here, method, call):
    (here / "a.csv").write_text("a\n1\n")
    (here / "b.csv").write_text("b\n2\n")
    dying = (
        "import os\n"
        "from insights_ext import Insights\n"
        "from insights_ext.services.catalog.owned import OwnedCatalog\n"
        "insights = Insights(root='.', keep_originals=True)\n"
        "insights.upload('a.csv', 'sales')\n"
        "insights.stats('sales')\n"
        f"finished = OwnedCatalog.{method}\n"
        "def dies(*args, **more):\n"
        "    finished(*args, **more)\n"
        "    os._exit(9)\n"
        f"OwnedCatalog.{method} = dies\n"
        f"{call}\n"
    )
    done = subprocess.run([sys.executable, "-c", dying], cwd=here, capture_output=True, timeout=60)
    assert done.returncode == 9, done.stderr.decode()
    store = here / ".insights"
    left = 1 if method == "complete" else 0
    assert len(list((store / "datasets").glob("*.parquet"))) == left + 1
    with Workspace(root=str(here)) as workspace:
        assert handlers.datasets(workspace, None, Context()).total == left
        assert len(list((store / "datasets").iterdir())) == left
        assert len(list((store / "originals").iterdir())) == left
        assert workspace.catalog.removals.pending() == []


def test_files_that_cannot_be_removed_now_are_removed_later(here, monkeypatch):
    (here / "a.csv").write_text("a\n1\n")
    with Insights(root=here) as insights:
        insights.upload("a.csv")
        insights.stats("a")
        parquet = next((here / ".insights" / "datasets").glob("*.parquet"))
        held = parquet.with_suffix(".held")
        parquet.rename(held)
        parquet.mkdir()  # what unlink refuses, as Windows does for an open file
        insights.delete("a")
        assert parquet.exists()
        parquet.rmdir()
        held.rename(parquet)
    with Insights(root=here):
        assert not parquet.exists()


def test_a_deletion_reaches_the_memory_though_its_process_was_killed_in_between(here):
    (here / "a.csv").write_text("a,place\n1,Norway\n")
    dying = (
        "import os\n"
        "from insights_ext import Insights\n"
        "insights = Insights(root='.')\n"
        "insights.upload('a.csv')\n"
        "insights.stats('a')\n"
        "memory = insights.workspace.memory\n"
        "assert [hit.dataset for hit in memory.search('local', 'norway')] == ['a']\n"
        "insights.delete('a')\n"
        "os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", dying], cwd=here, capture_output=True, timeout=60)
    assert done.returncode == 9, done.stderr.decode()
    with Workspace(root=str(here)) as workspace:
        assert [each.name for each in workspace.catalog.removals.pending()] == ["a"]
        assert workspace.memory.search("local", "norway") == []
        until = time.monotonic() + 20
        while workspace.catalog.removals.pending() and time.monotonic() < until:
            time.sleep(0.05)
        assert workspace.catalog.removals.pending() == []


@pytest.mark.parametrize(
    ("root", "reason"),
    [
        ("file", "is a file"),
        ("file/below", "is a file"),
        ("typo/project", "does not exist"),
        ("a\0b", "path"),
    ],
)
def test_a_root_that_cannot_be_meant_is_named_and_nothing_is_made(here, root, reason):
    (here / "file").write_text("x")
    with pytest.raises(RootUnusable, match=reason) as caught, Insights(root=f"{here}/{root}"):
        pass
    assert "INSIGHTS_ROOT" in caught.value.hint
    assert sorted(path.name for path in here.iterdir()) == ["file"]


def test_the_last_folder_of_a_root_is_made(here):
    with Insights(root=here / "project"):
        assert (here / "project" / ".insights").is_dir()
