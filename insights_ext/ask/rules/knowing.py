"""Knowledge of insights.yaml for the embedded planner: words, units, joins; and metrics as columns to sum.

A metric that a question names joins its table as a column of numbers. The grammar then plans with it as
with any amount, and afterwards each ``sum`` of it makes way for the metric's own SQL. Whatever else was
made of it (a condition on single rows, a mean of it) has no meaning and is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ...schemas import ColumnStats, Evidence
from ...services import guard
from ..knowledge import ColumnHints, KnowledgeView, MetricHint, TableHints
from ..planner import Clarification, Plan, PlanContext, Refusal, ResultColumn, TableView
from .link_said import places
from .tokens import tokenise

if TYPE_CHECKING:
    from sqlglot import exp

NOT_ADDITIVE = "metric"
"""The aggregate of a metric whose parts do not add up to the whole."""


def knowing(plan_context: PlanContext) -> tuple[PlanContext, tuple[MetricHint, ...]]:
    """The question with what is known of its tables, and the metrics that it names."""
    known = plan_context.knowledge
    if not (known.tables or known.metrics or known.joins):
        return plan_context, ()
    asked = [plan_context.question, *(turn.question for turn in plan_context.before)]
    metrics = tuple(metric for metric in known.metrics if _is_named(metric, asked, plan_context.tables))
    views = tuple(_with_hints(view, known, metrics) for view in plan_context.tables)
    return replace(plan_context, tables=views), metrics


def summed(asked: PlanContext, metrics: Sequence[MetricHint]) -> PlanContext:
    """The question with "total" before each metric, which says that its amount is wanted."""
    tokens = tokenise(asked.question)
    names = [name for metric in metrics for name in (metric.name, *metric.synonyms)]
    starts = {tokens.items[i].start for name in names for i, _ in places(tokens, name)}
    question = asked.question
    for start in sorted(starts, reverse=True):
        question = f"{question[:start]}total {question[start:]}"
    return replace(asked, question=question)


def settled(
    outcome: Plan | Clarification | Refusal, metrics: Sequence[MetricHint]
) -> Plan | Clarification | Refusal:
    """`outcome` with the SQL of its metrics in it; a refusal where one was taken for a plain column."""
    if not metrics or not isinstance(outcome, Plan):
        return outcome
    for metric in metrics:
        found = _settled(outcome, metric)
        if isinstance(found, Refusal):
            return found
        outcome = found
    return outcome


def _settled(plan: Plan, metric: MetricHint) -> Plan | Refusal:
    from sqlglot import exp

    tree = plan.sql.copy()
    uses = [column for column in tree.find_all(exp.Column) if column.name == metric.name]
    if not uses:
        return plan
    refusal = Refusal(
        f"{metric.name} is a metric, an amount over many rows: ask for it as such, in all or by something."
    )
    for column in uses:
        call = column.parent
        if _is_output(column):
            continue
        if not isinstance(call, exp.Sum) or isinstance(call.parent, (exp.Filter, exp.Window)):
            return refusal
        if not metric.additive and _is_summed_up(tree, call):
            return refusal
        amount = guard.expression(metric.sql)
        for inner in amount.find_all(exp.Column):
            if column.table and not isinstance(inner.this, exp.Star):
                inner.set("table", column.args["table"].copy())
        call.replace(exp.Paren(this=amount) if isinstance(amount, exp.Binary) else amount)
    said, name = f"total {' '.join(t.norm for t in tokenise(metric.name).items)}", metric.name
    for identifier in tree.find_all(exp.Identifier):
        if identifier.name == said:
            identifier.set("this", name)
    columns = tuple(_renamed(column, metric, said) for column in plan.columns)
    evidence = Evidence(
        kind="metric", target=name, detail=f"{name} is {metric.sql}, a metric of insights.yaml"
    )
    return replace(
        plan,
        sql=tree,
        columns=columns,
        criterion=plan.criterion.replace(said, name) if plan.criterion else None,
        evidence=(*plan.evidence, evidence),
    )


def _is_output(column: exp.Column) -> bool:
    """Whether rows are sorted by an output of the query that has the metric's name, not by a cell."""
    from sqlglot import exp

    select = column.find_ancestor(exp.Select)
    if select is None or column.table or not isinstance(column.parent, exp.Ordered):
        return False
    return any(output.alias == column.name for output in select.selects)


def _is_summed_up(tree: exp.Expr, call: exp.Expr) -> bool:
    """Whether amounts are put together again: a window, or an aggregate over a query with aggregates."""
    from sqlglot import exp

    inner = call.find_ancestor(exp.Select)
    outer = [each for each in tree.find_all(exp.Select) if each is not inner]
    return tree.find(exp.Window) is not None or any(each.find(exp.AggFunc) for each in outer)


def _renamed(column: ResultColumn, metric: MetricHint, said: str) -> ResultColumn:
    if said not in (column.name, column.label) and column.of != metric.name:
        return column
    return replace(
        column,
        name=metric.name if column.name == said else column.name,
        label=column.label.replace(said, metric.name),
        unit=metric.unit,
        aggregate="sum" if metric.additive else NOT_ADDITIVE,
        of=metric.name,
    )


def _is_named(metric: MetricHint, questions: Sequence[str], views: Sequence[TableView]) -> bool:
    """Whether a question names the metric, and no column of its table is called the same."""
    table = next((view for view in views if view.name == metric.table), None)
    if table is None or any(column.name.lower() == metric.name.lower() for column in table.stats.columns):
        return False
    names = (metric.name, *metric.synonyms)
    return any(True for question in questions for name in names for _ in places(tokenise(question), name))


def _with_hints(view: TableView, known: KnowledgeView, metrics: Sequence[MetricHint]) -> TableView:
    hints = known.table(view.name) or TableHints(view.name)
    own = [metric for metric in metrics if metric.table == view.name]
    joins = tuple(join for join in known.joins if view.name in (join.left[0], join.right[0]))
    words = (ColumnHints(m.name, m.description, (m.name, *m.synonyms), m.unit) for m in own)
    hints = replace(hints, columns=(*hints.columns, *words), metrics=tuple(m.name for m in own))
    stats = view.stats
    if own:
        more = [_as_column(metric, stats.row_count) for metric in own]
        stats = stats.model_copy(update={"columns": [*stats.columns, *more]})
    return replace(view, stats=stats, hints=hints, joins=joins)


def _as_column(metric: MetricHint, rows: int) -> ColumnStats:
    return ColumnStats(
        name=metric.name,
        type="DOUBLE",
        kind="numeric",
        semantic_type="measure",
        count=rows,
        null_count=0,
        null_percentage=0.0,
    )
