"""Knowledge: what people know of their tables and columns tell nobody, as insights.yaml holds it."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from .base import Schema


class ColumnKnowledge(Schema):
    """What a column means; `unit` is said in sentences, `synonyms` are other words for it."""

    description: str | None = None
    synonyms: list[str] = []
    unit: str | None = None


class TableKnowledge(Schema):
    """What a table means. `default_filters` are SQL conditions that hold for every question about it."""

    description: str | None = None
    synonyms: list[str] = []
    columns: dict[str, ColumnKnowledge] = {}
    default_filters: list[str] = []


class Metric(Schema):
    """A number with a name: an aggregate expression over the columns of one `table`."""

    sql: str
    table: str
    description: str | None = None
    synonyms: list[str] = []
    unit: str | None = None


class Join(Schema):
    """How two tables hang together: ``left`` and ``right`` are written ``table.column``."""

    left: str
    right: str


class VerifiedQuestion(Schema):
    """A question with the SQL that answers it, checked by a person."""

    question: str
    sql: str
    datasets: list[str] = []
    note: str | None = None


class Knowledge(Schema):
    """The whole of insights.yaml."""

    version: int = Field(default=1, ge=1, le=1)
    tables: dict[str, TableKnowledge] = {}
    metrics: dict[str, Metric] = {}
    joins: list[Join] = []
    verified: list[VerifiedQuestion] = []


class KnowledgeState(Schema):
    """The knowledge in force: what it says, where it comes from, and what is wrong with it.

    `file` is relative to the workspace's root. `problems` name line and reason; where there are any, the
    last good reading holds, or none. `warnings` say what is left aside though the file is well formed:
    tables and columns that are not there, SQL that is refused. `text` is the file as it is, or a draft
    that was asked for.
    """

    file: str
    exists: bool
    knowledge: Knowledge
    text: str = ""
    problems: list[str] = []
    warnings: list[str] = []


class LearnRequest(Schema):
    """One thing to add to insights.yaml: a verified question, or words for a table, column or metric.

    `about` is ``table``, ``table.column`` or the name of a metric (with `sql` and `table`).
    """

    question: str | None = None
    sql: str | None = None
    about: str | None = None
    table: str | None = None
    description: str | None = None
    synonyms: list[str] = []
    unit: str | None = None


class DescribeRequest(Schema):
    """Which datasets to draft knowledge of (None: all); `save` writes the draft into insights.yaml."""

    datasets: list[str] | None = None
    save: bool = False


class Document(Schema):
    """A text about the data, such as a data dictionary; `chunks` are the pieces that can be found."""

    name: str
    size_bytes: int
    chunks: int
    updated_at: dt.datetime


class DocumentList(Schema):
    """The documents, by name."""

    documents: list[Document]
    total: int
