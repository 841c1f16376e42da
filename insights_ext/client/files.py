"""Files that the Python door writes where the user wants them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ..errors import FileExists, InvalidRequest
from ..services.storage import full_disk_named


def file_exists(path: Path) -> FileExists:
    """The error for a place that is taken."""
    return FileExists(f"There is a file {path.name!r} already.")


def place(source: Path, target: Path, overwrite: bool) -> None:
    """Copy a finished export to where the user wants it; raises what is wrong with that place."""
    made = False
    try:
        with full_disk_named(), source.open("rb") as read, target.open("wb" if overwrite else "xb") as write:
            made = not overwrite
            shutil.copyfileobj(read, write, 1 << 20)
            made = False
    except FileExistsError:
        raise file_exists(target) from None
    except OSError as error:
        raise InvalidRequest(
            f"{target.name!r} cannot be written there: {os.strerror(error.errno or 0)}.",
            hint="Give the path of a file in a directory you may write.",
        ) from None
    finally:
        if made:  # half a file must not stand in the way of the next attempt
            target.unlink(missing_ok=True)
