"""Asking about no dataset in particular: what is ready is asked, and nobody waits for the rest."""

import threading

import pytest

from insights_ext import Insights
from insights_ext.errors import OutOfTime
from insights_ext.handlers import askable


@pytest.fixture
def gate(tmp_path, monkeypatch):
    """Insights over `small`, profiled, and `big`, whose profile is not done before the gate opens."""
    monkeypatch.setattr(askable, "GRACE_S", 0.2)
    gate = threading.Event()
    with Insights(root=tmp_path, ask_timeout_s=20) as insights:
        run = insights.workspace.run

        def slow(kind, args, context, **more):
            if kind == "profile" and slow.holds:
                while not gate.wait(0.05):
                    context.check()
            return run(kind, args, context, **more)

        slow.holds = False
        insights.workspace.run = slow
        (tmp_path / "small.csv").write_text("city,people\nOslo,7\nBergen,2\n")
        insights.upload(tmp_path / "small.csv")
        insights.stats("small")
        slow.holds = True
        (tmp_path / "big.csv").write_text("river,metres\nGlomma,621\nTana,361\n")
        insights.upload(tmp_path / "big.csv")
        gate.insights = insights
        yield gate
        gate.set()


def test_a_question_is_asked_of_what_is_ready_and_says_what_was_left_out(gate):
    answer = gate.insights.ask("total people")
    assert (answer.status, answer.datasets, answer.rows) == ("answered", ["small"], [[9]])
    assert "Left out, since they are still being profiled: big." in answer.warnings


def test_a_dataset_that_the_question_mentions_is_waited_for(gate):
    threading.Timer(0.6, gate.set).start()
    answer = gate.insights.ask("how many rows are in big")
    assert "big" in answer.datasets
    assert not any("profiled" in warning for warning in answer.warnings)


def test_a_dataset_that_is_named_is_waited_for(gate):
    threading.Timer(0.6, gate.set).start()
    answer = gate.insights.ask("total metres", datasets=["big"])
    assert answer.rows == [[982]]


def test_where_nothing_is_ready_the_first_that_is_gets_asked(gate):
    gate.insights.delete("small")
    threading.Timer(0.6, gate.set).start()
    assert gate.insights.ask("total metres").rows == [[982]]


def test_the_time_for_a_question_holds_while_nothing_is_ready(gate):
    gate.insights.delete("small")
    gate.insights.workspace.ask_timeout_s = 0.5
    with pytest.raises(OutOfTime, match="The profile of 'big' is still being computed"):
        gate.insights.ask("total metres")


def test_a_dataset_that_cannot_be_profiled_does_not_silence_the_others(gate, monkeypatch):
    gate.set()
    run = gate.insights.workspace.run

    def failing(kind, args, context, **more):
        if kind == "profile":
            raise OutOfTime("A profile takes too long.")
        return run(kind, args, context, **more)

    gate.insights.stats("big")
    gate.insights.workspace.catalog.drop_profile(gate.insights.dataset("big").content_sha256)
    gate.insights.workspace.run = failing
    answer = gate.insights.ask("total people")
    assert answer.rows == [[9]]
    assert "Left out, since they could not be profiled: big." in answer.warnings
