"""The steps of a conversion: detect, unpack, read, infer, cast as asked, write, describe."""

from __future__ import annotations

import errno
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
from pydantic import ValidationError

from insights_ext.errors import (
    EmptyFile,
    InvalidOption,
    StorageFull,
    TooComplex,
    UnreadableFile,
    UnsupportedFormat,
)
from insights_ext.formats import FORMATS, split_name
from insights_ext.schemas import DatasetColumn, ImportOptions, Metadata
from insights_ext.work import Reply, WorkerContext

from . import columnar, delimited, json_records, workbook
from .detect import Detected, detect
from .forced import apply_dtypes
from .infer import Decision, infer, readable
from .inflate import inflate
from .stage import Staged, engine_trouble, open_stage
from .write import write

MAX_INFLATED_BYTES = 20 << 30
MAX_COLUMNS = 20_000
MAX_CELLS = 20_000_000
MAX_WORKBOOK_BYTES = 1 << 30
MAX_WARNINGS = 200
_USED: dict[str, set[str]] = {
    "delimited": {"delimiter", "encoding", "header_row", "decimal", "dtypes"},
    "json": {"encoding", "dtypes"},
    "columnar": {"dtypes"},
    "workbook": {"sheet", "header_row", "decimal", "dtypes"},
}


def run(args: dict[str, Any], context: WorkerContext) -> Reply:
    """Convert the file at ``args["source"]`` to ``data.parquet`` in the scratch directory.

    See `convert` for arguments, value and errors.
    """
    if context.scratch is None:
        raise ValueError("convert needs a scratch directory")
    try:
        options = ImportOptions.model_validate(args.get("options") or {})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidOption(f"The import option {where!r} is not valid: {first['msg']}.") from error
    try:
        return _Conversion(args, options, context, context.scratch).run()
    except duckdb.Error as error:
        raise engine_trouble(error) or UnreadableFile("The file could not be read.") from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFull("There is not enough disk space to convert the file.") from error
        if error.errno == errno.EFBIG:
            raise TooComplex("Converting the file takes more disk space than a worker may use.") from error
        raise
    except (MemoryError, RecursionError) as error:
        raise TooComplex(
            "Reading the file needs more memory than a worker may use.",
            hint="Split the file into smaller ones.",
        ) from error


def _bounded(warnings: list[str]) -> list[str]:
    """At most `MAX_WARNINGS` warnings, and how many more there are."""
    more = len(warnings) - MAX_WARNINGS
    return [*warnings[:MAX_WARNINGS], f"{more:,} more warnings are left out."] if more > 0 else warnings


def _noted(columns: list[DatasetColumn]) -> list[str]:
    """What the columns' notes say of how their types were found, one sentence for those that are alike."""
    alike: dict[tuple[str, str], list[str]] = {}
    for column in columns:
        if column.note:
            alike.setdefault((column.type, column.note), []).append(repr(column.name))
    sentences = []
    for (sql_type, note), names in alike.items():
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
        sentences.append(f"Column{'s' if len(names) > 1 else ''} {shown} read as {sql_type}: {note}.")
    return sentences


class _Conversion:
    def __init__(
        self, args: dict[str, Any], options: ImportOptions, context: WorkerContext, scratch: Path
    ) -> None:
        self.source = Path(args["source"])
        self.filename: str | None = args.get("filename")
        self.options, self.context, self.scratch = options, context, scratch
        self.max_inflated = int(args.get("max_inflated_bytes") or MAX_INFLATED_BYTES)
        self.max_columns = int(args.get("max_columns") or MAX_COLUMNS)
        self.max_cells = int(args.get("max_cells") or MAX_CELLS)
        self.max_workbook = int(args.get("max_workbook_bytes") or MAX_WORKBOOK_BYTES)
        self.temporary: list[Path] = []

    def run(self) -> Reply:
        self.context.emit("convert", "Looking at the file", 0.0)
        path, found, compression = self._unpacked()
        promised = self._promised
        connection = open_stage(self.context, self.scratch, [path])
        try:
            staged, kind, name = self._read(path, found, promised, connection)
            try:
                decisions, (rows, columns, metadata) = self._write(connection, staged)
            except duckdb.Error as error:
                if (
                    name != "parquet"
                    or engine_trouble(error)
                    or not staged.relation.startswith("read_parquet")
                ):
                    raise
                connection.close()
                connection = open_stage(self.context, self.scratch, [path])
                staged = columnar.read_parquet_anew(path, connection)
                decisions, (rows, columns, metadata) = self._write(connection, staged)
        finally:
            connection.close()
            self._tidy()
        if not rows and kind not in {"columnar"}:
            raise EmptyFile("The file holds no rows.")
        self.context.emit("convert", "Converted", 1.0)
        return Reply(
            value={
                "format": name,
                "media_type": FORMATS[name],
                "compression": compression,
                "row_count": rows,
                "columns": [column.model_dump(mode="json") for column in columns],
                "metadata": metadata.model_dump(mode="json"),
                "warnings": _bounded(
                    [*staged.warnings, *self._unused(kind), *readable(decisions), *_noted(columns)]
                ),
            }
        )

    def _write(
        self, connection: duckdb.DuckDBPyConnection, staged: Staged
    ) -> tuple[list[Decision], tuple[int, list[DatasetColumn], Metadata]]:
        if not staged.columns:
            raise EmptyFile("The file holds no columns.")
        if len(staged.columns) > self.max_columns:
            raise TooComplex(
                f"The table has {len(staged.columns):,} columns; at most {self.max_columns:,} are read."
            )
        decisions = infer(connection, staged, self.context)
        apply_dtypes(connection, staged, decisions, self.options.dtypes or {})
        self.context.emit("convert", "Writing", 0.7)
        return decisions, write(connection, staged, decisions, self.scratch / "data.parquet")

    def _unpacked(self) -> tuple[Path, Detected, str | None]:
        found = detect(self.source, self.filename)
        self._promised, _ = split_name(self.filename)
        if found.format != "compressed" or found.compression is None:
            return self.source, found, None
        self.context.emit("convert", "Unpacking", 0.05)
        target = self.scratch / "unpacked"
        self.temporary.append(target)
        member = inflate(self.source, found.compression, target, self.max_inflated)
        inner = member or self._inner_name()
        promised, packed = split_name(inner)
        self._promised = promised or self._promised
        if packed is not None and promised is None:
            raise UnreadableFile("The archive holds another archive; unpack it first.")
        within = detect(target, inner)
        if within.format == "compressed":
            raise UnreadableFile("The archive holds another archive; unpack it first.")
        return target, within, found.compression

    def _inner_name(self) -> str | None:
        """The file name without the extension of its compression."""
        name = self.filename
        if name is None:
            return None
        _, packed = split_name(name)
        return name.rsplit(".", 1)[0] if packed else name

    def _read(
        self, path: Path, found: Detected, promised: str | None, connection: duckdb.DuckDBPyConnection
    ) -> tuple[Staged, str, str]:
        name = found.format
        if name in {"csv", "tsv", "text"}:
            sure = promised if name != "text" and promised in {"csv", "tsv"} else None
            staged = delimited.read(
                path,
                sure,
                self.options,
                connection,
                self.context,
                self.scratch,
                self.max_inflated,
                self.max_columns,
            )
            self.temporary.append(self.scratch / "text.utf8")
            return staged, "delimited", "tsv" if staged.metadata.get("delimiter") == "\t" else "csv"
        if name in {"json", "jsonl"}:
            staged, shape = json_records.read(
                path,
                name,
                self.options,
                connection,
                self.context,
                self.scratch,
                self.max_inflated,
                self.max_columns,
            )
            return staged, "json", shape
        if name == "parquet":
            return columnar.read_parquet(path, connection), "columnar", name
        if name == "arrow":
            return columnar.read_arrow(path, connection, self.context), "columnar", name
        if name in {"xlsx", "xlsm", "xls", "xlsb", "ods"}:
            staged = workbook.read(
                path,
                name,
                self.options,
                connection,
                self.context,
                self.max_workbook,
                self.max_cells,
                self.max_columns,
            )
            return staged, "workbook", name
        raise UnsupportedFormat("The file is of no supported format.")

    def _unused(self, kind: str) -> list[str]:
        given = self.options.model_dump(exclude_none=True)
        unused = sorted(set(given) - _USED[kind])
        return [f"The option {name} does not apply to this kind of file." for name in unused]

    def _tidy(self) -> None:
        for path in self.temporary:
            with suppress(OSError):
                path.unlink()
        shutil.rmtree(self.scratch / "spill", ignore_errors=True)
