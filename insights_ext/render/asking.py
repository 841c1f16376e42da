"""What asking a model adds to an answer: its steps, the facts for and against it, and what was sent."""

from __future__ import annotations

from html import escape

from ..schemas import Answer, Feedback, Message, Outgoing
from .layout import MUTED, box, code, folded, note
from .ledger import entries_html
from .values import harmless

_SAID = {"good": "👍 called right", "bad": "👎 called wrong"}


def badges(answer: Answer) -> list[str]:
    """In a few words: which model, replayed from when, what was said of it, how much was sent."""
    found = []
    if answer.model:
        found.append(f"by {answer.model}")
    if answer.replayed:
        made = f" of {answer.created_at:%Y-%m-%d %H:%M} UTC" if answer.created_at else ""
        found.append(f"↻ replayed: the stored answer{made}, nothing was sent")
    elif answer.ledger:
        calls, sent = len(answer.ledger), sum(entry.bytes_out for entry in answer.ledger)
        found.append(f"{calls} call{'s' if calls > 1 else ''}, {sent:,} bytes sent")
    if answer.feedback:
        found.append(_SAID[answer.feedback])
    return found


def marks_html(answer: Answer) -> str:
    """The badges as a line in small print."""
    found = badges(answer)
    return note(" · ".join(found)) if found else ""


def confidence_html(answer: Answer) -> str:
    """Facts that speak for or against the answer."""
    if not answer.confidence:
        return ""
    items = "".join(f"<li>{escape(fact)}</li>" for fact in answer.confidence)
    return folded("What speaks for it, and against it", f'<ul style="margin:4px 0">{items}</ul>')


def steps_html(answer: Answer) -> str:
    """The queries on the way, with the attempts that failed."""
    if not answer.steps:
        return ""
    items = []
    for step in answer.steps:
        failed = "".join(
            f'<div style="{MUTED}">failed: {escape(repair.error)}</div>{code(repair.sql)}'
            for repair in step.repairs
        )
        rows = f"{step.total_rows:,} row{'' if step.total_rows == 1 else 's'}"
        items.append(
            f"<li><b>{escape(step.name)}</b>: {escape(step.purpose)} "
            f'<span style="{MUTED}">({rows})</span>{failed}{code(step.sql)}</li>'
        )
    count = len(answer.steps)
    return folded(
        f"{count} step{'s' if count > 1 else ''}", f'<ol style="margin:4px 0">{"".join(items)}</ol>'
    )


def sent_html(answer: Answer) -> str:
    """The ledger of an answer, folded away."""
    if not answer.ledger:
        return ""
    return folded("What left the machine for it", entries_html(answer.ledger))


def more_text(answer: Answer) -> list[str]:
    """Steps, facts and badges for a terminal."""
    lines: list[str] = []
    for at, step in enumerate(answer.steps, 1):
        lines.append(f"step {at}, {step.name}: {step.purpose} ({step.total_rows:,} rows)")
        lines += [f"  repaired: {repair.error}" for repair in step.repairs]
    lines += [f"* {fact}" for fact in answer.confidence]
    found = badges(answer)
    return [*lines, " · ".join(found)] if found else lines


def feedback_html(feedback: Feedback) -> str:
    """What was said of an answer."""
    return box(note(feedback_text(feedback)))


def feedback_text(feedback: Feedback) -> str:
    """The same for a terminal."""
    said = _SAID[feedback.verdict]
    noted = f" ({feedback.note})" if feedback.note else ""
    return harmless(f"{said}{noted}. {feedback.detail}".strip())


def outgoing_html(outgoing: Outgoing) -> str:
    """What would be sent, message by message."""
    parts = [note(line) for line in _summary(outgoing)]
    parts += [folded(f"Message {at}: {each.role}", code(each.content)) for at, each in _numbered(outgoing)]
    return box("".join(parts))


def outgoing_text(outgoing: Outgoing) -> str:
    """The same for a terminal."""
    lines = _summary(outgoing)
    for at, each in _numbered(outgoing):
        lines += ["", f"--- message {at}: {each.role}", each.content]
    return "\n".join(map(harmless, lines))


def _numbered(outgoing: Outgoing) -> list[tuple[int, Message]]:
    return list(enumerate(outgoing.messages, 1))


def _summary(outgoing: Outgoing) -> list[str]:
    if not outgoing.messages:
        lines = ["No model would be asked, so nothing would be sent."]
    else:
        lines = [
            f"This would be sent to {outgoing.model} at {outgoing.host} (share: {outgoing.share}); "
            f"nothing was sent now.",
            f"{len(outgoing.messages)} messages, {outgoing.bytes:,} bytes, {outgoing.rows:,} rows or values, "
            f"columns: {', '.join(outgoing.columns) or 'none'}.",
        ]
    if outgoing.masked:
        lines.append(f"Masked as personal data: {', '.join(outgoing.masked)}.")
    return [*lines, *outgoing.later]
