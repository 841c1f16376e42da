from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).parents[4].parent / "shared/data"
SWEEP = Path(__file__).parent / "convert_sweep.py"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


def sweep(paths):
    done = subprocess.run(
        [sys.executable, str(SWEEP)],
        input="\n".join(map(str, paths)),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("corpus", ["arrow-testing", "parquet-testing", "sheetjs", "jsontestsuite", "blns"])
def test_no_file_of_a_corpus_crashes_hangs_or_fails_untyped(corpus):
    folder = DATA / "bad_input" / corpus
    if not folder.exists():
        pytest.skip(f"{corpus} is not at hand")
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".csv")
    found = sweep(paths)
    assert len(found) == len(paths)
    assert [item for item in found if item["code"] in {"crash", "untyped"}] == []
    assert [item for item in found if item["code"] == "ok" and item["left"] != ["data.parquet"]] == []


def test_every_table_of_the_question_sets_is_read_with_its_header():
    folder = DATA / "ask/tables"
    if not folder.exists():
        pytest.skip("the question sets are not at hand")
    paths = sorted(folder.rglob("*.csv"))
    found = sweep(paths)
    codes = Counter(item["code"] for item in found)
    assert set(codes) <= {"ok", "empty_file"}
    assert all("header but no rows" in item["message"] for item in found if item["code"] == "empty_file")
    headless = [item["path"] for item in found if item["code"] == "ok" and item["header_row"] != 1]
    assert len(headless) <= len(paths) // 1000
