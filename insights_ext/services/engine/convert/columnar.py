"""Read Parquet and Arrow files: types are kept, odd ones mapped, everything written anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from insights_ext.errors import EmptyFile, UnreadableFile
from insights_ext.work import WorkerContext

from .arrow_types import plain_array, plain_type
from .names import unique_names
from .stage import TABLE, Staged, StagedColumn, engine_trouble, literal, quoted
from .storable import storable

BATCH_ROWS = 65_536


def read_parquet(path: Path, connection: duckdb.DuckDBPyConnection) -> Staged:
    """The Parquet file at `path` as a relation; nothing is copied yet.

    Brotli pages are unpacked by pyarrow (the engine's own decoder has a known hole), others by DuckDB.
    """
    source = literal(str(path))
    try:
        codecs = connection.execute(f"SELECT DISTINCT compression FROM parquet_metadata({source})").fetchall()
        if any("BROTLI" in str(codec).upper() for (codec,) in codecs):
            return read_parquet_anew(path, connection)
        relation = connection.sql(f"SELECT * FROM read_parquet({source})")
        physical, kinds = list(relation.columns), list(relation.types)
        headers = _parquet_names(connection, source, physical)
        staged = _staged(f"read_parquet({source}, file_row_number = true)", physical, kinds, headers)
        staged.row_id = "file_row_number"
        if "file_row_number" in physical:
            staged.relation, staged.row_id = f"read_parquet({source})", None
        _text_from_bytes(connection, staged, kinds)
        _drop_pandas_index(connection, staged)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        if trouble := engine_trouble(error):
            raise trouble from error
        return read_parquet_anew(path, connection)
    return staged


def read_parquet_anew(path: Path, connection: duckdb.DuckDBPyConnection) -> Staged:
    """Stage a Parquet file with pyarrow: for Brotli, and for encodings that DuckDB does not know.

    Raises `UnreadableFile`.
    """
    try:
        with pq.ParquetFile(path) as file:
            return _stage_batches(connection, file.schema_arrow, file.iter_batches(BATCH_ROWS))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableFile(
            "The Parquet file is damaged or uses a feature that is not supported."
        ) from error


def _parquet_names(connection: duckdb.DuckDBPyConnection, source: str, physical: list[str]) -> list[str]:
    """The columns' names in the file, which DuckDB changes where they repeat."""
    schema = connection.execute(f"SELECT name, num_children FROM parquet_schema({source})").fetchall()
    names, left = [], 0
    for position, (name, children) in enumerate(schema):
        if position == 0:
            continue
        if left == 0:
            names.append(str(name))
        else:
            left -= 1
        left += int(children or 0)
    return names if len(names) == len(physical) else physical


def _staged(relation: str, physical: list[str], kinds: list[Any], headers: list[str]) -> Staged:
    names, warnings = unique_names(headers)
    columns = []
    for column, kind, name, header in zip(physical, kinds, names, headers, strict=True):
        target = storable(kind)
        expression, note = None, None
        if target != str(kind):
            expression = f"CAST({quoted(column)} AS {target})"
            note = f"stored as {target.lower()}, was {str(kind).lower()[:60]}"
            if str(kind) in {
                "TIMESTAMP_NS",
                "TIMESTAMP_S",
                "TIMESTAMP_MS",
                "TIME_NS",
                "JSON",
                '"NULL"',
            } or str(kind).startswith("ENUM"):
                note = None
        columns.append(StagedColumn(column, name, header, "no", expression, note))
    return Staged(relation, columns, warnings=warnings, metadata={})


def _text_from_bytes(connection: duckdb.DuckDBPyConnection, staged: Staged, kinds: list[Any]) -> None:
    """Old writers leave text unmarked: bytes that are readable text in every row become text."""
    for column, kind in zip(staged.columns, kinds, strict=True):
        if str(kind) != "BLOB":
            continue
        text = f"TRY(decode({quoted(column.physical)}))"
        printable = f"regexp_full_match({text}, '[^\\x00-\\x08\\x0e-\\x1f]*')"
        counts = f"count({quoted(column.physical)}), count(*) FILTER (WHERE {printable})"
        total, readable = connection.execute(f"SELECT {counts} FROM {staged.relation}").fetchall()[0]
        if total and total == readable:
            column.expression, column.note = f"decode({quoted(column.physical)})", "bytes that are text"


def _drop_pandas_index(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Leave out the index that pandas stored if it is 0, 1, 2, … and nothing more."""
    index = [column for column in staged.columns if column.name == "__index_level_0__"]
    if not index or len(staged.columns) == 1:
        return
    name = quoted(index[0].physical)
    with suppress(duckdb.Error):
        plain = connection.execute(
            f"SELECT min({name}) = 0 AND max({name}) = count(*) - 1 AND count(DISTINCT {name}) = count(*) "
            f"FROM {staged.relation}"
        ).fetchall()[0][0]
        if plain:
            staged.columns.remove(index[0])
            staged.warnings.append("The row numbers that pandas stored as an index were left out.")


def read_arrow(path: Path, connection: duckdb.DuckDBPyConnection, context: WorkerContext) -> Staged:
    """Stage the Arrow IPC file, Feather 2 file or IPC stream at `path`."""
    context.emit("convert", "Reading record batches", 0.2)
    try:
        with pa.OSFile(str(path), "rb") as file:
            head = file.read(6)
            file.seek(0)
            if head == b"ARROW1":
                reader = pa.ipc.open_file(file)
                batches: Iterator[pa.RecordBatch] = (
                    reader.get_batch(index) for index in range(reader.num_record_batches)
                )
                schema = reader.schema
            else:
                stream = pa.ipc.open_stream(file)
                batches, schema = iter(stream), stream.schema
            return _stage_batches(connection, schema, batches)
    except (pa.ArrowException, OSError, ValueError, IndexError, TypeError) as error:
        if isinstance(error, MemoryError):
            raise
        raise UnreadableFile("The Arrow file is damaged or ends early.") from error


def _stage_batches(
    connection: duckdb.DuckDBPyConnection, schema: pa.Schema, batches: Iterator[pa.RecordBatch]
) -> Staged:
    if not len(schema):
        raise EmptyFile("The file holds no columns.")
    targets = [plain_type(field.type) for field in schema]
    physical = [f"c{index}" for index in range(len(schema))]
    plain = pa.schema(list(zip(physical, targets, strict=True)))

    def cleaned() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            batch.validate(full=True)
            arrays = [plain_array(array, kind) for array, kind in zip(batch.columns, targets, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=plain)

    connection.register("incoming", pa.RecordBatchReader.from_batches(plain, cleaned()))
    try:
        connection.execute(f"CREATE TABLE {TABLE} AS SELECT * FROM incoming")
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise engine_trouble(error) or UnreadableFile(
            "The file is damaged or uses a type that is not supported."
        ) from error
    finally:
        connection.unregister("incoming")
    headers = [field.name for field in schema]
    kinds = connection.sql(f"SELECT * FROM {TABLE}").types
    staged = _staged(TABLE, physical, kinds, headers)
    for column, field in zip(staged.columns, schema, strict=True):
        if pa.types.is_duration(field.type):
            column.note = "duration in seconds"
        elif pa.types.is_union(field.type):
            column.note = "values of different kinds, kept as text"
            staged.warnings.append(
                f"Column {column.name!r} holds values of different kinds; they are kept as text."
            )
    _drop_pandas_index(connection, staged)
    return staged
