"""Default filters: whatever planner wrote the query, its tables hold only the rows that always count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ...schemas import Evidence
from ...services import guard
from ..planner import Plan
from .view import KnowledgeView, TableHints

if TYPE_CHECKING:
    from sqlglot import exp


def hold(query: exp.Query, knowledge: KnowledgeView) -> exp.Query:
    """`query` with every table that has default filters in the form ``(SELECT * FROM t WHERE …) AS t``.

    Tables that stand in that form already stay as they are, so that it may be done twice.
    """
    from sqlglot import exp

    filtered = {table.name.lower(): table for table in knowledge.filtered}
    if not filtered:
        return query
    held = query.copy()
    for table in _read(held, frozenset()):
        hints = filtered.get(table.name.lower())
        if hints is None or _is_held(table, hints):
            continue
        rows = exp.Select(expressions=[exp.Star()], from_=exp.From(this=table.copy()), where=_where(hints))
        inner = rows.args["from_"].this
        moved = {key: inner.args.get(key) for key in ("alias", "joins", "pivots", "sample")}
        for key in moved:
            inner.set(key, None)
        alias = moved.pop("alias") or exp.TableAlias(this=exp.to_identifier(table.name, quoted=True))
        around = exp.Subquery(this=rows, alias=alias)
        for key, value in moved.items():
            if value:
                around.set(key, value)
        table.replace(around)
    return held


def told(plan: Plan, knowledge: KnowledgeView, names: Sequence[str]) -> Plan:
    """`plan` whose sentence and evidence say which conditions hold for the tables `names` that it reads."""
    held = [table for table in knowledge.filtered if table.name in names]
    if not held:
        return plan
    words = tuple(
        f"{text} (always, for {table.name})" for table in held for text in map(_plain, table.filters)
    )
    more = tuple(
        Evidence(
            kind="assumption",
            target=table.name,
            detail=f"only rows of {table.name} with {_plain(text)}: "
            "a default filter of insights.yaml, which is changed there",
        )
        for table in held
        for text in table.filters
    )
    return replace(plan, filters=(*plan.filters, *words), evidence=(*plan.evidence, *more))


def _read(node: exp.Expr, hidden: frozenset[str]) -> list[exp.Table]:
    """The tables below `node` that are datasets: a step of WITH hides one of its name from there on."""
    from sqlglot import exp

    found: list[exp.Table] = []
    with_ = node.args.get("with_")
    if isinstance(with_, exp.With):
        for cte in with_.expressions:
            name = cte.alias.lower()
            found += _read(cte.this, hidden | {name} if with_.args.get("recursive") else hidden)
            hidden = hidden | {name}
    if isinstance(node, exp.Table) and node.name.lower() not in hidden and not node.args.get("db"):
        found += [node] if isinstance(node.this, exp.Identifier) else []
    for child in node.iter_expressions():
        if child is not with_:
            found += _read(child, hidden)
    return found


def _is_held(table: exp.Table, hints: TableHints) -> bool:
    from sqlglot import exp

    rows = table.find_ancestor(exp.Select)
    if (
        rows is None
        or not isinstance(rows.parent, exp.Subquery)
        or table.parent is not rows.args.get("from_")
    ):
        return False
    if {key for key, value in rows.args.items() if value} - {"expressions", "from_", "where"}:
        return False
    where = rows.args.get("where")
    stars = len(rows.expressions) == 1 and isinstance(rows.expressions[0], exp.Star)
    return stars and where is not None and guard.show(where) == guard.show(_where(hints))


def _where(hints: TableHints) -> exp.Where:
    from sqlglot import exp

    parts = [exp.Paren(this=guard.expression(text)) for text in hints.filters]
    whole: exp.Expr = parts[0]
    for part in parts[1:]:
        whole = exp.And(this=whole, expression=part)
    return exp.Where(this=whole)


def _plain(text: str) -> str:
    """A checked condition without the quotes around names, for people."""
    return re.sub(r'"([A-Za-z_]\w*)"', r"\1", text)
