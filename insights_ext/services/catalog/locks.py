"""Advisory locks inside PostgreSQL, held until a transaction ends."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

EVERY_OWNER = {"every_owner": True}
"""Execution options of the few statements that look past the owner filter."""


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
