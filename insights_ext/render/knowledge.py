"""Knowledge: what is wrong with insights.yaml, what it speaks of, and its text."""

from __future__ import annotations

from ..schemas import KnowledgeState
from .layout import box, code, note, notes
from .values import harmless


def knowledge_html(state: KnowledgeState) -> str:
    """The state in a line, its problems, and the text of the file or draft."""
    text = code(state.text) if state.text else ""
    return box(note(_summary(state)) + notes(_wrong(state)) + text)


def knowledge_text(state: KnowledgeState) -> str:
    """The same for a terminal."""
    lines = [_summary(state), *_wrong(state)]
    return harmless("\n".join([*lines, "", state.text] if state.text else lines))


def _summary(state: KnowledgeState) -> str:
    known = state.knowledge
    counts = [
        (len(known.tables), "table"),
        (len(known.metrics), "metric"),
        (len(known.joins), "join"),
        (len(known.verified), "verified question"),
    ]
    said = ", ".join(f"{count:,} {word}{'' if count == 1 else 's'}" for count, word in counts if count)
    where = state.file if state.exists else f"{state.file} (not written yet)"
    return f"{where}: {said or 'nothing yet'}."


def _wrong(state: KnowledgeState) -> list[str]:
    broken = [f"Problem: {problem}" for problem in state.problems]
    if broken:
        broken.append("Until this is mended the last good reading holds.")
    return [*broken, *(f"Left aside: {warning}" for warning in state.warnings)]
