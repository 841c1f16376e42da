"""The value index opens at once and finds values by their normal form."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pyarrow as pa
import pytest

from insights_ext.ask.planner import ValueHit
from insights_ext.ask.values_index import ArrowValueIndex
from insights_ext.wording import normalise


def write(path: Path, values: list[tuple[str, str, int]], complete: list[str]) -> None:
    ranked = sorted(((c, v, normalise(v), n) for c, v, n in values), key=lambda r: r[2])
    table = pa.table(
        {
            "column": pa.array([r[0] for r in ranked], pa.string()),
            "value": pa.array([r[1] for r in ranked], pa.string()),
            "normalised": pa.array([r[2] for r in ranked], pa.string()),
            "count": pa.array([r[3] for r in ranked], pa.int64()),
        }
    ).replace_schema_metadata({b"complete": json.dumps(complete).encode()})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


@pytest.fixture
def index(tmp_path: Path) -> ArrowValueIndex:
    values = [
        ("city", "São Paulo", 3),
        ("city", "SAO PAULO", 1),
        ("team", "Sao Paulo", 9),
        ("city", "Oslo", 2),
    ]
    write(tmp_path / "values.arrow", values, ["city"])
    return ArrowValueIndex.open(tmp_path / "values.arrow")


def test_values_are_found_by_normal_form_most_frequent_first(index: ArrowValueIndex) -> None:
    assert [h.count for h in index.lookup("sao paulo")] == [9, 3, 1]
    assert index.lookup("oslo") == [ValueHit("city", "Oslo", 2)]
    assert index.lookup("paulo") == []
    assert index.complete == {"city"}


def test_prefixes_are_whole_words(index: ArrowValueIndex) -> None:
    assert index.has_prefix("sao")
    assert index.has_prefix("sao paulo")
    assert not index.has_prefix("sa")


def test_columns_parts_and_spellings_are_listed(index: ArrowValueIndex) -> None:
    assert [h.value for h in index.values("city")] == ["São Paulo", "Oslo", "SAO PAULO"]
    assert {h.column for h in index.containing("paulo")} == {"city", "team"}
    assert index.containing("aul") == []
    assert index.forms("o", 3, 5) == ["oslo"]


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    write(tmp_path / "empty.arrow", [], [])
    index = ArrowValueIndex.open(tmp_path / "empty.arrow")
    assert index.lookup("x") == []
    assert not index.has_prefix("x")
    assert index.values("x") == ()
    assert index.forms("x", 1, 9) == []


def test_a_large_index_opens_in_milliseconds(tmp_path: Path) -> None:
    write(tmp_path / "big.arrow", [("c", f"value {k}", 1) for k in range(100_000)], ["c"])
    ArrowValueIndex.open(tmp_path / "big.arrow")
    took = []
    for _ in range(5):
        began = time.perf_counter()
        index = ArrowValueIndex.open(tmp_path / "big.arrow")
        took.append(time.perf_counter() - began)
    assert min(took) < 0.005
    assert index.lookup("value 77777") == [ValueHit("c", "value 77777", 1)]


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        ArrowValueIndex.open(tmp_path / "none.arrow")
