"""Removing again what was written about contents that were deleted meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from ..context import Context
from ..workspace import Workspace


def forget_if_deleted(workspace: Workspace, hashes: Iterable[str], context: Context) -> bool:
    """Remove again what work wrote about datasets that were deleted while it ran.

    Called after the writing: a deletion that comes later than this look removes it itself.
    """
    gone = [sha256 for sha256 in hashes if not workspace.catalog.references(sha256)]
    if gone:
        workspace.owned(context).owe_removals(gone)
        workspace.work_off_removals()
    return bool(gone)
