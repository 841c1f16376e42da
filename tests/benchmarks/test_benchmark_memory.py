"""The memory that an upload takes in the process that serves it, and in its workers."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
from orders import select

SCRIPT = Path(__file__).with_name("resident.py")


def test_the_memory_of_an_upload_is_measured(orders, full, record, tmp_path):
    large, small = orders.file("csv"), tmp_path / "small.csv"
    duckdb.sql(f"COPY ({select(500)}) TO '{small}'")
    seen = []
    for k in range(5 if full else 1):
        command = [sys.executable, str(SCRIPT), str(tmp_path / f"root{k}"), str(small), str(large)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seen.append(json.loads(done.stdout))
    assert {run["rows"] for run in seen} == {orders.rows}
    size = [large.stat().st_size] * len(seen)
    for case, step, whose in (
        ("memory of the process, uploading", "upload", "own"),
        ("memory of the process, profiling", "profile", "own"),
        ("memory of the workers, uploading", "upload", "children"),
        ("memory of the workers, profiling", "profile", "children"),
    ):
        # Where nothing grew a page stands for it: a ratio of zero could as well be no measurement.
        grown = [max(run[step][whose], 4096) for run in seen]
        assert record(case, "size of the CSV file", grown, size, unit="bytes").ratio > 0
