"""The profile of a table: computed once per content in a worker, afterwards a look-up."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, replace

from ..ask.planner import TableView
from ..context import Context, Event
from ..errors import DatasetNotFound, InsightsError, OutOfTime, QueryFailed
from ..flights import Flight
from ..schemas import PROFILE_VERSION, ColumnKind, ColumnStats, Stats
from ..telemetry import logger
from ..workspace import Workspace
from .removal import forget_if_deleted
from .tables import Table


@dataclass(frozen=True)
class Profiled:
    """A whole profile, and the datasets (owner and name) under which the memory was told of it now."""

    stats: Stats
    told: frozenset[tuple[str, str]] = frozenset()


def start(workspace: Workspace, table: Table, context: Context) -> Flight[Profiled]:
    """Begin to profile `table` in the background, unless that is done or under way."""
    own = replace(context, emit=Context().emit, deadline=None)

    def work(cancelled: threading.Event) -> Profiled:
        return _compute(workspace, table, replace(own, cancelled=cancelled))

    return workspace.once(f"profile:{table.content_sha256}", work)


def enter(workspace: Workspace, table: Table, context: Context) -> None:
    """The same for a new dataset, which the memory gets to know even if its content is profiled already."""
    assert table.dataset is not None
    mine = (table.dataset.owner, table.name)

    def ended(done: Future[Profiled]) -> None:
        if done.cancelled() or done.exception() is not None or mine in done.result().told:
            return
        try:
            _tell(workspace, table, done.result().stats, context)
        except (InsightsError, OSError) as error:
            logger.warning("The memory was not told of a dataset: %s.", type(error).__name__)

    start(workspace, table, context).future.add_done_callback(ended)


def profile(workspace: Workspace, table: Table, context: Context) -> Stats:
    """The whole profile of `table`; waits for it if it is still being computed."""
    known = _known(workspace, table)
    if known is not None:
        return known
    context.step("profile", f"Profiling {table.name}")
    listening = threading.Event()
    listening.set()

    def emit(event: Event) -> None:
        # The work may go on when whoever began it has stopped waiting.
        if listening.is_set():
            context.emit(event)

    def work(cancelled: threading.Event) -> Profiled:
        return _compute(workspace, table, replace(context, emit=emit, cancelled=cancelled, deadline=None))

    try:
        return (
            workspace.once(f"profile:{table.content_sha256}", work)
            .wait(context)
            .stats.model_copy(update={"name": table.name})
        )
    except OutOfTime:
        raise _late(table) from None
    finally:
        listening.clear()


def profile_so_far(workspace: Workspace, table: Table, context: Context) -> Stats:
    """The whole profile if it is there, else a partial one from what the upload knows."""
    known = _known(workspace, table)
    if known is not None:
        return known
    start(workspace, table, context)
    return _partial(table)


def view(workspace: Workspace, table: Table, context: Context) -> TableView:
    """What a planner may know of `table`."""
    from ..ask.values_index import ArrowValueIndex

    stats = profile(workspace, table, context)
    return TableView(table.name, stats, ArrowValueIndex.open(table.values_path))


def check(table: Table, context: Context) -> None:
    """As `Context.check`, for one who waits for the profile of `table`."""
    try:
        context.check()
    except OutOfTime:
        raise _late(table) from None


def _late(table: Table) -> OutOfTime:
    return OutOfTime(f"The profile of {table.name!r} is still being computed.", hint="Try again in a moment.")


def is_known(workspace: Workspace, table: Table) -> bool:
    """Whether the whole profile of `table` is there."""
    return _known(workspace, table) is not None


def _known(workspace: Workspace, table: Table) -> Stats | None:
    stored = workspace.open().catalog.profile(table.content_sha256, PROFILE_VERSION)
    # The value index is part of the profile: without its file both are made again.
    if stored is None or not table.values_path.exists():
        return None
    return Stats.model_validate({**stored, "name": table.name})


def _compute(workspace: Workspace, table: Table, context: Context) -> Profiled:
    from ..ask.rules.suggest import suggestions
    from ..ask.values_index import ArrowValueIndex

    known = _known(workspace, table)
    if known is not None:
        return Profiled(known)
    with workspace.storage.scratch() as scratch:
        try:
            result = workspace.run(
                "profile",
                {"path": str(table.path), "content_sha256": table.content_sha256},
                context,
                reads=(table.path,),
                writes=scratch,
            )
        except QueryFailed:
            if table.path.exists():
                raise
            raise _deleted(table) from None
        workspace.storage.settle(scratch / "values.arrow", table.values_path)
    stats = Stats.model_validate({**result.value, "name": table.name})
    index = ArrowValueIndex.open(table.values_path)
    stats = stats.model_copy(update={"suggestions": suggestions(TableView(table.name, stats, index))})
    workspace.catalog.save_profile(table.content_sha256, stats.model_dump(mode="json"), PROFILE_VERSION)
    return Profiled(stats, _tell(workspace, table, stats, context))


def _tell(workspace: Workspace, table: Table, stats: Stats, context: Context) -> frozenset[tuple[str, str]]:
    """Tell the memory of all datasets that hold the content of `table` now, under their names of now.

    Looked up again after the telling: who renames meanwhile may have done so before the memory knew.
    """
    from ..ask.remembering import entries
    from ..ask.values_index import ArrowValueIndex

    if table.dataset is None:
        return frozenset()
    index = ArrowValueIndex.open(table.values_path)
    told: set[tuple[str, str]] = set()
    while (held := workspace.catalog.named(table.content_sha256)) != told:
        for owner, name in told - held:
            workspace.memory.forget_dataset(owner, name)
        for owner, name in held - told:
            workspace.memory.remember_dataset(entries(owner, stats.model_copy(update={"name": name}), index))
        told = held
    if forget_if_deleted(workspace, [table.content_sha256], context):
        raise _deleted(table)
    return frozenset(told)


def _deleted(table: Table) -> DatasetNotFound:
    return DatasetNotFound(f"The dataset {table.name!r} was deleted while it was profiled.")


_KINDS: dict[str, ColumnKind] = {"VARCHAR": "text", "BOOLEAN": "boolean", "BLOB": "binary"}


def _kind(sql_type: str) -> ColumnKind:
    if sql_type in _KINDS:
        return _KINDS[sql_type]
    if sql_type.startswith(("DATE", "TIME")):
        return "date"
    nested = sql_type.startswith(("STRUCT", "MAP", "UNION", "LIST")) or sql_type.endswith("]")
    return "nested" if nested else "numeric"


def _partial(table: Table) -> Stats:
    columns = [
        ColumnStats(
            name=column.name,
            type=column.type,
            kind=_kind(column.type),
            semantic_type="text",
            count=table.row_count - (column.null_count or 0),
            null_count=column.null_count or 0,
            null_percentage=100 * (column.null_count or 0) / table.row_count if table.row_count else 0.0,
        )
        for column in table.columns
    ]
    nulls = sum(column.null_count for column in columns)
    cells = table.row_count * len(columns)
    size = table.path.stat().st_size
    return Stats(
        name=table.name,
        content_sha256=table.content_sha256,
        partial=True,
        row_count=table.row_count,
        column_count=len(columns),
        memory_bytes=size,
        stored_bytes=size,
        numeric_columns=sum(column.kind == "numeric" for column in columns),
        categorical_columns=sum(column.kind in ("text", "boolean") for column in columns),
        null_count=nulls,
        null_percentage=100 * nulls / cells if cells else 0.0,
        columns=columns,
        warnings=["The full profile is still being computed; what is shown comes from the upload."],
    )
