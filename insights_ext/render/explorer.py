"""The explorer where no kernel runs: the first rows of its table, and its profile folded away."""

from __future__ import annotations

from html import escape

from ..schemas import Preview, Stats
from .layout import box, folded, grid_html, note, notes
from .profile import stats_html
from .rows import SHOWN_ROWS, cut, rows_text


def _summary(preview: Preview, stats: Stats) -> str:
    missing = f"{stats.null_percentage:.1f} % of the cells are missing" if stats.null_count else "no gaps"
    columns = len(preview.columns)
    return f"{stats.row_count:,} rows, {columns:,} column{'' if columns == 1 else 's'}, {missing}"


def explorer_html(preview: Preview, stats: Stats) -> str:
    """A table as a saved notebook shows it."""
    return box(
        f'<div style="font-weight:600">{escape(preview.name)}</div>'
        + note(_summary(preview, stats))
        + grid_html(preview.columns, preview.rows[:SHOWN_ROWS])
        + note(cut(preview))
        + notes(preview.warnings)
        + folded("Profile", stats_html(stats))
    )


def explorer_text(preview: Preview, stats: Stats) -> str:
    """The same for a terminal."""
    return f"{preview.name}: {_summary(preview, stats)}\n{rows_text(preview)}"
