"""Writes a dataset or a query's result to a file: CSV, Parquet, Excel, Arrow or JSON, row by row.

Text that a spreadsheet would run as a formula is made harmless in CSV and Excel files; what had to be
changed or could not be kept is said in the warnings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ...errors import InvalidOption, InvalidRequest
from ...values import json_rows
from ...work import Reply, WorkerContext
from . import workbook
from .connect import connect, literal, quoted
from .failures import plain_failures
from .filters import NESTED
from .query import only_reads
from .result import portable

FORMULA_STARTS = "=+-@\t\r"
BATCH_ROWS = 8192
_STEM = re.compile(r"[^A-Za-z0-9_-]+")


class Source:
    """The rows to write: columns named c0, c1, … of the relation `sql`, under their real `names`.

    Repeated names get a number at the end, since most formats cannot keep them apart.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, sql: str) -> None:
        self.connection = connection
        relation = connection.sql(sql)
        self.types: list[Any] = relation.types
        self.names, self.renamed = _distinct(relation.columns)
        aliases = ", ".join(f"c{i}" for i in range(len(self.names)))
        self.table = f"({sql}\n) AS t({aliases})"

    def select(self, expression: Callable[[str, Any], str], names: list[str] | None = None) -> str:
        """A SELECT with `expression` of each column and its type, under `names`."""
        parts = [
            f"{expression(f'c{i}', kind)} AS {quoted(name)}"
            for i, (kind, name) in enumerate(zip(self.types, names or self.names, strict=True))
        ]
        return f"SELECT {', '.join(parts)} FROM {self.table}"

    def reader(self) -> pa.RecordBatchReader:
        """All rows as Arrow batches."""
        return self.connection.sql(self.select(portable)).to_arrow_reader(BATCH_ROWS)


def export(args: dict[str, Any], context: WorkerContext) -> Reply:
    """Write ``{path | sql + tables, format, stem?, escape_formulas?}`` to a file in the scratch directory.

    The value is ``{filename, rows, size_bytes, warnings}``. Raises `TooLarge` where the format has no
    room, `QueryFailed`, `QueryRefused`.
    """
    if context.scratch is None:
        raise InvalidRequest("An export needs a directory to write to.")
    name = args["format"]
    if name not in _WRITERS:
        raise InvalidOption(f"{name!r} is not an export format.", hint=f"Use one of {', '.join(_WRITERS)}.")
    stem = _STEM.sub("_", str(args.get("stem") or "")).strip("_")[:100] or "export"
    target = context.scratch / f"{stem}.{name}"
    escape = args.get("escape_formulas", True) is not False
    with plain_failures():
        source = _source(args, context)
        rows, warnings = _WRITERS[name](source, target, escape)
    if source.renamed:
        warnings.insert(0, f"Repeated column names were numbered: {', '.join(source.renamed[:5])}.")
    value = {
        "filename": target.name,
        "rows": rows,
        "size_bytes": target.stat().st_size,
        "warnings": warnings,
    }
    return Reply(value)


def _source(args: dict[str, Any], context: WorkerContext) -> Source:
    if args.get("path") is not None:
        return Source(connect(context, {"data": Path(args["path"])}), 'SELECT * FROM "data"')
    connection = connect(context, {name: Path(path) for name, path in args["tables"].items()})
    only_reads(connection, args["sql"])
    return Source(connection, args["sql"].rstrip().rstrip(";"))


def _distinct(names: list[str]) -> tuple[list[str], list[str]]:
    """`names` made different from one another (case does not count), and those that were changed."""
    taken = {name.lower() for name in names}
    seen: set[str] = set()
    result, renamed = [], []
    for name in names:
        new, number = name, 2
        while new.lower() in seen or (new != name and new.lower() in taken):
            new, number = f"{name}_{number}", number + 1
        seen.add(new.lower())
        result.append(new)
        if new != name:
            renamed.append(new)
    return result, renamed


def harmless(text: str) -> str:
    """`text` with an apostrophe in front where a spreadsheet would read a formula."""
    return "'" + text if text[:1] and text[0] in FORMULA_STARTS else text


def _csv(source: Source, target: Path, escape: bool) -> tuple[int, list[str]]:
    """UTF-8 with a header, commas and quotes as in RFC 4180; an empty field is null, ``""`` is empty text."""
    changed = 0
    if escape:
        tests = [
            f"count(*) FILTER ({_risky(_plain(f'c{i}', kind))})"
            for i, kind in enumerate(source.types)
            if _textual(kind)
        ]
        if tests:
            query = f"SELECT {' + '.join(tests)} FROM {source.table}"
            changed = int(source.connection.execute(query).fetchall()[0][0])

    def cell(column: str, kind: Any) -> str:
        plain = _plain(column, kind)
        if not (escape and _textual(kind)):
            return plain
        return f"CASE WHEN {_risky(plain)} THEN '''' || {plain} ELSE {plain} END"

    names = [harmless(name) for name in source.names] if escape else source.names
    names, _ = _distinct(names)
    rows = _copy(source, source.select(cell, names), target, "FORMAT csv, HEADER true")
    return rows, workbook.escaped_warning(changed)


def _risky(expression: str) -> str:
    starts = "', '".join(FORMULA_STARTS)
    return f"{expression}[1] IN ('{starts}')"


def _plain(column: str, kind: Any) -> str:
    """A column as CSV writes it: nested values as JSON, binary as base64, zoned times in ISO 8601."""
    if kind.id in NESTED:
        return f"CAST(to_json({column}) AS VARCHAR)"
    if kind.id == "blob":
        return f"to_base64({column})"
    if kind.id == "timestamp with time zone":
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%S.%f+00:00')"
    return portable(column, kind) if not _textual(kind) else f"CAST({column} AS VARCHAR)"


def _textual(kind: Any) -> bool:
    """Whether CSV cells of this type hold text that somebody else chose."""
    return kind.id in {"varchar", "enum", "blob"} or kind.id in NESTED


def _parquet(source: Source, target: Path, escape: bool) -> tuple[int, list[str]]:
    return _copy(source, source.select(_stored), target, "FORMAT parquet, COMPRESSION zstd"), []


def _stored(column: str, kind: Any) -> str:
    """A column as Parquet can hold it."""
    return (
        f"CAST({column} AS VARCHAR)" if kind.id == "null" or str(kind) == '"NULL"' else portable(column, kind)
    )


def _copy(source: Source, select: str, target: Path, options: str) -> int:
    """Let DuckDB write the file; the number of rows written."""
    sql = f"COPY ({select}) TO {literal(str(target))} ({options})"
    return int(source.connection.execute(sql).fetchall()[0][0])


def _arrow(source: Source, target: Path, escape: bool) -> tuple[int, list[str]]:
    """The Arrow IPC file format."""
    reader, rows = source.reader(), 0
    schema = pa.schema(
        [field.with_name(name) for field, name in zip(reader.schema, source.names, strict=True)]
    )
    with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for batch in reader:
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
            rows += batch.num_rows
    return rows, []


def _json(source: Source, target: Path, escape: bool) -> tuple[int, list[str]]:
    """One array of records, values by the rules of every answer."""
    rows, warnings = 0, 0
    with target.open("w", encoding="utf-8") as file:
        file.write("[")
        for batch in _batches(source):
            cells, found = json_rows(batch)
            warnings += int(found[0].split()[0].replace(",", "")) if found else 0
            for row in cells:
                file.write(",\n" if rows else "\n")
                json.dump(dict(zip(source.names, row, strict=True)), file, ensure_ascii=False)
                rows += 1
        file.write("\n]\n")
    note = f"{warnings:,} values that are not finite (NaN or infinity) were written as null."
    return rows, [note] if warnings else []


def _batches(source: Source) -> Iterator[pa.Table]:
    for batch in source.reader():
        yield pa.Table.from_batches([batch])


def _xlsx(source: Source, target: Path, escape: bool) -> tuple[int, list[str]]:
    workbook.check_size(0, len(source.names))
    count = int(source.connection.execute(f"SELECT count(*) FROM {source.table}").fetchall()[0][0])
    workbook.check_size(count, len(source.names))
    guard = harmless if escape else None
    return workbook.write(target, source.names, source.types, _batches(source), guard)


_WRITERS: dict[str, Callable[[Source, Path, bool], tuple[int, list[str]]]] = {
    "csv": _csv,
    "parquet": _parquet,
    "xlsx": _xlsx,
    "arrow": _arrow,
    "json": _json,
}
