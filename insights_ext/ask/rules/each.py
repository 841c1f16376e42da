"""What each has and what all have: "the features every car has" can mean either, so that is asked back.

Only where the things belong to many of the others at once (through a table that links them) both make
sense; a question that begins with "for each", or says "in common", leaves no doubt.
"""

from __future__ import annotations

from ...schemas import Choice
from ..planner import Clarification, PlanContext, Refusal
from .chart import Edge
from .clarify import Candidate, reads_as
from .intents import ColumnRef, Every, Exists
from .joins import tables_of
from .pieces import ByRows, Rows, Target
from .search import search
from .tokens import Tokens

_PAIRED = frozenset({"respectively", "respective", "their", "individually"})
_EACH = frozenset({"all", "every", "each"})
_PASSED = frozenset({"of", "the", "single", "one"})


def each_or_common(best: Candidate, tokens: Tokens, context: PlanContext) -> Clarification | Refusal | None:
    """The question back where "each" may also mean "common to all"; None where there is no doubt."""
    query = best.reading.query
    said = _each(best, tokens)
    if said is None or query.group or any(isinstance(c, Every) for c in query.where):
        return None
    shown = [c for c in query.select if isinstance(c, ColumnRef) and c.table != said]
    tables = list(dict.fromkeys(c.table for c in shown)) or [query.table]
    if len(shown) + (said in {c.table for c in query.select if isinstance(c, ColumnRef)}) > len(query.select):
        return None
    if len(tables) != 1 or tables[0] == said or not _many_to_many(best, said, tables[0]):
        return None
    columns = [c.column for c in shown] or [c.name for c in best.scope.by_table[tables[0]].labels]
    what = f"{' and '.join(columns)} of {tables[0]}"
    whom = said.replace("_", " ")
    questions = (f"for each {whom}, show the {what}", f"show the {what} common to all {whom}")
    labels = (f"the {what}, for each of {whom}", f"only the {what} that all {whom} have")
    choices = tuple(
        Choice(label=label, question=question)
        for label, question in zip(labels, questions, strict=True)
        if _understood(question, context)
    )
    text = f"Do you want this for each of {whom}, or only what all of them have in common?"
    return Clarification(text, choices) if len(choices) == 2 else Refusal(text, choices=choices)


def _each(best: Candidate, tokens: Tokens) -> str | None:
    """The table that "each" or "all" is said of, behind what is asked of it."""
    if any(t.norm in _PAIRED for t in tokens.items):
        return None
    seen = False
    for edge in best.tiling.edges:
        piece = edge.meaning
        if isinstance(piece, ByRows) and seen:
            return piece.table
        if (
            isinstance(piece, Rows)
            and seen
            and (_said_of_all(tokens, edge) or _preceded(tokens, edge.start))
            and Exists(piece.table) in best.reading.query.where
        ):
            return piece.table
        seen = seen or isinstance(piece, (Rows, Target))
    return None


def _said_of_all(tokens: Tokens, edge: Edge) -> bool:
    """ "In all galleries", "across every shop": the word for all is a part of the phrase."""
    return any(t.norm in _EACH for t in tokens.items[edge.start : edge.end])


def _preceded(tokens: Tokens, start: int) -> bool:
    """Whether "all" or "every" stands before these rows, not counting "of the"."""
    while start and tokens.items[start - 1].norm in _PASSED:
        start -= 1
    return start > 0 and tokens.items[start - 1].norm in _EACH


def _many_to_many(best: Candidate, one: str, other: str) -> bool:
    """Whether a third table says which rows of the two belong together."""
    links = best.scope.keys.links
    pointing = [{k.child.table for k in links if k.parent.table == t} for t in (one, other)]
    joined = set(best.reading.joined.tables) | set(tables_of(best.reading.query.where))
    return bool(pointing[0] & pointing[1] & joined - {one, other})


def _understood(question: str, context: PlanContext) -> bool:
    found = search(context.tables, question, context.today)
    return bool(found.candidates) and reads_as(found, found.candidates[0])
