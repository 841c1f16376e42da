"""Where rows wait between the file and its Parquet: a private DuckDB and a description of what lies in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import duckdb

from insights_ext.errors import PasswordProtected, StorageFull, TooComplex
from insights_ext.work import WorkerContext

TABLE = "staged"
"""Name of the staging table; its ``rowid`` is the position of a row in the file."""


@dataclass
class StagedColumn:
    """One column on its way: `physical` is its name in the relation, `name` what the user will see.

    `expression` is the SQL that gives its value. `infer` says whether its type is still to be found:
    ``all`` notations, only ISO ``dates`` (text of a format that has types of its own), or ``no``.
    """

    physical: str
    name: str
    source_name: str | None = None
    infer: Literal["all", "dates", "no"] = "all"
    expression: str | None = None
    note: str | None = None

    @property
    def sql(self) -> str:
        """The SQL expression of the value as it lies there."""
        return self.expression or quoted(self.physical)


@dataclass
class Staged:
    """A file that has been read: a relation, its columns, and what was seen on the way.

    `first_row` is the number of the first data row as a reader of the file counts (from 1).
    `decimal` is the decimal mark the user or the format fixed; `comma_likely` a weak hint for a comma.
    `row_id` is the SQL of a row's position from 0, None where the relation has none.
    """

    relation: str
    columns: list[StagedColumn]
    first_row: int = 1
    metadata: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    decimal: str | None = None
    comma_likely: bool = False
    row_id: str | None = "rowid"


def quoted(identifier: str) -> str:
    """`identifier` as a quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def open_stage(context: WorkerContext, scratch: Path, files: list[Path]) -> duckdb.DuckDBPyConnection:
    """A fresh in-memory DuckDB that can touch `files` and `scratch`, nothing else.

    It keeps within 60 % of the worker's memory and spills to `scratch`.
    """
    spill = scratch / "spill"
    spill.mkdir(exist_ok=True)
    connection = duckdb.connect(
        config={
            "threads": context.threads,
            "memory_limit": f"{max(256, int(context.memory_bytes * 0.6) >> 20)}MiB",
            # Each thread reserves over 70 MB of address space, which the limit of a worker counts.
            "async_threads": 1,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "allow_unsigned_extensions": False,
            "allow_persistent_secrets": False,
            "allow_extension_repositories": "forbidden",
            "python_enable_replacements": False,
        }
    )
    paths = ", ".join(literal(str(path)) for path in files)
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET allowed_directories = [{literal(str(scratch) + '/')}]")
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def engine_trouble(error: duckdb.Error) -> StorageFull | TooComplex | PasswordProtected | None:
    """The typed error behind a DuckDB error that is about space or encryption, not about the data."""
    text = str(error)
    if "No space left" in text or "disk is full" in text.lower() or "max_temp_directory_size" in text:
        return StorageFull("There is not enough disk space to convert the file.")
    if "is encrypted" in text:
        return PasswordProtected("The Parquet file is encrypted.", hint="Save it without encryption.")
    if isinstance(error, duckdb.OutOfMemoryException) or "ut of memory" in text or "malloc of size" in text:
        return TooComplex(
            "Converting the file needs more memory than a worker may use.",
            hint="Split the file, or select fewer columns.",
        )
    return None
