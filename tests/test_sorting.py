"""A preview whose order takes longer to make than a page is allowed to take."""

import threading

import pytest

from insights_ext import Insights, handlers
from insights_ext.context import Context
from insights_ext.errors import Cancelled, StillSorting
from insights_ext.handlers import ordering
from insights_ext.schemas import PreviewRequest


@pytest.fixture
def insights(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ordering, "LONG_ROWS", 4)
    monkeypatch.setattr(ordering, "TOP_ROWS", 1)
    (tmp_path / "sizes.csv").write_text("size\n3\n1\n5\n2\n4\n")
    with Insights(root=tmp_path) as insights:
        insights.upload("sizes.csv")
        yield insights


def test_a_long_sort_goes_on_after_the_first_who_asked_has_given_up(insights, monkeypatch):
    workspace, go, sorted_ = insights.workspace, threading.Event(), []
    run = workspace.run

    def slow(kind, args, *rest, **named):
        if kind == "sort":
            sorted_.append((args["offset"], args["limit"]))
            go.wait(30)
        return run(kind, args, *rest, **named)

    monkeypatch.setattr(workspace, "run", slow)
    monkeypatch.setattr(workspace, "query_timeout_s", 0.2)
    for _ in range(2):
        with pytest.raises(StillSorting, match="'sizes' are still being sorted or filtered"):
            insights.preview("sizes", offset=2, limit=2, sort=["-size"])
    assert sorted_ == [(5, 0)]
    go.set()
    monkeypatch.setattr(workspace, "query_timeout_s", 30)
    assert insights.preview("sizes", offset=2, limit=2, sort=["-size"]).rows == [[3], [2]]


def test_order_and_page_of_a_long_table_are_made_by_one_worker(insights):
    insights.stats("sizes")  # has a worker of its own
    before = insights.workspace.workers.status()["started"]
    assert insights.preview("sizes", offset=3, limit=2, sort=["size"]).rows == [[4], [5]]
    assert insights.preview(
        "sizes", offset=0, limit=1, filter=[{"column": "size", "op": ">", "value": 4}]
    ).rows == [[5]]
    assert insights.workspace.workers.status()["started"] == before + 1


def test_an_order_that_nobody_waits_for_any_more_gives_way_to_another(insights, monkeypatch):
    """Whoever chooses another column need not wait for the order of the first one."""
    workspace, begun, stopped = insights.workspace, threading.Event(), threading.Event()
    run = workspace.run

    def slow(kind, args, context, **named):
        if kind == "sort" and args["sort"] == ["size"]:
            begun.set()
            stopped.set() if context.cancelled.wait(30) else None
            raise Cancelled("It was stopped.")
        return run(kind, args, context, **named)

    monkeypatch.setattr(workspace, "run", slow)
    first = Context()

    def ask_and_leave():
        asked = PreviewRequest(name="sizes", offset=2, limit=2, sort=["size"])
        with pytest.raises(Cancelled):
            handlers.preview(workspace, asked, first)

    thread = threading.Thread(target=ask_and_leave)
    thread.start()
    assert begun.wait(30)
    assert insights.preview("sizes", offset=2, limit=2, sort=["-size"]).rows == [[3], [2]]
    assert not stopped.is_set()  # somebody still waits for it
    first.cancelled.set()
    thread.join(30)
    assert insights.preview("sizes", offset=4, limit=2, sort=["-size"]).rows == [[1]]
    assert insights.preview(
        "sizes", offset=0, limit=1, filter=[{"column": "size", "op": "=", "value": 4}]
    ).rows
    assert stopped.wait(30)


def test_a_page_in_the_order_of_the_file_waits_for_no_sort(insights, monkeypatch):
    workspace, workers = insights.workspace, {}
    run = workspace.run

    def noted(kind, args, context, **named):
        workers[kind] = named["key"]
        return run(kind, args, context, **named)

    monkeypatch.setattr(workspace, "run", noted)
    insights.preview("sizes", offset=3, limit=1, sort=["size"])
    insights.preview("sizes", offset=3, limit=1)
    assert workers["sort"] == workers["sorted page"] != workers["preview"]
