"""Datasets as the catalog knows them, and jobs."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from .base import Column, ImportOptions, Schema

DatasetState = Literal["pending", "processing", "completed", "failed"]
JobState = Literal["pending", "processing", "completed", "failed", "cancelled"]


class DatasetColumn(Column):
    """A stored column: the header it came from, nulls, and how its type was found."""

    source_name: str | None = None
    null_count: int | None = None
    note: str | None = None


class Metadata(Schema):
    """A first look: columns, types, nulls, sample rows; for JSON also its record count and keys."""

    columns: list[str] = []
    dtypes: dict[str, str] = {}
    null_counts: dict[str, int] = {}
    sample_rows: list[list[Any]] = []
    record_count: int | None = None
    keys: list[str] | None = None
    sheets: list[str] | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None


class Dataset(Schema):
    """One dataset as the catalog knows it; sizes are in bytes."""

    id: str
    name: str
    state: DatasetState
    owner: str
    filename: str | None = None
    media_type: str | None = None
    format: str | None = None
    size_bytes: int | None = None
    stored_bytes: int | None = None
    source_sha256: str | None = None
    content_sha256: str | None = None
    row_count: int | None = None
    column_count: int | None = None
    columns: list[DatasetColumn] = []
    metadata: Metadata = Metadata()
    options: ImportOptions = ImportOptions()
    original_kept: bool = False
    warnings: list[str] = []
    error: dict[str, Any] | None = None
    created_at: dt.datetime
    updated_at: dt.datetime


class DatasetList(Schema):
    """All datasets of the asker, newest first."""

    datasets: list[Dataset]
    total: int


class Job(Schema):
    """Work that outlives a request; `progress` runs from 0 to 1."""

    id: str
    kind: str
    state: JobState
    progress: float | None = None
    message: str | None = None
    dataset: str | None = None
    error: dict[str, Any] | None = None
    created_at: dt.datetime
    updated_at: dt.datetime
