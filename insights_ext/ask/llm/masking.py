"""Which columns of a result may show personal data, told by the query and not by the names in it.

A query that nowhere touches a column held back shows all of its result. One that does is looked at column by
column if it is plain (one SELECT over stored tables); of any other all columns are held back. The model wrote
the query, so a name proves nothing: ``SELECT city FROM a UNION SELECT email FROM a`` has one column, city.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlglot import exp

from ..planner import TableView
from .compose import composed
from .work import Step

_OPAQUE = (exp.Pivot, exp.Lateral, exp.Columns, exp.PositionalColumn)
_NOT_PLAIN = (*_OPAQUE, exp.With, exp.SetOperation, exp.Subquery, exp.Unnest, exp.Explode)


def hidden(step: Step, ran: Sequence[Step], views: Sequence[TableView], held: Collection[str]) -> set[str]:
    """Those columns of the result of `step` that may show one of `held`, written ``dataset.column``."""
    table = step.result.table
    if table is None or not held:
        return set()
    before = ran[: next((k for k, each in enumerate(ran) if each is step), len(ran))]
    whole = composed(step.tree, before)
    if not _touches(whole, views, held):
        return set()
    names: list[str] = table.column_names
    if not isinstance(whole, exp.Select) or not _is_plain(whole):
        return set(names)
    return {name for k, name in enumerate(names) if _may_show(name, k, len(names), whole, views, held)}


def _touches(whole: exp.Expr, views: Sequence[TableView], held: Collection[str]) -> bool:
    """Whether the query reads a column of `held`, by its name or by a way around names."""
    personal = {name.partition(".")[0].lower() for name in held}
    columns = {name.partition(".")[2].lower() for name in held}
    tables = list(whole.find_all(exp.Table))
    if not any(table.name.lower() in personal for table in tables):
        return False
    rows = {table.alias_or_name.lower() for table in tables} | {table.name.lower() for table in tables}
    for node in whole.walk():
        if isinstance(node, _OPAQUE) or (isinstance(node, exp.TableAlias) and node.args.get("columns")):
            return True
        if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            if _reads_any(node, personal):
                return True
        elif isinstance(node, exp.Identifier) and node.name.lower() in columns:
            return True
        elif isinstance(node, exp.Column) and node.name.lower() in rows:
            return True  # a whole row as one value
    return False


def _reads_any(star: exp.Star, personal: Collection[str]) -> bool:
    select = star.find_ancestor(exp.Select)
    if select is None:
        return True
    clause = select.args.get("from_") or select.args.get("from")
    sources = [] if clause is None else [clause.this]
    sources += [join.this for join in select.args.get("joins") or ()]
    return any(isinstance(each, exp.Table) and each.name.lower() in personal for each in sources)


def _is_plain(whole: exp.Select) -> bool:
    if any(isinstance(node, _NOT_PLAIN) or (isinstance(node, exp.Select) and node is not whole)
           for node in whole.walk()):  # fmt: skip
        return False
    if any(alias.args.get("columns") for alias in whole.find_all(exp.TableAlias)):
        return False
    return not any(star.args.get("replace") or star.args.get("rename") for star in whole.find_all(exp.Star))


def _may_show(
    name: str, k: int, width: int, select: exp.Select, views: Sequence[TableView], held: Collection[str]
) -> bool:
    projections = select.expressions
    if any(each.is_star for each in projections):
        made = [p.unalias() for p in projections if not p.is_star and p.alias_or_name.lower() == name.lower()]
        read = [exp.column(name), *made] if name.lower() in _stored(views) or not made else made
    elif len(projections) == width:
        read = [projections[k].unalias()]
    else:
        return True
    return any(_shows(expression, views, held) for expression in read)


def _shows(expression: exp.Expr, views: Sequence[TableView], held: Collection[str]) -> bool:
    if isinstance(expression, exp.Count):
        return False
    lowered, stored = {name.lower() for name in held}, _stored(views)
    for column in expression.find_all(exp.Column):
        name = column.name.lower()
        if name not in stored or any(f"{view.name.lower()}.{name}" in lowered for view in views):
            return True
    return False


def _stored(views: Sequence[TableView]) -> set[str]:
    return {column.name.lower() for view in views for column in view.stats.columns}
