"""Bringing a catalog to the current schema: backup, lock, Alembic; nothing at all when it is current."""

from __future__ import annotations

import contextlib
import io
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import Engine

from ... import migrations
from ...errors import StoreDamaged
from ...locks import file_lock
from .locks import lock_in_transaction
from .places import Place, settle_journal

SCRIPTS = Path(migrations.__file__).parent


def bring_up_to_date(
    engine: Engine, where: Place, *, scripts: Path = SCRIPTS, head: str = migrations.HEAD
) -> None:
    """Run the migrations that are missing, in one transaction, whoever else opens at the same time.

    Raises `StoreDamaged` for a database that a newer version has written.
    """
    if where.path is not None:
        with contextlib.suppress(OSError):  # SQLite reports better what is wrong
            os.close(os.open(where.path, os.O_RDWR | os.O_CREAT, 0o600))
    if revision(engine) == head:
        settle_journal(engine, where)
        return
    with _alone(where):
        current = revision(engine)
        if current != head:
            if current is not None and where.path is not None:
                _refuse_newer(current, scripts)
                _back_up(where.path, current)
            with engine.execution_options(writes=True).begin() as connection:
                lock_in_transaction(connection, "migrate")
                _upgrade(connection, scripts, head)
        settle_journal(engine, where)


def revision(engine: Engine) -> str | None:
    """The revision a database is at, None for an empty one."""
    with engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


@contextlib.contextmanager
def _alone(where: Place) -> Iterator[None]:
    """Keep other processes from migrating the same SQLite file; PostgreSQL locks in its transaction."""
    if where.path is None:
        yield
        return
    busy = "Another process is opening the catalog and does not finish."
    with file_lock(where.path.with_name(f"{where.path.name}.lock"), busy):
        yield


def _upgrade(connection: Connection, scripts: Path, head: str) -> None:
    current = _revision(connection)
    if current == head:
        return
    _refuse_newer(current, scripts)
    from alembic import command

    config = _config(scripts)
    config.attributes["connection"] = connection
    command.upgrade(config, head)


def _refuse_newer(current: str | None, scripts: Path) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config(scripts)).walk_revisions()}
    if current is not None and current not in known:
        raise StoreDamaged(
            "The catalog was written by a newer version of insights-ext.",
            hint="Update insights-ext, or choose another root.",
        )


def _config(scripts: Path):  # type: ignore[no-untyped-def]  # alembic's type, imported late on purpose
    from alembic.config import Config

    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _back_up(path: Path, current: str) -> None:
    """Copy the database beside itself as ``<name>.backup-<revision>``, whole or not at all."""
    target = path.with_name(f"{path.name}.backup-{current}")
    aside = target.with_name(f"{target.name}.part")
    aside.unlink(missing_ok=True)
    os.close(os.open(aside, os.O_RDWR | os.O_CREAT, 0o600))
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(aside)) as copy,
    ):
        source.backup(copy)
    os.replace(aside, target)
