"""Export: a dataset, or the full result of an answer, as a file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..context import Context
from ..errors import AnswerNotFound, InvalidRequest
from ..formats import EXPORT_MEDIA_TYPES
from ..schemas import ExportRequest
from ..telemetry import operation
from ..workspace import Workspace
from . import snapshots
from .tables import Frames, find


@dataclass(frozen=True)
class Exported:
    """A written file; it is removed when its context ends, so copy, move or stream it."""

    path: Path
    filename: str
    media_type: str
    size_bytes: int
    rows: int
    warnings: list[str]


@contextlib.contextmanager
def export(
    workspace: Workspace, request: ExportRequest, context: Context, frames: Frames | None = None
) -> Iterator[Exported]:
    """Write a dataset or an answer's result to a file in the format asked for.

    Raises `DatasetNotFound`, `AnswerNotFound`, or `TooLarge` where the format cannot hold it.
    """
    args, reads = _source(workspace, request, context, frames)
    with workspace.open().storage.scratch() as scratch:
        yield _write(workspace, request, context, args, reads, scratch)


@operation("export")
def _write(
    workspace: Workspace,
    request: ExportRequest,
    context: Context,
    args: dict[str, Any],
    reads: tuple[Path, ...],
    scratch: Path,
) -> Exported:
    result = workspace.run(
        "export", {**args, "format": request.format}, context, reads=reads, writes=scratch
    ).value
    return Exported(
        path=scratch / result["filename"],
        filename=result["filename"],
        media_type=EXPORT_MEDIA_TYPES[request.format],
        size_bytes=result["size_bytes"],
        rows=result["rows"],
        warnings=result["warnings"],
    )


def _source(
    workspace: Workspace, request: ExportRequest, context: Context, frames: Frames | None
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    if (request.name is None) == (request.answer is None):
        raise InvalidRequest("Export takes either a dataset's name or an answer's id.")
    if request.name is not None:
        table = find(workspace, request.name, context, frames)
        return {"path": str(table.path), "stem": table.name}, (table.path,)
    answer, hashes = workspace.owned(context).answer_with_hashes(request.answer or "")
    if answer.sql is None:
        raise AnswerNotFound("That answer has no table.")
    paths = {name: _path(workspace, sha256, context) for name, sha256 in hashes.items()}
    args = {
        "sql": answer.sql,
        "tables": {name: str(path) for name, path in paths.items()},
        "stem": f"answer_{answer.id[:8]}",
    }
    return args, tuple(paths.values())


def _path(workspace: Workspace, sha256: str, context: Context) -> Path:
    """The file of a content: of a live data frame while it is kept, else of a dataset."""
    live = snapshots.kept(workspace, sha256)
    if live is not None:
        return live.path
    if not workspace.catalog.references(sha256):
        raise AnswerNotFound("The data of that answer is no longer kept.", hint="Ask the question again.")
    return workspace.storage.dataset(sha256, context.check)
