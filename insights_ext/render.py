"""How responses look in a notebook and in a terminal: HTML and plain text, with no script in either.

Every text that comes from data is escaped. Colours follow JupyterLab's theme where it is there, and
have a fallback for pages that run no kernel.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from .schemas import Answer, Column, ColumnStats, Dataset, Health, Rows, Stats
from .wording import normalise

SHOWN_ROWS = 20
SHOWN_COLUMNS = 30
_CELL_CHARACTERS = 120

_BORDER = "1px solid var(--jp-border-color2, #d0d0d0)"
_MUTED = "color:var(--jp-ui-font-color2, #666)"
_BOX = "font-family:var(--jp-ui-font-family, sans-serif);font-size:13px;line-height:1.45;max-width:100%"


# Pieces ------------------------------------------------------------------------------------------


def number(value: float | int) -> str:
    """A number for people: thousands separated, at most six significant decimals."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if value and (abs(value) >= 1e15 or abs(value) < 1e-4):
        return f"{value:.4g}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def size(count: int) -> str:
    """A number of bytes for people."""
    amount = float(count)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"
        amount /= 1024
    return f"{amount:,.1f} TiB"


def cell(value: Any, decimals: int | None = None, *, grouped: bool = True) -> str:
    """A JSON value as one line of text, shortened if it is long; `decimals` None means as many as needed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        text = number(value) if decimals is None or "e" in number(value) else f"{value:,.{decimals}f}"
        return text if grouped else text.replace(",", "")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= _CELL_CHARACTERS else text[: _CELL_CHARACTERS - 1] + "…"


def cells(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> list[list[str | None]]:
    """The rows as text, None where a cell is missing; the numbers of a column have equal decimals."""
    decimals = [max((_decimals(row[k]) for row in rows), default=0) for k in range(len(columns))]
    grouped = [_grouped(column) for column in columns]
    return [
        [
            None if row[k] is None else cell(row[k], decimals[k], grouped=grouped[k])
            for k in range(len(columns))
        ]
        for row in rows
    ]


def _decimals(value: Any) -> int:
    if not isinstance(value, float):
        return 0
    text = number(value)
    return 0 if "e" in text else len(text.partition(".")[2])


def _grouped(column: Column) -> bool:
    """Whether a column's numbers want thousands separators: years and ids do not."""
    return not set(normalise(column.name).split()) & {"year", "id", "code", "zip"}


def _numeric(rows: Sequence[Sequence[Any]], width: int) -> list[bool]:
    """Which of the first `width` columns hold numbers."""
    return [
        any(isinstance(row[k], (int, float)) and not isinstance(row[k], bool) for row in rows)
        for k in range(width)
    ]


def grid_html(
    columns: Sequence[Column], rows: Sequence[Sequence[Any]], right: Sequence[bool] | None = None
) -> str:
    """An HTML table: text to the left, numbers to the right, missing cells visibly empty."""
    shown = columns[:SHOWN_COLUMNS]
    right = right or _numeric(rows, len(shown))
    head = "".join(
        f'<th title="{escape(column.type, quote=True)}" style="text-align:{_side(right[k])};'
        f'padding:3px 10px;border-bottom:{_BORDER};white-space:nowrap">{escape(cell(column.name))}</th>'
        for k, column in enumerate(shown)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{_side(right[k])};padding:2px 10px;white-space:nowrap">'
            + (f'<span style="{_MUTED}">–</span>' if text is None else escape(text))
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


def _note(text: str) -> str:
    return f'<div style="{_MUTED};font-size:12px;margin-top:4px">{escape(text)}</div>'


def _notes(texts: Iterable[str]) -> str:
    return "".join(_note(text) for text in texts)


def _folded(title: str, inner: str) -> str:
    return (
        f'<details style="margin-top:6px"><summary style="cursor:pointer;{_MUTED};font-size:12px">'
        f"{escape(title)}</summary>{inner}</details>"
    )


def _code(text: str) -> str:
    return (
        '<pre style="white-space:pre-wrap;font-size:12px;padding:6px 10px;margin:4px 0;'
        f'background:var(--jp-layout-color2, #f4f4f4)">{escape(text)}</pre>'
    )


def _box(inner: str) -> str:
    return f'<div class="insights" style="{_BOX}">{inner}</div>'


# Rows: previews, query results, answers ----------------------------------------------------------


def _cut(rows: Rows | Answer, offset: int = 0) -> str:
    shown = min(len(rows.rows), SHOWN_ROWS)
    total = rows.total_rows
    if shown == total and len(rows.columns) <= SHOWN_COLUMNS:
        return f"{total:,} row{'' if total == 1 else 's'}"
    first = f"rows {offset + 1:,} to {offset + shown:,} of {total:,}" if shown else f"no rows of {total:,}"
    if len(rows.columns) > SHOWN_COLUMNS:
        first += f", {SHOWN_COLUMNS} of {len(rows.columns):,} columns"
    return first


def rows_html(rows: Rows, title: str = "", offset: int = 0) -> str:
    """A preview or a query result."""
    heading = f'<div style="font-weight:600;margin-bottom:4px">{escape(title)}</div>' if title else ""
    return _box(
        heading
        + grid_html(rows.columns, rows.rows[:SHOWN_ROWS])
        + _note(_cut(rows, offset))
        + _notes(rows.warnings)
    )


def rows_text(rows: Rows | Answer, offset: int = 0) -> str:
    """The same for a terminal."""
    shown = rows.columns[:12]
    lines = rows.rows[:SHOWN_ROWS]
    right = _numeric(lines, len(shown))
    grid = grid_text(
        [cell(column.name) for column in shown],
        [[text or "" for text in row] for row in cells(shown, lines)],
        right,
    )
    notes = [_cut(rows, offset), *rows.warnings]
    if len(rows.columns) > len(shown):
        notes.insert(0, f"{len(shown)} of {len(rows.columns):,} columns")
    return "\n".join([grid, *(f"({note})" for note in notes)])


# Answers -----------------------------------------------------------------------------------------


def sentence_html(answer: Answer) -> str:
    """What an answer says, and the choices or suggestions that lead on."""
    colour = {"answered": "#2e7d32", "clarification": "#b26a00", "refused": "#b71c1c"}[answer.status]
    choices = "".join(
        f"<li>{escape(choice.label)}"
        + (f' <span style="{_MUTED}">— ask: {escape(choice.question)}</span>' if choice.question else "")
        + "</li>"
        for choice in answer.choices
    )
    listed = f'<ul style="margin:4px 0 0 18px;padding:0">{choices}</ul>' if choices else ""
    return _box(
        f'<div style="border-left:3px solid {colour};padding:2px 10px;font-size:14px">'
        f"{escape(answer.text)}{listed}</div>"
    )


def answer_table_html(answer: Answer) -> str:
    """An answer's table, with its SQL and evidence folded away."""
    parts = []
    if answer.columns:
        parts.append(grid_html(answer.columns, answer.rows[:SHOWN_ROWS]))
        parts.append(_note(_cut(answer)))
    parts.append(_notes(answer.warnings))
    if answer.sql:
        parts.append(_folded("SQL", _code(answer.sql)))
    if answer.evidence:
        items = "".join(f"<li>{escape(item.detail)}</li>" for item in answer.evidence)
        parts.append(_folded("How the question was understood", f'<ul style="margin:4px 0">{items}</ul>'))
    return _box("".join(parts))


def answer_html(answer: Answer, png: str | None) -> str:
    """A whole answer on one page: sentence, picture of the chart, table, SQL, evidence."""
    picture = ""
    if png:
        alt = escape(str((answer.chart or {}).get("description") or "Chart of the answer"), quote=True)
        picture = f'<img alt="{alt}" style="max-width:100%" src="data:image/png;base64,{png}"/>'
    return sentence_html(answer) + picture + answer_table_html(answer)


def answer_text(answer: Answer) -> str:
    """A whole answer for a terminal."""
    parts = [answer.text]
    parts += [f"  - {choice.label}: {choice.question}" for choice in answer.choices]
    if answer.columns:
        parts += ["", rows_text(answer)]
    if answer.sql:
        parts += ["", f"SQL: {answer.sql}"]
    return "\n".join(parts)


# Datasets ----------------------------------------------------------------------------------------

_DATASET_HEAD = [
    Column(name=name, type="VARCHAR")
    for name in ("name", "state", "rows", "columns", "size", "file", "updated")
]


def _dataset_row(dataset: Dataset) -> list[Any]:
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
        return _box(_note("No datasets yet. Upload one: %insight upload data.csv"))
    return _box(grid_html(_DATASET_HEAD, [_dataset_row(item) for item in datasets]))


def datasets_text(datasets: Sequence[Dataset]) -> str:
    """The same for a terminal."""
    if not datasets:
        return "No datasets yet. Upload one: %insight upload data.csv"
    return grid_text(
        [column.name for column in _DATASET_HEAD],
        [[cell(value) for value in _dataset_row(item)] for item in datasets],
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
    return _box(
        f'<div style="font-weight:600;margin-bottom:4px">{escape(dataset_line(dataset))}</div>'
        + (grid_html(columns, dataset.metadata.sample_rows) if columns else "")
        + _notes(dataset.warnings)
    )


def dataset_text(dataset: Dataset) -> str:
    """The same for a terminal."""
    return "\n".join([dataset_line(dataset), *(f"  {warning}" for warning in dataset.warnings)])


# Stats -------------------------------------------------------------------------------------------

_STATS_HEAD = [
    Column(name=name, type="VARCHAR")
    for name in (
        "column",
        "type",
        "kind",
        "nulls %",
        "distinct",
        "mean",
        "median",
        "std",
        "min",
        "max",
        "shape",
    )
]
_STATS_RIGHT = [False, False, False, *[True] * 7, False]
_BARS = "▁▂▃▄▅▆▇█"


def sparkline(counts: Sequence[int]) -> str:
    """A histogram drawn with block characters, at most 20 of them."""
    if not counts:
        return ""
    top = max(counts) or 1
    return "".join(_BARS[round((len(_BARS) - 1) * count / top)] for count in counts[:20])


def _stats_row(column: ColumnStats) -> list[Any]:
    shape = sparkline([bar.count for bar in column.histogram])
    if not shape and column.top_values:
        top = column.top_values[0]
        shape = f"{cell(top.value)} ({top.percentage:.0f} %)"
    distinct = column.distinct_count
    return [
        column.name,
        column.type,
        column.semantic_type,
        round(column.null_percentage, 2),
        f"~{distinct:,}" if distinct is not None and "distinct_count" in column.approximate else distinct,
        column.mean,
        column.median,
        column.std,
        column.min,
        column.max,
        shape,
    ]


def _stats_lead(stats: Stats) -> str:
    return (
        f"{stats.name}: {stats.row_count:,} rows, {stats.column_count:,} columns, "
        f"{stats.numeric_columns:,} numeric, {stats.categorical_columns:,} categorical, "
        f"{stats.null_percentage:.2f} % of cells missing, {size(stats.memory_bytes)} in memory"
    )


def _plain(row: Sequence[Any], column: ColumnStats) -> list[str]:
    return [cell(value, grouped=column.kind == "numeric" and _grouped(column_of(column))) for value in row]


def column_of(column: ColumnStats) -> Column:
    """The column that a profile describes."""
    return Column(name=column.name, type=column.type)


def stats_html(stats: Stats) -> str:
    """A profile: the lead, a line per column, alerts, correlations and questions to ask."""
    rows = [_plain(_stats_row(column), column) for column in stats.columns]
    alerts = "".join(f"<li>{escape(alert.message)}</li>" for alert in stats.alerts)
    strong = "".join(
        f"<li>{escape(pair.a)} and {escape(pair.b)}: r = {pair.r:.2f}</li>"
        for pair in stats.correlations[:10]
    )
    ask = "".join(f"<li>{escape(question)}</li>" for question in stats.suggestions)
    listing = '<ul style="margin:4px 0">{}</ul>'
    return _box(
        f'<div style="font-weight:600;margin-bottom:4px">{escape(_stats_lead(stats))}</div>'
        + grid_html(_STATS_HEAD, rows, _STATS_RIGHT)
        + _notes(stats.warnings)
        + (_folded(f"Alerts ({len(stats.alerts)})", listing.format(alerts)) if alerts else "")
        + (_folded("Strongest correlations", listing.format(strong)) if strong else "")
        + (_folded("Questions to ask", listing.format(ask)) if ask else "")
    )


def stats_text(stats: Stats) -> str:
    """The same for a terminal."""
    grid = grid_text(
        [column.name for column in _STATS_HEAD],
        [_plain(_stats_row(column), column) for column in stats.columns],
        _STATS_RIGHT,
    )
    alerts = [f"! {alert.message}" for alert in stats.alerts]
    return "\n".join([_stats_lead(stats), grid, *alerts, *stats.warnings])


# Health ------------------------------------------------------------------------------------------


def _health_rows(health: Health) -> list[list[str]]:
    return [
        ["version", health.version],
        ["store", str(health.store.get("path", ""))],
        ["catalog", ", ".join(f"{key} {value}" for key, value in health.catalog.items() if value)],
        ["engine", " ".join(str(value) for value in (health.engine["name"], health.engine["version"]))],
        ["sandbox", f"{health.sandbox.level} ({', '.join(health.sandbox.layers)})"],
        ["planner", health.planner],
        ["memory", str(health.memory.get("state", ""))],
        *(["warning", warning] for warning in health.warnings),
    ]


def health_html(health: Health) -> str:
    """Health as a small table."""
    head = [Column(name="", type="VARCHAR"), Column(name=health.status, type="VARCHAR")]
    return _box(grid_html(head, _health_rows(health)))


def health_text(health: Health) -> str:
    """The same for a terminal."""
    return "\n".join(f"{name:<8}  {value}" for name, value in _health_rows(health))
