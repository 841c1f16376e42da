"""The scorer itself: what counts as the same rows, the right chart and the right reply, and its figures."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from question_sets import Score, cell, chart_parts, rows_of, same_rows, sample, score

TABLE = "city,inhabitants\nOslo,700\nBergen,280\nTromsø,77\n"


@pytest.mark.parametrize(
    ("given", "gold", "ordered", "same"),
    [
        ([("Oslo", 700)], [(700, "oslo")], False, True),
        ([("a",), ("b",)], [("b",), ("a",)], False, True),
        ([("a",), ("b",)], [("b",), ("a",)], True, False),
        ([("a", 1), ("b", 2)], [("a", 2), ("b", 1)], False, False),
        ([(1, 1), (1, 2)], [(1, 2), (1, 1)], False, True),
        ([("a",), ("a",)], [("a",)], False, False),
        ([("a", 1)], [("a",)], False, False),
        ([(0.1 + 0.2,)], [("0.3",)], False, True),
        ([(0.31,)], [(0.3,)], False, False),
        ([(Decimal("1204.0"),)], [("1,204",)], False, True),
        ([(True,)], [("yes",)], False, True),
        ([(True,)], [("no",)], False, False),
        ([(dt.datetime(2024, 3, 1),)], [("2024-03-01 00:00:00",)], False, True),
        ([(dt.date(2024, 3, 1),)], [("2024-03-01",)], False, True),
        ([("Tromsø – nord",)], [("TROMSØ - nord",)], False, True),
        ([(None,)], [("",)], False, True),
        ([], [], False, True),
        ([(1,)], [], False, False),
    ],
)
def test_rows_are_compared_by_what_they_say(given, gold, ordered, same):
    assert same_rows(rows_of(given), rows_of(gold), ordered) is same


def test_cells_keep_what_is_no_number_apart():
    assert cell("12 kg") == "12 kg"
    assert cell(float("nan")) is None
    assert cell("1e3") == 1000.0


def test_a_chart_is_its_mark_and_its_fields():
    spec = {"mark": {"type": "Bar"}, "encoding": {"x": {"field": "Sale Date"}, "y": {"aggregate": "count"}}}
    assert chart_parts(spec) == ("bar", frozenset({"saledate"}))
    assert chart_parts({}) == ("", frozenset())


def test_figures_beat_refusing_only_when_more_is_right_than_wrong():
    figures = Score("some", 10, 5, 3, 2, [], [0.01, 0.03, 0.02]).figures()
    assert (figures["coverage"], figures["precision"], figures["overall"]) == (0.5, 0.6, 0.3)
    assert figures["phi1"] == pytest.approx(0.1)
    assert (figures["plan_median_ms"], figures["plan_p95_ms"]) == (20, 30)
    assert Score("none").figures()["precision"] is None


def test_a_set_is_asked_through_the_api_and_scored(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/cities.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "tables/empty.csv").write_text("a,b\n", encoding="utf-8")
    asked = [
        ("how many cities are there", "answer", [[3]]),
        ("total inhabitants", "answer", [[1]]),
        ("what is the profit of Oslo", "answer", [[0]]),
        ("what is the meaning of life", "refuse", None),
        ("how many inhabitants does Bergen have", "ambiguous", None),
    ]
    lines = [
        {"id": k, "tables": ["tables/cities.csv", "tables/empty.csv"], "question": question, "kind": kind}
        | {"gold": gold, "ordered": False}
        for k, (question, kind, gold) in enumerate(asked)
    ]
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert len(sample(tmp_path / "own.jsonl", 2)) == 2
    root = tmp_path / "root"
    root.mkdir()
    found = score("own", sample(tmp_path / "own.jsonl", 0), tmp_path, root)
    assert (found.n, found.answered, found.right, found.wrong) == (5, 3, 2, 2)
    assert found.errors == []
    assert len(found.plan_s) == 5
    assert all(seconds > 0 for seconds in found.plan_s)
