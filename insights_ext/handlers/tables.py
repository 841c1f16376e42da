"""Finding the tables of a request: uploaded datasets by name, and live data frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..context import Context
from ..errors import StoreDamaged
from ..schemas import Dataset, DatasetColumn, dataset_name
from ..workspace import Workspace
from . import snapshots

Frames = Mapping[str, Any]
"""Live data frames by the name they are asked under; they win over datasets of the same name.

A `snapshots.Snapshot` in the place of a frame is the frame as it was then, and costs nothing to take.
"""


@dataclass(frozen=True)
class Table:
    """A table to work on: where its Parquet file and its value index are, and what it holds.

    `warnings` say what had to be changed in a live data frame; those of a dataset were told with it.
    """

    name: str
    path: Path
    values_path: Path
    content_sha256: str
    columns: tuple[DatasetColumn, ...]
    row_count: int
    dataset: Dataset | None = None
    warnings: tuple[str, ...] = ()


def find(workspace: Workspace, name: str, context: Context, frames: Frames | None = None) -> Table:
    """The table called `name`; raises `DatasetNotFound`, `DatasetNotReady` or `StoreDamaged`."""
    if frames and name in frames:
        frame = frames[name]
        if isinstance(frame, snapshots.Snapshot):
            return _of_snapshot(name, frame)
        return _of_snapshot(name, snapshots.take(workspace, name, frame, context))
    dataset = workspace.owned(context).get_completed(dataset_name(name))
    return of_dataset(workspace, dataset, context)


def find_all(
    workspace: Workspace, names: Iterable[str], context: Context, frames: Frames | None = None
) -> list[Table]:
    """The tables called `names`."""
    return [find(workspace, name, context, frames) for name in dict.fromkeys(names)]


def find_whole(
    workspace: Workspace, context: Context, frames: Frames | None = None
) -> tuple[list[Table], list[str]]:
    """Every frame given and every completed dataset that is whole; names of those that are damaged.

    Raises `StoreDamaged` where nothing else is left.
    """
    found, damaged = [], dict[str, StoreDamaged]()
    datasets = workspace.owned(context).list()
    for name in dict.fromkeys(
        [*(frames or {}), *(item.name for item in datasets if item.state == "completed")]
    ):
        try:
            found.append(find(workspace, name, context, frames))
        except StoreDamaged as error:
            damaged[name] = error
    if damaged and not found:
        raise next(iter(damaged.values()))
    return found, list(damaged)


def of_dataset(workspace: Workspace, dataset: Dataset, context: Context) -> Table:
    """The table of a completed dataset."""
    assert dataset.content_sha256 is not None
    assert dataset.row_count is not None
    return Table(
        name=dataset.name,
        path=workspace.storage.dataset(dataset.content_sha256, context.check),
        values_path=workspace.storage.values(dataset.content_sha256),
        content_sha256=dataset.content_sha256,
        columns=tuple(dataset.columns),
        row_count=dataset.row_count,
        dataset=dataset,
    )


def _of_snapshot(name: str, taken: snapshots.Snapshot) -> Table:
    return Table(
        name=name,
        path=taken.path,
        values_path=taken.path.with_suffix(".values.arrow"),
        content_sha256=taken.content_sha256,
        columns=taken.columns,
        row_count=taken.row_count,
        warnings=taken.warnings,
    )


def noted(tables: Iterable[Table]) -> list[str]:
    """The warnings of `tables`, each under its table's name."""
    return [f"{table.name}: {warning}" for table in tables for warning in table.warnings]
