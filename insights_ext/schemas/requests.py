"""Requests: what each operation is asked with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .asking import Verdict
from .base import Filter, ImportOptions, Schema

ExportFormat = Literal["csv", "parquet", "xlsx", "arrow", "json"]


class UploadRequest(Schema):
    """What to call an upload and how to read it; the bytes travel beside it."""

    name: str | None = None
    filename: str | None = None
    path: str | None = None
    replace: bool = False
    options: ImportOptions = ImportOptions()


class PreviewRequest(Schema):
    """A page of a dataset; `sort` lists columns, ``-`` in front means descending."""

    name: str
    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=100, ge=0, le=10_000)
    sort: list[str] = []
    filter: list[Filter] = []


class RenameRequest(Schema):
    """The new name of a dataset."""

    name: str


class ReimportRequest(Schema):
    """Read the kept original again, with these options."""

    options: ImportOptions = ImportOptions()


class QueryRequest(Schema):
    """One read-only SELECT over datasets, by name."""

    sql: str
    datasets: list[str] | None = None


class AskRequest(Schema):
    """A question in plain words; `datasets` None means all, `thread` ties follow-ups together.

    `refresh` asks anew where a stored answer would be replayed.
    """

    question: str
    datasets: list[str] | None = None
    planner: str | None = None
    thread: str | None = None
    refresh: bool = False


class FeedbackRequest(Schema):
    """What to say of an answer: ``good`` saves it as a verified question, ``bad`` never reuses it."""

    verdict: Verdict
    note: str | None = Field(default=None, max_length=2_000)


class LedgerRequest(Schema):
    """Which entries of the ledger: the newest `limit`, of one `answer` if given."""

    answer: str | None = None
    limit: int = Field(default=100, ge=1, le=1_000)


class ExportRequest(Schema):
    """What to write to a file: a dataset by `name`, or the full result of an `answer` by id."""

    name: str | None = None
    answer: str | None = None
    format: ExportFormat = "csv"
