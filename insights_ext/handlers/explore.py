"""Preview and stats: looking at a table before asking about it."""

from __future__ import annotations

from ..context import Context
from ..schemas import Column, Preview, PreviewRequest, Stats
from ..shown import ARROW_FACTOR, shown_rows
from ..telemetry import operation
from ..workspace import Workspace, order_key, worker_key
from . import ordering, profiles
from .tables import Frames, find

GRACE_S = 0.5
"""What a page that nobody waits for any more gets to end by itself: a new worker costs more than a page."""


@operation("preview")
def preview(
    workspace: Workspace, request: PreviewRequest, context: Context, frames: Frames | None = None
) -> Preview:
    """A page of a table; raises `DatasetNotFound`, `UnknownColumn`, `InvalidFilter` or `StillSorting`."""
    table = find(workspace, request.name, context, frames)
    asked_for = {
        "path": str(table.path),
        "offset": request.offset,
        "limit": request.limit,
        "sort": request.sort,
        "filter": [item.model_dump(mode="json") for item in request.filter],
        "max_bytes": ARROW_FACTOR * workspace.max_shown_bytes,
    }
    is_ordered = table.row_count >= ordering.LONG_ROWS and bool(request.sort or request.filter)
    if is_ordered:
        ordering.put_in_order(workspace, table, asked_for, context)
    key = order_key if is_ordered else worker_key
    # Whoever scrolls on gives a page up; that must not end the worker, and with it the order it keeps.
    result = workspace.run(
        "sorted page" if is_ordered else "preview",
        asked_for,
        context,
        reads=(table.path,),
        key=key(context.owner, table.content_sha256),
        grace_s=workspace.query_timeout_s if is_ordered else GRACE_S,
        lasting=is_ordered,
    )
    assert result.table is not None
    asked = result.table.num_rows + result.value["left_out"]
    rows, warnings = shown_rows(result.table, workspace.max_shown_bytes, asked)
    if len(rows) < asked:
        warnings.append(f"The next page begins at offset={request.offset + len(rows)}.")
    total = result.value["total_rows"]
    return Preview(
        name=table.name,
        columns=[Column.model_validate(column) for column in result.value["columns"]],
        rows=rows,
        total_rows=total,
        truncated=request.offset + len(rows) < total,
        offset=request.offset,
        limit=request.limit,
        sort=request.sort,
        filter=request.filter,
        warnings=[*table.warnings, *warnings],
    )


@operation("stats")
def stats(
    workspace: Workspace,
    name: str,
    context: Context,
    wait: bool = True,
    frames: Frames | None = None,
) -> Stats:
    """The profile of a table: the whole one, or with ``wait=False`` what is known by now."""
    table = find(workspace, name, context, frames)
    look = profiles.profile if wait else profiles.profile_so_far
    found = look(workspace, table, context)
    return found.model_copy(update={"warnings": [*table.warnings, *found.warnings]})


@operation("suggestions")
def suggestions(workspace: Workspace, name: str, context: Context, frames: Frames | None = None) -> list[str]:
    """Questions about a table that the embedded planner can answer."""
    return profiles.profile(workspace, find(workspace, name, context, frames), context).suggestions
