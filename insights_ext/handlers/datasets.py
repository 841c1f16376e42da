"""Datasets: list, look up, rename, delete."""

from __future__ import annotations

from ..context import Context
from ..schemas import Dataset, DatasetList, RenameRequest, dataset_name
from ..telemetry import operation
from ..workspace import Workspace
from .removal import forget, forget_original


@operation("datasets")
def datasets(workspace: Workspace, request: None, context: Context) -> DatasetList:
    """All datasets of the asker, newest first; those that failed are listed for a day."""
    catalog = workspace.owned(context)
    workspace.catalog.expire_failed(workspace.failed_ttl_s)
    found = catalog.list()
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
    catalog = workspace.owned(context)
    deleted, orphans = catalog.delete(dataset_name(name))
    if deleted.content_sha256 is not None:
        held = any(item.content_sha256 == deleted.content_sha256 for item in catalog.list())
        # A dataset may have had another name when it was asked.
        catalog.delete_answers_of(deleted.content_sha256, deleted.name if held else None)
    workspace.memory.forget_dataset(context.owner, deleted.name)
    forget(workspace, orphans, context)
    forget_original(workspace, deleted)
