"""Asking back: readings that score alike become choices, each a question with that one reading."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from ...schemas import Choice
from ..planner import Clarification, PlanContext, TableView
from .assemble import Reading
from .chart import Tiling, Use
from .intents import Aggregate, ColumnRef
from .scope import Scope
from .tokens import Tokens

TIE = 0.1
MAX_CHOICES = 4
MAX_DRAFTS = 6
ROWS = "number of rows"
_NUMBER_OF = re.compile(r"\b(?:total )?(?:number|count)s? of (?:the )?", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """A reading of the question, with its total cost (smaller is better)."""

    scope: Scope
    reading: Reading
    tiling: Tiling
    cost: float

    @property
    def uses(self) -> frozenset[Use]:
        """What its leaves took the words for."""
        return frozenset(u for e in self.tiling.edges for u in e.uses)


@dataclass(frozen=True)
class Search:
    """All readings, cheapest first, and the words the best try left unexplained."""

    scope: Scope
    tokens: Tokens
    candidates: tuple[Candidate, ...]
    unknown: tuple[str, ...]


Searcher = Callable[[Sequence[TableView], str, dt.date], Search]


def clarify(rivals: Sequence[Candidate], plan_context: PlanContext, search: Searcher) -> Clarification:
    """Choices between `rivals`; each choice's question was tried and has the reading it promises."""
    choices: list[Choice] = []
    shared = frozenset.intersection(*(frozenset(_columns(c.reading.query)) for c in rivals))
    tables = {c.reading.joined.tables for c in rivals}
    for rival in rivals[:MAX_CHOICES]:
        own = [c for c in dict.fromkeys(_columns(rival.reading.query)) if c not in shared]
        drafts = _rewordings(rival, rivals, own, plan_context.question, len(tables) > 1)
        for label, question in itertools.islice(drafts, MAX_DRAFTS):
            if reads_as(search(plan_context.tables, question, plan_context.today), rival):
                choices.append(Choice(label=label, question=question))
                break
    labels = list(dict.fromkeys(c.label for c in choices))
    if len(labels) < 2:  # one choice is none: say what the readings differ in
        columns = {c for r in rivals for c in _columns(r.reading.query)}
        labels = sorted(columns - shared) or sorted(columns)
    text = "This can be read in several ways"
    if len(labels) == 1:
        return Clarification(f"{text}, one of them with {labels[0]}.", tuple(choices))
    return Clarification(f"{text}: {_either(labels)}?", tuple(choices))


def reads_as(found: Search, rival: Candidate) -> bool:
    """Whether a search has the query of `rival` as its best reading, and no other one near it."""
    if not found.candidates or found.candidates[0].reading.query != rival.reading.query:
        return False
    return len(found.candidates) == 1 or found.candidates[1].cost - found.candidates[0].cost >= TIE


def _rewordings(
    rival: Candidate, rivals: Sequence[Candidate], own: Sequence[str], question: str, many_tables: bool
) -> Iterator[tuple[str, str]]:
    common = frozenset.intersection(*(r.uses for r in rivals))
    different = sorted(rival.uses - common, key=lambda u: u.start, reverse=True)
    yield from _spelled_out(different, question)
    for use in different:  # "late" of the deliveries or the column of that name: which of them is true
        if use.kind == "column" and any(c.flag and c.name == use.target for c in rival.scope.columns):
            yield f"{use.target} is true", f"{question[: use.start]}{use.target} true{question[use.end :]}"
    yield from _number_or_rows(rival, rivals, question)
    if many_tables:
        root = rival.reading.joined.root
        yield root, f"{question.rstrip(' ?.!')} in {root}"
    if own:  # "jobs per weekday": nothing in it was taken for the column, so it is said at the end
        yield own[0], f"{question.rstrip(' ?.!')} of {own[0]}"
        yield own[0], f"{question.rstrip(' ?.!')} by {own[0]}"
    for use in sorted(common, key=lambda u: u.start):
        said = question[use.start : use.end]
        for column in own[:1]:
            for new in _with_column(use, said, column):
                yield column, question[: use.start] + new + question[use.end :]


def _spelled_out(different: Sequence[Use], question: str) -> Iterator[tuple[str, str]]:
    """The question with what its words were taken for in their place, the last words first."""
    text, labels = question, []
    for use in different:
        column = use.detail.split(" = ", 1)[0]
        said: dict[str, tuple[str, str]] = {
            "column": (use.target, use.target),
            "table": (ROWS, ROWS),
            "date": (use.detail, use.detail),
            "value": (f'{column} "{use.target}"', f"{question[use.start : use.end]} in {column}"),
        }
        new, label = said.get(use.kind, ("", ""))
        if new:
            text = text[: use.start] + new + text[use.end :]
            labels.append(label)
    if labels:
        yield ", ".join(reversed(labels)), text


def _number_or_rows(
    rival: Candidate, rivals: Sequence[Candidate], question: str
) -> Iterator[tuple[str, str]]:
    """ "The number of frequency": the frequency itself, or how many rows there are."""
    said = _NUMBER_OF.search(question)
    named = [u for u in rival.uses if said and u.kind == "column" and u.start == said.end()]
    if said is None or len(named) != 1 or len({_counts(r) for r in rivals}) < 2:
        return
    if _counts(rival):
        yield ROWS, question[: said.start()] + ROWS + question[named[0].end :]
    else:
        yield named[0].target, question[: said.start()] + question[said.end() :]


def _counts(candidate: Candidate) -> bool:
    return any(isinstance(o, Aggregate) and o.function == "count" for o in candidate.reading.query.select)


def _with_column(use: Use, said: str, column: str) -> Iterator[str]:
    """Ways to say which column a date, a period or an adjective speaks of."""
    if use.kind == "date":
        yield f"{column} in {said}"
        yield f"{column} {said}"
    elif use.kind == "operation":
        yield f"{said} {column}"
        yield f"{column} {said}"


def _columns(node: Any) -> Iterator[str]:
    if isinstance(node, ColumnRef):
        yield node.column
    elif isinstance(node, tuple):
        for item in node:
            yield from _columns(item)
    elif is_dataclass(node):
        for f in fields(node):
            yield from _columns(getattr(node, f.name))


def _either(labels: Sequence[str]) -> str:
    said = [str(label) for label in labels]
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " or " + said[-1]
