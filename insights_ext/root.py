"""Where the store lies: the workspace root, as configured or as found."""

from __future__ import annotations

import os
from pathlib import Path

STORE_NAME = ".insights"


def find_root(configured: str) -> Path:
    """The workspace root: as configured, else the nearest parent with a trusted store, else here.

    A store is trusted if this user owns it and nobody else may write to it, so that nobody can
    leave one in a shared directory for others to walk into.
    """
    if configured:
        return Path(configured).expanduser().resolve()
    here = Path.cwd().resolve()
    for directory in (here, *here.parents):
        store = directory / STORE_NAME
        if store.is_dir() and _trusted(store):
            return directory
    return here


def _trusted(store: Path) -> bool:
    if os.name != "posix":
        return True
    info = store.lstat()
    return info.st_uid == os.getuid() and not info.st_mode & 0o022
