"""Preview and stats: looking at a table before asking about it."""

from __future__ import annotations

import json
import threading
import time
from concurrent import futures
from dataclasses import replace
from typing import Any

from ..context import Context
from ..errors import StillSorting
from ..schemas import Column, Preview, PreviewRequest, Stats
from ..shown import ARROW_FACTOR, shown_rows
from ..telemetry import operation
from ..workspace import Workspace, worker_key
from . import profiles
from .tables import Frames, Table, find

LONG_ROWS = 500_000
"""Rows from which sorting or filtering may take longer than one page is allowed to."""

TOP_ROWS = 5_000
"""Rows of an order that are had without making the whole of it."""


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
    if table.row_count >= LONG_ROWS and (request.sort or request.filter):
        _order(workspace, table, asked_for, context)
        # Whoever scrolls on gives a page up; that must not end the worker, and with it the order.
        context = replace(context, cancelled=threading.Event())
    result = workspace.run(
        "preview",
        asked_for,
        context,
        reads=(table.path,),
        key=worker_key(context.owner, table.content_sha256),
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


def _order(workspace: Workspace, table: Table, asked_for: dict[str, Any], context: Context) -> None:
    """Have the rows in order as far as the page needs them; whoever asks again waits for the same work.

    The order is kept by the worker that serves the pages, so this returns at once when it is there.
    """
    # The top of an order is quick to have; for any page further down the whole of it is made.
    end = asked_for["offset"] + asked_for["limit"]
    needed = {**asked_for, "offset": TOP_ROWS if end <= TOP_ROWS else table.row_count, "limit": 0}
    owner = worker_key(context.owner, table.content_sha256)

    def work(cancelled: threading.Event) -> None:
        own = replace(context, emit=Context().emit, deadline=None, cancelled=cancelled)
        workspace.run("sort", needed, own, reads=(table.path,), key=owner)

    wanted = json.dumps([needed["offset"], needed["sort"], needed["filter"]], default=str)
    flight = workspace.once(f"sort:{owner}:{wanted}", work)
    give_up = time.monotonic() + workspace.query_timeout_s
    try:
        while not futures.wait([flight.future], 0.05).done:
            context.check()
            if time.monotonic() >= give_up:
                raise StillSorting(f"The rows of {table.name!r} are still being sorted or filtered.")
    except KeyboardInterrupt:
        flight.cancelled.set()
        raise
    flight.future.result()


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
