"""Jobs in worker processes: what comes back, what stops them, what is left behind."""

from __future__ import annotations

import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from insights_ext.context import Context
from insights_ext.errors import (
    Busy,
    Cancelled,
    InvalidRequest,
    OutOfTime,
    StorageFull,
    TooComplex,
    UnknownColumn,
    WorkerCrashed,
)
from insights_ext.services.worker import Workers
from insights_ext.services.worker.processes import FORK_SERVER
from insights_ext.work import Job, Limits

TARGETS = {"worker_targets": Path(__file__).with_name("worker_targets.py")}
LIMITS = Limits(timeout_s=30, memory_bytes=2 << 30)


@pytest.fixture(scope="module")
def workers():
    pool = Workers(max_workers=3, idle_s=60, max_jobs=50, threads=2, extra_modules=TARGETS)
    yield pool
    pool.close()


def job(name, args=None, *, limits=LIMITS, **more):
    return Job(kind="test", target=f"worker_targets:{name}", args=args or {}, limits=limits, **more)


def children():
    return {child.pid for child in psutil.Process().children(recursive=True)}


def gone_within(seconds, pids):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(psutil.pid_exists(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def test_a_value_comes_back_as_it_was(workers):
    value = {"text": "naïve ☃ \ud800", "numbers": [1, 2.5, -(2**60), None, True], "nested": {"a": [{}]}}
    result = workers.run(job("echo", value), Context())
    assert result.value == value
    assert result.table is None


def test_a_table_comes_back_whole_and_events_reach_the_listener(workers):
    events = []
    result = workers.run(job("table", {"rows": 300_001}), Context(emit=events.append))
    assert result.value == {"rows": 300_001}
    assert result.table.num_rows == 300_001
    assert result.table.column("n").to_pylist()[-1] == 300_000
    assert result.table.column("text")[300_000].as_py() == "ä" * 10
    assert [(event.step, event.message, event.progress) for event in events] == [("make", "300001 rows", 0.5)]


def test_an_empty_table_keeps_its_columns(workers):
    table = workers.run(job("table", {"rows": 0}), Context()).table
    assert table.num_rows == 0
    assert table.column_names == ["n", "text", "nothing"]


def test_cells_larger_than_a_frame_come_through(workers):
    table = workers.run(job("wide_values"), Context()).table
    assert table.column("text")[1].as_py() == "x" * (40 << 20)
    assert table.column("bytes").to_pylist() == [b"y" * 1000, None]


def test_a_value_too_long_for_the_host_is_refused_in_the_worker(workers):
    with pytest.raises(TooComplex):
        workers.run(job("long_value"), Context())


def test_no_import_starts_a_thread_in_the_fork_server(workers):
    workers.run(job("echo"), Context())
    report = workers.status()["fork_server"]
    assert report["threads"] == {}
    assert not {"duckdb", "pyarrow", "pyarrow.parquet"} & set(report["missing"])


def test_errors_of_our_own_come_through_with_message_and_hint(workers):
    with pytest.raises(UnknownColumn, match="No column 'region'") as caught:
        workers.run(job("fail"), Context())
    assert caught.value.hint == "Did you mean 'Region'?"


def test_an_error_in_the_middle_of_a_stream_comes_through(workers):
    with pytest.raises(UnknownColumn) as caught:
        workers.run(job("stream_then_fail"), Context())
    assert caught.value.hint == "Choose another."


def test_other_errors_name_their_class_and_nothing_of_the_data(workers, caplog):
    with caplog.at_level(logging.DEBUG, logger="insights_ext"), pytest.raises(WorkerCrashed) as caught:
        workers.run(job("fail_oddly"), Context())
    assert caught.value.message == "The test failed unexpectedly (ZeroDivisionError)."
    assert "worker_targets" in caplog.text
    assert "secret" not in caplog.text
    assert "4711" not in caplog.text


@pytest.mark.parametrize(
    ("name", "more", "expected", "words"),
    [
        ("hog_memory", {}, TooComplex, "more memory than allowed"),
        ("hog_memory_in_duckdb", {}, TooComplex, "more memory than allowed"),
        ("disk_full", {}, StorageFull, "disk is full"),
        (
            "spin",
            {"limits": Limits(timeout_s=20, cpu_s=1)},
            TooComplex,
            r"processor time than allowed \(1 s\)",
        ),
        ("leave", {}, WorkerCrashed, "without an answer"),
    ],
)
def test_a_passed_limit_is_told_in_plain_words(workers, name, more, expected, words):
    with pytest.raises(expected, match=words):
        workers.run(job(name, **more), Context())
    assert workers.run(job("echo", {"ok": 1}), Context()).value == {"ok": 1}


def test_a_file_may_not_outgrow_its_limit(workers, tmp_path):
    limits = Limits(timeout_s=30, file_bytes=1 << 20)
    with pytest.raises(TooComplex, match="larger file than allowed"):
        workers.run(job("write_much", limits=limits, writes=tmp_path), Context())
    assert (tmp_path / "large").stat().st_size <= 1 << 20


def test_resident_memory_is_watched(workers):
    with pytest.raises(TooComplex, match=r"more memory than allowed \(300 MB\)"):
        workers.run(job("grow_slowly", limits=Limits(timeout_s=30, rss_bytes=300 << 20)), Context())
    assert workers.status()["killed_by_reason"]["memory"] == 1


@pytest.mark.parametrize("number", ["SIGSEGV", "SIGABRT", "SIGKILL", "SIGBUS"])
def test_the_death_of_a_worker_is_survived(workers, number):
    with pytest.raises(WorkerCrashed, match="The worker doing the test"):
        workers.run(job("die", {"signal": number}), Context())
    assert workers.run(job("echo", {"ok": 1}), Context()).value == {"ok": 1}


@pytest.mark.parametrize("name", ["spin", "spin_in_native_code"])
def test_a_deadline_ends_the_worker_in_time(workers, name):
    before = children()
    workers.run(job("echo"), Context())
    start = time.monotonic()
    with pytest.raises(OutOfTime):
        workers.run(job(name, limits=Limits(timeout_s=0.5, memory_bytes=8 << 30)), Context())
    assert 0.5 <= time.monotonic() - start < 1.5
    assert gone_within(2, children() - before - {FORK_SERVER.server_pid()})


def test_the_deadline_of_the_operation_counts_too(workers):
    start = time.monotonic()
    with pytest.raises(OutOfTime):
        workers.run(job("spin"), Context().within(0.4))
    assert time.monotonic() - start < 1.4


def test_cancelling_from_another_thread_ends_the_worker_at_once(workers):
    context = Context()
    moment = []

    def cancel():
        time.sleep(0.4)
        moment.append(time.monotonic())
        context.cancelled.set()

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(Cancelled):
        workers.run(job("spin_in_native_code"), context)
    assert time.monotonic() - moment[0] < 0.6
    thread.join()
    assert workers.status()["busy"] == 0


def test_a_cancelled_job_that_ends_within_its_grace_leaves_its_worker_alive(workers):
    first = workers.run(job("count", key="graceful"), Context()).value
    context = Context()
    threading.Timer(0.1, context.cancelled.set).start()
    workers.run(job("sleep", {"seconds": 0.4}, key="graceful", grace_s=20), context)
    second = workers.run(job("count", key="graceful"), Context()).value
    assert (second["pid"], second["jobs"]) == (first["pid"], 2)
    with pytest.raises(Cancelled):
        workers.run(job("count", key="graceful", grace_s=20), context)  # it has not begun
    context = Context()
    threading.Timer(0.1, context.cancelled.set).start()
    with pytest.raises(Cancelled):
        workers.run(job("sleep", {"seconds": 30}, key="graceful", grace_s=0.2), context)
    assert workers.run(job("count", key="graceful"), Context()).value["jobs"] == 1


def test_an_interrupt_ends_the_worker_and_goes_on_up(workers):
    killed = workers.status()["killed_by_reason"].get("interrupted", 0)

    def interrupt(event):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workers.run(job("sleep", {"seconds": 30}), Context(emit=interrupt))
    assert workers.status()["killed_by_reason"]["interrupted"] == killed + 1
    assert workers.status()["busy"] == 0


def test_a_bound_worker_keeps_what_it_opened_and_is_replaced_after_max_jobs():
    pool = Workers(max_workers=2, idle_s=60, max_jobs=3, threads=1, extra_modules=TARGETS)
    try:
        answers = [pool.run(job("count", key="sales"), Context()).value for _ in range(7)]
        assert [answer["jobs"] for answer in answers] == [1, 2, 3, 1, 2, 3, 1]
        assert len({answer["pid"] for answer in answers}) == 3
        other = pool.run(job("count", key="other"), Context()).value
        assert other["jobs"] == 1
    finally:
        pool.close()


def test_a_worker_whose_memory_is_costly_to_make_does_more_jobs_than_others():
    pool = Workers(max_workers=2, idle_s=60, max_jobs=1, threads=1, extra_modules=TARGETS)
    try:
        answers = [pool.run(job("count", key="k", lasting=True), Context()).value for _ in range(5)]
        assert [answer["jobs"] for answer in answers] == [1, 2, 3, 4, 5]
        assert len({answer["pid"] for answer in answers}) == 1
    finally:
        pool.close()


def test_an_error_of_our_own_keeps_a_bound_worker_and_a_crash_replaces_it(workers):
    first = workers.run(job("count", key="sturdy"), Context()).value
    with pytest.raises(UnknownColumn):
        workers.run(job("fail", key="sturdy"), Context())
    second = workers.run(job("count", key="sturdy"), Context()).value
    assert (second["pid"], second["jobs"]) == (first["pid"], 2)
    with pytest.raises(WorkerCrashed):
        workers.run(job("die", {"signal": "SIGSEGV"}, key="sturdy"), Context())
    assert workers.run(job("count", key="sturdy"), Context()).value["jobs"] == 1


def test_a_bound_worker_that_died_while_idle_is_replaced_unnoticed(workers):
    first = workers.run(job("count", key="frail"), Context()).value
    os.kill(first["pid"], 9)
    time.sleep(0.1)
    assert workers.run(job("count", key="frail"), Context()).value["jobs"] == 1


def test_a_bound_worker_gets_processor_time_for_each_job():
    pool = Workers(max_workers=1, idle_s=60, max_jobs=10, threads=1, extra_modules=TARGETS)
    limits = Limits(timeout_s=20, cpu_s=1)
    try:
        for _ in range(3):
            assert pool.run(job("burn", {"seconds": 0.6}, key="k", limits=limits), Context()).value == "burnt"
    finally:
        pool.close()


def test_forgetting_a_key_ends_its_worker(workers):
    first = workers.run(job("count", key="doomed"), Context()).value
    workers.forget("doomed")
    assert gone_within(2, [first["pid"]])
    assert workers.run(job("count", key="doomed"), Context()).value["jobs"] == 1


def test_the_least_recently_used_worker_gives_way():
    pool = Workers(max_workers=2, idle_s=60, max_jobs=50, threads=1, extra_modules=TARGETS)
    try:
        for key in ("a", "b", "a", "c"):
            pool.run(job("count", key=key), Context())
        assert pool.status()["alive"] == 2
        assert pool.run(job("count", key="a"), Context()).value["jobs"] == 3
        assert pool.run(job("count", key="b"), Context()).value["jobs"] == 1
    finally:
        pool.close()


def test_a_full_pool_makes_jobs_wait_and_then_says_busy():
    pool = Workers(
        max_workers=1, idle_s=60, max_jobs=5, threads=1, queue_timeout_s=0.3, extra_modules=TARGETS
    )
    context, running = Context(), threading.Event()

    def occupy():
        watched = Context(emit=lambda event: running.set(), cancelled=context.cancelled)
        with pytest.raises(Cancelled):
            pool.run(job("sleep", {"seconds": 30}), watched)

    thread = threading.Thread(target=occupy)
    thread.start()
    try:
        assert running.wait(20)
        with pytest.raises(Busy):
            pool.run(job("echo"), Context())
        context.cancelled.set()
        thread.join()
        assert pool.run(job("echo", {"ok": 1}), Context()).value == {"ok": 1}
    finally:
        context.cancelled.set()
        thread.join()
        pool.close()


def test_eight_threads_share_the_pool_and_leave_nothing_behind(workers):
    workers.run(job("echo"), Context())
    for key in ("sturdy", "frail", "doomed"):
        workers.forget(key)
    time.sleep(0.3)
    processes, descriptors = len(children()), psutil.Process().num_fds()

    def work(number):
        for turn in range(25):
            key = f"k{number % 2}" if turn % 2 else None
            value = {"thread": number, "turn": turn}
            assert workers.run(job("echo", value, key=key), Context()).value == value

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    for key in ("k0", "k1"):
        workers.forget(key)
    time.sleep(0.5)
    assert len(children()) == processes
    assert psutil.Process().num_fds() == descriptors
    assert workers.status()["busy"] == 0


def test_targets_outside_the_services_are_refused(workers):
    with pytest.raises(ValueError, match="no target"):
        workers.run(Job("test", "os:system", {"command": "true"}, LIMITS), Context())
    with pytest.raises(InvalidRequest):
        workers.run(job("_connect"), Context())


@pytest.mark.parametrize(
    "args",
    [
        {"kind": 6, "body": "{not json"},
        {"kind": 99, "body": "{}"},
        {"kind": 6, "body": "", "length": 1 << 60},
        {"kind": 5, "body": "\x10\0\0\0" + "x" * 500},
        {"kind": 7, "body": "[]"},
        {"kind": 4, "body": "[" * 100_000},
    ],
)
def test_a_worker_that_speaks_nonsense_is_ended(workers, args):
    with pytest.raises(WorkerCrashed, match="nobody can read"):
        workers.run(job("lie", args), Context())
    assert workers.run(job("echo", {"ok": 1}), Context()).value == {"ok": 1}


def test_idle_workers_then_the_fork_server_then_the_watching_thread_end():
    FORK_SERVER.stop()
    threads = set(threading.enumerate())
    pool = Workers(max_workers=2, idle_s=0.4, max_jobs=50, threads=1, extra_modules=TARGETS)
    try:
        pid = pool.run(job("count", key="short"), Context()).value["pid"]
        server = FORK_SERVER.server_pid()
        until = time.monotonic() + 5
        while time.monotonic() < until and any(map(psutil.pid_exists, (pid, server))):
            time.sleep(0.05)
        assert not psutil.pid_exists(pid)
        assert not psutil.pid_exists(server)
        time.sleep(0.3)
        assert set(threading.enumerate()) <= threads
        assert pool.run(job("count", key="short"), Context()).value["jobs"] == 1
    finally:
        pool.close()


def test_closing_cancels_what_runs():
    pool = Workers(max_workers=1, idle_s=60, max_jobs=5, threads=1, extra_modules=TARGETS)
    running = threading.Event()
    caught = []

    def occupy():
        try:
            pool.run(job("sleep", {"seconds": 30}), Context(emit=lambda event: running.set()))
        except Cancelled as error:
            caught.append(error)

    thread = threading.Thread(target=occupy)
    thread.start()
    assert running.wait(20)
    pool.close()
    thread.join(5)
    assert len(caught) == 1
    with pytest.raises(Cancelled):
        pool.run(job("echo"), Context())


def test_without_fork_each_worker_is_an_interpreter_of_its_own():
    pool = Workers(max_workers=1, idle_s=60, max_jobs=5, threads=1, fork=False, extra_modules=TARGETS)
    try:
        table = pool.run(job("table", {"rows": 10}, key="k"), Context()).table
        assert table.num_rows == 10
        seen = pool.run(job("count", key="k"), Context()).value
        assert seen["jobs"] == 1
        assert pool.run(job("count", key="k"), Context()).value == {"jobs": 2, "pid": seen["pid"]}
        with pytest.raises(OutOfTime):
            pool.run(job("spin", key="k", limits=Limits(timeout_s=0.3)), Context())
        with pytest.raises(WorkerCrashed):
            pool.run(job("die", {"signal": "SIGSEGV"}), Context())
    finally:
        pool.close()
    assert gone_within(2, [seen["pid"]])
