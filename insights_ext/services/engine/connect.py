"""Opens DuckDB locked: an in-memory database that sees the named Parquet files and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from ...work import WorkerContext
from . import statistics

MEMORY_SHARE = 0.65
"""Part of the worker's memory given to DuckDB; Python, Arrow and DuckDB's own slips need the rest."""

MIN_MEMORY_BYTES = 128 << 20
MAX_SPILL_BYTES = 2 << 30


def quoted(name: str) -> str:
    """`name` as a quoted SQL identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def source(path: Path | str) -> str:
    """The table function that reads one Parquet file.

    Folders named like ``year=2020`` do not become columns. A path with ``*``, ``?`` or ``[`` is taken
    as it is: DuckDB looks for patterns only where no such file exists.
    """
    return f"read_parquet({literal(str(path))}, hive_partitioning = false)"


def connect(
    context: WorkerContext,
    tables: Mapping[str, Path],
    *,
    max_spill_bytes: int = MAX_SPILL_BYTES,
    with_statistics: bool = False,
) -> duckdb.DuckDBPyConnection:
    """A fresh database with one view per table, limited to the worker's means, then locked.

    Files other than `tables` and the worker's scratch directory cannot be read or written, extensions
    cannot be loaded, settings cannot be changed, and Python variables are out of sight. Spills go to
    the scratch directory; without one there are none. The session's time zone is UTC.
    `with_statistics` adds the macros of `statistics`.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": max(1, context.threads),
            # Each thread reserves over 70 MB of address space, which the worker's limit counts.
            "async_threads": 1,
            "memory_limit": f"{memory_limit_bytes(context)}B",
            "temp_directory": "" if context.scratch is None else str(context.scratch / "spill"),
            "max_temp_directory_size": f"{max_spill_bytes}B",
            "python_enable_replacements": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "allow_unsigned_extensions": False,
            "allow_persistent_secrets": False,
            "allow_extension_repositories": "forbidden",
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    # Results without ORDER BY come in file order: pages and repeated answers stay the same.
    connection.execute("SET preserve_insertion_order = true")
    connection.execute("SET parquet_metadata_cache = true")
    paths = ", ".join(literal(str(path)) for path in tables.values())
    connection.execute(f"SET allowed_paths = [{paths}]")
    if context.scratch is not None:
        connection.execute(f"SET allowed_directories = [{literal(str(context.scratch))}]")
    connection.execute("SET enable_external_access = false")
    for name, path in tables.items():
        connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM {source(path)}")
    if with_statistics:
        statistics.define(connection)
    connection.execute("SET lock_configuration = true")
    return connection


def memory_limit_bytes(context: WorkerContext) -> int:
    """What DuckDB may use in a worker with this context."""
    return max(MIN_MEMORY_BYTES, int(context.memory_bytes * MEMORY_SHARE))
