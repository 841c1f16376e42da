"""The database is locked: each promise of `connect` has an attempt to break it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insights_ext.services.engine.connect import connect, literal, memory_limit_bytes, quoted, source
from insights_ext.work import WorkerContext


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "data.parquet"
    pq.write_table(pa.table({"a": [1, 2, 3]}), target)
    return target


@pytest.fixture
def connection(path: Path, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return connect(WorkerContext(scratch=scratch), {"t": path})


def setting(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    rows = connection.execute("SELECT value FROM duckdb_settings() WHERE name = ?", [name]).fetchall()
    return str(rows[0][0])


def test_a_table_is_a_view_over_its_file(connection: duckdb.DuckDBPyConnection) -> None:
    assert connection.execute("SELECT sum(a) FROM t").fetchall() == [(6,)]


@pytest.mark.parametrize("name", ['we"ird', "select", "ünï code", "a;b", "x'y"])
def test_table_names_are_quoted(path: Path, name: str) -> None:
    connection = connect(WorkerContext(), {name: path})
    assert connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchall() == [(3,)]


@pytest.mark.parametrize("folder", ["a[b]*c", "year=2020", "it's", "what?"])
def test_a_path_is_taken_as_it_is(tmp_path: Path, folder: str) -> None:
    target = tmp_path / folder / "x.parquet"
    target.parent.mkdir()
    pq.write_table(pa.table({"a": [1]}), target)
    connection = connect(WorkerContext(), {"t": target})
    assert connection.sql("SELECT * FROM t").columns == ["a"]
    assert connection.execute(f"SELECT * FROM {source(target)}").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{other}')",
        "SELECT * FROM read_text('{other}')",
        "SELECT * FROM '{other}'",
        "SELECT * FROM read_parquet('{other}')",
        "SELECT * FROM glob('{folder}/*')",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "COPY t FROM '{other}'",
        "EXPORT DATABASE '{folder}/out'",
        "ATTACH '{folder}/new.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "FROM read_csv('https://localhost/x.csv')",
    ],
)
def test_nothing_outside_is_read_or_written(
    connection: duckdb.DuckDBPyConnection, path: Path, sql: str
) -> None:
    other = path.with_name("secret.csv")
    other.write_text("x\n1\n")
    with pytest.raises(duckdb.Error):
        connection.execute(sql.format(other=other, folder=path.parent)).fetchall()
    assert sorted(item.name for item in path.parent.iterdir()) == ["data.parquet", "scratch", "secret.csv"]


@pytest.mark.parametrize(
    "sql",
    [
        "SET threads = 1",
        "RESET memory_limit",
        "SET TimeZone = 'Europe/Berlin'",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET autoload_known_extensions = true",
        "SET lock_configuration = false",
        "PRAGMA memory_limit = '1GB'",
        "CALL enable_logging()",
    ],
)
def test_settings_cannot_be_changed(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    with pytest.raises(duckdb.Error):
        connection.execute(sql)


def test_the_locks_are_in_force(connection: duckdb.DuckDBPyConnection) -> None:
    off = (
        "enable_external_access",
        "autoinstall_known_extensions",
        "autoload_known_extensions",
        "allow_community_extensions",
        "allow_unsigned_extensions",
        "allow_persistent_secrets",
        "python_enable_replacements",
    )
    assert {name: setting(connection, name) for name in off} == dict.fromkeys(off, "false")
    assert setting(connection, "allow_extension_repositories") == "forbidden"
    assert setting(connection, "lock_configuration") == "true"
    assert setting(connection, "TimeZone") == "UTC"


def test_python_variables_are_out_of_sight(connection: duckdb.DuckDBPyConnection) -> None:
    hidden = pa.table({"a": [1]})
    assert hidden.num_rows == 1
    with pytest.raises(duckdb.CatalogException):
        connection.execute("SELECT * FROM hidden")


def test_means_come_from_the_context(path: Path, tmp_path: Path) -> None:
    context = WorkerContext(memory_bytes=1 << 30, threads=1)
    connection = connect(context, {"t": path})
    assert memory_limit_bytes(context) == int(0.65 * (1 << 30))
    assert setting(connection, "memory_limit") == "665.5 MiB"
    assert setting(connection, "threads") == "1"
    assert setting(connection, "temp_directory") == ""
    spilling = connect(WorkerContext(scratch=tmp_path), {"t": path}, max_spill_bytes=1 << 30)
    assert setting(spilling, "temp_directory") == str(tmp_path / "spill")
    assert setting(spilling, "max_temp_directory_size") == "1.0 GiB"


def test_a_big_sort_spills_to_the_scratch_directory_only_if_there_is_one(path: Path, tmp_path: Path) -> None:
    sql = "SELECT count(*) FROM (SELECT md5(i::VARCHAR) AS h FROM range(2500000) r(i) ORDER BY h OFFSET 1)"
    small = WorkerContext(memory_bytes=1, threads=1)
    with pytest.raises(duckdb.OutOfMemoryException):
        connect(small, {"t": path}).execute(sql)
    roomy = WorkerContext(memory_bytes=1, threads=1, scratch=tmp_path)
    assert connect(roomy, {"t": path}).execute(sql).fetchall() == [(2_499_999,)]


def test_databases_do_not_share_anything(path: Path) -> None:
    first, second = connect(WorkerContext(), {"t": path}), connect(WorkerContext(), {})
    first.execute("CREATE TEMP TABLE kept AS SELECT 1")
    with pytest.raises(duckdb.CatalogException):
        second.execute("SELECT * FROM kept")


def test_literals_are_quoted() -> None:
    assert literal("it's") == "'it''s'"
