from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from insights_ext.errors import PasswordProtected, UnreadableFile, UnsupportedFormat

ODD = pa.table(
    {
        "n": pa.array([1, None], pa.int32()),
        "cat": pa.array(["a", "b"]).dictionary_encode(),
        "dec": pa.array([Decimal("1.50"), None], pa.decimal128(10, 2)),
        "ns": pa.array([1_700_000_000_000_000_000, None], pa.timestamp("ns")),
        "tz": pa.array([dt.datetime(2024, 1, 1, tzinfo=dt.UTC), None], pa.timestamp("us", "UTC")),
        "t": pa.array([dt.time(1, 2), None], pa.time64("us")),
        "nest": pa.array([{"a": [1, 2]}, None], pa.struct([("a", pa.list_(pa.int64()))])),
        "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
        "bin": pa.array([b"\x00\xff", None]),
        "nothing": pa.nulls(2),
    }
)


def parquet(table, **options):
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def ipc(table, make=pa.ipc.new_file):
    sink = io.BytesIO()
    with make(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


@pytest.mark.parametrize("codec", ["snappy", "gzip", "zstd", "lz4", "none", "brotli"])
def test_parquet_keeps_types_whatever_the_codec(read, codec):
    got = read(parquet(ODD, compression=codec), "x.parquet")
    assert got.value["format"] == "parquet"
    assert got.types == [
        "INTEGER", "VARCHAR", "DECIMAL(10,2)", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIME",
        "STRUCT(a BIGINT[])", "MAP(VARCHAR, BIGINT)", "BLOB", "VARCHAR",
    ]  # fmt: skip
    assert got.rows[0][:3] == (1, "a", Decimal("1.50"))
    assert got.rows[0][6:9] == ({"a": [1, 2]}, [("k", 1)], b"\x00\xff")
    assert [column["null_count"] for column in got.value["columns"]] == [1, 0, 1, 1, 1, 1, 1, 1, 1, 2]


@pytest.mark.parametrize("make", [pa.ipc.new_file, pa.ipc.new_stream])
def test_arrow_files_and_streams_keep_types(read, make):
    got = read(ipc(ODD, make), "x.arrow")
    assert got.value["format"] == "arrow"
    assert got.types[:4] == ["INTEGER", "VARCHAR", "DECIMAL(10,2)", "TIMESTAMP"]
    assert got.rows[0][6:9] == ({"a": [1, 2]}, [("k", 1)], b"\x00\xff")


def test_feather_is_read(read):
    sink = io.BytesIO()
    pyarrow.feather.write_feather(pa.table({"a": [1, 2]}), sink, compression="zstd")
    assert read(sink.getvalue(), "x.feather").rows == [(1,), (2,)]


def test_arrow_types_that_sql_lacks_are_mapped(read):
    union = pa.UnionArray.from_dense(
        pa.array([0, 1], pa.int8()), pa.array([0, 0], pa.int32()), [pa.array([5]), pa.array(["x"])]
    )
    got = read(
        ipc(
            pa.table(
                {
                    "seconds": pa.array([1500, None], pa.duration("ms")),
                    "half": pa.array([1.5, None], pa.float16()),
                    "wide": pa.array([Decimal("1.25"), None], pa.decimal256(38, 2)),
                    "any": union,
                    "view": pa.array(["x", "y"], pa.string_view()),
                    "id": pa.ExtensionArray.from_storage(
                        pa.uuid(), pa.array([b"0" * 16, None], pa.binary(16))
                    ),
                }
            )
        ),
        "x.arrow",
    )
    assert got.types == ["DOUBLE", "FLOAT", "DECIMAL(38,2)", "VARCHAR", "VARCHAR", "BLOB"]
    assert got.rows[0][:5] == (1.5, 1.5, Decimal("1.25"), "5", "x")
    assert got.column("seconds").note == "duration in seconds"
    assert "different kinds" in got.warnings


def test_duckdb_types_that_parquet_bends_are_mapped(read, tmp_path):
    path = tmp_path / "x.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT uuid() AS u, 'a'::ENUM('a') AS e, '1'::JSON AS j, NULL AS n, "
            f"TIMETZ '10:00:00+02' AS tz, 18446744073709551615::UBIGINT AS big) TO '{path}' (FORMAT parquet)"
        )
    assert read(path, "x.parquet").types == ["UUID", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "UBIGINT"]


def test_bytes_that_are_text_become_text(read):
    got = read(parquet(pa.table({"a": [b"plain", b"text \xc3\xa9"], "b": [b"\x00\x01", b"x"]})), "x.parquet")
    assert got.rows == [("plain", b"\x00\x01"), ("text é", b"x")]


def test_names_are_made_unique_in_columnar_files_too(read):
    table = pa.table([[1], [2], [3]], names=["a", "A", "a"])
    for data, name in ((parquet(table), "x.parquet"), (ipc(table), "x.arrow")):
        got = read(data, name)
        assert got.names == ["a", "A_2", "a_3"]
        assert got.rows == [(1, 2, 3)]


def test_a_pandas_index_that_only_counts_is_left_out(read):
    frame = pd.DataFrame({"a": [1, 2, 3]})
    counted, named = frame.copy(), frame.copy()
    counted.index = pd.Index([0, 1, 2])
    named.index = pd.Index(["x", "y", "z"])
    assert read(parquet(pa.Table.from_pandas(counted)), "x.parquet").names == ["a"]
    assert read(parquet(pa.Table.from_pandas(named)), "x.parquet").names == ["a", "__index_level_0__"]


def test_an_empty_parquet_file_is_a_table_without_rows(read):
    got = read(parquet(pa.table({"a": pa.array([], pa.int64())})), "x.parquet")
    assert got.value["row_count"] == 0
    assert got.types == ["BIGINT"]


def test_chosen_types_apply_to_columnar_files(read):
    assert read(parquet(pa.table({"a": [1, 2]})), "x.parquet", dtypes={"a": "text"}).rows == [("1",), ("2",)]


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow"])
def test_damaged_files_are_unreadable(read, name):
    whole = parquet(ODD) if name == "x.parquet" else ipc(ODD)
    for data in (whole[: len(whole) // 2], whole[:8], whole[:-30] + bytes(30)):
        with pytest.raises(UnreadableFile):
            read(data, name)


def test_encrypted_parquet_and_old_feather_are_told_apart(read):
    with pytest.raises(PasswordProtected):
        read(b"PARE" + b"\x00" * 40 + b"PARE", "x.parquet")
    with pytest.raises(UnsupportedFormat, match="Feather version 1"):
        read(b"FEA1" + b"\x00" * 40 + b"FEA1", "x.feather")


def test_the_bytes_of_a_parquet_file_are_never_kept_as_they_are(read, tmp_path):
    source = parquet(pa.table({"a": [1]}).replace_schema_metadata({"evil": "payload"}))
    read(source, "x.parquet")
    written = next(tmp_path.rglob("data.parquet")).read_bytes()
    assert b"payload" in source
    assert b"payload" not in written
