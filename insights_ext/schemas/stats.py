"""The profile of a dataset."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from .base import Schema

ColumnKind = Literal["numeric", "text", "date", "boolean", "nested", "binary"]
"""What can be done with a column; `date` covers dates, times and timestamps."""

SemanticType = Literal[
    "id", "category", "measure", "date", "text", "boolean",
    "geographic", "currency", "email", "url", "nested", "binary", "empty",
]  # fmt: skip


PROFILE_VERSION = 1
"""Raised when `Stats` changes its meaning: older stored profiles are then computed anew."""


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
    `unit` is what stood beside the numbers in the file: ``%`` (12.5 stands for 12.5 %), or a currency.
    """

    name: str
    type: str
    kind: ColumnKind
    semantic_type: SemanticType
    unit: str | None = None
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
