"""Sizes, options and the table at the end of a run of benchmarks.

pytest tests/benchmarks                                 a few thousand rows: do they work?
pytest tests/benchmarks -m slow                         a million rows: how do we stand?
pytest tests/benchmarks -m slow --benchmark-rows N --benchmark-json FILE
pytest tests/benchmarks -m slow -k question_set --benchmark-questions N     answers (0: all questions)
"""

import contextlib
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import duckdb
import pytest
from measuring import Report
from orders import Orders

from insights_ext import Insights
from insights_ext.workspace import Workspace

SMOKE_ROWS = 3_000
FULL_ROWS = 1_000_000
MAX_ROWS = 10_000_000

REPORT = pytest.StashKey[Report]()
FULL = pytest.StashKey[bool]()


def pytest_addoption(parser):
    group = parser.getgroup("benchmarks")
    group.addoption(
        "--benchmark-rows", type=_rows, default=FULL_ROWS, metavar="N", help="rows of the slow benchmarks"
    )
    group.addoption(
        "--benchmark-questions", type=int, default=100, metavar="N", help="questions of each set; 0 asks all"
    )
    group.addoption(
        "--benchmark-json", type=Path, default=None, metavar="FILE", help="write all rounds to FILE as JSON"
    )


def _rows(text: str) -> int:
    rows = int(text.replace("_", "").replace(",", ""))
    if not SMOKE_ROWS <= rows <= MAX_ROWS:
        raise ValueError(f"between {SMOKE_ROWS} and {MAX_ROWS} rows")
    return rows


def pytest_configure(config):
    config.stash[REPORT] = Report()
    config.stash[FULL] = False


def pytest_terminal_summary(terminalreporter, config):
    """The table; ratios of a few thousand rows say little and are shown with -v alone."""
    report = config.stash[REPORT]
    if not report.measurements and not report.scores:
        return
    if report.scores:
        terminalreporter.section("answers on public question sets, without a model")
        for line in report.score_table():
            terminalreporter.write_line(line)
    if report.measurements and (config.stash[FULL] or config.get_verbosity() > 0):
        terminalreporter.section("ours as a ratio of a peer: below 1 ours needs less")
        for line in report.table():
            terminalreporter.write_line(line)
    path = config.getoption("benchmark_json", None)
    if path is not None:
        report.write(path)
        terminalreporter.write_line(f"written to {path}")


@pytest.fixture(
    scope="session",
    params=["smoke", pytest.param("full", marks=[pytest.mark.slow, pytest.mark.timeout(7_200)])],
)
def full(request) -> bool:
    """Whether this is the real measurement, or only the proof that it works."""
    request.config.stash[FULL] |= request.param == "full"
    return request.param == "full"


@pytest.fixture(scope="session")
def orders(full, request, tmp_path_factory):
    """The table to measure with; its files can be large, so they go when the tests are done."""
    # The option is unknown to a run that was not started on this directory.
    rows = request.config.getoption("benchmark_rows", FULL_ROWS) if full else SMOKE_ROWS
    directory = tmp_path_factory.mktemp("orders")
    yield Orders(directory, rows)
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def rounds(full) -> int:
    return 5 if full else 2


@contextlib.contextmanager
def _opened(root: Path) -> Iterator[Insights]:
    """Our door, with time enough for a slow machine and large tables."""
    with Insights(root=root, query_timeout_s=300, ask_timeout_s=1_800, max_frame_bytes=16 << 30) as insights:
        # Else it opens in the background some seconds after the first profile, in the midst of a round.
        insights.workspace.memory.warm()
        insights.workspace.memory.flush()
        yield insights


@pytest.fixture
def insights(tmp_path):
    """A door to a store of its own, for what has to be done for the first time."""
    with _opened(tmp_path) as insights:
        yield insights
    shutil.rmtree(tmp_path / ".insights")


@pytest.fixture(scope="session")
def uploaded(orders, tmp_path_factory):
    """A door to a store that holds ``orders`` and its profile, and the dataset's Parquet file."""
    root = tmp_path_factory.mktemp("uploaded")
    with _opened(root) as insights:
        dataset = insights.upload(orders.file("parquet"), "orders")
        insights.stats("orders")
        yield insights, root / ".insights" / "datasets" / f"{dataset.content_sha256}.parquet"
    shutil.rmtree(root)


@pytest.fixture
def peer():
    """DuckDB in this process, with as many threads as one of our workers has."""
    threads = Workspace.worker_threads.default_value
    with duckdb.connect(config={"threads": threads}) as connection:
        yield connection


@pytest.fixture
def report(request):
    """All that this run has measured."""
    return request.config.stash[REPORT]


@pytest.fixture
def record(request, orders):
    """``record(case, peer, ours, peers)`` keeps a measurement for the table."""
    return partial(request.config.stash[REPORT].add, rows=orders.rows, unit="s")
