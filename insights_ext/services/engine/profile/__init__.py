"""The profile of a dataset, and the index of its text values, computed once per content in a worker."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb

from ....errors import InvalidRequest
from ....schemas import ColumnStats, Stats
from ....work import Reply, WorkerContext
from ..connect import connect, source
from ..failures import plain_failures
from . import alerts as alerting
from . import semantics
from .aggregates import EXACT_QUANTILE_ROWS, aggregate
from .columns import ColumnProfile, columns_of, view_sql
from .correlations import correlations
from .histogram import histogram
from .sizes import memory_bytes
from .top import ValueIndex, shown, top_values
from .uniqueness import settle_uniqueness

SAMPLE_VALUES = 5
SAMPLE_ROWS = 2000
KEPT_BYTES = 64 << 20
"""Tables up to this size (as Arrow) are read once and kept in memory while they are profiled."""


def profile(args: dict[str, Any], context: WorkerContext) -> Reply:
    """Profile the Parquet file of ``{path, content_sha256}``.

    The value is `schemas.Stats` as JSON, with an empty name and no suggestions. The value index goes to
    ``values.arrow`` in the scratch directory: column, value, normalised, count, sorted by normalised,
    with the schema metadata ``complete``, a JSON list of the columns all of whose values are in it.
    """
    if context.scratch is None:
        raise InvalidRequest("A profile needs a directory to write to.")
    path = Path(args["path"])
    with plain_failures():
        connection = connect(context, {"source": path})
        stats = _profile(connection, path, str(args["content_sha256"]), context)
        connection.close()
    return Reply(stats.model_dump(mode="json"))


def _profile(
    connection: duckdb.DuckDBPyConnection, path: Path, sha256: str, context: WorkerContext
) -> Stats:
    relation = connection.sql("SELECT * FROM source")
    names, types = relation.columns, relation.types
    rows = int(connection.execute("SELECT count(*) FROM source").fetchall()[0][0])
    columns = columns_of(names, types, rows)
    _prepare(connection, path, names, types)
    context.emit("profile", "Computing statistics", 0.05)
    aggregate(connection, columns, approximate=rows > EXACT_QUANTILE_ROWS)
    _sample(connection, columns)
    index = ValueIndex()
    for done, column in enumerate(columns):
        top_values(connection, column, index)
        settle_uniqueness(connection, column)
        semantics.pattern_shares(column)
        column.stats["likely_key"] = semantics.is_key(column)
        column.stats["semantic_type"] = semantics.semantic_type(column)
        if column.kind in ("numeric", "date") and column.count:
            histogram(connection, column)
        if done % 20 == 0:
            context.emit("profile", f"Profiling {column.name}", 0.1 + 0.8 * done / len(columns))
    context.emit("profile", "Looking for patterns", 0.9)
    pairs = correlations(connection, columns, rows)
    found = alerting.alerts(
        columns,
        pairs,
        alerting.duplicate_rows(connection, columns, rows),
        alerting.outlier_counts(connection, columns),
        dt.datetime.now(dt.UTC).date(),
    )
    assert context.scratch is not None
    index.write(context.scratch / "values.arrow")
    nulls, cells = sum(column.stats["null_count"] for column in columns), rows * len(columns)
    return Stats(
        name="",
        content_sha256=sha256,
        row_count=rows,
        column_count=len(columns),
        memory_bytes=memory_bytes(path, columns),
        stored_bytes=path.stat().st_size,
        numeric_columns=sum(column.kind == "numeric" for column in columns),
        categorical_columns=sum(column.kind in ("text", "boolean") for column in columns),
        null_count=nulls,
        null_percentage=100 * nulls / cells if cells else 0.0,
        columns=[_column_stats(column) for column in columns],
        correlations=pairs,  # type: ignore[arg-type]
        alerts=found,  # type: ignore[arg-type]
        warnings=_warnings(columns),
        computed_at=dt.datetime.now(dt.UTC),
    )


def _prepare(connection: duckdb.DuckDBPyConnection, path: Path, names: list[str], types: list[Any]) -> None:
    """Make ``data``: the columns as c0, c1, … and the row number as rn, in memory if small."""
    select = view_sql(names, types, source(path)).replace("SELECT ", "SELECT file_row_number AS rn, ", 1)
    small = path.stat().st_size < KEPT_BYTES // 8
    if small:
        uncompressed = connection.execute(
            f"SELECT coalesce(sum(total_uncompressed_size), 0) FROM parquet_metadata({_literal(path)})"
        ).fetchall()[0][0]
        small = uncompressed < KEPT_BYTES
    connection.execute(f"CREATE TEMP {'TABLE' if small else 'VIEW'} data AS {select}")


def _literal(path: Path) -> str:
    return source(path).removeprefix("read_parquet(").split(", hive_partitioning")[0]


def _sample(connection: duckdb.DuckDBPyConnection, columns: list[ColumnProfile]) -> None:
    """Take the first distinct values of each column from the first rows."""
    if not columns:
        return
    table = connection.execute(
        f"SELECT {', '.join(column.sql for column in columns)} FROM data WHERE rn < {SAMPLE_ROWS} LIMIT {SAMPLE_ROWS}"
    ).fetchall()
    for position, column in enumerate(columns):
        seen: dict[str, Any] = {}
        for row in table:
            value = row[position]
            if value is not None and len(seen) < SAMPLE_VALUES:
                seen.setdefault(repr(value), value)
        column.samples = list(seen.values())


def _column_stats(column: ColumnProfile) -> ColumnStats:
    samples = column.samples or [value for value, _ in column.top[:SAMPLE_VALUES]]
    fields = {name: value for name, value in column.stats.items() if value is not None}
    fields["sample_values"] = [shown(value) for value in samples]
    fields["approximate"] = sorted(name for name in column.approximate if name in fields)
    return ColumnStats(name=column.name, type=column.type_name, kind=column.kind, **fields)


def _warnings(columns: list[ColumnProfile]) -> list[str]:
    """What the numbers leave out."""
    skipped = [column.name for column in columns if column.kind == "numeric" and column.not_finite]
    if not skipped:
        return []
    return [f"NaN and infinite values are left out of the statistics of {', '.join(skipped[:5])}."]
