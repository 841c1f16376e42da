"""Live data frames as tables: each content is converted once and kept until the workspace closes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..context import Context
from ..errors import InvalidRequest
from ..schemas import DatasetColumn, ImportOptions
from ..services.frames import write_arrow
from ..services.storage import Staged
from ..workspace import Workspace, order_key, worker_key
from .convert import convert

_KEPT = 16


@dataclass(frozen=True)
class Snapshot:
    """The content of a data frame at one moment; `request_id` is of the last request that took it."""

    path: Path
    content_sha256: str
    columns: tuple[DatasetColumn, ...]
    row_count: int
    request_id: str
    warnings: tuple[str, ...] = ()


def stage(workspace: Workspace, frame: Any) -> Staged:
    """A live data frame as staged Arrow bytes; raises `FrameTooLarge` or `InvalidRequest`."""
    staging = workspace.open().storage.stage(2 * workspace.max_frame_bytes)
    try:
        write_arrow(frame, staging, workspace.max_frame_bytes)
        return staging.finish()
    except BaseException:
        staging.abort()
        raise


def take(workspace: Workspace, name: str, frame: Any, context: Context) -> Snapshot:
    """The content of `frame` now."""
    if not name.isidentifier():
        raise InvalidRequest(f"{name!r} is not a variable name.")
    context.step("convert", f"Reading {name}")
    staged = stage(workspace, frame)
    try:
        known: Snapshot | None = workspace.live.get(staged.sha256)
        if known is None or not known.path.exists():
            known = _convert(workspace, staged, context)
        known = replace(known, request_id=context.request_id)
        # Calls of other threads look it up meanwhile, so it is never away for longer than this.
        workspace.live.pop(staged.sha256, None)
        workspace.live[staged.sha256] = known
        _make_room(workspace, context)
        return known
    finally:
        staged.discard()


def _make_room(workspace: Workspace, context: Context) -> None:
    """Drop the snapshots used longest ago, but none that this request is about to use."""
    for key, oldest in list(workspace.live.items())[:-_KEPT]:
        if oldest.request_id != context.request_id:
            workspace.live.pop(key, None)
            _drop(workspace, oldest)


def kept(workspace: Workspace, content_sha256: str) -> Snapshot | None:
    """The snapshot of that content, if it is still kept."""
    for snapshot in list(workspace.live.values()):
        if isinstance(snapshot, Snapshot) and snapshot.content_sha256 == content_sha256:
            return snapshot
    return None


def is_kept(workspace: Workspace, snapshot: Snapshot) -> bool:
    """Whether `snapshot` can still be read; if so, it becomes the last to be dropped."""
    for key, known in list(workspace.live.items()):
        if known.content_sha256 == snapshot.content_sha256 and known.path.exists():
            with contextlib.suppress(KeyError):  # another thread moves it, or has just dropped it
                workspace.live.move_to_end(key)
            return True
    return False


def _convert(workspace: Workspace, staged: Staged, context: Context) -> Snapshot:
    with convert(workspace, staged, "frame.arrow", ImportOptions(), context) as converted:
        stored, read = converted.commit(workspace.live_directory), converted.value
    columns = tuple(DatasetColumn.model_validate(column) for column in read["columns"])
    warnings = tuple(read["warnings"])
    return Snapshot(stored.path, stored.sha256, columns, read["row_count"], context.request_id, warnings)


def _drop(workspace: Workspace, snapshot: Snapshot) -> None:
    # A worker may read the file that it was started for, not another one of the same name.
    for key in (worker_key, order_key):
        workspace.workers.forget(key(workspace.owner, snapshot.content_sha256))
    snapshot.path.unlink(missing_ok=True)
    snapshot.path.with_suffix(".values.arrow").unlink(missing_ok=True)
    if not workspace.catalog.references(snapshot.content_sha256):
        workspace.catalog.drop_profile(snapshot.content_sha256)
