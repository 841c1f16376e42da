"""Runs one checked query and keeps the first rows of its result; the rest is counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ...errors import QueryRefused
from ...work import Reply, WorkerContext
from . import statistics
from .connect import connect
from .failures import plain_failures
from .result import arrow_ready, columns_json, finished

MAX_ROWS = 100_000
MAX_BYTES = 256 << 20
BATCH_ROWS = 8192
_READING_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})


def run(args: dict[str, Any], context: WorkerContext) -> Reply:
    """Run ``{sql, tables, max_rows?, max_bytes?}`` over Parquet files.

    The value is ``{columns, total_rows, truncated, cut_by}``, `cut_by` being ``"rows"``, ``"bytes"``
    or None; the table holds the rows that were kept. Raises `QueryRefused` for anything but one
    reading statement, and `QueryFailed` with the engine's reason.
    """
    max_rows = MAX_ROWS if args.get("max_rows") is None else int(args["max_rows"])
    max_bytes = MAX_BYTES if args.get("max_bytes") is None else int(args["max_bytes"])
    with plain_failures():
        paths = {name: Path(path) for name, path in args["tables"].items()}
        connection = connect(context, paths, with_statistics=statistics.named(args["sql"]))
        only_reads(connection, args["sql"])
        relation = connection.sql(args["sql"])
        names, types = relation.columns, relation.types
        reader = arrow_ready(relation).to_arrow_reader(BATCH_ROWS)
        table, total_rows, cut_by = _keep(reader, max_rows, max_bytes)
    value = {
        "columns": columns_json(names, types),
        "total_rows": total_rows,
        "truncated": table.num_rows < total_rows,
        "cut_by": cut_by,
    }
    return Reply(value, finished(table, names, types))


def only_reads(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Refuse anything but one statement that reads.

    A second lock behind the guard: DuckDB calls ``WITH x AS (COPY …) SELECT 1`` a SELECT, and a file
    that may be read may also be written. So the parsed tree must hold reading nodes only.
    """
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise QueryRefused("Exactly one statement is allowed.")
    rows = connection.execute("SELECT json_serialize_sql(CAST(? AS VARCHAR))", [sql]).fetchall()
    tree = json.loads(rows[0][0])
    if tree.get("error"):
        message = str(tree.get("error_message") or "")
        if tree.get("error_type") == "parser":
            raise duckdb.ParserException(f"Parser Error: {message}")
        raise QueryRefused("Only a reading query (SELECT) is allowed.")
    if not _nodes(tree) <= _READING_NODES:
        raise QueryRefused("Only a reading query (SELECT) is allowed.")


def _nodes(tree: Any) -> set[str]:
    """The kinds of query nodes anywhere in a serialised statement."""
    found: set[str] = set()
    todo = [tree]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            kind = item.get("type")
            if isinstance(kind, str) and kind.endswith("_NODE"):
                found.add(kind)
            todo.extend(item.values())
        elif isinstance(item, list):
            todo.extend(item)
    return found


def _keep(reader: pa.RecordBatchReader, max_rows: int, max_bytes: int) -> tuple[pa.Table, int, str | None]:
    """The first rows within both limits, the number of all rows, and the limit that was met."""
    kept: list[pa.RecordBatch] = []
    rows = size = total = 0
    cut_by: str | None = None
    for batch in reader:
        total += batch.num_rows
        if cut_by is not None or not batch.num_rows:
            continue
        part = batch.slice(0, max_rows - rows)
        if part.num_rows < batch.num_rows:
            cut_by = "rows"
        if size + part.nbytes > max_bytes:
            part = _fitting(part, max_bytes - size)
            cut_by = "bytes"
        if part.num_rows:
            kept.append(part)
            rows += part.num_rows
            size += part.nbytes
    return pa.Table.from_batches(kept, schema=reader.schema), total, cut_by


def _fitting(batch: pa.RecordBatch, max_bytes: int) -> pa.RecordBatch:
    """The longest beginning of `batch` that takes at most `max_bytes`."""
    low, high = 0, batch.num_rows
    while low < high:
        middle = (low + high + 1) // 2
        if batch.slice(0, middle).nbytes <= max_bytes:
            low = middle
        else:
            high = middle - 1
    return batch.slice(0, low)
