"""The harness itself: whose turn it is, what is on the clock, and what the table says."""

import json
import time

import pytest
from measuring import HEAD, Contestant, Report, in_turns


def test_the_contestants_take_turns_and_change_who_begins():
    heard = []
    ours, theirs = in_turns(
        Contestant(lambda k: heard.append(("ours", k))), Contestant(lambda k: heard.append(("peer", k))), 3
    )
    turns = [who for who, k in heard if k < 3]
    assert turns == ["ours", "peer", "peer", "ours", "ours", "peer"]
    assert heard[0][1] == 3, "the warm-up has a number of its own"
    assert len(ours.seconds) == len(theirs.seconds) == 3


def test_what_comes_before_and_after_is_not_on_the_clock():
    slow = Contestant(
        lambda k: k, before=lambda k: time.sleep(0.05), after=lambda k, result: time.sleep(0.05)
    )
    laps, _ = in_turns(slow, Contestant(lambda k: None), 2, warm_ups=0)
    assert laps.results == [0, 1]
    assert max(laps.seconds) < 0.05


def test_a_ratio_is_the_median_of_the_rounds():
    measured = Report().add("a", "b", [2.0, 9.0, 4.0], [1.0, 1.0, 1.0], rows=5, unit="s")
    assert measured.ratio == 4
    assert measured.line() == ("a", "5", "4.00 s", "1.00 s", "4", "2 to 9", "3", "b")


@pytest.mark.parametrize(("ours", "peers"), [([1.0], [1.0, 2.0]), ([], []), ([0.0], [1.0]), ([1.0], [-1.0])])
def test_rounds_without_a_ratio_are_no_measurement(ours, peers):
    report = Report()
    with pytest.raises(ValueError, match="the case"):
        report.add("the case", "b", ours, peers, rows=5, unit="s")
    assert report.measurements == []


def test_the_table_and_the_file_hold_every_measurement(tmp_path):
    report = Report()
    report.add("upload", "COPY", [0.5, 0.25], [1.0, 1.0], rows=1_000, unit="s")
    report.add("memory", "file", [2.0**21], [2.0**20], rows=1_000, unit="bytes")
    head, *lines = report.table()
    assert head.split()[0] == HEAD[0]
    assert lines[0].split() == [
        "upload",
        "1,000",
        "375",
        "ms",
        "1.00",
        "s",
        "0.375",
        "0.25",
        "to",
        "0.5",
        "2",
        "COPY",
    ]
    assert "2.0 MiB" in lines[1]
    report.write(tmp_path / "out.json")
    written = json.loads((tmp_path / "out.json").read_text())
    assert [item["ratio"] for item in written["measurements"]] == [0.375, 2.0]
    assert written["measurements"][0]["ours"] == [0.5, 0.25]
    assert written["machine"]["libraries"]["duckdb"]
