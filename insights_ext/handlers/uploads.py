"""Upload: check, receive, convert, enter in the catalog; and the same again from a kept original."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from ..context import Context
from ..errors import Cancelled, FileNotFound, InsightsError, InvalidRequest, OriginalNotKept, StorageFull
from ..formats import check_supported
from ..schemas import (
    Dataset,
    DatasetColumn,
    Job,
    Metadata,
    ReimportRequest,
    UploadRequest,
    dataset_name,
    slug,
)
from ..services.storage import Staged, Staging, too_large
from ..telemetry import UPLOADED_BYTES, UPLOADS_TOTAL, operation
from ..workspace import Workspace
from . import profiles, snapshots, tables
from .convert import convert


def check_upload(
    workspace: Workspace, request: UploadRequest, context: Context, size_bytes: int | None
) -> None:
    """Refuse an upload that cannot succeed, before its first byte is stored.

    Raises `InvalidName`, `NameTaken`, `UnsupportedFormat`, `UploadTooLarge` or `StorageFull`.
    """
    name = name_of(request)
    if request.filename is not None:
        check_supported(request.filename)
    if size_bytes is not None:
        if size_bytes > workspace.max_upload_bytes:
            raise too_large(workspace.max_upload_bytes)
        if size_bytes > workspace.open().storage.free_bytes():
            raise StorageFull("The disk of the workspace has no room for this upload.")
    if not request.replace:
        workspace.owned(context).check_free(name)


def receive(workspace: Workspace, context: Context) -> Staging:
    """Begin to receive the bytes of an upload."""
    context.check()
    return workspace.open().storage.stage(workspace.max_upload_bytes)


@operation("upload")
def upload(
    workspace: Workspace,
    request: UploadRequest,
    context: Context,
    staged: Staged | None = None,
    frame: Any = None,
) -> Dataset:
    """Make a dataset of staged bytes, of a live data frame, or of the file at ``request.path``.

    Blocks until the dataset is completed. Raises what is wrong with the request or the file; the
    record of a failed upload keeps its name and the reason, and leaves no bytes behind.
    """
    try:
        context.check()
        if frame is not None:
            staged = snapshots.stage(workspace, frame)
        elif staged is None:
            staged = _in_place(workspace, request, context)
        dataset = _upload(workspace, request, context, staged)
    except Cancelled:
        UPLOADS_TOTAL.labels("cancelled").inc()
        raise
    except Exception:
        UPLOADS_TOTAL.labels("failed").inc()
        raise
    finally:
        if staged is not None:
            staged.discard()
    UPLOADS_TOTAL.labels("completed").inc()
    UPLOADED_BYTES.inc(staged.size_bytes)
    return dataset


def start_upload(
    workspace: Workspace, request: UploadRequest, context: Context, staged: Staged | None
) -> Job:
    """Upload in a job of its own; `wait` tells how it went."""

    def work(job_context: Context) -> str:
        return upload(workspace, request, job_context, staged).name

    try:
        return workspace.open().jobs.start("upload", context, work)
    except BaseException:
        if staged is not None:
            staged.discard()
        raise


def start_reimport(workspace: Workspace, request: ReimportRequest, context: Context, name: str) -> Job:
    """Re-import in a job of its own."""

    def work(job_context: Context) -> str:
        return reimport(workspace, request, job_context, name).name

    tables.find(workspace, name, context)
    return workspace.jobs.start("reimport", context, work)


@operation("reimport")
def reimport(workspace: Workspace, request: ReimportRequest, context: Context, name: str) -> Dataset:
    """Read the kept original of a dataset again with other options.

    Raises `OriginalNotKept` where there is none. On failure the dataset stays as it was.
    """
    dataset = workspace.owned(context).get_completed(dataset_name(name))
    original = workspace.storage.original(dataset.source_sha256 or "")
    if original is None:
        raise OriginalNotKept(f"The original file of {dataset.name!r} was not kept.")
    staged = workspace.storage.fingerprint(original, workspace.max_upload_bytes, context.check)
    again = UploadRequest(name=dataset.name, filename=dataset.filename, replace=True, options=request.options)
    return _upload(workspace, again, context, staged)


def wait(workspace: Workspace, job_id: str, context: Context, timeout_s: float) -> Job:
    """The job once it has ended, or as it stands after `timeout_s`."""
    return workspace.jobs.wait(context.owner, job_id, timeout_s)


def job(workspace: Workspace, job_id: str, context: Context) -> Job:
    """The job as it stands; raises `JobNotFound`."""
    return workspace.jobs.job(context.owner, job_id)


def cancel_job(workspace: Workspace, job_id: str, context: Context) -> Job:
    """Ask a job to stop; raises `JobNotFound`."""
    return workspace.jobs.cancel(context.owner, job_id)


def name_of(request: UploadRequest) -> str:
    """The dataset's name: as asked, else made from the file's name without its endings."""
    if request.name is not None:
        return dataset_name(request.name)
    filename = request.filename or request.path
    if not filename:
        raise InvalidRequest("The upload has neither a name nor a file name.", hint="Give name=….")
    return slug(_bare(filename).lstrip(".").partition(".")[0])


def _bare(filename: str) -> str:
    """The last part of a client's file name; it is shown and never used as a path."""
    return PureWindowsPath(PurePosixPath(filename).name).name


def _in_place(workspace: Workspace, request: UploadRequest, context: Context) -> Staged:
    """A file of the workspace, read where it lies; nothing outside the root can be named."""
    if not request.path:
        raise InvalidRequest("The upload holds no file.", hint='Send a body, or {"path": "data/file.csv"}.')
    root = workspace.root_path
    path = _resolved(root / request.path)
    if path == root or not path.is_relative_to(root) or path.is_relative_to(workspace.store):
        raise FileNotFound(
            "The path leads outside the workspace.", hint="Give a path relative to the workspace root."
        )
    check_supported(path.name)
    return workspace.open().storage.fingerprint(path, workspace.max_upload_bytes, context.check)


def _upload(workspace: Workspace, request: UploadRequest, context: Context, staged: Staged) -> Dataset:
    filename = _bare(request.filename or request.path or "") or None
    if filename is not None:
        check_supported(filename)
    catalog = workspace.owned(context)
    workspace.catalog.expire_failed(workspace.failed_ttl_s)
    record = catalog.begin(
        name_of(request),
        replace=request.replace,
        filename=filename,
        media_type=None,
        options=request.options,
    )
    try:
        catalog.processing(record.id)
        context.step("convert", f"Reading {record.name}")
        with convert(workspace, staged, filename, request.options, context) as converted:
            # Claimed before it is moved to its place, so that nobody removes it in between.
            catalog.claim(record.id, converted.sha256, staged.sha256)
            stored, read = converted.commit(), converted.value
        if workspace.keep_originals:
            workspace.storage.keep_original(staged)
        dataset = catalog.complete(
            record.id,
            content_sha256=stored.sha256,
            source_sha256=staged.sha256,
            size_bytes=staged.size_bytes,
            stored_bytes=stored.size_bytes,
            format=read["format"],
            media_type=read["media_type"],
            row_count=read["row_count"],
            columns=[DatasetColumn.model_validate(column) for column in read["columns"]],
            metadata=Metadata.model_validate(read["metadata"]),
            warnings=read["warnings"],
            original_kept=workspace.storage.original(staged.sha256) is not None,
        )
    except BaseException as error:
        catalog.fail(record.id, _reason(error, context))
        workspace.work_off_removals()
        raise
    workspace.work_off_removals()
    profiles.enter(workspace, tables.of_dataset(workspace, dataset, context), context)
    context.step("done", f"{dataset.name}: {dataset.row_count:,} rows, {dataset.column_count:,} columns", 1.0)
    return dataset


def _reason(error: BaseException, context: Context) -> dict[str, Any]:
    if isinstance(error, InsightsError):
        return error.body(context.request_id)
    if isinstance(error, KeyboardInterrupt):
        return Cancelled("The upload was interrupted.").body(context.request_id)
    return InsightsError("Something went wrong on the server.").body(context.request_id)


def local_source(workspace: Workspace, path: Path, context: Context) -> Staged:
    """A file anywhere on this user's disk, for the doors that run as the user in a kernel."""
    check_supported(path.name)
    try:
        path = path.expanduser()
    except RuntimeError:
        raise FileNotFound(f"There is no home directory for {path.parts[0]!r}.") from None
    return workspace.open().storage.fingerprint(_resolved(path), workspace.max_upload_bytes, context.check)


def _resolved(path: Path) -> Path:
    """`path` with every link followed; one that leads nowhere is named as such."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # too long, a circle of links, a NUL
        raise FileNotFound("The path leads nowhere.", hint="Check the path.") from None
