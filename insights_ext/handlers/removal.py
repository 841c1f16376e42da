"""Removing all that was made from contents nobody refers to any more."""

from __future__ import annotations

from collections.abc import Iterable

from ..context import Context
from ..schemas import Dataset
from ..workspace import Workspace
from .tables import worker_key


def forget(workspace: Workspace, hashes: Iterable[str], context: Context) -> None:
    """Remove files, profiles, answers and workers of those contents that nobody refers to."""
    for sha256 in hashes:
        with workspace.catalog.removing(sha256) as unused:
            if unused:
                workspace.storage.remove(sha256)
        if unused:
            workspace.workers.forget(worker_key(sha256, context))
            workspace.catalog.drop_profile(sha256)
            workspace.owned(context).delete_answers_of(sha256)
            workspace.memory.forget_dataset(context.owner, sha256)


def forget_original(workspace: Workspace, gone: Dataset | None) -> None:
    """Remove the kept raw bytes of a dataset that is gone, unless another was made from them."""
    if gone is None or not gone.original_kept or gone.source_sha256 is None:
        return
    if not workspace.catalog.references_source(gone.source_sha256):
        workspace.storage.remove_original(gone.source_sha256)


def forget_if_deleted(workspace: Workspace, hashes: Iterable[str], context: Context) -> bool:
    """Remove again what work wrote about datasets that were deleted while it ran.

    Called after the writing: a deletion that comes later than this look removes it itself.
    """
    gone = [sha256 for sha256 in hashes if not workspace.catalog.references(sha256)]
    forget(workspace, gone, context)
    return bool(gone)
