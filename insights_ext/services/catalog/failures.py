"""What a failing database means to a user: each driver error becomes one of our typed errors."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ...errors import Busy, Forbidden, InsightsError, StorageFull, StoreDamaged

_READ_ONLY_HINT = "Check that you may write to the workspace's .insights directory."
_DAMAGED_HINT = "Restore the catalog from its backup file beside it, or start with another root."


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise our errors for the database's; `IntegrityError` passes, its meaning is the caller's."""
    try:
        yield
    except IntegrityError:
        raise
    except PoolTimeout as error:
        raise Busy("Too many requests are using the catalog.") from error
    except DBAPIError as error:
        raise _meaning(error) from error
    except SQLAlchemyError as error:
        raise InsightsError("The catalog failed unexpectedly.") from error
    except OSError as error:
        raise _meaning_of_os_error(error) from error


def _meaning(error: DBAPIError) -> InsightsError:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _meaning_of_sqlite_code(code & 0xFF)
    if isinstance(error.orig, sqlite3.Error):
        return InsightsError("The catalog failed unexpectedly.")
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(state, str):
        return _meaning_of_sqlstate(state)
    return Busy("The catalog's database does not answer.")


def _meaning_of_sqlite_code(code: int) -> InsightsError:
    if code == sqlite3.SQLITE_FULL:
        return StorageFull("The disk is full: the catalog could not be written.")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy("The catalog is in use by another process.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return Forbidden("The catalog cannot be written.", hint=_READ_ONLY_HINT)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreDamaged("The catalog file is damaged.", hint=_DAMAGED_HINT)
    if code == sqlite3.SQLITE_CANTOPEN:
        return Forbidden("The catalog file cannot be opened.", hint=_READ_ONLY_HINT)
    if code == sqlite3.SQLITE_IOERR:
        return StoreDamaged("The disk failed while the catalog was read or written.", hint=_DAMAGED_HINT)
    return InsightsError("The catalog failed unexpectedly.")


def _meaning_of_sqlstate(state: str) -> InsightsError:
    if state == "53100":
        return StorageFull("The disk of the catalog's database is full.")
    if state in ("25006", "42501"):
        return Forbidden(
            "The catalog's database cannot be written.", hint="Check the database user's rights."
        )
    if state.startswith(("08", "53", "55", "57", "40")):
        return Busy("The catalog's database is busy or does not answer.")
    if state.startswith("28"):
        return Forbidden("The catalog's database refused the login.", hint="Check c.Workspace.catalog_url.")
    return InsightsError("The catalog failed unexpectedly.")


def _meaning_of_os_error(error: OSError) -> InsightsError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull("The disk is full: the catalog could not be written.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Forbidden("The catalog cannot be written.", hint=_READ_ONLY_HINT)
    return InsightsError("The catalog's files cannot be used here.", hint=_READ_ONLY_HINT)
