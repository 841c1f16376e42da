"""The embedded planner: the best of all readings becomes a plan; a tie is asked back, the rest refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from ...schemas import Choice
from ..planner import Clarification, Plan, PlanContext, Refusal, TableView
from . import describe, notes
from .clarify import TIE, Candidate, Search, Searcher, clarify
from .compile import Compiler
from .each import each_or_common
from .intents import Bucket, ColumnRef, Extreme, Query
from .knowing import knowing, settled, summed
from .lacking import lacking
from .leaning import leans
from .nearest import nearest_questions
from .scope import Scope
from .search import search
from .slips import corrections
from .thread import Stand, follow, is_bare, stands, whole
from .tokens import tokenise
from .united import united
from .unnamed import unnamed
from .watch import watched

if TYPE_CHECKING:
    from sqlglot import exp

    from ...context import Context


MOST_OFFERED, MOST_WORDS = 3, 120
ADDING = frozenset({"+", "plus"})
NOTHING_TO_LEAN_ON = (
    "This leans on an earlier question, and there is none here that was answered: "
    "ask it as a whole sentence, or in the thread of an answer."
)


class RulesPlanner:
    """Plans questions about tables without a model: deterministic, offline, explainable."""

    name = "rules"

    def plan(self, plan_context: PlanContext, context: Context) -> Plan | Clarification | Refusal:
        """The plan of the cheapest reading; a clarification on a tie, a refusal where words stay open."""
        asked, metrics = knowing(plan_context)
        outcome = settled(self._planned(asked, context), metrics)
        if metrics and isinstance(outcome, Refusal):
            # "What is the net revenue of the North": of a plain column these would be the cells.
            again = settled(self._planned(summed(asked, metrics), context), metrics)
            return again if isinstance(again, Plan) else outcome
        return outcome

    def _planned(self, plan_context: PlanContext, context: Context) -> Plan | Clarification | Refusal:
        if not plan_context.before and leans(plan_context.question):
            return Refusal(NOTHING_TO_LEAN_ON)
        if not plan_context.tables:
            return Refusal("There is no dataset to ask about. Upload one first.")
        context.check()
        if len(tokenise(plan_context.question)) > MOST_WORDS:
            return Refusal(
                f"The embedded planner reads questions of up to {MOST_WORDS} words: ask one thing at a time."
            )
        with watched(context):
            if plan_context.before:
                return _in_thread(plan_context)
            lists = united(plan_context)
            if lists is not None:
                return lists
            found = search(plan_context.tables, plan_context.question, plan_context.today)
            return _decide(found, plan_context)


def _in_thread(plan_context: PlanContext) -> Plan | Clarification | Refusal:
    """A whole question as ever; another as a change of the question before it."""
    question, tables, today = plan_context.question, plan_context.tables, plan_context.today
    lists = None if leans(question) else united(plan_context)
    if isinstance(lists, Plan):
        return lists
    alone = whole(question, tables, today)
    if alone is not None:
        return lists or _decide(alone[1], replace(plan_context, question=alone[0]))
    refused: Plan | Clarification | Refusal | None = lists
    before = stands(plan_context.before, tables)
    for stand in before:
        searched = partial(_followed, stand)
        found = searched(stand.views, question, today)
        if found.candidates:
            return _decide(found, replace(plan_context, tables=stand.views), searched)
        if refused is None and found.unknown:
            refused = _refusal(found, plan_context)
    bare = search(tables, question, today)
    if is_bare(bare):
        return _decide(bare, plan_context)
    if refused is not None:
        return refused
    last = plan_context.before[-1]
    if not before:
        return Refusal(
            f"The question before ('{last.question}', about {', '.join(last.datasets)}) cannot be read here "
            "as it was then: ask this one as a whole sentence."
        )
    return Refusal(
        f"I do not see what this changes in the question before ('{last.question}'): "
        "ask it as a whole sentence."
    )


def _followed(stand: Stand, _views: Sequence[TableView], question: str, today: dt.date) -> Search:
    return follow(stand, question, today).search


def _decide(
    found: Search, plan_context: PlanContext, searcher: Searcher = search
) -> Plan | Clarification | Refusal:
    ranked = found.candidates
    if not ranked:
        return _refusal(found, plan_context)
    best = ranked[0]
    rivals = [c for c in ranked[1:] if c.cost - best.cost < TIE and _differs(c, best)]
    if rivals:
        return _clarification([best, *rivals], plan_context, searcher)
    unsaid = unnamed(best, found.tokens)
    if unsaid is not None:
        return unsaid
    doubt = each_or_common(best, found.tokens, plan_context)
    if doubt is not None:
        return doubt
    return _plan(best, plan_context.question, corrections(found.tokens))


def _differs(a: Candidate, b: Candidate) -> bool:
    return a.reading.query != b.reading.query and _sql(a) != _sql(b)


def _sql(candidate: Candidate) -> exp.Query:
    scope = candidate.scope
    types = {c.ref: c.stats.type.upper() for c in scope.columns}
    keys = {t.name: None if t.key is None else t.key.ref for t in scope.tables}
    shapes = {c.ref: c.shape for c in scope.columns if c.shape is not None}
    return Compiler(types, keys, shapes).query(candidate.reading.joined)


def _plan(best: Candidate, question: str, corrected: tuple[str, ...]) -> Plan:
    scope, query = best.scope, best.reading.query
    left = notes.left_out(scope, query)
    uses = [u for e in best.tiling.edges for u in e.uses]
    unlike = (*left, *notes.not_compared(scope, query))
    words = (describe.condition_words(scope, c) for c in query.where if not isinstance(c, Extreme))
    return Plan(
        sql=_sql(best),
        columns=describe.result_columns(scope, query),
        evidence=describe.evidence(uses, question, (*corrected, *best.reading.assumptions), unlike),
        filters=tuple(w for w in words if w),
        order=_order(query, best.scope),
        limit=query.limit,
        chart=best.reading.chart,
        bin_width=None if best.reading.bins is None else best.reading.bins.width,
        bins=None if best.reading.bins is None else best.reading.bins.count,
        left_out=left,
        criterion=describe.criterion(scope, query),
        ties=describe.ties(scope, query),
        related=best.reading.related,
    )


def _order(query: Query, scope: Scope) -> Literal["none", "ascending", "descending", "time"]:
    if not query.order:
        return "none"
    first = query.order[0]
    if first.by in query.group or not query.group:
        temporal = isinstance(first.by, Bucket) or (
            isinstance(first.by, ColumnRef) and scope.by_ref[first.by] in scope.periods
        )
        if temporal and first.direction == "asc":
            return "time"
    if first.by in query.group:
        return "none"
    return "descending" if first.direction == "desc" else "ascending"


def _refusal(found: Search, plan_context: PlanContext) -> Refusal:
    names = found.scope.names
    if found.unknown and set(found.unknown) <= ADDING:
        text = "Only amounts of one table and in one unit are added to one another."
    elif found.unknown:
        said = ", ".join(f"'{u}'" for u in found.unknown)
        text = (
            f"I do not know what {said} means here: no column, stored value or word that I know for {names}."
        )
    elif not len(found.tokens):
        text = "There is no word in this question that I can use."
    else:
        text = f"I know the words, but not what they ask of {names} together."
        lack = lacking(found.tokens, found.scope)
        text = text if lack is None else f"{text} {lack[0].upper()}{lack[1:]}"
    questions = nearest_questions(plan_context.tables, found.tokens, MOST_OFFERED)
    choices = tuple(Choice(label=q, question=q) for q in questions)
    return Refusal(text, found.unknown, choices)


def _clarification(
    rivals: Sequence[Candidate], plan_context: PlanContext, searcher: Searcher
) -> Clarification | Refusal:
    """Choices between the rivals; fewer than two leave nothing to choose, so that is a refusal."""
    asked = clarify(rivals, plan_context, searcher)
    if len(asked.choices) >= 2:
        return asked
    return Refusal(f"{asked.text} Say which one by its name.", choices=asked.choices)
