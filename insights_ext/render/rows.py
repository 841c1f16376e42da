"""Pages of rows: previews and query results."""

from __future__ import annotations

from html import escape

from ..schemas import Answer, Rows
from .layout import SHOWN_COLUMNS, box, grid_html, grid_text, note, notes
from .values import cell, cells, numeric

SHOWN_ROWS = 20
SHOWN_TEXT_COLUMNS = 12


def cut(rows: Rows | Answer, offset: int = 0, columns: int = SHOWN_COLUMNS) -> str:
    """Which rows, and which of at most `columns` columns, are shown of how many."""
    shown = min(len(rows.rows), SHOWN_ROWS)
    total = rows.total_rows
    if shown == total and len(rows.columns) <= columns:
        return f"{total:,} row{'' if total == 1 else 's'}"
    first = f"rows {offset + 1:,} to {offset + shown:,} of {total:,}" if shown else f"no rows of {total:,}"
    if len(rows.columns) > columns:
        first += f", {columns} of {len(rows.columns):,} columns"
    return first


def rows_html(rows: Rows, title: str = "", offset: int = 0) -> str:
    """A preview or a query result."""
    heading = f'<div style="font-weight:600;margin-bottom:4px">{escape(title)}</div>' if title else ""
    return box(
        heading
        + grid_html(rows.columns, rows.rows[:SHOWN_ROWS])
        + note(cut(rows, offset))
        + notes(rows.warnings)
    )


def rows_text(rows: Rows | Answer, offset: int = 0) -> str:
    """The same for a terminal."""
    shown = rows.columns[:SHOWN_TEXT_COLUMNS]
    lines = rows.rows[:SHOWN_ROWS]
    right = numeric(lines, len(shown))
    grid = grid_text(
        [cell(column.name) for column in shown],
        [[text or "" for text in row] for row in cells(shown, lines)],
        right,
    )
    notes = [cut(rows, offset, SHOWN_TEXT_COLUMNS), *rows.warnings]
    return "\n".join([grid, *(f"({note})" for note in notes)])
