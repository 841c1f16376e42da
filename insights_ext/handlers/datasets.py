"""Datasets: list, look up, rename, delete."""

from __future__ import annotations

import datetime as dt

from ..context import Context
from ..schemas import Dataset, DatasetList, RenameRequest, dataset_name
from ..telemetry import operation
from ..workspace import Workspace


@operation("datasets")
def datasets(workspace: Workspace, request: None, context: Context) -> DatasetList:
    """All datasets of the asker, newest first; those that failed are listed for ``failed_ttl_s``."""
    # Their records go when the store is opened or written to: who reads, may not write.
    since = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=workspace.failed_ttl_s)
    found = [
        item for item in workspace.owned(context).list() if item.state != "failed" or item.updated_at > since
    ]
    return DatasetList(datasets=found, total=len(found))


@operation("dataset")
def dataset(workspace: Workspace, name: str, context: Context) -> Dataset:
    """One dataset, in whatever state; raises `DatasetNotFound`."""
    return workspace.owned(context).get(dataset_name(name))


@operation("rename")
def rename(workspace: Workspace, request: RenameRequest, context: Context, name: str) -> Dataset:
    """Give a dataset another name; raises `DatasetNotFound` or `NameTaken`."""
    old = dataset_name(name)
    renamed = workspace.owned(context).rename(old, dataset_name(request.name))
    workspace.memory.rename_dataset(context.owner, old, renamed.name)
    return renamed


@operation("delete")
def delete(workspace: Workspace, name: str, context: Context) -> None:
    """Delete a dataset with its profile, value index, answers and files; raises `DatasetNotFound`."""
    workspace.owned(context).delete(dataset_name(name))
    workspace.work_off_removals()
