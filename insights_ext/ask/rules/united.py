"""One list made of two: the plan, or the question back, for questions that name two lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from ...schemas import Choice, Evidence
from ..planner import Clarification, Plan, PlanContext, Refusal, TableView
from . import describe
from .calculations import Share
from .clarify import TIE, Candidate
from .compile import Compiler
from .conditions import info
from .ellipsis import completed, refers_back, shares_condition
from .halves import Coordination, clauses, coordination
from .intents import Aggregate, ColumnRef, Extreme, Query
from .lattice import leaves
from .naming import output_names
from .scope import Scope
from .search import search
from .tokens import tokenise


@dataclass(frozen=True)
class Half:
    """One of the two lists: the question it answers, and how that is read."""

    question: str
    candidate: Candidate
    query: Query


def united(context: PlanContext) -> Plan | Clarification | Refusal | None:
    """The answer to a question that asks for two lists of one kind; None for all other questions."""
    tokens = tokenise(context.question)
    divided = clauses(tokens)
    if divided is not None:
        found = _both(divided, context)
        return None if found is None else _plan(found)
    scope = Scope.of(*context.tables)
    joint = coordination(tokens, leaves(tokens, scope, context.today), scope)
    if joint is None:
        return None
    if joint.reach == "open":
        return _asked_back(joint, context)
    found = _both(joint.both, context)
    if found is not None:
        return _plan(found)
    a, b = joint.both
    return Refusal(f"These are two lists, and I cannot make one of them. Ask '{a}', then '{b}'.")


def _asked_back(joint: Coordination, context: PlanContext) -> Clarification | Refusal | None:
    """ "A and B with P": P may be meant for both or for B alone."""
    choices = []
    for first, second in (joint.both, joint.last):
        if _both((first, second), context) is not None:
            choices.append(Choice(label=f"{first}; {second}", question=f"{first} and also {second}"))
    if len(choices) == 2:
        return Clarification(
            "The condition may hold for both kinds or only for the second one. Which is meant?",
            tuple(choices),
        )
    a, b = joint.both
    text = "I cannot tell whether the condition holds for both kinds or only for the second one."
    return Refusal(f"{text} Ask for one list at a time: '{a}', then '{b}'.", choices=tuple(choices))


def _both(questions: tuple[str, str], context: PlanContext) -> tuple[Half, Half] | None:
    """The two halves, if each has one reading and they are lists of one kind."""
    first = _half(questions[0], context.tables, context.today)
    if first is None:
        return None
    for text in completed(questions[1], questions[0], first.candidate):
        second = _half(text, context.tables, context.today)
        if second is None or not _alike(first, second):
            continue
        if refers_back(questions[1]) and not shares_condition(first.candidate, second.candidate):
            continue
        return first, second
    return None


def _half(question: str, tables: Sequence[TableView], today: dt.date) -> Half | None:
    """The half as a list of names or values, read without doubt."""
    ranked = search(tables, question, today).candidates
    if not ranked or (len(ranked) > 1 and ranked[1].cost - ranked[0].cost < TIE):
        return None
    candidate = ranked[0]
    query = candidate.reading.query
    if query.group or query.having or query.limit is not None:
        return None
    select = query.select or tuple(c.ref for c in candidate.scope.by_table[query.table].labels)
    if not select or any(isinstance(o, (Aggregate, Share)) for o in select):
        return None
    return Half(question, candidate, replace(query, select=select, order=(), distinct=False))


def _alike(a: Half, b: Half) -> bool:
    """Whether the columns of both lists are of one kind, and the lists not one and the same."""
    scope = a.candidate.scope
    if len(a.query.select) != len(b.query.select) or a.query == b.query:
        return False
    return all(_matching(x, y, scope) for x, y in zip(a.query.select, b.query.select, strict=True))


def _matching(a: object, b: object, scope: Scope) -> bool:
    if not isinstance(a, ColumnRef) or not isinstance(b, ColumnRef):
        return False
    one, other = info(scope, a), info(scope, b)
    if (one.text, one.numeric) != (other.text, other.numeric):
        return False
    named = one in scope.by_table[a.table].labels and other in scope.by_table[b.table].labels
    return a == b or named or bool(one.stems & other.stems)


def _plan(halves: tuple[Half, Half]) -> Plan:
    """The two lists as one: rows of one table each once, values of two tables each once."""
    scope, query = halves[0].candidate.scope, halves[0].query
    roots = {h.candidate.reading.joined.root for h in halves}
    key = scope.by_table[min(roots)].key if len(roots) == 1 else None
    apart = key.ref if key is not None and key.ref not in query.select else None
    first, second = (_tree(h, apart) for h in halves)
    tree: exp.Query = exp.Union(this=first, expression=second, distinct=True)
    if apart is not None:
        rows = exp.Subquery(this=tree, alias=exp.TableAlias(this=exp.to_identifier("rows", quoted=True)))
        tree = exp.Select(expressions=[exp.column(n, quoted=True) for n in output_names(query)]).from_(rows)
    return Plan(
        sql=tree,
        columns=describe.result_columns(scope, query),
        evidence=_evidence(halves),
        filters=(_filters(halves),),
    )


def _evidence(halves: tuple[Half, Half]) -> tuple[Evidence, ...]:
    lines: list[Evidence] = []
    for half in halves:
        candidate = half.candidate
        uses = [u for e in candidate.tiling.edges for u in e.uses]
        told = describe.evidence(uses, half.question, candidate.reading.assumptions, ())
        lines += [line for line in told if line not in lines]
    return tuple(lines)


def _tree(half: Half, apart: ColumnRef | None) -> exp.Select:
    """The half's own query, with the column that keeps rows of the same name apart."""
    scope = half.candidate.scope
    select = half.query.select if apart is None else (*half.query.select, apart)
    joined = replace(half.candidate.reading.joined, query=replace(half.query, select=select))
    types = {c.ref: c.stats.type.upper() for c in scope.columns}
    keys = {t.name: None if t.key is None else t.key.ref for t in scope.tables}
    shapes = {c.ref: c.shape for c in scope.columns if c.shape is not None}
    return Compiler(types, keys, shapes).query(joined)


def _filters(halves: tuple[Half, Half]) -> str:
    """The conditions of each half, said of its rows."""
    said = []
    for half in halves:
        scope, table = half.candidate.scope, half.candidate.reading.joined.root
        words = (describe.condition_words(scope, c) for c in half.query.where if not isinstance(c, Extreme))
        told = " and ".join(w for w in words if w)
        said.append(f"{told} in {table}" if told else f"it is in {table}")
    return " or ".join(said)
