"""What a question may be about: the tables that were named, or all that can be asked now."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..ask.planner import TableView
from ..context import Context
from ..errors import Cancelled, DatasetNotFound
from ..flights import Flight
from ..schemas import AskRequest
from ..wording import normalise
from ..workspace import Workspace
from . import profiles
from .tables import Frames, Table, find_all, find_whole

GRACE_S = 5.0
"""How long a question about no dataset in particular waits for profiles under way."""
_LOOK_EVERY_S = 0.05


@dataclass(frozen=True)
class Askable:
    """Tables with what a planner may know of them, in the same order, and notes on what was left out."""

    tables: Sequence[Table]
    views: Sequence[TableView]
    notes: Sequence[str] = ()


def askable(workspace: Workspace, request: AskRequest, context: Context, frames: Frames | None) -> Askable:
    """The tables a question may be about.

    One that was named must be whole and profiled. Where none is named, a damaged one must not silence
    the others, nor must one that takes long to profile: those that are left out are named in a note.
    """
    notes: list[str] = []
    if request.datasets is not None:
        tables = find_all(workspace, request.datasets, context, frames)
        views = [profiles.view(workspace, table, context) for table in tables]
    else:
        tables, damaged = find_whole(workspace, context, frames)
        if damaged:
            notes.append(f"Left out, since their files are damaged: {', '.join(damaged)}.")
        needed = {*(frames or ()), *_mentioned(request.question, (table.name for table in tables))}
        tables, views, more = _ready(workspace, tables, needed, context)
        notes += more
    if not tables:
        raise DatasetNotFound(
            "There is no dataset to ask about.", hint="Upload a file first: %insight upload data.csv."
        )
    return Askable(tables, views, notes)


def _mentioned(question: str, names: Iterable[str]) -> set[str]:
    words = f" {normalise(question)} "
    return {name for name in names if f" {normalise(name)} " in words}


def _ready(
    workspace: Workspace, tables: Sequence[Table], needed: set[str], context: Context
) -> tuple[list[Table], list[TableView], list[str]]:
    """Those of `tables` that are profiled, or soon are; `needed` ones are waited for, and one at least."""
    flights = {
        table.name: profiles.start(workspace, table, context)
        for table in tables
        if not profiles.is_known(workspace, table)
    }
    until = time.monotonic() + GRACE_S

    def profiled(table: Table) -> bool:
        flight = flights.get(table.name)
        while flight is not None and not flight.future.done():
            profiles.check(table, context)
            someone = any(each.name not in flights or flights[each.name].future.done() for each in tables)
            if table.name not in needed and someone and time.monotonic() >= until:
                return False
            time.sleep(_LOOK_EVERY_S)
        return True

    found: list[tuple[Table, TableView]] = []
    late: list[str] = []
    failed: dict[str, BaseException] = {}
    for table in tables:
        if not profiled(table):
            late.append(table.name)
        elif table.name not in needed and (error := _error(flights.get(table.name))) is not None:
            failed[table.name] = error
        else:
            found.append((table, profiles.view(workspace, table, context)))
    if failed and not found:
        raise next(iter(failed.values()))
    notes = []
    if late:
        notes.append(f"Left out, since they are still being profiled: {', '.join(late)}.")
    if failed:
        notes.append(f"Left out, since they could not be profiled: {', '.join(failed)}.")
    return [table for table, _ in found], [view for _, view in found], notes


def _error(flight: Flight[profiles.Profiled] | None) -> BaseException | None:
    """Why a profile that has ended is not there."""
    if flight is None:
        return None
    if flight.future.cancelled():
        return Cancelled("The operation was cancelled.")
    return flight.future.exception()
