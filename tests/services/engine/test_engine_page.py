"""Pages: any offset, sorted and filtered, checked against pandas."""

from __future__ import annotations

import datetime as dt
import math
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insights_ext.errors import InsightsError, InvalidFilter, InvalidRequest, TooLarge, UnknownColumn
from insights_ext.services.engine import kept as page_kept
from insights_ext.services.engine import page
from insights_ext.values import json_rows
from insights_ext.work import WorkerContext

ROWS = 20_000


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    chance = random.Random(7)
    return pd.DataFrame(
        {
            "n": range(ROWS),
            "amount": [None if i % 50 == 0 else round(chance.uniform(-100, 100), 2) for i in range(ROWS)],
            "region": [chance.choice(["North", "south", "East%", "we_st", None]) for _ in range(ROWS)],
            "day": [dt.date(2020, 1, 1) + dt.timedelta(days=i % 1000) for i in range(ROWS)],
            "flag": [i % 3 == 0 for i in range(ROWS)],
        }
    )


@pytest.fixture(scope="module")
def path(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("page") / "data.parquet"
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(
        table.set_column(3, "day", pa.array(frame["day"], pa.date32())), target, row_group_size=3000
    )
    return target


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    page._open.clear()


def preview(path: Path, **args: Any) -> tuple[list[list[Any]], int]:
    full = {"path": str(path), "offset": 0, "limit": 100, "sort": [], "filter": [], **args}
    reply = page.preview(full, WorkerContext())
    assert isinstance(reply.table, pa.Table)
    assert reply.table.column_names == [column["name"] for column in reply.value["columns"]]
    return json_rows(reply.table)[0], reply.value["total_rows"]


def numbers(path: Path, **args: Any) -> tuple[list[int], int]:
    rows, total = preview(path, **args)
    return [row[0] for row in rows], total


@pytest.fixture
def wide_path(tmp_path: Path) -> Path:
    """All kinds of columns, shuffled, in row groups that are none of the pieces that are kept."""
    target = tmp_path / "kinds.parquet"
    duckdb.sql(
        f"COPY (SELECT i AS n, hash(i) AS h, 'row ' || i AS word, "
        f"CASE WHEN i % 7 = 0 THEN NULL ELSE i / 4.0 END AS share, [i, i + 1] AS list, "
        f"{{'a': i, 'b': 'x'}} AS pair, MAP {{'k': i}} AS map, i::HUGEINT AS huge, "
        f"to_days((i % 100)::INTEGER) AS span, gen_random_uuid() AS id FROM range(30_000) t(i)) "
        f"TO '{target}' (ROW_GROUP_SIZE 2048)"
    )
    return target


def test_pages_of_an_order_are_the_same_once_the_rows_are_kept(
    wide_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [
        {"offset": offset, "limit": 70, "sort": [key], "filter": chosen}
        for key in ("h", "-h")
        for offset in (0, 4_990, 14_321, 29_990)
        for chosen in ([], [{"column": "n", "op": ">", "value": 500}])
    ]
    before = [preview(wide_path, **each) for each in asked]
    assert page._open[str(wide_path)].keeping is None
    page._open.clear()
    monkeypatch.setattr(page, "KEPT_FROM_ROWS", 1)
    preview(wide_path, sort=["h"])
    pages = page._open[str(wide_path)]
    assert pages.keeping is not None
    pages.keeping.join(60)
    assert pages.kept is not None
    assert pages.kept.row_count == 30_000
    assert [preview(wide_path, **each) for each in asked] == before
    pages.kept.row_count = 17_001  # as far as it had got a while ago
    pages.orders.clear()
    assert [preview(wide_path, **each) for each in asked] == before


def test_a_page_waits_for_rows_that_are_about_to_be_kept_instead_of_reading_them_too(
    wide_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = preview(wide_path, offset=20_000, sort=["h"])
    page._open.clear()
    monkeypatch.setattr(page, "KEPT_FROM_ROWS", 1)
    preview(wide_path, sort=["h"])
    pages = page._open[str(wide_path)]
    assert pages.keeping is not None
    pages.keeping.join(60)
    kept = pages.kept
    assert kept is not None
    kept.row_count = 10_000
    numbered = pages.numbered
    preview(wide_path, offset=30_000, sort=["h"])  # makes the whole order
    pages.numbered = "nothing"  # whoever reads the file now fails
    pages.keeping = threading.Timer(0.3, lambda: setattr(kept, "row_count", 30_000))
    pages.keeping.start()
    assert preview(wide_path, offset=20_000, sort=["h"]) == expected
    pages.numbered = numbered


def test_rows_that_need_too_much_memory_are_not_kept_and_pages_come_nevertheless(
    wide_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = preview(wide_path, offset=20_000, sort=["h"])
    page._open.clear()
    monkeypatch.setattr(page, "KEPT_FROM_ROWS", 1)
    pages = page._pages(str(wide_path), WorkerContext())
    pages.max_kept_bytes = 10_000
    preview(wide_path, sort=["h"])
    assert pages.keeping is not None
    pages.keeping.join(60)
    assert pages.kept is None
    assert preview(wide_path, offset=20_000, sort=["h"]) == before


def test_pages_that_failed_keep_no_rows_beside_those_that_come_after_them(
    wide_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "KEPT_FROM_ROWS", 1)
    monkeypatch.setattr(page, "KEPT_BATCH_ROWS", 2_048)
    begun, go_on = threading.Event(), threading.Event()
    part = page_kept._part

    def slow(*args: Any) -> Any:
        begun.set()
        assert go_on.wait(30)
        return part(*args)

    monkeypatch.setattr(page_kept, "_part", slow)
    monkeypatch.setattr(page_kept, "PIECES_PER_PART", 1)
    preview(wide_path, sort=["h"])
    pages = page._open[str(wide_path)]
    assert pages.keeping is not None
    assert begun.wait(30)
    threading.Timer(0.3, go_on.set).start()
    pages.numbered = "nothing"  # whoever reads the file now fails
    with pytest.raises(InsightsError):
        preview(wide_path, offset=20_000, sort=["-h"])
    assert not pages.keeping.is_alive()
    assert pages.kept is None or pages.kept.row_count < 30_000


def test_rows_past_a_number_of_bytes_are_left_out_and_counted(path: Path) -> None:
    for sort in ([], ["-n"]):
        args = {"path": str(path), "offset": 5, "limit": 100, "sort": sort, "filter": [], "max_bytes": 500}
        reply = page.preview(args, WorkerContext())
        assert isinstance(reply.table, pa.Table)
        assert 0 < reply.table.num_rows < 100
        assert reply.table.nbytes <= 500
        assert reply.value["left_out"] == 100 - reply.table.num_rows
    assert page.preview({**args, "max_bytes": 1}, WorkerContext()).value["left_out"] == 99


def test_columns_have_names_and_types(path: Path) -> None:
    args = {"path": str(path), "offset": 0, "limit": 1}
    columns = page.preview(args, WorkerContext()).value["columns"]
    assert [column["type"] for column in columns] == ["BIGINT", "DOUBLE", "VARCHAR", "DATE", "BOOLEAN"]


@pytest.mark.parametrize("offset", [0, 1, 2999, 3000, 10_001, ROWS - 5, ROWS, ROWS + 1, 10**15])
@pytest.mark.parametrize("limit", [0, 1, 100])
def test_any_offset_has_its_page(path: Path, offset: int, limit: int) -> None:
    found, total = numbers(path, offset=offset, limit=limit)
    assert total == ROWS
    assert found == list(range(ROWS))[offset : offset + limit]


def expected_order(frame: pd.DataFrame, keys: list[str]) -> list[int]:
    names = [key.removeprefix("-") for key in keys]
    order = frame
    for name, key in reversed(list(zip(names, keys, strict=True))):
        order = order.sort_values(name, ascending=not key.startswith("-"), na_position="last", kind="stable")
    return [int(n) for n in order["n"]]


@pytest.mark.parametrize(
    "sort", [["amount"], ["-amount"], ["region", "-amount"], ["flag", "-day"], ["-region"], ["-n"]]
)
def test_pages_of_an_order_join_without_gap_or_overlap(
    path: Path, frame: pd.DataFrame, sort: list[str]
) -> None:
    expected = expected_order(frame, sort)
    found: list[int] = []
    for offset in range(0, ROWS, 1777):
        part, total = numbers(path, offset=offset, limit=1777, sort=sort)
        assert total == ROWS
        found += part
    assert found == expected


def test_a_page_deep_down_first_is_the_same(path: Path, frame: pd.DataFrame) -> None:
    expected = expected_order(frame, ["-amount"])
    for offset in (15_000, 0, 15_050, 4_990, 19_990, 15_000):
        assert numbers(path, offset=offset, limit=20, sort=["-amount"])[0] == expected[offset : offset + 20]


FILTERS: list[tuple[dict[str, Any], Any]] = [
    ({"op": "=", "column": "region", "value": "North"}, lambda f: f.region == "North"),
    ({"op": "!=", "column": "region", "value": "North"}, lambda f: f.region.notna() & (f.region != "North")),
    ({"op": "contains", "column": "region", "value": "NORT"}, lambda f: f.region == "North"),
    ({"op": "contains", "column": "region", "value": "%"}, lambda f: f.region == "East%"),
    ({"op": "contains", "column": "region", "value": "_"}, lambda f: f.region == "we_st"),
    ({"op": "contains", "column": "n", "value": 99}, lambda f: f.n.astype(str).str.contains("99")),
    (
        {"op": "contains", "column": "day", "value": "2020-02"},
        lambda f: f.day.astype(str).str.contains("2020-02"),
    ),
    ({"op": ">", "column": "amount", "value": 50}, lambda f: f.amount > 50),
    ({"op": "<=", "column": "amount", "value": "-99.5"}, lambda f: f.amount <= -99.5),
    ({"op": "<", "column": "n", "value": 10.5}, lambda f: f.n < 10.5),
    ({"op": "<", "column": "n", "value": 10**30}, lambda f: f.n >= 0),
    ({"op": "=", "column": "n", "value": "77"}, lambda f: f.n == 77),
    ({"op": "between", "column": "n", "value": [5, 9]}, lambda f: f.n.between(5, 9)),
    ({"op": "in", "column": "n", "value": [3, "4", 5.0]}, lambda f: f.n.isin([3, 4, 5])),
    ({"op": "in", "column": "region", "value": []}, lambda f: f.n < 0),
    ({"op": "is_null", "column": "amount"}, lambda f: f.amount.isna()),
    ({"op": "not_null", "column": "region"}, lambda f: f.region.notna()),
    ({"op": "=", "column": "flag", "value": True}, lambda f: f.flag),
    ({"op": "=", "column": "flag", "value": "false"}, lambda f: ~f.flag),
    ({"op": "=", "column": "day", "value": "2020-01-05"}, lambda f: f.day == dt.date(2020, 1, 5)),
    ({"op": ">", "column": "day", "value": "2022-09-25T12:00:00"}, lambda f: f.day > dt.date(2022, 9, 25)),
    (
        {"op": "between", "column": "day", "value": ["2020-01-01", "2020-01-03"]},
        lambda f: (f.day >= dt.date(2020, 1, 1)) & (f.day <= dt.date(2020, 1, 3)),
    ),
]


@pytest.mark.parametrize(("item", "test"), FILTERS, ids=lambda value: str(value)[:60])
def test_filters_agree_with_pandas(path: Path, frame: pd.DataFrame, item: dict[str, Any], test: Any) -> None:
    kept = frame[test(frame)]
    found, total = numbers(path, filter=[item], limit=200)
    assert total == len(kept)
    assert found == [int(n) for n in kept["n"][:200]]
    ordered, total = numbers(path, filter=[item], limit=200, sort=["-n"])
    assert (ordered, total) == ([int(n) for n in kept["n"][::-1][:200]], len(kept))


def test_filters_are_joined_by_and(path: Path, frame: pd.DataFrame) -> None:
    both = [FILTERS[0][0], FILTERS[7][0]]
    kept = frame[(frame.region == "North") & (frame.amount > 50)]
    found, total = numbers(path, filter=both, offset=300, limit=50, sort=["amount"])
    assert total == len(kept)
    assert found == expected_order(kept, ["amount"])[300:350]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"column": "n", "op": ">", "value": "many"}, ["'n'", "BIGINT"]),
        ({"column": "n", "op": "=", "value": True}, ["'n'", "BIGINT"]),
        ({"column": "n", "op": "=", "value": 10**400}, ["'n'", "BIGINT"]),
        ({"column": "day", "op": "=", "value": "yesterday"}, ["'day'", "DATE"]),
        ({"column": "day", "op": "=", "value": 20200101}, ["'day'", "DATE"]),
        ({"column": "flag", "op": "=", "value": "maybe"}, ["'flag'", "BOOLEAN"]),
        ({"column": "amount", "op": "=", "value": None}, ["amount"]),
        ({"column": "amount", "op": "in", "value": [1, None]}, ["amount"]),
        ({"column": "amount", "op": "in", "value": 1}, ["list"]),
        ({"column": "amount", "op": "between", "value": [1]}, ["two values"]),
        ({"column": "amount", "op": "contains", "value": None}, ["amount"]),
        ({"column": "amount", "op": "=", "value": {"a": 1}}, ["amount"]),
        ({"column": "amount", "op": "like", "value": "x"}, ["op"]),
        ({"op": "=", "value": "x"}, ["column"]),
        ("amount > 3", ["filter"]),
    ],
)
def test_a_filter_that_does_not_fit_is_told(path: Path, item: Any, words: list[str]) -> None:
    with pytest.raises(InvalidFilter) as caught:
        preview(path, filter=[item])
    assert all(word in caught.value.message for word in words)


def test_equal_to_null_hints_at_is_null(path: Path) -> None:
    with pytest.raises(InvalidFilter) as caught:
        preview(path, filter=[{"column": "region", "op": "=", "value": None}])
    assert caught.value.hint == "Use is_null."


@pytest.mark.parametrize("args", [{"sort": ["-Regoin"]}, {"filter": [{"column": "Regoin", "op": "is_null"}]}])
def test_an_unknown_column_names_the_nearest(path: Path, args: dict[str, Any]) -> None:
    with pytest.raises(UnknownColumn) as caught:
        preview(path, **args)
    assert "region" in str(caught.value.hint)


def test_text_is_data_not_sql(path: Path) -> None:
    value = "x' OR 1=1; DROP VIEW data; --"
    assert preview(path, filter=[{"column": "region", "op": "=", "value": value}]) == ([], 0)
    assert preview(path, filter=[{"column": "region", "op": "contains", "value": value}]) == ([], 0)
    assert numbers(path, limit=1) == ([0], ROWS)


@pytest.mark.parametrize("args", [{"limit": -1}, {"offset": -1}])
def test_negative_pages_are_refused(path: Path, args: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        preview(path, **args)


def write(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_a_name_with_a_dash_in_front_wins(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", **{"x": [1, 2, 3], "-x": [2, 3, 1]})
    assert numbers(path, sort=["-x"])[0] == [3, 1, 2]
    assert numbers(path, sort=["--x"])[0] == [2, 1, 3]
    assert numbers(path, sort=["x"])[0] == [1, 2, 3]


@pytest.mark.parametrize("name", ['we"ird', "select", "a'b", "ünï", "n", "c0", "n_0", "data"])
def test_odd_column_names_work(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.parquet", **{"id": [1, 2, 3], name: [3, 1, 2]})
    assert numbers(path, sort=[name])[0] == [2, 3, 1]
    assert numbers(path, filter=[{"column": name, "op": ">", "value": 1}])[0] == [1, 3]


@pytest.mark.parametrize("name", ["file_row_number", "File_Row_Number"])
def test_a_column_named_like_parquets_row_number_works(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.parquet", **{"id": list(range(10)), name: [5] * 10, "row_0": [1] * 10})
    assert numbers(path, offset=3, limit=2) == ([3, 4], 10)
    assert numbers(path, offset=3, limit=2, sort=["-id"]) == ([6, 5], 10)
    assert numbers(path, filter=[{"column": name, "op": "=", "value": 5}], offset=8) == ([8, 9], 10)


def test_nan_is_last_and_matches_no_comparison(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", id=[0, 1, 2, 3, 4], x=[math.nan, 2.0, None, math.inf, -1.0])
    assert numbers(path, sort=["x"])[0] == [4, 1, 3, 0, 2]
    assert numbers(path, sort=["-x"])[0] == [3, 1, 4, 0, 2]
    assert numbers(path, filter=[{"column": "x", "op": ">", "value": 0}])[0] == [1, 3]
    assert numbers(path, filter=[{"column": "x", "op": "is_null"}])[0] == [2]


def test_32_bit_floats_equal_their_decimal_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", id=[1, 2], x=pa.array([0.1, 0.2], pa.float32()))
    assert numbers(path, filter=[{"column": "x", "op": "=", "value": 0.1}])[0] == [1]


def test_nested_and_binary_columns_sort_and_are_searched_but_not_compared(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.parquet",
        id=[1, 2, 3],
        l=[[2], [1, 5], None],
        s=[{"a": "x"}, {"a": "y"}, {"a": "w"}],
        b=[b"x", b"y", b"a"],
    )
    assert numbers(path, sort=["l"])[0] == [2, 1, 3]
    assert numbers(path, sort=["-s"])[0] == [2, 1, 3]
    assert numbers(path, sort=["b"])[0] == [3, 1, 2]
    assert numbers(path, filter=[{"column": "s", "op": "contains", "value": "Y"}])[0] == [2]
    for name in ("l", "s", "b"):
        with pytest.raises(InvalidFilter) as caught:
            preview(path, filter=[{"column": name, "op": "=", "value": "x"}])
        assert name in caught.value.message


def test_other_types_compare_by_their_text(tmp_path: Path) -> None:
    target = tmp_path / "a.parquet"
    duckdb.connect().execute(
        "COPY (SELECT i AS id, TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_hours(i) AS z, "
        "TIME '10:00:00' + to_minutes(i) AS t, (i / 10)::DECIMAL(5, 1) AS d, "
        "CAST('0000000' || i || '-0000-0000-0000-000000000000' AS UUID) AS u FROM range(5) r(i)) "
        f"TO '{target}' (FORMAT parquet)"
    )
    for name, value in [
        ("z", "2024-01-01T04:00:00+02:00"),
        ("t", "10:02:00"),
        ("d", 0.2),
        ("d", "0.2"),
        ("u", "00000002-0000-0000-0000-000000000000"),
    ]:
        assert numbers(target, filter=[{"column": name, "op": "=", "value": value}])[0] == [2]
    with pytest.raises(InvalidFilter):
        preview(target, filter=[{"column": "u", "op": "=", "value": "no uuid"}])


def test_an_empty_table_has_empty_pages(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", x=pa.array([], pa.int64()))
    for args in ({}, {"sort": ["-x"]}, {"filter": [{"column": "x", "op": ">", "value": 1}]}):
        assert preview(path, **args) == ([], 0)


def test_the_connection_and_the_orders_are_kept(path: Path) -> None:
    preview(path, sort=["-amount"], offset=10_000)
    first = page._open[str(path)]
    preview(path, sort=["-amount"], offset=12_000)
    assert page._open[str(path)] is first
    assert first.made == 1


def test_old_orders_are_forgotten(path: Path) -> None:
    for name in ("n", "amount", "region", "day", "flag", "-n", "-amount"):
        preview(path, sort=[name], offset=10_000, limit=10)
    pages = page._open[str(path)]
    assert len(pages.orders) <= page.MAX_ORDERS
    tables = pages.connection.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchall()
    assert tables[0][0] == len(pages.orders)


def test_an_order_that_does_not_fit_is_told(tmp_path: Path) -> None:
    target = tmp_path / "a.parquet"
    duckdb.connect().execute(
        f"COPY (SELECT md5(i::VARCHAR) AS h FROM range(3000000) r(i)) TO '{target}' (FORMAT parquet)"
    )
    args = {"path": str(target), "offset": 2_000_000, "limit": 10, "sort": ["h"]}
    with pytest.raises(TooLarge):
        page.preview(args, WorkerContext(memory_bytes=1))
    top = page.preview({**args, "offset": 0}, WorkerContext(memory_bytes=1))
    assert isinstance(top.table, pa.Table)
    assert top.table.column(0)[0].as_py().startswith("00000")


@pytest.mark.slow
def test_ten_million_rows_are_paged_quickly(tmp_path: Path) -> None:
    target = tmp_path / "big.parquet"
    duckdb.connect().execute(
        "COPY (SELECT i AS id, random() AS x, 'name ' || (i * 31 % 777777) AS name "
        "FROM range(10000000) r(i)) "
        f"TO '{target}' (FORMAT parquet)"
    )
    preview(target)
    started = time.perf_counter()
    assert numbers(target, offset=9_000_000, limit=100)[0] == list(range(9_000_000, 9_000_100))
    assert time.perf_counter() - started < 0.5
