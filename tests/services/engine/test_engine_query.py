"""Queries: what is kept and counted, how every type travels, how failures read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insights_ext.errors import QueryFailed, QueryRefused
from insights_ext.services.engine.query import run
from insights_ext.values import json_rows
from insights_ext.work import Reply, WorkerContext


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "sales.parquet"
    regions = ["north", "south", None, "west"] * 250
    pq.write_table(pa.table({"id": range(1000), "amount": [0.5] * 1000, "region": regions}), target)
    return target


def query(path: Path, sql: str, **args: Any) -> Reply:
    return run({"sql": sql, "tables": {"sales": str(path)}, **args}, WorkerContext())


def rows(reply: Reply) -> list[list[Any]]:
    assert isinstance(reply.table, pa.Table)
    # Over the wire, as from a worker to its host.
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, reply.table.schema) as writer:
        writer.write_table(reply.table)
    return json_rows(pa.ipc.open_stream(sink.getvalue()).read_all())[0]


def test_a_query_gives_columns_rows_and_a_total(path: Path) -> None:
    reply = query(path, "SELECT region, count(*) AS n, sum(id) AS s FROM sales GROUP BY 1 ORDER BY 1")
    assert reply.value == {
        "columns": [
            {"name": "region", "type": "VARCHAR", "nullable": True},
            {"name": "n", "type": "BIGINT", "nullable": True},
            {"name": "s", "type": "HUGEINT", "nullable": True},
        ],
        "total_rows": 4,
        "truncated": False,
        "cut_by": None,
    }
    assert rows(reply)[0] == ["north", 250, sum(range(0, 1000, 4))]


def test_rows_beyond_the_limit_are_counted_not_kept(path: Path) -> None:
    reply = query(path, "SELECT id FROM range(100000) t(id)", max_rows=12_345)
    assert reply.value["total_rows"] == 100_000
    assert reply.value["truncated"] is True
    assert reply.value["cut_by"] == "rows"
    assert rows(reply) == [[i] for i in range(12_345)]


def test_bytes_beyond_the_limit_are_counted_not_kept(path: Path) -> None:
    sql = "SELECT i, repeat('x', 1000) AS t FROM range(20000) r(i)"
    reply = query(path, sql, max_bytes=1_000_000)
    assert isinstance(reply.table, pa.Table)
    assert reply.value["total_rows"] == 20_000
    assert reply.value["cut_by"] == "bytes"
    assert 950 < reply.table.num_rows < 1000
    assert reply.table.nbytes <= 1_000_000


def test_exactly_the_limit_is_not_truncated(path: Path) -> None:
    reply = query(path, "SELECT * FROM sales", max_rows=1000)
    assert (reply.value["truncated"], reply.value["cut_by"]) == (False, None)
    none = query(path, "SELECT * FROM sales", max_rows=0)
    assert (none.value["total_rows"], none.value["cut_by"], rows(none)) == (1000, "rows", [])


def test_no_rows_still_have_columns(path: Path) -> None:
    reply = query(path, "SELECT id, region FROM sales WHERE false")
    assert isinstance(reply.table, pa.Table)
    assert reply.table.column_names == ["id", "region"]
    assert reply.value["total_rows"] == 0


def test_order_survives(path: Path) -> None:
    reply = query(path, "SELECT id, '1'::BIT FROM sales ORDER BY id % 7, id DESC")
    assert [row[0] for row in rows(reply)] == sorted(range(1000), key=lambda i: (i % 7, -i))


def test_repeated_names_are_kept(path: Path) -> None:
    reply = query(path, 'SELECT 1 AS a, 2 AS a, 3 AS "A"')
    assert isinstance(reply.table, pa.Table)
    assert reply.table.column_names == ["a", "a", "A"]
    assert rows(reply) == [[1, 2, 3]]


@pytest.mark.parametrize(
    ("expression", "type_name", "expected"),
    [
        ("42::HUGEINT", "HUGEINT", 42),
        ("100000000000000000000::HUGEINT", "HUGEINT", "100000000000000000000"),
        ("170141183460469231731687303715884105727::HUGEINT", "HUGEINT", str(2**127 - 1)),
        ("340282366920938463463374607431768211455::UHUGEINT", "UHUGEINT", str(2**128 - 1)),
        ("123456789012345678901234567890::BIGNUM", "BIGNUM", "123456789012345678901234567890"),
        ("9007199254740993::BIGINT", "BIGINT", "9007199254740993"),
        (
            "'8ab82a55-11f9-44a8-bd3b-1ad370622f34'::UUID",
            "UUID",
            "8ab82a55-11f9-44a8-bd3b-1ad370622f34",
        ),
        ("INTERVAL 90 MINUTE", "INTERVAL", "P0DT5400S"),
        ("INTERVAL '14 months 2 days'", "INTERVAL", "P14M2D"),
        ("[INTERVAL 1 DAY]", "INTERVAL[]", ["P1D"]),
        ("NULL::INTERVAL", "INTERVAL", None),
        ("'12:00:00+02'::TIMETZ", "TIME WITH TIME ZONE", "12:00:00+02"),
        ("['12:00:00+02'::TIMETZ]", "TIME WITH TIME ZONE[]", ["12:00:00+02"]),
        ("'10101'::BIT", "BIT", "10101"),
        ("'b'::ENUM('a', 'b')", "ENUM('a', 'b')", "b"),
        ("MAP {'a': 1, 'b': 2}", "MAP(VARCHAR, INTEGER)", [["a", 1], ["b", 2]]),
        ("MAP {'a': '1'::BIT}", "MAP(VARCHAR, BIT)", [["a", "1"]]),
        ("union_value(num := 2)", "UNION(num INTEGER)", "2"),
        ("{'a': 1, 'b c': ['1'::BIT]}", 'STRUCT(a INTEGER, "b c" BIT[])', {"a": 1, "b c": ["1"]}),
        ("['1'::BIT]::BIT[1]", "BIT[1]", ["1"]),
        ("{'a': 1}::VARIANT", "VARIANT", '{"a":1}'),
        ("'{\"a\": 1}'::JSON", "JSON", '{"a": 1}'),
        ("'ab'::BLOB", "BLOB", "YWI="),
        ("1.25::DECIMAL(10, 2)", "DECIMAL(10,2)", 1.25),
        ("'nan'::DOUBLE", "DOUBLE", None),
        ("DATE '2024-02-29'", "DATE", "2024-02-29"),
        ("DATE '20000-01-01'", "DATE", "20000-01-01"),
        ("DATE 'infinity'", "DATE", None),
        ("[DATE 'infinity', DATE '2024-01-01']", "DATE[]", [None, "2024-01-01"]),
        ("TIMESTAMPTZ '2024-01-01 00:00:00+02'", "TIMESTAMP WITH TIME ZONE", "2023-12-31T22:00:00+00:00"),
        ("NULL", "NULL", None),
    ],
)
def test_every_type_travels(path: Path, expression: str, type_name: str, expected: Any) -> None:
    reply = query(path, f"SELECT {expression} AS x")
    assert reply.value["columns"][0]["type"] == type_name
    assert rows(reply) == [[expected]]


def test_intervals_and_whole_sums_get_handy_types(path: Path) -> None:
    reply = query(path, "SELECT sum(id) AS s, INTERVAL 1 DAY AS i FROM sales")
    assert isinstance(reply.table, pa.Table)
    assert reply.table.schema.types == [pa.int64(), pa.duration("us")]


@pytest.mark.parametrize(
    ("sql", "message", "hint"),
    [
        ("SELECT amuont FROM sales", 'Referenced column "amuont" not found', "amount"),
        ("SELECT * FROM salse", "salse", "sales"),
        ("SELECT region::INT FROM sales", "Could not convert string 'north'", None),
        ("SELECT sum(region) FROM sales", "No function matches", "CAST"),
        ("SELEC 1", "syntax error", None),
    ],
)
def test_failures_are_plain(path: Path, sql: str, message: str, hint: str | None) -> None:
    with pytest.raises(QueryFailed) as caught:
        query(path, sql)
    assert message in caught.value.message
    assert "LINE 1" not in caught.value.message
    assert "^" not in caught.value.message
    assert hint is None or hint in str(caught.value.hint)


def test_too_little_memory_is_told_as_such(path: Path) -> None:
    sql = "SELECT md5(i::VARCHAR) AS h FROM range(2500000) r(i) ORDER BY h OFFSET 1"
    with pytest.raises(QueryFailed) as caught:
        run({"sql": sql, "tables": {}}, WorkerContext(memory_bytes=1, threads=1))
    assert "more memory" in caught.value.message
    assert "Ask for less" in str(caught.value.hint)


def test_no_path_is_told(path: Path) -> None:
    with pytest.raises(QueryFailed) as caught:
        query(path, f"SELECT * FROM read_csv('{path.parent}/secret.csv')")
    assert str(path.parent) not in caught.value.message
    path.write_bytes(b"PAR1 no longer a Parquet file PAR1")
    with pytest.raises(QueryFailed) as caught:
        query(path, "SELECT * FROM sales")
    assert str(path.parent) not in caught.value.message
    assert "sales.parquet" not in caught.value.message


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; SELECT 2",
        "",
        "SET threads = 1",
        "CREATE TABLE x AS SELECT 1",
        "EXPLAIN ANALYZE SELECT 1",
        "WITH x AS (COPY (SELECT 1) TO '{path}' (USE_TMP_FILE false)) SELECT 1",
        "SELECT * FROM (WITH x AS (COPY (SELECT 1) TO '{path}' (USE_TMP_FILE false)) SELECT 1)",
        "WITH x AS (INSERT INTO sales VALUES (1, 1, 'x') RETURNING *) SELECT * FROM x",
        "COPY (SELECT 1) TO '{path}' (USE_TMP_FILE false)",
    ],
)
def test_only_reading_statements_run(path: Path, sql: str) -> None:
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises((QueryRefused, QueryFailed)):
        query(path, sql.format(path=path))
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


@pytest.mark.parametrize(
    "sql",
    [
        "WITH a AS (SELECT 1 AS x) SELECT * FROM a UNION ALL SELECT 2 ORDER BY 1",
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT * FROM r",
        "SELECT region, row_number() OVER (ORDER BY id) FROM sales QUALIFY row_number() OVER () < 3",
        "FROM sales SELECT count(*)",
        "SELECT count(*) FROM sales -- a comment",
        "SUMMARIZE sales",
        "SELECT * EXCLUDE (id) FROM sales a POSITIONAL JOIN range(3) b",
    ],
)
def test_honest_queries_pass(path: Path, sql: str) -> None:
    assert query(path, sql).value["total_rows"] >= 1
