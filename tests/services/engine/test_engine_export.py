"""Exports: every format holds the same rows; spreadsheets get no formulas; nothing is cut in silence."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insights_ext.errors import InvalidOption, QueryFailed, QueryRefused, TooLarge
from insights_ext.services.engine import workbook
from insights_ext.services.engine.export import export, harmless
from insights_ext.work import WorkerContext

FORMATS = ["csv", "parquet", "xlsx", "arrow", "json"]
ZONED = dt.datetime(2024, 5, 1, 12, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "data.parquet"
    table = pa.table(
        {
            "id": [1, 2, 3],
            "text": ["=1+1", 'quo"te, comma', None],
            "amount": [-1.5, 2.5, None],
            "at": pa.array([ZONED, None, ZONED], pa.timestamp("us", "Europe/Berlin")),
            "day": [dt.date(2024, 1, 1), dt.date(1850, 1, 1), None],
            "tags": [["a", "b"], [], None],
            "größe": [True, False, None],
        }
    )
    pq.write_table(table, target)
    return target


def write(tmp_path: Path, **args: Any) -> tuple[Path, dict[str, Any]]:
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    value = export({"stem": "sales", **args}, WorkerContext(scratch=scratch)).value
    return scratch / value["filename"], value


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def cells(path: Path) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path).active.iter_rows()]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_what_it_wrote(tmp_path: Path, path: Path, name: str) -> None:
    target, value = write(tmp_path, path=str(path), format=name)
    assert target.name == f"sales.{name}"
    assert value["rows"] == 3
    assert value["size_bytes"] == target.stat().st_size > 0


def test_csv_is_utf8_with_a_header(tmp_path: Path, path: Path) -> None:
    target, value = write(tmp_path, path=str(path), format="csv")
    assert read_csv(target) == [
        ["id", "text", "amount", "at", "day", "tags", "größe"],
        ["1", "'=1+1", "-1.5", "2024-05-01T10:30:00.000000+00:00", "2024-01-01", '["a","b"]', "true"],
        ["2", 'quo"te, comma', "2.5", "", "1850-01-01", "[]", "false"],
        ["3", "", "", "2024-05-01T10:30:00.000000+00:00", "", "", ""],
    ]
    assert value["warnings"] == ["1 text that starts like a formula got an apostrophe in front."]


def test_parquet_and_arrow_keep_types(tmp_path: Path, path: Path) -> None:
    source = pq.read_table(path).to_pylist()
    parquet, _ = write(tmp_path, path=str(path), format="parquet")
    arrow, _ = write(tmp_path, path=str(path), format="arrow")
    assert pq.read_table(parquet).to_pylist() == source
    assert pa.ipc.open_file(arrow).read_all().to_pylist() == source


def test_json_is_an_array_of_records(tmp_path: Path, path: Path) -> None:
    target, _ = write(tmp_path, path=str(path), format="json")
    records = json.loads(target.read_text(encoding="utf-8"))
    assert records[0] == {
        "id": 1,
        "text": "=1+1",
        "amount": -1.5,
        "at": records[0]["at"],
        "day": "2024-01-01",
        "tags": ["a", "b"],
        "größe": True,
    }
    assert dt.datetime.fromisoformat(records[0]["at"]) == ZONED
    assert records[2]["text"] is None


def test_json_keeps_long_numbers_as_text_and_says_what_is_not_finite(tmp_path: Path) -> None:
    sql = "SELECT 9007199254740993 AS big, 'nan'::DOUBLE AS x UNION ALL SELECT 1, 'inf'::DOUBLE"
    target, value = write(tmp_path, sql=sql, tables={}, format="json")
    assert json.loads(target.read_text()) == [{"big": "9007199254740993", "x": None}, {"big": 1, "x": None}]
    assert value["warnings"] == ["2 values that are not finite (NaN or infinity) were written as null."]


def test_excel_cells_have_their_types(tmp_path: Path, path: Path) -> None:
    target, value = write(tmp_path, path=str(path), format="xlsx")
    header, first, second, third = cells(target)
    assert [cell.value for cell in header] == ["id", "text", "amount", "at", "day", "tags", "größe"]
    assert [cell.value for cell in first] == [
        1,
        "'=1+1",
        -1.5,
        dt.datetime(2024, 5, 1, 10, 30),
        dt.datetime(2024, 1, 1),
        '["a", "b"]',
        True,
    ]
    # Excel has no days before 1900.
    assert second[4].value == "1850-01-01"
    assert [cell.value for cell in third][4:] == [None, None, None]
    assert "Times with a zone were converted to UTC." in value["warnings"]


PAYLOADS = [
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil","x")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_is_a_formula(tmp_path: Path, payload: str) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({payload: [payload, "plain", "a=b"], "number": [-1, 2, 3]}), path)
    target, _ = write(tmp_path, path=str(path), format="csv")
    header, first, *rest = read_csv(target)
    assert header[0] == "'" + payload
    assert first == ["'" + payload, "-1"]
    assert rest == [["plain", "2"], ["a=b", "3"]]
    book, _ = write(tmp_path, path=str(path), format="xlsx")
    for row in cells(book):
        assert row[0].data_type == "s"
        assert not str(row[0].value).startswith(tuple("=+-@\t\r"))
    assert cells(book)[1][1].value == -1


def test_the_guard_can_be_turned_off(tmp_path: Path, path: Path) -> None:
    target, value = write(tmp_path, path=str(path), format="csv", escape_formulas=False)
    assert read_csv(target)[1][1] == "=1+1"
    assert value["warnings"] == []
    book, _ = write(tmp_path, path=str(path), format="xlsx", escape_formulas=False)
    assert (cells(book)[1][1].value, cells(book)[1][1].data_type) == ("=1+1", "s")


def test_harmless_leaves_ordinary_text_alone() -> None:
    assert [harmless(text) for text in ("", "a", "1=1", " =x")] == ["", "a", "1=1", " =x"]


def test_a_query_is_exported_in_full(tmp_path: Path, path: Path) -> None:
    args = {
        "sql": "SELECT id, id * 2 AS twice FROM t ORDER BY id DESC -- last first",
        "tables": {"t": str(path)},
    }
    for name in FORMATS:
        target, value = write(tmp_path, **args, format=name)
        assert value["rows"] == 3
        if name == "csv":
            assert read_csv(target)[1:] == [["3", "6"], ["2", "4"], ["1", "2"]]
        if name == "parquet":
            assert pq.read_table(target).column("twice").to_pylist() == [6, 4, 2]


@pytest.mark.parametrize("name", FORMATS)
def test_repeated_names_are_numbered_and_told(tmp_path: Path, name: str) -> None:
    target, value = write(tmp_path, sql='SELECT 1 AS a, 2 AS "A", 3 AS a, 4 AS a_2', tables={}, format=name)
    assert "Repeated column names were numbered" in value["warnings"][0]
    names = {
        "csv": lambda: read_csv(target)[0],
        "parquet": lambda: pq.read_schema(target).names,
        "arrow": lambda: pa.ipc.open_file(target).schema.names,
        "json": lambda: list(json.loads(target.read_text())[0]),
        "xlsx": lambda: [cell.value for cell in cells(target)[0]],
    }[name]()
    assert len({item.lower() for item in names}) == 4
    assert names[0] == "a"
    assert names[3] == "a_2"


@pytest.mark.parametrize("name", FORMATS)
def test_rare_types_and_no_rows_are_written(tmp_path: Path, name: str) -> None:
    sql = (
        "SELECT '12:00:00+02'::TIMETZ AS a, '101'::BIT AS b, 5::HUGEINT AS c, INTERVAL 1 DAY AS d, "
        "uuid() AS e, {'x': [1, 2]} AS f, MAP {'k': 1} AS g, 'b'::ENUM('a', 'b') AS h, NULL AS i, "
        "'ab'::BLOB AS j, DATE 'infinity' AS k, union_value(z := 1) AS l, 1.5::DECIMAL(30, 3) AS m, "
        "TIME '10:00:00' AS n"
    )
    assert write(tmp_path, sql=sql, tables={}, format=name)[1]["rows"] == 1
    assert write(tmp_path, sql=f"{sql} WHERE false", tables={}, format=name)[1]["rows"] == 0


def test_more_than_a_sheet_holds_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TooLarge) as caught:
        write(tmp_path, sql="SELECT * FROM range(1048576)", tables={}, format="xlsx")
    assert "CSV" in str(caught.value.hint)
    with pytest.raises(TooLarge):
        workbook.check_size(1, 16_385)
    workbook.check_size(1_048_575, 16_384)


def test_what_excel_cannot_hold_is_told(tmp_path: Path) -> None:
    sql = (
        "SELECT repeat('x', 40000) AS long, chr(7) || 'bell' AS bell, "
        "12345678901234567890::HUGEINT AS big, 'nan'::DOUBLE AS n"
    )
    target, value = write(tmp_path, sql=sql, tables={}, format="xlsx")
    long, bell, big, nothing = (cell.value for cell in cells(target)[1])
    assert (len(long), bell, big, nothing) == (workbook.MAX_CELL_CHARS, "bell", "12345678901234567890", None)
    assert len(value["warnings"]) == 4


def test_big_round_numbers_stay_numbers_in_excel(tmp_path: Path) -> None:
    target, value = write(
        tmp_path,
        sql="SELECT 100000000000000000000::HUGEINT AS x, 1.50::DECIMAL(20, 2) AS y",
        tables={},
        format="xlsx",
    )
    assert [cell.value for cell in cells(target)[1]] == [10**20, 1.5]
    assert value["warnings"] == []


def test_a_stem_is_never_a_path(tmp_path: Path, path: Path) -> None:
    for stem, expected in [
        ("../../etc/x", "etc_x.csv"),
        ("", "export.csv"),
        ("naïve name", "na_ve_name.csv"),
    ]:
        target, _ = write(tmp_path, path=str(path), format="csv", stem=stem)
        assert target.name == expected
        assert target.exists()


def test_wrong_requests_are_told(tmp_path: Path, path: Path) -> None:
    with pytest.raises(InvalidOption):
        write(tmp_path, path=str(path), format="pdf")
    with pytest.raises(QueryFailed):
        write(tmp_path, sql="SELECT nope FROM t", tables={"t": str(path)}, format="csv")
    with pytest.raises((QueryRefused, QueryFailed)):
        write(tmp_path, sql="SELECT 1) TO '/tmp/x'; --", tables={"t": str(path)}, format="csv")


@pytest.mark.parametrize("name", ["csv", "parquet", "json", "arrow"])
def test_many_rows_are_streamed(tmp_path: Path, name: str) -> None:
    sql = "SELECT i AS id, 'row ' || i AS text FROM range(100000) r(i)"
    target, value = write(tmp_path, sql=sql, tables={}, format=name)
    assert value["rows"] == 100_000
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "json": pd.read_json, "arrow": pd.read_feather}[
        name
    ]
    frame = read(target)
    assert list(frame["id"]) == list(range(100_000))
    assert frame["text"].iloc[-1] == "row 99999"
