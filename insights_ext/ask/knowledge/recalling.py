"""What is recalled for a question: checked and answered questions, knowledge and documents that come near."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ...schemas import Knowledge
from ...services.memory import SHARED, Hit, Kind, WrittenEntries

RECALLED: tuple[Kind, ...] = ("verified", "knowledge", "document", "question")
"""No stored value is among them: those are cells, and the privacy dial is not asked here."""


@dataclass(frozen=True)
class Recalled:
    """Something that may help: `about` is a table, a column, a metric or the name of a document.

    `kind` is ``verified`` (a question with checked SQL), ``question`` (one that was answered, with its SQL),
    ``knowledge`` or ``document`` (text). Its text is what people wrote: data, no instruction.
    """

    kind: Kind
    text: str
    score: float
    about: str = ""
    sql: str | None = None


def recalled(
    hits: Sequence[Hit], knowledge: Knowledge, names: Collection[str], bad: Collection[str]
) -> list[Recalled]:
    """Those of `hits` that still hold: verified as the file says now, about tables at hand, not wrong."""
    checked = {each.question: each for each in knowledge.verified}
    found = []
    for hit in hits:
        about, sql = str(hit.payload.get("about", "")), hit.payload.get("sql")
        if hit.kind == "verified":
            now = checked.get(hit.text)
            if now is None or not set(now.datasets) <= set(names):
                continue
            sql = now.sql
        elif hit.kind == "question":
            asked_of = set(hit.payload.get("datasets", ()))
            if hit.payload.get("answer_id") in bad or not asked_of <= set(names):
                continue
        elif hit.kind == "knowledge" and hit.payload.get("table") not in names:
            continue
        found.append(Recalled(hit.kind, hit.text, hit.score, about, sql))
    return found


def knowledge_entries(knowledge: Knowledge) -> list[WrittenEntries]:
    """What the memory is told of insights.yaml."""
    pieces: list[tuple[str, dict[str, str]]] = []
    for name, table in knowledge.tables.items():
        if table.description or table.synonyms:
            pieces.append((_said(name, table.synonyms, table.description), {"about": name, "table": name}))
        for column, known in table.columns.items():
            if known.description or known.synonyms:
                about = f"{name}.{column}"
                said = _said(about, known.synonyms, known.description)
                pieces.append((said, {"about": about, "table": name}))
    for name, metric in knowledge.metrics.items():
        said = _said(name, metric.synonyms, metric.description)
        pieces.append((said, {"about": name, "table": metric.table}))
    asked = [
        (each.question, {"sql": each.sql, "datasets": each.datasets, "note": each.note})
        for each in knowledge.verified
    ]
    return [
        WrittenEntries(SHARED, "knowledge", "", pieces),
        WrittenEntries(SHARED, "verified", "", asked),
    ]


def document_entries(owner: str, name: str, pieces: Sequence[str]) -> WrittenEntries:
    """What the memory is told of a document."""
    return WrittenEntries(owner, "document", name, [(piece, {"about": name}) for piece in pieces])


def _said(name: str, synonyms: Sequence[str], description: str | None) -> str:
    words = f" ({', '.join(synonyms)})" if synonyms else ""
    return f"{name}{words}: {description}" if description else f"{name}{words}"
