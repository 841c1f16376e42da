"""Distinct counts, top values, and the value index of text columns: one grouping per column."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ....values import json_rows
from ....wording import normalise
from ..failures import out_of_memory
from .columns import ColumnProfile

TOP_VALUES = 10
MAX_INDEXED = 5000
MAX_INDEXED_CHARS = 200
MAX_SHOWN_CHARS = 200
MAX_NESTED_CHARS = 1000
NESTED_ROWS = 100_000
"""Tables up to this size get distinct counts of nested columns too."""

GROUPED_DISTINCT = 1_000_000
"""Estimated distinct values up to which a big column is grouped in full."""

SAMPLED_ROWS = 1_000_000
MAX_INDEX_ROWS = 1_000_000
"""Values in the index of one table; with hundreds of text columns each gets its share."""

_SHORT = f"left(v, {MAX_INDEXED_CHARS + 1})"
"""A text value as far as anybody looks at it: long documents stay in DuckDB."""


@dataclass
class ValueIndex:
    """Distinct values of text columns, `limit` of each, and which columns are in it with all of theirs."""

    limit: int = MAX_INDEXED
    columns: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    complete: list[str] = field(default_factory=list)

    def add(self, column: ColumnProfile, rows: list[tuple[Any, int]], complete: bool) -> None:
        """Take the values of a text column, the most frequent first; long ones are left out."""
        short = [(value, count) for value, count in rows if len(value) <= MAX_INDEXED_CHARS]
        self.columns += [column.name] * len(short)
        self.values += [value for value, _ in short]
        self.counts += [count for _, count in short]
        if complete and len(short) == len(rows):
            self.complete.append(column.name)

    def write(self, path: Path) -> None:
        """Write an uncompressed Arrow file sorted by the normal form of the values."""
        normal = [normalise(value) for value in self.values]
        table = pa.table(
            {
                "column": pa.array(self.columns, pa.string()),
                "value": pa.array(self.values, pa.string()),
                "normalised": pa.array(normal, pa.string()),
                "count": pa.array(self.counts, pa.int64()),
            }
        ).sort_by([("normalised", "ascending"), ("column", "ascending"), ("count", "descending")])
        table = table.replace_schema_metadata({b"complete": json.dumps(self.complete).encode()})
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)


def top_values(connection: duckdb.DuckDBPyConnection, column: ColumnProfile, index: ValueIndex) -> None:
    """Fill in distinct count and top values of `column`; a text column goes into `index` too."""
    if column.kind == "nested":
        if column.rows <= NESTED_ROWS:
            rows = connection.execute(f"SELECT count(DISTINCT {column.sql}) FROM data").fetchall()
            column.stats["distinct_count"] = rows[0][0]
        return
    wanted = index.limit if column.kind == "text" else TOP_VALUES
    estimate = column.distinct
    try:
        if estimate is None or estimate <= GROUPED_DISTINCT:
            distinct, rows = _grouped(connection, column, wanted)
            column.stats["distinct_count"] = distinct
            column.approximate.discard("distinct_count")
        else:
            distinct, rows = None, _sampled(connection, column, wanted)
    except duckdb.Error as error:
        if not out_of_memory(error):
            raise
        distinct, rows = None, []
    if column.kind == "text":
        index.add(column, rows, complete=distinct == len(rows))
    column.top = rows
    if distinct is None:
        column.approximate.add("top_values")
    if column.kind != "binary":
        column.stats["top_values"] = [
            {"value": shown(value), "count": count, "percentage": 100 * count / column.count}
            for value, count in rows[:TOP_VALUES]
        ]


def _grouped(
    connection: duckdb.DuckDBPyConnection, column: ColumnProfile, wanted: int
) -> tuple[int, list[tuple[Any, int]]]:
    """All distinct values counted, the most frequent ones given; ties in the order of the values."""
    value = {"binary": "NULL", "text": _SHORT}.get(column.kind, "v")
    rows, _ = json_rows(
        connection.sql(
            f"WITH g AS MATERIALIZED (SELECT {column.finite} AS v, count(*) AS n FROM data "
            "WHERE v IS NOT NULL GROUP BY v) "
            f"SELECT (SELECT count(*) FROM g), {value}, n FROM g ORDER BY n DESC, v LIMIT {wanted}"
        ).to_arrow_table()
    )
    return (rows[0][0] if rows else 0), [(value, count) for _, value, count in rows]


def _sampled(
    connection: duckdb.DuckDBPyConnection, column: ColumnProfile, wanted: int
) -> list[tuple[Any, int]]:
    """Values that are frequent in a sample, with their exact counts."""
    if column.kind == "binary":
        return []
    c, keep = column.finite, max(1, column.rows // SAMPLED_ROWS)
    query = (
        f"WITH w AS MATERIALIZED (SELECT {c} AS v FROM data WHERE {c} IS NOT NULL AND hash(rn) % {keep} = 0 "
        f"GROUP BY v ORDER BY count(*) DESC, v LIMIT {wanted}) "
        f", g AS (SELECT {c} AS v, count(*) AS n FROM data WHERE {c} IN (SELECT v FROM w) GROUP BY v) "
        f"SELECT {_SHORT if column.kind == 'text' else 'v'}, n FROM g ORDER BY n DESC, v"
    )
    rows, _ = json_rows(connection.sql(query).to_arrow_table())
    return [(value, count) for value, count in rows]


def shown(value: Any) -> Any:
    """A JSON value as the profile shows it: long texts and big nested values cut with an ellipsis."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value
    if isinstance(text, str) and len(text) > (MAX_SHOWN_CHARS if text is value else MAX_NESTED_CHARS):
        return text[: MAX_SHOWN_CHARS - 1] + "…"
    return value


def share(columns: list[ColumnProfile]) -> int:
    """How many values of each text column go into the index."""
    texts = sum(column.kind == "text" for column in columns)
    return max(TOP_VALUES, min(MAX_INDEXED, MAX_INDEX_ROWS // max(texts, 1)))
