"""The macros for statistics, against tables of the distributions, numpy and worked examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insights_ext.services import guard
from insights_ext.services.engine import query
from insights_ext.work import WorkerContext

A = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4]
B = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.0, 23.9]
"""Welch's example of unequal variances."""


@pytest.fixture
def ask(tmp_path: Path):
    def run(sql: str, **columns):
        path = tmp_path / "t.parquet"
        pq.write_table(pa.table(columns or {"one": [1]}), path)
        checked = guard.check(sql, ["t"]).sql
        reply = query.run({"sql": checked, "tables": {"t": str(path)}}, WorkerContext(reads=(path,)))
        return reply.table.to_pylist()

    return run


@pytest.mark.parametrize(
    ("x", "df", "p"),
    [
        (3.841458820694124, 1, 0.05),
        (18.307038053275146, 10, 0.05),
        (1.0, 5, 0.9625657732),
        (23.209251158954356, 10, 0.01),
        (0, 3, 1.0),
    ],
)
def test_tails_of_chi_square_are_those_of_the_tables(ask, x, df, p):
    assert ask(f"SELECT chi_square_p({x}, {df}) AS p FROM t")[0]["p"] == pytest.approx(p, abs=1e-9)


@pytest.mark.parametrize(
    ("t", "df", "p"),
    [
        (12.706204736432095, 1, 0.05),
        (2.228138851964939, 10, 0.05),
        (3.169272667175838, 10, 0.01),
        (1.959963984540054, 1e7, 0.05),
    ],
)
def test_tails_of_student_are_those_of_the_tables(ask, t, df, p):
    rows = ask(f"SELECT student_p({t}::DOUBLE, {df}::DOUBLE) AS p FROM t")
    assert rows[0]["p"] == pytest.approx(p, abs=1e-7)


def test_a_t_test_of_unequal_variances(ask):
    columns = {"g": ["a"] * 15 + ["b"] * 15 + ["c"], "x": [*A, *B, None]}
    sql = "SELECT t_test(CASE WHEN g = 'a' THEN x END, CASE WHEN g = 'b' THEN x END) AS r FROM t"
    found = ask(sql, **columns)[0]["r"]
    a, b = np.array(A), np.array(B)
    u, v = a.var(ddof=1) / 15, b.var(ddof=1) / 15
    assert found["statistic"] == pytest.approx((a.mean() - b.mean()) / np.sqrt(u + v))
    assert found["df"] == pytest.approx((u + v) ** 2 / (u**2 / 14 + v**2 / 14))
    assert found["p"] == pytest.approx(0.00845273, abs=1e-7)
    assert ask("SELECT t_test(x, x) AS r FROM t", x=[1.0])[0]["r"] is None


def test_chi_square_of_two_columns(ask):
    pairs = [("a", "x")] * 10 + [("a", "y")] * 20 + [("a", "z")] * 30
    pairs += [("b", "x")] * 6 + [("b", "y")] * 9 + [("b", "z")] * 17 + [("b", None)] * 3
    a, b = zip(*pairs, strict=True)
    found = ask("SELECT chi_square(a, b) AS r FROM t", a=list(a), b=list(b))[0]["r"]
    seen = np.array([[10, 20, 30], [6, 9, 17]])
    expected = np.outer(seen.sum(1), seen.sum(0)) / seen.sum()
    assert found["statistic"] == pytest.approx(((seen - expected) ** 2 / expected).sum())
    assert found["df"] == 2
    assert found["p"] == pytest.approx(0.873028283380073, abs=1e-9)
    assert ask("SELECT chi_square(a, b) AS r FROM t", a=["q"], b=["q"])[0]["r"] is None


def test_a_linear_fit_is_that_of_least_squares(ask):
    x = np.arange(20.0)
    y = 2 * x + 1 + x % 3
    found = ask("SELECT linear_fit(y, x) AS r FROM t", x=x, y=y)[0]["r"]
    slope, intercept = np.polyfit(x, y, 1)
    rest = y - intercept - slope * x
    error = np.sqrt(rest @ rest / 18 / ((x - x.mean()) @ (x - x.mean())))
    assert (found["slope"], found["intercept"]) == pytest.approx((slope, intercept))
    assert (found["r2"], found["n"]) == (pytest.approx(np.corrcoef(x, y)[0, 1] ** 2), 20)
    assert found["standard_error"] == pytest.approx(error)
    assert 0 < found["p"] < 1e-15


def test_outliers_are_those_of_the_usual_fences(ask):
    x = np.array([*range(50), 500.0])
    rows = ask("SELECT x FROM t QUALIFY is_outlier_iqr(x)", x=x)
    low, high = np.quantile(x, [0.25, 0.75])
    fence = 1.5 * (high - low)
    assert [r["x"] for r in rows] == [v for v in x if v < low - fence or v > high + fence] == [500.0]
    assert [r["x"] for r in ask("SELECT x FROM t QUALIFY is_outlier_z(x)", x=x)] == [500.0]
    scores = [r["z"] for r in ask("SELECT z_score(x) AS z FROM t ORDER BY x", x=x)]
    assert scores == pytest.approx(list((x - x.mean()) / x.std(ddof=1)))
