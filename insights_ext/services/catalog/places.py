"""Where the catalog lives: its engine, and what SQLite may do on the file system it lies on.

WAL needs memory shared by all readers, which network file systems do not give (sqlite.org/wal.html);
there the catalog uses a rollback journal, which is slower but safe.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from ...errors import InvalidOption

BUSY_TIMEOUT_S = 30.0
_URL_HINT = "Use sqlite:////path/to/catalog.db or postgresql://user@host/database."
_REMOTE = frozenset(
    {"9p", "afs", "acfs", "beegfs", "ceph", "cifs", "coda", "davfs", "fhgfs", "gfs2", "glusterfs", "gpfs"}
    | {"lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "panfs", "prl_fs", "pvfs2", "smb3", "smbfs"}
    | {"vboxsf", "vmhgfs", "wekafs"}
)


@dataclass
class Place:
    """A database and how it is used; `path` is None unless it is a local SQLite file.

    `journal_mode` is what SQLite really uses (None before the first use, and on PostgreSQL);
    `reason` says why it is not WAL, None if it is.
    """

    url: URL
    backend: str
    path: Path | None = None
    journal_mode: str | None = None
    wanted_mode: str = "wal"
    reason: str | None = None

    def identity(self) -> tuple[int, int] | None:
        """Device and inode of the SQLite file, None if it is not there or there is none."""
        if self.path is None:
            return None
        try:
            found = self.path.stat()
        except OSError:
            return None
        return (found.st_dev, found.st_ino)


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite catalog at `path`."""
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def place(url: str) -> Place:
    """What `url` points to; raises `InvalidOption` for anything but a SQLite file or PostgreSQL."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InvalidOption("catalog_url is not a database URL.", hint=_URL_HINT) from None
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if importlib.util.find_spec(parsed.get_driver_name()) is None:
            raise InvalidOption(
                "A PostgreSQL catalog needs a driver that is not installed.",
                hint="Install it with: pip install 'insights-ext[postgres]'",
            )
        return Place(parsed, backend)
    if backend != "sqlite" or parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise InvalidOption(f"A catalog cannot be kept in {backend!r}.", hint=_URL_HINT)
    database = parsed.database or ""
    if database in ("", ":memory:") or "mode=memory" in database:
        raise InvalidOption("A catalog cannot be kept in memory: it is shared by processes.", hint=_URL_HINT)
    if database.startswith("file:"):
        # A SQLite URI chooses its own access; its path is not ours to lock or back up.
        return Place(parsed, backend, wanted_mode="truncate", reason="opened by a SQLite URI")
    path = Path(database).absolute()
    kind = file_system(path)
    if kind is not None and is_remote(kind):
        return Place(parsed, backend, path, None, "truncate", f"the file system {kind} cannot share memory")
    return Place(parsed, backend, path)


def engine_of(where: Place) -> Engine:
    """An engine with a pool for threads; SQLite transactions begin when SQLAlchemy says so."""
    if where.backend != "sqlite":
        return create_engine(where.url, pool_pre_ping=True, pool_size=5, max_overflow=20)
    engine = create_engine(
        where.url,
        pool_size=5,
        max_overflow=20,
        pool_timeout=BUSY_TIMEOUT_S,
        connect_args={"timeout": BUSY_TIMEOUT_S},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        # Python's own BEGIN comes late and never before DDL; without it a half-run migration stays.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        if where.wanted_mode == "truncate":
            where.journal_mode = _mode(connection, "truncate")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer that starts as a reader can be refused half-way; an immediate one waits at the door.
        immediate = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def settle_journal(engine: Engine, where: Place) -> None:
    """Switch a SQLite database to the journal that suits its file system; WAL stays switched on."""
    if where.backend != "sqlite" or where.journal_mode is not None:
        return
    raw = engine.raw_connection()
    try:
        connection: Any = raw.driver_connection
        mode = _mode(connection)
        where.journal_mode = mode if mode == "wal" else _mode(connection, "wal")
    finally:
        raw.close()
    if where.journal_mode != "wal":
        where.wanted_mode, where.reason = "truncate", "SQLite could not switch to WAL here"
        where.journal_mode = None
        engine.dispose()
        engine.connect().close()


def _mode(connection: sqlite3.Connection, wanted: str | None = None) -> str:
    """The journal mode, after trying to change it to `wanted`."""
    try:
        row = connection.execute(f"PRAGMA journal_mode{f' = {wanted}' if wanted else ''}").fetchone()
    except sqlite3.OperationalError:
        if wanted is None:
            raise
        return _mode(connection)
    return str(row[0]).lower()


def file_system(path: Path, mounts: str | None = None) -> str | None:
    """The type of the file system that holds `path`, None where the system does not tell.

    `mounts` is the text of ``/proc/mounts``. On Windows a network path counts as ``cifs``.
    """
    if mounts is None:
        if os.name == "nt":
            return "cifs" if str(path).startswith(("\\\\", "//")) else None
        try:
            mounts = Path("/proc/mounts").read_text(errors="surrogateescape")
        except OSError:
            return None
    target = os.path.realpath(path)
    best, kind = "", None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        mount = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[1])
        inside = target == mount or target.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, fields[2]
    return kind


def is_remote(kind: str) -> bool:
    """Whether a file system of this type may be mounted by several machines, or cannot share memory."""
    return kind in _REMOTE or kind.startswith("fuse.")
