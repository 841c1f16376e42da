"""What stood beside the numbers is kept in the stored file, and the profile tells it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insights_ext.schemas import Stats
from insights_ext.services.engine.connect import literal
from insights_ext.services.engine.convert import convert
from insights_ext.services.engine.profile import profile
from insights_ext.services.engine.units import UNITS_KEY, units_in
from insights_ext.work import WorkerContext


def profiled(text: str, tmp_path: Path, **options: object) -> Stats:
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    context = WorkerContext(scratch=tmp_path)
    convert({"source": str(tmp_path / "x.csv"), "filename": "x.csv", "options": options}, context)
    reply = profile({"path": str(tmp_path / "data.parquet"), "content_sha256": "0"}, context)
    return Stats.model_validate(reply.value)


def test_the_unit_that_all_cells_share_is_known(tmp_path: Path) -> None:
    stats = profiled(
        'party,share,fee,rent,note\nA,"9.3%",$1200.50,EUR 3,5\nB,"19.1%",$3,€4,6\nC,,($70),5 EUR,7\n',
        tmp_path,
    )
    assert {c.name: c.unit for c in stats.columns} == {
        "party": None,
        "share": "%",
        "fee": "$",
        "rent": "EUR",
        "note": None,
    }
    kinds = {c.name: c.semantic_type for c in stats.columns}
    assert kinds["fee"] == kinds["rent"] == "currency"
    assert kinds["share"] == "measure"


def test_text_that_was_not_typed_has_no_unit(tmp_path: Path) -> None:
    stats = profiled('a,b\n"9%",1 $\n"many",2 €\n', tmp_path)
    assert [(c.type, c.unit) for c in stats.columns] == [("VARCHAR", None), ("VARCHAR", None)]


def test_a_type_chosen_by_hand_has_no_unit(tmp_path: Path) -> None:
    stats = profiled('a,b\n"9%",1\n"12%",2\n', tmp_path, dtypes={"a": "VARCHAR"})
    assert stats.columns[0].unit is None


def test_tables_of_thousands_of_columns_keep_them_too(tmp_path: Path) -> None:
    names = [f"c{k}" for k in range(1_600)]
    cells = [f"{k}%" if k % 2 else str(k) for k in range(1_600)]
    (tmp_path / "x.csv").write_text("\n".join([",".join(names), ",".join(cells), ",".join(cells)]) + "\n")
    arguments = {"source": str(tmp_path / "x.csv"), "filename": "x.csv", "options": {}}
    convert(arguments, WorkerContext(scratch=tmp_path))
    with duckdb.connect() as connection:
        units = units_in(connection, f"'{tmp_path / 'data.parquet'}'")
    assert units == {f"c{k}": "%" for k in range(1, 1_600, 2)}


@pytest.mark.parametrize("text", ["not JSON", "[1]", '{"a": 1}'])
def test_a_footer_of_somebody_else_does_no_harm(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 1 AS a) TO '{path}' (KV_METADATA {{insights_units: '{text}'}})")
        assert units_in(connection, f"'{path}'") in ({}, {"a": "1"})


@pytest.mark.parametrize(
    "metadata",
    [
        {b"\xff\xfe": b"x"},
        {UNITS_KEY: b"\xff\xfe"},
        {UNITS_KEY: "[" * 200_000},
        {UNITS_KEY: '["%"]'},
        {UNITS_KEY: "no JSON"},
    ],
)
def test_a_footer_of_another_program_has_no_units(
    metadata: dict[str | bytes, str | bytes], tmp_path: Path
) -> None:
    pq.write_table(pa.table({"a": [1.5]}).replace_schema_metadata(metadata), tmp_path / "x.parquet")
    assert units_in(duckdb.connect(), literal(str(tmp_path / "x.parquet"))) == {}


def test_a_file_that_comes_with_units_of_its_own_is_not_believed(tmp_path: Path) -> None:
    table = pa.table({"a": [1.5, 2.5]}).replace_schema_metadata({UNITS_KEY: '{"a": "<b>"}'})
    pq.write_table(table, tmp_path / "x.parquet")
    context = WorkerContext(scratch=tmp_path)
    convert({"source": str(tmp_path / "x.parquet"), "filename": "x.parquet", "options": {}}, context)
    assert units_in(duckdb.connect(), literal(str(tmp_path / "data.parquet"))) == {}
