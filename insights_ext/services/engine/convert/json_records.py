"""Read JSON and JSON Lines: records become rows, nested values stay structs and lists."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
from duckdb import sqltypes

from insights_ext.errors import EmptyFile, TooComplex, UnreadableFile
from insights_ext.schemas import ImportOptions
from insights_ext.work import WorkerContext

from .encoding import as_utf8
from .json_text import Normalised, to_lines
from .names import unique_names
from .stage import TABLE, Staged, StagedColumn, literal
from .storable import children, rebuilt

MAX_OBJECT_BYTES = 16 << 20
MAX_TYPED_DEPTH = 16
_TEMPORAL = {"date", "timestamp", "timestamp with time zone", "timestamp_ns", "time", "uuid"}
_RENAMED = re.compile(r"(.+)_[0-9]+")
_FIRST_BYTES = 1 << 20


def read(
    path: Path,
    name: str,
    options: ImportOptions,
    connection: duckdb.DuckDBPyConnection,
    context: WorkerContext,
    scratch: Path,
    max_bytes: int,
    max_columns: int,
) -> tuple[Staged, str]:
    """Stage the JSON at `path`; the staged rows and the format found (``json`` or ``jsonl``)."""
    text = as_utf8(path, options.encoding, scratch, max_bytes, drop_nul=False)
    warnings = list(text.warnings)
    lines = name == "jsonl" or _looks_like_lines(text.path)
    context.emit("convert", "Reading records", 0.2)
    if lines and not _has_mark(text.path):
        try:
            return _stage(connection, text.path, None, max_columns, text.encoding, warnings), "jsonl"
        except duckdb.OutOfMemoryException:
            raise
        except (duckdb.Error, _Careful):
            connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
    target = scratch / "records.jsonl"
    try:
        return _normalised(connection, text.path, target, lines, max_columns, text.encoding, warnings)
    finally:
        target.unlink(missing_ok=True)
        (scratch / "text.utf8").unlink(missing_ok=True)


def _normalised(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    target: Path,
    lines: bool,
    max_columns: int,
    encoding: str,
    warnings: list[str],
) -> tuple[Staged, str]:
    for careful in (False, True):
        found = to_lines(path, target, lines, careful)
        try:
            staged = _stage(connection, target, found, max_columns, encoding, [*warnings, *found.warnings])
        except duckdb.OutOfMemoryException:
            raise
        except (duckdb.Error, _Careful) as error:
            connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
            if careful:
                raise UnreadableFile("The JSON could not be turned into a table.") from error
            continue
        return staged, "jsonl" if lines or found.shape == "jsonl" else "json"
    raise AssertionError("unreachable")


class _Careful(Exception):
    """Keys differ in case alone somewhere; the records must be rewritten first."""


def _has_mark(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(3) == b"\xef\xbb\xbf"


def _looks_like_lines(path: Path) -> bool:
    """Whether the first line is a whole object and another line follows it."""
    with path.open("rb") as file:
        head = file.read(_FIRST_BYTES).lstrip()
    first, newline, rest = head.partition(b"\n")
    return (
        head.startswith(b"{")
        and bool(newline)
        and first.rstrip().endswith(b"}")
        and first.count(b"{") == first.count(b"}")
        and rest.lstrip()[:1] == b"{"
    )


def _stage(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    found: Normalised | None,
    max_columns: int,
    encoding: str,
    warnings: list[str],
) -> Staged:
    size = max(MAX_OBJECT_BYTES, (found.longest if found else 0) + 1024)
    common = (
        f"{literal(str(path))}, format = 'newline_delimited', records = true, maximum_object_size = {size}"
    )
    relation = connection.sql(
        f"SELECT * FROM read_json({common}, sample_size = -1, maximum_depth = {MAX_TYPED_DEPTH}, "
        "convert_strings_to_integers = false)"
    )
    keys, kinds = relation.columns, relation.types
    if len(keys) > max_columns:
        raise TooComplex(f"The records have {len(keys):,} different keys; at most {max_columns:,} are read.")
    folded = {key.casefold() for key in keys}
    for key in keys:
        renamed = _RENAMED.fullmatch(key)
        if renamed and renamed[1].casefold() in folded and _made_up(path, key):
            raise _Careful
    columns = ", ".join(
        f"{literal(key)}: {literal(_type(kind))}" for key, kind in zip(keys, kinds, strict=True)
    )
    connection.execute(f"CREATE TABLE {TABLE} AS SELECT * FROM read_json({common}, columns = {{{columns}}})")
    rows = int(connection.execute(f"SELECT count(*) FROM {TABLE}").fetchall()[0][0])
    if not rows:
        raise EmptyFile("The JSON holds no records.")
    names, named = unique_names(list(keys))
    staged = []
    for key, kind, name in zip(keys, kinds, names, strict=True):
        note = None
        if _mixed(kind):
            note = "values of different kinds, kept as text"
            named.append(f"Column {name!r} holds values of different kinds; they are kept as text.")
        infer_dates = (kind.id == "varchar" and str(kind) != "JSON") or str(kind).lower() in _TEMPORAL
        staged.append(StagedColumn(key, name, key, infer="dates" if infer_dates else "no", note=note))
    metadata = {"record_count": rows, "keys": list(keys), "encoding": encoding}
    return Staged(TABLE, staged, metadata=metadata, warnings=[*warnings, *named])


def _made_up(path: Path, key: str) -> bool:
    """Whether `key` was made up by the reader, no record having it."""
    pattern = re.compile(rb'"' + re.escape(key.encode()) + rb'"\s*:')
    with path.open("rb") as file:
        before = b""
        while chunk := file.read(1 << 22):
            if pattern.search(before + chunk):
                return False
            before = chunk[-1024:]
    return True


def _type(kind: sqltypes.DuckDBPyType) -> str:
    return rebuilt(kind, _leaf)


def _leaf(kind: sqltypes.DuckDBPyType) -> str:
    name = str(kind)
    if name in {"JSON", '"NULL"', "NULL"} or name.lower() in _TEMPORAL:
        return "VARCHAR"
    return "DECIMAL(38,0)" if name in {"HUGEINT", "UHUGEINT"} else name


def _mixed(kind: sqltypes.DuckDBPyType) -> bool:
    """Whether values of different kinds (JSON in DuckDB's words) are anywhere in the type."""
    if kind.id in {"list", "struct", "map"}:
        return any(_mixed(child) for _, child in children(kind))
    return str(kind) == "JSON"
