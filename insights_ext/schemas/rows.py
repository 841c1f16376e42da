"""Rows of previews and queries."""

from __future__ import annotations

from typing import Any

from .base import Column, Filter, Schema


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
