"""Answers: the sentence, the chart's picture, the table, the SQL and the evidence."""

from __future__ import annotations

from html import escape

from ..schemas import Answer
from .asking import confidence_html, marks_html, more_text, sent_html, steps_html
from .layout import MUTED, box, code, folded, grid_html, note, notes
from .rows import SHOWN_ROWS, cut, rows_text
from .values import harmless


def sentence_html(answer: Answer) -> str:
    """What an answer says, and the choices or suggestions that lead on."""
    colour = {"answered": "#2e7d32", "clarification": "#b26a00", "refused": "#b71c1c"}[answer.status]
    choices = "".join(
        f"<li>{escape(choice.label)}"
        + (f' <span style="{MUTED}">— ask: {escape(choice.question)}</span>' if choice.question else "")
        + "</li>"
        for choice in answer.choices
    )
    listed = f'<ul style="margin:4px 0 0 18px;padding:0">{choices}</ul>' if choices else ""
    return box(
        f'<div style="border-left:3px solid {colour};padding:2px 10px;font-size:14px">'
        f"{escape(answer.text)}{listed}</div>{marks_html(answer)}"
    )


def answer_table_html(answer: Answer) -> str:
    """An answer's table, with its SQL, steps and evidence folded away."""
    parts = []
    if answer.columns:
        parts.append(grid_html(answer.columns, answer.rows[:SHOWN_ROWS]))
        parts.append(note(cut(answer)))
    parts.append(notes(answer.warnings))
    if answer.sql:
        parts.append(folded("SQL", code(answer.sql)))
    parts.append(steps_html(answer))
    if answer.evidence:
        items = "".join(f"<li>{escape(item.detail)}</li>" for item in answer.evidence)
        parts.append(folded("How the question was understood", f'<ul style="margin:4px 0">{items}</ul>'))
    parts += [confidence_html(answer), sent_html(answer)]
    return box("".join(parts))


def answer_html(answer: Answer, png: str | None) -> str:
    """A whole answer on one page: sentence, picture of the chart, table, SQL, evidence."""
    picture = ""
    if png:
        alt = escape(str((answer.chart or {}).get("description") or "Chart of the answer"), quote=True)
        picture = f'<img alt="{alt}" style="max-width:100%" src="data:image/png;base64,{escape(png)}"/>'
    return sentence_html(answer) + picture + answer_table_html(answer)


def answer_text(answer: Answer) -> str:
    """A whole answer for a terminal."""
    parts = [answer.text]
    parts += [f"  - {choice.label}: {choice.question}" for choice in answer.choices]
    if answer.columns:
        parts += ["", rows_text(answer)]
    if answer.sql:
        parts += ["", f"SQL: {answer.sql}"]
    parts += more_text(answer)
    parts += [f"! {warning}" for warning in answer.warnings]
    return "\n".join(map(harmless, parts))
