"""The profile of a dataset, and the index of its text values, computed once per content in a worker."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb

from ....errors import InvalidRequest
from ....schemas import ColumnStats, Stats
from ....values import json_rows
from ....work import Reply, WorkerContext
from ..connect import connect, literal, memory_limit_bytes
from ..failures import plain_failures
from ..units import units_in
from . import alerts as alerting
from . import semantics
from .aggregates import EXACT_QUANTILE_ROWS, aggregate
from .columns import ColumnProfile, columns_of
from .correlations import correlations
from .histogram import histogram
from .parts import Parts
from .sizes import memory_bytes
from .top import MAX_SHOWN_CHARS, ValueIndex, share, shown, top_values
from .uniqueness import settle_uniqueness

SAMPLE_VALUES = 5
SAMPLE_ROWS = 200


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


def _profile(connection: duckdb.DuckDBPyConnection, path: Path, sha256: str, context: WorkerContext) -> Stats:
    relation = connection.sql("SELECT * FROM source")
    rows = int(connection.execute("SELECT count(*) FROM source").fetchall()[0][0])
    columns = columns_of(relation.columns, relation.types, rows)
    units = units_in(connection, literal(str(path)))
    for column in columns:
        column.stats["unit"] = units.get(column.name) if column.kind == "numeric" else None
    parts = Parts(connection, path, columns)
    index, outliers = ValueIndex(share(columns)), dict[int, int]()
    for group in parts.groups(memory_limit_bytes(context)):
        done = group[0].index / len(columns)
        context.emit("profile", f"Profiling {group[0].name}", 0.05 + 0.8 * done)
        parts.load(group)
        aggregate(connection, group, approximate=rows > EXACT_QUANTILE_ROWS)
        _sample(connection, group)
        for column in group:
            _one(connection, column, index)
        outliers |= alerting.outlier_counts(connection, group)
    context.emit("profile", "Looking for patterns", 0.85)
    parts.load_all()
    pairs = correlations(connection, columns, rows)
    found = alerting.alerts(
        columns,
        pairs,
        alerting.duplicate_rows(connection, columns, rows),
        outliers,
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
        correlations=pairs,
        alerts=found,
        warnings=_warnings(columns),
        computed_at=dt.datetime.now(dt.UTC),
    )


def _one(connection: duckdb.DuckDBPyConnection, column: ColumnProfile, index: ValueIndex) -> None:
    """Everything about one column that its aggregates do not tell."""
    top_values(connection, column, index)
    settle_uniqueness(connection, column)
    semantics.pattern_shares(column)
    column.stats["likely_key"] = semantics.is_key(column)
    column.stats["semantic_type"] = semantics.semantic_type(column)
    if column.kind in ("numeric", "date") and column.count:
        histogram(connection, column)


def _sample(connection: duckdb.DuckDBPyConnection, columns: list[ColumnProfile]) -> None:
    """Take the first distinct values of each column from the first rows."""
    names = ", ".join(_short(column) for column in columns)
    head = connection.sql(f"SELECT {names} FROM data LIMIT {SAMPLE_ROWS}").to_arrow_table()
    for position, column in enumerate(columns):
        seen: dict[str, Any] = {}
        for (value,) in json_rows(head.select([position]))[0]:
            if value is not None:
                seen.setdefault(repr(value), value)
        column.samples = list(seen.values())[:SAMPLE_VALUES]


def _short(column: ColumnProfile) -> str:
    """The column in SQL, texts and binary values only as far as they are shown."""
    if column.kind == "text":
        return f"left({column.sql}, {MAX_SHOWN_CHARS + 1})"
    return f"array_slice({column.sql}, 1, {MAX_SHOWN_CHARS})" if column.kind == "binary" else column.sql


def _column_stats(column: ColumnProfile) -> ColumnStats:
    frequent = [value for value, _ in column.top[:SAMPLE_VALUES] if value not in column.samples]
    samples = [*column.samples, *frequent][:SAMPLE_VALUES]
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
