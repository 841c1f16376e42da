"""Rows of the catalog as messages, and the rules of a row's life."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...errors import InsightsError, WorkerCrashed
from ...schemas import Dataset
from .locks import EVERY_OWNER
from .models import DatasetRow
from .processes import Process, is_gone


def now() -> dt.datetime:
    """The time, aware and in UTC."""
    return dt.datetime.now(dt.UTC)


def to_dataset(row: DatasetRow) -> Dataset:
    """The message of a row."""
    return Dataset.model_validate(
        {
            "id": row.id,
            "name": row.name,
            "state": row.state,
            "owner": row.owner,
            "filename": row.filename,
            "media_type": row.media_type,
            "format": row.format,
            "size_bytes": row.size_bytes,
            "stored_bytes": row.stored_bytes,
            "source_sha256": row.source_sha256,
            # While an upload is under way the hash is a claim, not yet a content.
            "content_sha256": row.content_sha256 if row.state == "completed" else None,
            "row_count": row.row_count,
            "column_count": row.column_count,
            "columns": row.columns,
            "metadata": row.details,
            "options": row.options,
            "original_kept": row.original_kept,
            "warnings": row.warnings,
            "error": row.error,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
        }
    )


def mark_failed(row: DatasetRow, error: dict[str, Any]) -> None:
    """End an upload: the record keeps its name and the reason, and holds no content.

    What it had claimed has to be entered as a removal before (`removals.owe`).
    """
    row.state = "failed"
    row.error = error
    row.content_sha256 = row.source_sha256 = None
    row.stored_bytes = None
    row.original_kept = False
    row.updated_at = now()


def interrupted() -> dict[str, Any]:
    """The error body of an upload whose process ended before it did."""
    error: InsightsError = WorkerCrashed(
        "The upload did not finish: the process that was doing it ended.", hint="Upload the file again."
    )
    return error.body("")


def upload_ended(row: DatasetRow, other_hosts_after_s: float) -> bool:
    """Whether the process of an upload under way has ended, as far as this host can tell."""
    gone = is_gone(Process(row.process_host, row.process_id, row.process_start))
    if gone is None:
        return now() - row.updated_at >= dt.timedelta(seconds=other_hosts_after_s)
    return gone


def count_references(session: Session, content_sha256: str) -> int:
    """Datasets of all owners that hold a content, uploads under way included."""
    return session.scalar(
        select(func.count())
        .select_from(DatasetRow)
        .where(DatasetRow.content_sha256 == content_sha256, DatasetRow.state != "failed"),
        execution_options=EVERY_OWNER,
    ) or 0  # fmt: skip
