"""Locks between processes: a file lock beside a SQLite database, advisory locks inside PostgreSQL."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from ...errors import Busy

EVERY_OWNER = {"every_owner": True}
"""Execution options of the few statements that look past the owner filter."""


@contextlib.contextmanager
def file_lock(path: Path, *, timeout_s: float = 60.0) -> Iterator[None]:
    """Hold the lock file `path`; it stays, and the system frees the lock when a process dies.

    Raises `Busy` after `timeout_s` seconds, `OSError` where files cannot be made or locked.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + timeout_s
        while not _try_lock(descriptor):
            if time.monotonic() > until:
                raise Busy("Another process is opening the catalog and does not finish.")
            time.sleep(0.02)
        try:
            yield
        finally:
            _unlock(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def lock_in_transaction(target: Session | Connection, *keys: str) -> None:
    """Hold `keys` until the transaction ends, on PostgreSQL; SQLite has one writer at a time anyway.

    Without it two transactions on PostgreSQL could each find a name free and both take it.
    """
    connection = target.connection() if isinstance(target, Session) else target
    if connection.dialect.name != "postgresql":
        return
    for number in sorted(_number(key) for key in keys):
        target.execute(select(func.pg_advisory_xact_lock(number)), execution_options=EVERY_OWNER)


def _number(key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"insights:{key}".encode()).digest()[:8], "big", signed=True)
