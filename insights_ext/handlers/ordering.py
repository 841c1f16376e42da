"""The order of a long table: made in the background, for as long as it takes, and only while it is wanted."""

from __future__ import annotations

import json
import threading
import time
from concurrent import futures
from dataclasses import replace
from typing import Any

from ..context import Context
from ..errors import StillSorting
from ..workspace import Workspace, order_key
from .tables import Table

LONG_ROWS = 500_000
"""Rows from which sorting or filtering may take longer than one page is allowed to."""

TOP_ROWS = 5_000
"""Rows of an order that are had without making the whole of it."""

_LOOK_S = 0.05


def put_in_order(workspace: Workspace, table: Table, asked_for: dict[str, Any], context: Context) -> None:
    """Have the rows in order as far as the page needs them; whoever asks again waits for the same work.

    The order is kept by the worker that serves the sorted pages, so this returns at once when it is there.
    That worker does one thing at a time: an order that nobody waits for any more gives way to this one.
    Raises `StillSorting` after `query_timeout_s`, while the work goes on.
    """
    # The top of an order is quick to have; for any page further down the whole of it is made.
    end = asked_for["offset"] + asked_for["limit"]
    needed = {**asked_for, "offset": TOP_ROWS if end <= TOP_ROWS else table.row_count, "limit": 0}
    owner = order_key(context.owner, table.content_sha256)
    group = f"sort:{owner}:"
    key = group + json.dumps([needed["offset"], needed["sort"], needed["filter"]], default=str)

    def work(cancelled: threading.Event) -> None:
        own = replace(context, emit=Context().emit, deadline=None, cancelled=cancelled)
        workspace.run("sort", needed, own, reads=(table.path,), key=owner, lasting=True)

    flight = workspace.once(key, work)
    while not flight.join():
        flight = workspace.once(key, work)
    come_back = False
    try:
        give_up = time.monotonic() + workspace.query_timeout_s
        workspace.give_way(group, but=key)
        while not futures.wait([flight.future], _LOOK_S).done:
            context.check()
            workspace.give_way(group, but=key)
            if time.monotonic() >= give_up:
                come_back = True
                raise StillSorting(f"The rows of {table.name!r} are still being sorted or filtered.")
    except KeyboardInterrupt:
        flight.cancelled.set()
        raise
    finally:
        flight.leave(come_back)
    flight.future.result()
