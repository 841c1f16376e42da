"""The pieces of a page: grids, notes, folds; every text in them is escaped.

Colours follow JupyterLab's theme where it is there, and have a fallback for pages without a kernel.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from ..schemas import Column
from .values import cell, cells, numeric

SHOWN_COLUMNS = 30

_BORDER = "1px solid var(--jp-border-color2, #d0d0d0)"
MUTED = "color:var(--jp-ui-font-color2, #666)"
_BOX = "font-family:var(--jp-ui-font-family, sans-serif);font-size:13px;line-height:1.45;max-width:100%"


def grid_html(
    columns: Sequence[Column], rows: Sequence[Sequence[Any]], right: Sequence[bool] | None = None
) -> str:
    """An HTML table: text to the left, numbers to the right, missing cells visibly empty."""
    shown = columns[:SHOWN_COLUMNS]
    right = right or numeric(rows, len(shown))
    head = "".join(
        f'<th title="{escape(column.type, quote=True)}" style="text-align:{_side(right[k])};'
        f'padding:3px 10px;border-bottom:{_BORDER};white-space:nowrap">{escape(cell(column.name))}</th>'
        for k, column in enumerate(shown)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{_side(right[k])};padding:2px 10px;white-space:nowrap">'
            + (f'<span style="{MUTED}">–</span>' if text is None else escape(text))
            + "</td>"
            for k, text in enumerate(row)
        )
        + "</tr>"
        for row in cells(shown, rows)
    )
    return (
        f'<div style="overflow-x:auto"><table style="border-collapse:collapse;font-size:12px">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def grid_text(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[bool]) -> str:
    """A table of aligned columns for a terminal."""
    table = [list(columns), *(list(row) for row in rows)]
    widths = [min(40, max(len(line[k]) for line in table)) for k in range(len(columns))]
    lines = [
        "  ".join(
            _fit(text, widths[k]).rjust(widths[k]) if right[k] else _fit(text, widths[k]).ljust(widths[k])
            for k, text in enumerate(line)
        ).rstrip()
        for line in table
    ]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(lines)


def _fit(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _side(right: bool) -> str:
    return "right" if right else "left"


def note(text: str) -> str:
    """A line in small print."""
    return f'<div style="{MUTED};font-size:12px;margin-top:4px">{escape(text)}</div>'


def notes(texts: Iterable[str]) -> str:
    """Lines in small print."""
    return "".join(note(text) for text in texts)


def folded(title: str, inner: str) -> str:
    """HTML behind a title that opens it."""
    return (
        f'<details style="margin-top:6px"><summary style="cursor:pointer;{MUTED};font-size:12px">'
        f"{escape(title)}</summary>{inner}</details>"
    )


def code(text: str) -> str:
    """Text as it stands, such as SQL."""
    return (
        '<pre style="white-space:pre-wrap;font-size:12px;padding:6px 10px;margin:4px 0;'
        f'background:var(--jp-layout-color2, #f4f4f4)">{escape(text)}</pre>'
    )


def box(inner: str) -> str:
    """The frame around everything that is shown."""
    return f'<div class="insights" style="{_BOX}">{inner}</div>'
