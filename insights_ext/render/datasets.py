"""Datasets: one, and the list of them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from ..schemas import Column, Dataset
from .layout import box, grid_html, grid_text, note, notes
from .values import cell, size

_HEAD = [
    Column(name=name, type="VARCHAR")
    for name in ("name", "state", "rows", "columns", "size", "file", "updated")
]


def _row(dataset: Dataset) -> list[Any]:
    return [
        dataset.name,
        dataset.state,
        dataset.row_count,
        dataset.column_count,
        None if dataset.size_bytes is None else size(dataset.size_bytes),
        dataset.filename,
        dataset.updated_at.strftime("%Y-%m-%d %H:%M"),
    ]


def datasets_html(datasets: Sequence[Dataset]) -> str:
    """The list of datasets."""
    if not datasets:
        return box(note("No datasets yet. Upload one: %insight upload data.csv"))
    return box(grid_html(_HEAD, [_row(item) for item in datasets]))


def datasets_text(datasets: Sequence[Dataset]) -> str:
    """The same for a terminal."""
    if not datasets:
        return "No datasets yet. Upload one: %insight upload data.csv"
    return grid_text(
        [column.name for column in _HEAD],
        [[cell(value) for value in _row(item)] for item in datasets],
        [False, False, True, True, True, False, False],
    )


def dataset_line(dataset: Dataset) -> str:
    """One dataset in one line."""
    if dataset.state != "completed":
        reason = f": {dataset.error['message']}" if dataset.error else ""
        return f"{dataset.name} ({dataset.state}{reason})"
    return (
        f"{dataset.name}: {dataset.row_count or 0:,} rows, {dataset.column_count or 0:,} columns"
        f" ({dataset.format}, {size(dataset.size_bytes or 0)})"
    )


def dataset_html(dataset: Dataset) -> str:
    """One dataset: its line, first rows and what was noticed while reading it."""
    columns = [Column(name=column.name, type=column.type) for column in dataset.columns]
    return box(
        f'<div style="font-weight:600;margin-bottom:4px">{escape(dataset_line(dataset))}</div>'
        + (grid_html(columns, dataset.metadata.sample_rows) if columns else "")
        + notes(dataset.warnings)
    )


def dataset_text(dataset: Dataset) -> str:
    """The same for a terminal."""
    return "\n".join([dataset_line(dataset), *(f"  {warning}" for warning in dataset.warnings)])
