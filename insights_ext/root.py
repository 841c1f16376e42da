"""Where the store lies: the workspace root, as configured or as found."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import RootUnusable

STORE_NAME = ".insights"


def find_root(configured: str) -> Path:
    """The workspace root: as configured, else the nearest parent with a trusted store, else here.

    A store is trusted if this user owns it and nobody else may write to it, so that nobody can
    leave one in a shared directory for others to walk into.
    """
    if configured:
        try:
            return Path(configured).expanduser().resolve()
        except (OSError, RuntimeError, ValueError):  # no such home, a circle of links, a NUL
            raise RootUnusable("The root is not a path that can be followed.") from None
    here = Path.cwd().resolve()
    for directory in (here, *here.parents):
        store = directory / STORE_NAME
        if store.is_dir() and _trusted(store):
            return directory
    return here


def check_root(root: Path) -> None:
    """Raise `RootUnusable` where no store can be: in a file, or below a folder that is not there.

    The last folder may be missing: it is made. More than that is a typing error.
    """
    if root.is_dir():
        return
    if root.exists():
        raise RootUnusable(f"The root {root.name!r} is a file, not a folder.")
    if root.parent.exists() and not root.parent.is_dir():
        raise RootUnusable(f"The root {root.name!r} would lie in {root.parent.name!r}, which is a file.")
    if not root.parent.is_dir():
        raise RootUnusable(
            f"The root {root.name!r} would lie in a folder {root.parent.name!r} that does not exist."
        )


def _trusted(store: Path) -> bool:
    if os.name != "posix":
        return True
    info = store.lstat()
    return info.st_uid == os.getuid() and not info.st_mode & 0o022
