"""Verified questions: one that is asked again is answered by the SQL that a person checked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from ...errors import QueryRefused
from ...schemas import Evidence, VerifiedQuestion
from ...services import guard
from ..planner import Plan, PlanContext, ResultColumn
from .columns import of_table, result_columns

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp

NAME = "verified"
"""Stands where other answers name their planner."""

_PIECE = re.compile(r"\d+(?:[.,]\d+)+|\w+|[^\w\s]")
_SILENT = frozenset("?!.,;:'\"“”‘’«»`")
_RELATIVE = re.compile(
    r"\b(today|yesterday|tomorrow|tonight|now|currently|recent|recently|ago|[ymqw]td|so far|to date|"
    r"(last|past|previous|this|current|next|coming|latest)\s+(\w+\s+)?"
    r"(minute|hour|day|week|weekend|fortnight|month|quarter|season|year|decade)s?)\b",
    re.IGNORECASE,
)


def same_words(question: str) -> tuple[str, ...]:
    """The words and signs of a question by which it is known again.

    Case, quotes and the punctuation of sentences do not count; a minus, a comparison or a decimal does.
    """
    text = unicodedata.normalize("NFKC", question).casefold()
    return tuple(each for each in _PIECE.findall(text) if each not in _SILENT)


def relative(question: str) -> bool:
    """Whether the day on which it is asked decides what a question means ("last month")."""
    return _RELATIVE.search(question) is not None


def find(plan_context: PlanContext) -> VerifiedQuestion | None:
    """The verified question that this one is, if any; the last in the file counts."""
    known = plan_context.knowledge.verified
    if not known:
        return None
    words = same_words(plan_context.question)
    return next((each for each in reversed(known) if same_words(each.question) == words), None)


def plan(verified: VerifiedQuestion, plan_context: PlanContext) -> Plan:
    """The plan of a verified question; raises `QueryRefused` where its SQL does not pass the guard."""
    from sqlglot import exp

    names = [view.name for view in plan_context.tables]
    tree = guard.parsed(guard.check(verified.sql, names).sql)
    if not isinstance(tree, exp.Query):
        raise QueryRefused("It is no query with columns of its own.")
    columns = result_columns(tree, plan_context.tables, plan_context.knowledge)
    said = "the SQL of a verified question of insights.yaml"
    detail = f"{said}: {verified.note}" if verified.note else said
    return Plan(
        sql=tree,
        columns=columns,
        evidence=(Evidence(kind="verified", phrase=plan_context.question, target=None, detail=detail),),
        order=_order(tree, columns),
    )


def fitted(plan: Plan, table: pa.Table) -> Plan:
    """`plan` with the columns that the result has, where they are other ones than its SQL let expect."""
    if [column.name for column in plan.columns] == table.column_names:
        return plan
    return replace(plan, columns=of_table(table), order="none")


def _order(
    tree: exp.Query, columns: Sequence[ResultColumn]
) -> Literal["none", "ascending", "descending", "time"]:
    """How the rows are ranked: by an amount, or along time."""
    order = tree.args.get("order")
    if order is None:
        return "none"
    first = order.expressions[0]
    said = guard.show(first.this)
    outputs = [guard.show(output.unalias()) for output in tree.selects]
    roles = [c.role for c, o in zip(columns, outputs, strict=False) if said in (o, f'"{c.name}"')]
    if said.isdigit() and 0 < int(said) <= len(columns):
        roles = [columns[int(said) - 1].role]
    if roles[:1] == ["time"] and not first.args.get("desc"):
        return "time"
    if roles[:1] == ["measure"]:
        return "descending" if first.args.get("desc") else "ascending"
    return "none"
