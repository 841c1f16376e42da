"""The profile: every number checked against pandas, every odd table survived, the value index complete."""

from __future__ import annotations

import datetime as dt
import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insights_ext.schemas import ColumnStats, Stats
from insights_ext.services.engine import profile as room
from insights_ext.services.engine.profile import profile, top, uniqueness
from insights_ext.services.engine.profile.histogram import date_edges, number_edges
from insights_ext.wording import normalise
from insights_ext.work import WorkerContext

TABLES = Path(__file__).parents[4] / "shared" / "data" / "ask" / "tables"


def stats_of(tmp_path: Path, table: Any) -> Stats:
    path = tmp_path / "data.parquet"
    if not isinstance(table, Path):
        pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), path)
    else:
        path = table
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    reply = profile({"path": str(path), "content_sha256": "abc"}, WorkerContext(scratch=scratch))
    # As it is stored and read again.
    return Stats.model_validate(json.loads(json.dumps(reply.value, allow_nan=False)))


def column(tmp_path: Path, values: Any, name: str = "x") -> ColumnStats:
    return stats_of(tmp_path, {name: values}).columns[0]


def index(tmp_path: Path) -> pa.Table:
    with pa.OSFile(str(tmp_path / "scratch" / "values.arrow")) as file:
        return pa.ipc.open_file(file).read_all()


def codes(stats: Stats, name: str | None) -> set[str]:
    return {alert.code for alert in stats.alerts if alert.column == name}


def sql_table(tmp_path: Path, select: str) -> Path:
    path = tmp_path / "made.parquet"
    duckdb.connect().execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    chance = np.random.default_rng(5)
    rows = 5000
    return pd.DataFrame(
        {
            "order_id": np.arange(1000, 1000 + rows),
            "price": np.round(chance.exponential(20, rows), 2),
            "delta": np.where(np.arange(rows) % 10 == 0, np.nan, chance.normal(0, 5, rows)),
            "quantity": chance.integers(0, 12, rows),
            "region": chance.choice(["north", "south", "east"], rows, p=[0.5, 0.3, 0.2]),
            "day": pd.Timestamp("2021-03-01") + pd.to_timedelta(chance.integers(0, 700, rows), unit="D"),
            "paid": chance.random(rows) < 0.3,
        }
    )


def close(found: Any, expected: Any) -> bool:
    return bool(math.isclose(float(found), float(expected), rel_tol=1e-9, abs_tol=1e-9))


def agree(stats: ColumnStats, series: pd.Series) -> None:
    assert stats.count == series.count()
    assert stats.null_count == series.isna().sum()
    assert stats.distinct_count == series.nunique()
    if stats.kind != "numeric" or not stats.count:
        return
    for name in ("mean", "median", "min", "max", "sum"):
        assert close(getattr(stats, name), getattr(series, name)()), name
    if stats.count > 1:
        assert stats.std is not None
        assert math.isclose(stats.std, series.std(), rel_tol=1e-6, abs_tol=1e-9)
    assert close(stats.q25, series.quantile(0.25))
    assert close(stats.q75, series.quantile(0.75))
    assert stats.zero_count == (series == 0).sum()
    assert close(stats.negative_share, (series < 0).sum() / series.count())
    if stats.count > 2 and series.nunique() > 1:
        assert stats.skew is not None
        assert math.isclose(stats.skew, series.skew(), rel_tol=1e-6, abs_tol=1e-6)
    assert sum(bar.count for bar in stats.histogram) == series.count()
    for bar, following in zip(stats.histogram, [*stats.histogram[1:], None], strict=True):
        inside = (series >= bar.low) & ((series < bar.high) if following else (series <= bar.high))
        assert bar.count == inside.sum()


def test_numbers_agree_with_pandas(tmp_path: Path, frame: pd.DataFrame) -> None:
    stats = stats_of(tmp_path, pa.Table.from_pandas(frame, preserve_index=False))
    assert (stats.name, stats.content_sha256, stats.partial) == ("", "abc", False)
    assert (stats.row_count, stats.column_count) == frame.shape
    assert (stats.numeric_columns, stats.categorical_columns) == (4, 2)
    assert stats.null_count == 500
    assert close(stats.null_percentage, 100 * 500 / frame.size)
    for found in stats.columns:
        agree(found, frame[found.name])
        assert found.approximate == []
    assert stats.stored_bytes == (tmp_path / "data.parquet").stat().st_size


def test_memory_is_near_arrows_own_measure(tmp_path: Path, frame: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    assert abs(stats_of(tmp_path, table).memory_bytes / table.nbytes - 1) < 0.1


def test_top_values_have_counts_and_shares(tmp_path: Path, frame: pd.DataFrame) -> None:
    stats = stats_of(tmp_path, pa.Table.from_pandas(frame, preserve_index=False))
    by_name = {found.name: found for found in stats.columns}
    counts = frame["region"].value_counts()
    found = by_name["region"].top_values
    assert {item.value: item.count for item in found} == counts.to_dict()
    assert [item.count for item in found] == sorted(counts, reverse=True)
    assert close(found[0].percentage, 100 * counts.iloc[0] / 5000)
    assert len(by_name["quantity"].top_values) == 10
    lengths = by_name["region"].text_lengths
    assert lengths is not None
    assert (lengths.min, lengths.max) == (4, 5)
    assert close(lengths.mean, frame["region"].str.len().mean())
    assert by_name["region"].sample_values == list(dict.fromkeys(frame["region"]))


def test_dates_have_iso_ends_quartiles_and_bars(tmp_path: Path, frame: pd.DataFrame) -> None:
    days = pa.array(frame["day"].dt.date, pa.date32())
    stats = stats_of(tmp_path, {"day": days, "at": pa.array(frame["day"], pa.timestamp("us"))})
    day, at = stats.columns
    assert (day.kind, day.semantic_type, day.mean, day.sum) == ("date", "date", None, None)
    assert day.min == frame["day"].min().date().isoformat()
    assert at.max == frame["day"].max().isoformat()
    assert day.median == frame["day"].quantile(0.5, interpolation="lower").date().isoformat()
    for found in stats.columns:
        assert sum(bar.count for bar in found.histogram) == 5000
        for bar in found.histogram[:-1]:
            inside = (frame["day"] >= str(bar.low)) & (frame["day"] < str(bar.high))
            assert bar.count == inside.sum()


@pytest.mark.parametrize(
    ("low", "high", "whole"),
    [(0, 6, True), (0, 1, True), (-5, 1000, True), (0, 2**63 - 1, True), (5, 5, True), (0.1, 0.7, False),
     (-1e308, 1e308, False), (1e16, 1e16 + 2, False), (3.5, 3.5, False), (0.0, 5e-324, False)],
)  # fmt: skip
def test_edges_rise_from_low_to_high(low: float, high: float, whole: bool) -> None:
    edges = number_edges(low, high, whole)
    assert edges[0] == low
    assert edges[-1] >= high
    assert 2 <= len(edges) <= 21
    assert all(math.isfinite(edge) for edge in edges)
    if low != high:
        assert all(a < b for a, b in pairwise(edges))


def test_date_edges_keep_to_calendar_units() -> None:
    day = 86_400_000_000
    assert all(edge % day == 0 for edge in date_edges(0, 700 * day, whole_days=True))
    assert len(date_edges(0, 700 * day, whole_days=True)) <= 21
    assert date_edges(0, 20, whole_days=False)[:3] == [0, 1, 2]
    assert date_edges(7, 7, whole_days=False) == [7, 7]
    assert all(edge % 1_000_000 == 0 for edge in date_edges(0, 30_000_000, whole_days=False))
    assert date_edges(None, None, whole_days=True) == []


@pytest.mark.parametrize(
    ("name", "values", "semantic"),
    [
        ("customer_id", list(range(100)), "id"),
        ("CustomerID", [5, 5, 7, 9] * 5, "id"),
        ("code", [f"A-{i}" for i in range(100)], "id"),
        ("row", list(range(1, 101)), "id"),
        ("unitPrice", [1.5, 2.5, 3.5] * 5, "currency"),
        ("total revenue", [100, 200, 300] * 5, "currency"),
        ("price_count", [1, 2, 3] * 5, "measure"),
        ("height", [1.8, 1.7, 1.65] * 5, "measure"),
        ("country", ["France", "Peru"] * 5, "geographic"),
        ("lat", [52.1, -33.9] * 5, "geographic"),
        ("longitude", [13.4, 151.2] * 5, "geographic"),
        ("lat", [520.1, -33.9] * 5, "measure"),
        ("zip", [10115, 94105] * 5, "geographic"),
        ("contact", ["a@b.org", "c.d@e.co.uk"] * 5, "email"),
        ("site", ["https://a.org/x", "http://b.io"] * 5, "url"),
        ("segment", ["retail", "trade"] * 10, "category"),
        ("comment", [f"this is remark number {i} of many" for i in range(60)], "text"),
        ("year", [2019, 2020, 2021] * 5, "date"),
        ("nothing", pa.array([None, None], pa.string()), "empty"),
        ("flag", [True, False], "boolean"),
        ("tags", [["a"], ["b"]], "nested"),
        ("raw", [b"\x00", b"\x01"], "binary"),
        ("when", [dt.date(2020, 1, 1)] * 2, "date"),
    ],
)
def test_what_a_column_is_about(tmp_path: Path, name: str, values: Any, semantic: str) -> None:
    assert column(tmp_path, values, name).semantic_type == semantic


def test_constant_unique_and_key_columns(tmp_path: Path) -> None:
    rows = 200
    stats = stats_of(
        tmp_path,
        {
            "id": list(range(rows)),
            "same": ["x"] * rows,
            "gaps": [None if i == 3 else i for i in range(rows)],
            "measure": [i * 1.37 for i in range(rows)],
            "sparse": [i * 99_991 for i in range(rows)],
            "twice": [i // 2 for i in range(rows)],
        },
    )
    by_name = {found.name: found for found in stats.columns}
    assert {name for name, found in by_name.items() if found.likely_key} == {"id"}
    assert {name for name, found in by_name.items() if found.constant} == {"same"}
    assert {name for name, found in by_name.items() if found.unique} == {"id", "gaps", "measure", "sparse"}
    assert codes(stats, "same") == {"constant"}
    assert codes(stats, "id") == {"likely_key"}


def test_alerts_point_out_what_a_reader_would(tmp_path: Path) -> None:
    rows = 400
    chance = np.random.default_rng(1)
    base = chance.normal(size=rows)
    soon = dt.date.today() + dt.timedelta(days=400)
    stats = stats_of(
        tmp_path,
        {
            "gone": pa.array([None] * rows, pa.float64()),
            "holes": [None if i % 3 == 0 else i % 7 for i in range(rows)],
            "a": base,
            "b": base * 2 + 1,
            "tail": np.exp(chance.normal(size=rows) * 3),
            "zeros": [0 if i % 4 else i for i in range(rows)],
            "remarks": [f"remark about {i} things" for i in range(rows - 1)] + ["remark about 1 things"],
            "due": [soon] * 2 + [dt.date(2020, 1, 1)] * (rows - 2),
            "region": ["north", "North ", "south", "south"] * (rows // 4),
            "odd": [math.nan, math.inf] + [1.0, 2.0] * (rows // 2 - 1),
            "blank": ["", "x"] * (rows // 2),
        },
    )
    expected = {
        "gone": "all_null",
        "holes": "many_nulls",
        "a": "strong_correlation",
        "tail": "skewed",
        "zeros": "many_zeros",
        "remarks": "high_cardinality",
        "due": "future_dates",
        "region": "mixed_spelling",
        "odd": "not_finite",
        "blank": "blank_texts",
    }
    for name, code in expected.items():
        assert code in codes(stats, name), name
    assert "outliers" in codes(stats, "tail")
    assert codes(stats, None) == set()
    told = next(alert.message for alert in stats.alerts if alert.code == "mixed_spelling")
    assert "'north'" in told
    assert "'North '" in told


def test_a_clean_table_has_no_alerts(tmp_path: Path) -> None:
    chance = np.random.default_rng(2)
    stats = stats_of(tmp_path, {"x": chance.normal(size=500), "c": ["a", "b"] * 250})
    assert stats.alerts == []


def test_duplicate_rows_are_counted(tmp_path: Path) -> None:
    stats = stats_of(tmp_path, {"a": [1, 1, 2, 1], "b": ["x", "x", "y", "x"], "c": [None, None, 1.0, None]})
    assert [alert.message for alert in stats.alerts if alert.column is None] == [
        "2 rows are copies of an earlier one."
    ]


def test_correlations_agree_with_pandas(tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    x = chance.normal(size=1000)
    frame = pd.DataFrame(
        {"x": x, "y": x + chance.normal(size=1000), "z": -x * 1e12 + 5e13, "w": chance.integers(0, 9, 1000)}
    )
    frame.loc[::7, "y"] = np.nan
    frame.loc[::11, "x"] = np.nan
    stats = stats_of(tmp_path, pa.Table.from_pandas(frame.assign(same=1), preserve_index=False))
    expected = frame.corr()
    assert len(stats.correlations) == 6
    for pair in stats.correlations:
        assert math.isclose(pair.r, expected.loc[pair.a, pair.b], abs_tol=1e-9)
        assert not pair.approximate
    strengths = [abs(pair.r) for pair in stats.correlations]
    assert strengths == sorted(strengths, reverse=True)


ODD = """
SELECT i AS "select", i % 3 AS "file_row_number",
CASE i % 4 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf'::DOUBLE ELSE i END AS "weird ""num""s",
(i - 150)::DOUBLE * 1e306 AS huge, i::HUGEINT AS big, (i / 7)::DECIMAL(30, 5) AS exact, i::UBIGINT AS u,
[i, i + 1] AS l, {'a': i, 'b': [i]} AS s, MAP {'k': i} AS m, ('x' || i)::BLOB AS b, NULL AS nothing,
NULL::DOUBLE AS nodouble, 'Nörd, "' || (i % 2) AS "ñ, ame", TIME '10:00:00' + to_seconds(i) AS t,
TIMESTAMPTZ '2020-01-01 00:00:00+00' + to_days(i::INT) AS tz, '10:00:00+01'::TIMETZ AS ttz,
CASE WHEN i = 3 THEN DATE 'infinity' ELSE DATE '0900-01-01' + i::INT END AS d, DATE '20000-01-01' AS far,
TIMESTAMP_NS '2020-01-01 00:00:00.123456789' AS ns, uuid() AS id, INTERVAL (i) DAY AS iv,
repeat('long ', i::INT) AS long, '101'::BIT AS bits, (i % 2 = 0) AS flag FROM range(300) r(i)
"""


def test_every_type_has_a_profile(tmp_path: Path) -> None:
    stats = stats_of(tmp_path, sql_table(tmp_path, ODD))
    by_name = {found.name: found for found in stats.columns}
    assert {name: found.kind for name, found in by_name.items() if found.kind not in ("numeric", "text")} == {
        "l": "nested", "s": "nested", "m": "nested", "b": "binary", "t": "date", "tz": "date", "ttz": "date",
        "d": "date", "far": "date", "ns": "date", "flag": "boolean",
    }  # fmt: skip
    weird = by_name['weird "num"s']
    finite = [float(i) for i in range(300) if i % 4 > 1]
    assert (weird.count, weird.min, weird.max, weird.mean) == (300, 2, 299, sum(finite) / len(finite))
    assert sum(bar.count for bar in weird.histogram) == len(finite)
    assert None not in [item.value for item in weird.top_values]
    assert (by_name["huge"].min, by_name["huge"].max) == (-1.5e308, 1.49e308)
    assert by_name["huge"].std is None
    assert by_name["big"].sum == sum(range(300))
    assert by_name["nothing"].semantic_type == by_name["nodouble"].semantic_type == "empty"
    assert by_name["tz"].min == "2020-01-01T00:00:00+00:00"
    assert by_name["d"].max == "0900-10-27"
    assert by_name["far"].min == "20000-01-01"
    assert by_name["s"].distinct_count == 300
    assert by_name["b"].top_values == []
    assert all(len(str(value)) <= 200 for value in by_name["long"].sample_values)
    assert by_name["select"].likely_key


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_tiny_tables_have_a_profile(tmp_path: Path, limit: int) -> None:
    stats = stats_of(tmp_path, sql_table(tmp_path, f"SELECT * FROM ({ODD}) LIMIT {limit}"))
    assert (stats.row_count, stats.column_count) == (limit, 25)
    if not limit:
        assert [alert.code for alert in stats.alerts] == ["no_rows"]
        assert all(found.semantic_type == "empty" for found in stats.columns)
        assert stats.null_percentage == 0


@pytest.mark.parametrize("name", ["rn", "data", "c0", "source", 'a"b', "x;y", "'", "𝒳", "group by"])
def test_any_column_name_works(tmp_path: Path, name: str) -> None:
    found = column(tmp_path, [1, 2, 2, 4], name)
    assert (found.name, found.sum, found.distinct_count) == (name, 9, 3)


def test_big_tables_are_marked_approximate_and_stay_near(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "EXACT_QUANTILE_ROWS", 1000)
    monkeypatch.setattr(top, "GROUPED_DISTINCT", 1000)
    monkeypatch.setattr(uniqueness, "SLICE_ROWS", 1000)
    rows = 20_000
    text = ["common"] * 2000 + [f"text {i}" for i in range(rows - 2000)]
    stats = stats_of(
        tmp_path, {"key": list(range(rows)), "x": [(i * 7919) % 10_007 for i in range(rows)], "t": text}
    )
    key, x, t = stats.columns
    assert (key.distinct_count, key.unique, key.likely_key) == (rows, True, True)
    assert "distinct_count" not in key.approximate
    assert {"median", "q25", "q75", "distinct_count"} <= set(x.approximate)
    assert abs(float(x.median or 0) / 5003 - 1) < 0.05
    assert abs((x.distinct_count or 0) / 10_007 - 1) < 0.1
    assert not x.unique
    assert x.mean == pytest.approx(sum((i * 7919) % 10_007 for i in range(rows)) / rows)
    assert (t.top_values[0].value, t.top_values[0].count) == ("common", 2000)
    assert "top_values" in t.approximate
    assert json.loads(index(tmp_path).schema.metadata[b"complete"]) == []


def test_a_column_too_big_for_memory_is_profiled_from_the_file(tmp_path: Path) -> None:
    path = sql_table(
        tmp_path, "SELECT i AS id, i % 7 AS day, repeat('x', 20) || i AS t FROM range(300000) r(i)"
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    context = WorkerContext(scratch=scratch, memory_bytes=1)
    small = profile({"path": str(path), "content_sha256": "abc"}, context).value
    large = stats_of(tmp_path, path).model_dump(mode="json")
    # Sums of squares depend on the order of addition in their last digits.
    assert small["columns"][1]["std"] == pytest.approx(large["columns"][1]["std"])
    for found, expected in zip(small["columns"], large["columns"], strict=True):
        for name in ("count", "distinct_count", "min", "max", "histogram", "top_values", "likely_key"):
            assert found[name] == expected[name]


def test_wide_tables_are_profiled(tmp_path: Path) -> None:
    table = pa.table({f"col {i}": [i, i + 1, i] if i % 2 else ["a", "b", None] for i in range(300)})
    stats = stats_of(tmp_path, table)
    assert stats.column_count == 300
    assert [found.name for found in stats.columns] == table.column_names
    assert stats.columns[299].sum == 898
    assert len({pair.a for pair in stats.correlations} | {pair.b for pair in stats.correlations}) == 30


def test_the_value_index_holds_all_values_of_text_columns(tmp_path: Path, frame: pd.DataFrame) -> None:
    stats_of(tmp_path, {"city": ["São Paulo", "sao-paulo", "Łódź", "Berlin", "Berlin", None], "n": range(6)})
    table = index(tmp_path)
    assert table.schema.names == ["column", "value", "normalised", "count"]
    assert table.schema.field("count").type == pa.int64()
    assert json.loads(table.schema.metadata[b"complete"]) == ["city"]
    assert table.to_pylist() == [
        {"column": "city", "value": "Berlin", "normalised": "berlin", "count": 2},
        {"column": "city", "value": "São Paulo", "normalised": "sao paulo", "count": 1},
        {"column": "city", "value": "sao-paulo", "normalised": "sao paulo", "count": 1},
        {"column": "city", "value": "Łódź", "normalised": "łodz", "count": 1},
    ]


def test_huge_cells_are_shown_short(tmp_path: Path) -> None:
    path = sql_table(
        tmp_path,
        "SELECT repeat('x', 100000) || i AS t, repeat('y', 100000)::BLOB AS b, range(i + 5000) AS l "
        "FROM range(50) r(i)",
    )
    stats = stats_of(tmp_path, path)
    assert len(json.dumps(stats.model_dump(mode="json"))) < 20_000
    assert stats.columns[0].distinct_count == 50
    assert stats.columns[0].text_lengths is not None
    assert stats.columns[0].text_lengths.max == 100_002
    assert index(tmp_path).num_rows == 0


def test_wide_tables_share_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(top, "MAX_INDEX_ROWS", 300)
    stats_of(tmp_path, {name: [f"{name}{i % 101}" for i in range(500)] for name in ("a", "b", "c")})
    assert index(tmp_path).num_rows == 300
    assert json.loads(index(tmp_path).schema.metadata[b"complete"]) == []


def test_long_values_and_many_values_make_a_column_incomplete(tmp_path: Path) -> None:
    rows = 6000
    stats_of(
        tmp_path,
        {
            "many": [f"v{i}" for i in range(rows - 2)] + ["often"] * 2,
            "long": ["x" * 201] + ["short"] * (rows - 1),
            "edge": ["y" * 200] + ["short"] * (rows - 1),
            "five": [f"w{i % 5000}" for i in range(rows)],
        },
    )
    table = index(tmp_path)
    assert json.loads(table.schema.metadata[b"complete"]) == ["edge", "five"]
    counts = pd.DataFrame(table.to_pylist()).groupby("column").size().to_dict()
    assert counts == {"edge": 2, "five": 5000, "long": 1, "many": 5000}
    kept = {row["value"]: row["count"] for row in table.to_pylist() if row["column"] == "many"}
    assert kept["often"] == 2
    normal = table.column("normalised").to_pylist()
    assert normal == sorted(normal)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("North", "north"),
        ("  North-East / 2 ", "north east 2"),
        ("São Paulo", "sao paulo"),
        ("Straße", "strasse"),
        ("ＡＢＣ", "abc"),
        ("İstanbul", "istanbul"),
        ("ﬁne", "fine"),
        ("O'Neil & Sons", "o neil sons"),
        ("...", ""),
        ("", ""),
        ("東京", "東京"),
    ],
)
def test_the_normal_form(text: str, expected: str) -> None:
    assert normalise(text) == expected
    assert normalise(normalise(text)) == expected


def test_real_tables_agree_with_pandas(tmp_path: Path) -> None:
    if not TABLES.exists():
        pytest.skip("the public ask corpus is not here")
    paths = sorted(TABLES.rglob("*.csv"))[::97][:25]
    assert paths
    for path in paths:
        try:
            frame = pd.read_csv(path, low_memory=False)
        except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
            continue
        if len(set(map(str.lower, map(str, frame.columns)))) != len(frame.columns) or "" in frame.columns:
            continue
        stats = stats_of(tmp_path, pa.Table.from_pandas(frame, preserve_index=False))
        assert stats.row_count == len(frame)
        for found in stats.columns:
            agree(found, frame[found.name])
