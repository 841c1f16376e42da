"""Requests and responses: the contract of every door.

Field names here are the field names of REST's JSON and the attributes of the Python objects.
Everything is plain data; what a cell looks like as JSON is settled in `values.py`.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from .errors import InvalidName

DatasetState = Literal["pending", "processing", "completed", "failed"]
JobState = Literal["pending", "processing", "completed", "failed", "cancelled"]
AnswerStatus = Literal["answered", "clarification", "refused"]
FilterOp = Literal["=", "!=", "<", "<=", ">", ">=", "contains", "in", "between", "is_null", "not_null"]
ColumnKind = Literal["numeric", "text", "date", "boolean", "nested", "binary"]
"""What can be done with a column; `date` covers dates, times and timestamps."""

SemanticType = Literal[
    "id", "category", "measure", "date", "text", "boolean",
    "geographic", "currency", "email", "url", "nested", "binary", "empty",
]  # fmt: skip
ExportFormat = Literal["csv", "parquet", "xlsx", "arrow", "json"]

_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,62}")


def dataset_name(name: str) -> str:
    """The canonical form of a dataset name: case does not count, letters are kept in lower case.

    Raises `InvalidName`, with a suggestion where one can be made.
    """
    folded = name.strip().lower() if isinstance(name, str) else ""
    if _NAME.fullmatch(folded):
        return folded
    suggestion = slug(folded)
    hint = f"Try {suggestion!r}." if suggestion != "dataset" else None
    raise InvalidName(
        "A dataset name has 1 to 63 letters (a to z), digits and underscores, "
        "and does not start with an underscore.",
        hint=hint,
    )


def slug(text: str) -> str:
    """A valid dataset name made from any text, ``dataset`` if nothing is left of it."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:63].strip("_") or "dataset"


class Schema(BaseModel):
    """Base of all messages: unknown fields are an error, not ignored."""

    model_config = ConfigDict(extra="forbid")


# Shared pieces -----------------------------------------------------------------------------------


class Column(Schema):
    """A column of a dataset or a result; `type` is DuckDB's name of the SQL type."""

    name: str
    type: str
    nullable: bool = True


class Filter(Schema):
    """One condition on one column; conditions of a list are joined by AND.

    `value` is a scalar; a list for ``in``; ``[low, high]`` (both included) for ``between``; absent
    for ``is_null`` and ``not_null``. ``contains`` looks for a substring, whatever the case.
    """

    column: str
    op: FilterOp
    value: Any = None


class ImportOptions(Schema):
    """How to read an upload; everything left out is detected.

    `sheet` is a name or a 0-based position. `header_row` is the 1-based line of the header, 0 for none.
    `dtypes` maps column names to SQL types and wins over what was inferred.
    """

    sheet: str | int | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=4)
    encoding: str | None = None
    header_row: int | None = Field(default=None, ge=0)
    decimal: Literal[".", ","] | None = None
    dtypes: dict[str, str] | None = None

    @field_validator("delimiter", mode="before")
    @classmethod
    def _typed(cls, value: Any) -> Any:
        """A tab may be written as backslash and t, as one types it where the tab key does something else."""
        return "\t" if value == "\\t" else value


# Requests ----------------------------------------------------------------------------------------


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
    """A question in plain words; `datasets` None means all, `thread` ties follow-ups together."""

    question: str
    datasets: list[str] | None = None
    planner: str | None = None
    thread: str | None = None


class ExportRequest(Schema):
    """What to write to a file: a dataset by `name`, or the full result of an `answer` by id."""

    name: str | None = None
    answer: str | None = None
    format: ExportFormat = "csv"


# Datasets ----------------------------------------------------------------------------------------


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


# Preview, query ----------------------------------------------------------------------------------


class Rows(Schema):
    """Rows as arrays in the order of `columns`."""

    columns: list[Column]
    rows: list[list[Any]]
    total_rows: int
    truncated: bool
    warnings: list[str] = []


class Preview(Rows):
    """A page; `total_rows` counts what the filter lets through, `truncated` says more rows follow."""

    name: str
    offset: int
    limit: int
    sort: list[str] = []
    filter: list[Filter] = []


class QueryResult(Rows):
    """The first rows of a query; `sql` is what ran, printed back from the checked tree."""

    sql: str
    request_id: str


PROFILE_VERSION = 1
"""Raised when `Stats` changes its meaning: older stored profiles are then computed anew."""


# Stats -------------------------------------------------------------------------------------------


class Bin(Schema):
    """A histogram bar over ``low <= value < high`` (the last one includes `high`)."""

    low: float | str
    high: float | str
    count: int


class ValueCount(Schema):
    """A value, how often it occurs, and its share of the non-null rows in percent."""

    value: Any
    count: int
    percentage: float


class TextLengths(Schema):
    """Characters per value."""

    min: int
    mean: float
    max: int


class Alert(Schema):
    """Something a careful reader would point out; `column` None concerns the whole table."""

    column: str | None = None
    code: str
    message: str


class ColumnStats(Schema):
    """The profile of one column; `approximate` names the fields that are estimates.

    `std` is the sample standard deviation, `skew` the sample skewness (adjusted Fisher-Pearson).
    `count` counts the cells that are not null. Percentages run from 0 to 100, shares from 0 to 1.
    """

    name: str
    type: str
    kind: ColumnKind
    semantic_type: SemanticType
    count: int
    null_count: int
    null_percentage: float
    distinct_count: int | None = None
    constant: bool = False
    unique: bool = False
    likely_key: bool = False
    mean: float | None = None
    median: float | str | None = None
    std: float | None = None
    min: Any = None
    max: Any = None
    q25: float | str | None = None
    q75: float | str | None = None
    skew: float | None = None
    sum: float | None = None
    zero_count: int | None = None
    negative_share: float | None = None
    histogram: list[Bin] = []
    top_values: list[ValueCount] = []
    text_lengths: TextLengths | None = None
    sample_values: list[Any] = []
    approximate: list[str] = []


class Correlation(Schema):
    """Pearson's r of two numeric columns over the rows where both are present."""

    a: str
    b: str
    r: float
    approximate: bool = False


class Stats(Schema):
    """The profile of a dataset; `partial` is true while the full one is being computed."""

    name: str
    content_sha256: str
    partial: bool = False
    row_count: int
    column_count: int
    memory_bytes: int
    stored_bytes: int
    numeric_columns: int
    categorical_columns: int
    null_count: int
    null_percentage: float
    columns: list[ColumnStats]
    correlations: list[Correlation] = []
    alerts: list[Alert] = []
    suggestions: list[str] = []
    warnings: list[str] = []
    computed_at: dt.datetime | None = None


class Suggestions(Schema):
    """Questions about a dataset that the embedded planner can answer."""

    name: str
    suggestions: list[str]


# Ask ---------------------------------------------------------------------------------------------


class Evidence(Schema):
    """Why an answer says what it says: a phrase of the question and what it was taken to mean.

    `kind` is one of ``column``, ``value``, ``number``, ``date``, ``operation``, ``table``,
    ``assumption``, ``data``.
    """

    kind: str
    phrase: str | None = None
    target: str | None = None
    detail: str


class NumberOrigin(Schema):
    """A number quoted in the sentence and where it comes from."""

    text: str
    value: float
    origin: str


class Choice(Schema):
    """A reading of the question to choose; asking `question` gives that reading."""

    label: str
    question: str


class Answer(Schema):
    """The answer to a question: a table, a chart and a sentence, with the SQL and the evidence.

    `rows` are the first 1,000 of `total_rows`. `chart` is a Vega-Lite v5 unit specification.
    A clarification has `choices`; a refusal says in `text` what was not understood.
    """

    id: str
    request_id: str
    question: str
    status: AnswerStatus
    text: str
    planner: str
    datasets: list[str] = []
    thread: str | None = None
    sql: str | None = None
    columns: list[Column] = []
    rows: list[list[Any]] = []
    total_rows: int = 0
    truncated: bool = False
    chart: dict[str, Any] | None = None
    evidence: list[Evidence] = []
    numbers: list[NumberOrigin] = []
    choices: list[Choice] = []
    warnings: list[str] = []
    timings: dict[str, float] = {}
    created_at: dt.datetime | None = None


# Health ------------------------------------------------------------------------------------------


class Sandbox(Schema):
    """The protection around workers: `level` sums up `layers`, `missing` says what the platform lacks.

    ``full``: process, limits, file-system and network confinement. ``limits``: process and limits.
    ``process``: a process of its own only.
    """

    level: Literal["full", "limits", "process"]
    layers: list[str]
    missing: list[str] = []


class Health(Schema):
    """How the product stands here: store, engine, protection, planner, limits."""

    status: Literal["ok", "degraded"]
    version: str
    store: dict[str, Any]
    catalog: dict[str, Any]
    engine: dict[str, Any]
    sandbox: Sandbox
    planner: str
    planners: list[str]
    memory: dict[str, Any]
    workers: dict[str, Any]
    limits: dict[str, Any]
    warnings: list[str] = []


# Errors ------------------------------------------------------------------------------------------


class ErrorBody(Schema):
    """The body of every error, through every door; `code` is stable, `message` is for the user."""

    message: str
    code: str
    request_id: str
    hint: str | None = None
