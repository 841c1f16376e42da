"""What people wrote of the tables of a question, checked against them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from ..ask.planner import TableView
from ..workspace import Workspace

if TYPE_CHECKING:
    from ..ask.knowledge import KnowledgeView

_MOST_KEPT = 32
MAX_PIECES = 3
_kept: OrderedDict[tuple[str, ...], KnowledgeView] = OrderedDict()
_lock = Lock()


def knowledge_of(workspace: Workspace, views: Sequence[TableView]) -> KnowledgeView:
    """Knowledge of the tables of `views`; checked once for the same file and the same columns."""
    from ..ask.knowledge.build import view_of

    store = workspace.knowledge
    digest = store.digest()
    columns = ("\0".join([view.name, *(column.name for column in view.stats.columns)]) for view in views)
    key = (digest, *columns)
    with _lock:
        known = _kept.get(key)
        if known is not None:
            _kept.move_to_end(key)
            return known
    tables = {view.name: [column.name for column in view.stats.columns] for view in views}
    known = view_of(store.current(), tables, digest)
    with _lock:
        _kept[key] = known
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return known


def with_documents(workspace: Workspace, known: KnowledgeView, question: str, owner: str) -> KnowledgeView:
    """`known` with the pieces of the owner's documents that come nearest to the question, for a model."""
    if not workspace.documents.listed(owner):
        return known  # the memory need not be opened for nothing
    hits = workspace.memory.search(owner, question, kinds=("document",), limit=MAX_PIECES)
    return replace(known, documents=tuple((str(hit.payload.get("about", "")), hit.text) for hit in hits))


def notes_on(workspace: Workspace, view: KnowledgeView, names: Sequence[str]) -> list[str]:
    """What a reader must know of the knowledge of `names` behind an answer: what is wrong, or left aside."""
    problems = workspace.knowledge.problems()
    notes = [f"{workspace.knowledge.shown}: {warning}" for about, warning in view.warnings if about in names]
    if problems:
        notes.append(f"{workspace.knowledge.shown}: {problems[0]}; its last good reading holds.")
    return notes
