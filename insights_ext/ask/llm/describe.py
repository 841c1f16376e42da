"""What a model's query computes, told by its SQL and never by the names the model gave its columns.

A sum of quantities stays "total quantity" in every sentence, also where the model calls it profit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from ...schemas import Evidence
from ..knowledge import KnowledgeView
from ..planner import Plan, ResultColumn, Role, TableView
from .expressions import aggregate_of, filters_in_words, inner_of, label_of, shown, spoken
from .origins import Origins
from .plainwords import PlainWords

if TYPE_CHECKING:
    import pyarrow as pa

_PERIODS = {"year", "quarter", "month", "week", "day", "hour", "date", "weekday"}
_UNITS = {"usd": "$", "eur": "€", "gbp": "£", "dollars": "$", "percent": "%", "pct": "%"}


@dataclass(frozen=True)
class Described:
    """A plan made of a query, and what about its names may mislead.

    `spoken` is the plan with names as a sentence may say them; `invented` says that values of the result are
    the query's own and not the data's.
    """

    plan: Plan
    spoken: Plan
    invented: bool = False
    misnamed: tuple[str, ...] = ()
    explained: tuple[str, ...] = ()


def parsed(sql: str) -> exp.Query | None:
    """The tree of checked SQL, for looking at only."""
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except (SqlglotError, RecursionError):
        return None
    return tree if isinstance(tree, exp.Query) else None


def described(
    sql: str,
    table: pa.Table,
    views: Sequence[TableView],
    earlier: Mapping[str, exp.Query],
    knowledge: KnowledgeView,
    words: PlainWords,
    *,
    chart: str | None = None,
    evidence: Sequence[Evidence] = (),
) -> Described:
    """The plan of checked `sql` with the result `table`; `earlier` are the steps it may read."""
    tree = parsed(sql)
    if tree is None:
        columns = tuple(
            _unknown(f.name, _kind(f.type), f"column {k + 1}") for k, f in enumerate(table.schema)
        )
        bare = Plan(exp.select("*"), columns, tuple(evidence), chart=chart)
        return Described(bare, _said(bare, words), invented=True)
    origins = Origins(tree, earlier)
    made = [
        _column(field.name, _kind(field.type), origins.of(field.name, k), origins, views, knowledge, words, k)
        for k, field in enumerate(table.schema)
    ]
    order, limit = _order(tree, [column for column, _ in made])
    plan = Plan(
        sql=tree,
        columns=tuple(column for column, _ in made),
        evidence=tuple(evidence),
        filters=filters_in_words(origins),
        order=order,
        limit=limit,
        chart=chart,
    )
    said = [(column, expression) for column, expression in made if column.role in ("measure", "share")]
    misnamed = [c.name for c, e in said if e is not None and _misleads(c.name, e, views)]
    explained = [
        f"{c.name} is {c.label}"
        for c, e in said
        if e is not None and words.fit(c.name) and not _words(c.name) <= _words(c.label)
    ]
    return Described(plan, _said(plan, words), _is_invented(tree, words), tuple(misnamed), tuple(explained))


def _said(plan: Plan, words: PlainWords) -> Plan:
    """`plan` with columns called by their labels where the model's names may not be spoken."""
    columns = tuple(c if words.fit(c.name) else replace(c, name=c.label) for c in plan.columns)
    return replace(plan, columns=columns)


def _is_invented(tree: exp.Query, words: PlainWords) -> bool:
    """Whether the query states numbers or names of its own as results."""
    if any(tree.find_all(exp.Values)):
        return True
    for select in tree.find_all(exp.Select):
        for made in select.expressions:
            value = inner_of(made.unalias())
            value = value.this if isinstance(value, exp.Neg) else value
            if isinstance(value, exp.Literal) and value.name not in ("0", "1") and not words.fit(value.name):
                return True
    return False


def _column(
    name: str,
    kind: str,
    expression: exp.Expr | None,
    origins: Origins,
    views: Sequence[TableView],
    knowledge: KnowledgeView,
    words: PlainWords,
    position: int,
) -> tuple[ResultColumn, exp.Expr | None]:
    said = spoken(name) if words.fit(name) else f"column {position + 1}"
    if expression is None:
        return _unknown(name, kind, said), None
    inner = inner_of(expression)
    function = aggregate_of(inner)
    computed = shown(expression)
    label = label_of(expression)
    if label is None or not words.fit(label):
        label = f"{said} ({computed})" if words.fit(computed) else said
    columns = {c.name for c in inner.find_all(exp.Column)}
    of = next(iter(columns)) if len(columns) == 1 else None
    unit = _unit(of, views, knowledge) if function not in (None, "count", "other") else None
    role: Role
    if kind == "time" or (kind == "number" and function is None and _is_period(inner, name)):
        role = "time"
    elif kind != "number" or (function is None and _is_key(name, origins)):
        role = "dimension"
    else:
        role = "measure"
        if function is None and isinstance(inner, exp.Column):
            unit = _unit(of, views, knowledge)
    return ResultColumn(name, role, label, unit, function, of), expression


def _unknown(name: str, kind: str, said: str) -> ResultColumn:
    role: Role = "measure" if kind == "number" else "time" if kind == "time" else "dimension"
    return ResultColumn(name, role, said if said.startswith("column ") else f"column {said}")


def _kind(arrow_type: pa.DataType) -> str:
    import pyarrow as pa

    if pa.types.is_temporal(arrow_type):
        return "time"
    if pa.types.is_integer(arrow_type) or pa.types.is_floating(arrow_type) or pa.types.is_decimal(arrow_type):
        return "number"
    return "other"


def _unit(column: str | None, views: Sequence[TableView], knowledge: KnowledgeView) -> str | None:
    if column is None:
        return None
    for table in knowledge.tables:
        hint = table.column(column)
        if hint is not None and hint.unit:
            return hint.unit
    held = [c for view in views for c in view.stats.columns if c.name.lower() == column.lower()]
    if not held:
        return None
    if held[0].unit:
        return held[0].unit
    return next((_UNITS[w] for w in re.split(r"[_\W]+", column.lower()) if w in _UNITS), None)


def _is_period(inner: exp.Expr, name: str) -> bool:
    if isinstance(inner, (exp.Year, exp.Extract)):
        return True
    return isinstance(inner, exp.Column) and bool(_words(name) & {"year"})


def _is_key(name: str, origins: Origins) -> bool:
    """Whether the query groups by the column."""
    select = origins.select()
    group = None if select is None else select.args.get("group")
    if select is None or group is None:
        return False
    position = next(
        (k for k, p in enumerate(select.expressions) if p.alias_or_name.lower() == name.lower()), None
    )
    if group.args.get("all"):
        return position is not None and not any(select.expressions[position].find_all(exp.AggFunc))
    for key in group.expressions:
        if isinstance(key, exp.Literal) and position is not None and key.name == str(position + 1):
            return True
        if key.alias_or_name.lower() == name.lower():
            return True
        if position is not None and key == select.expressions[position].unalias():
            return True
    return False


def _order(
    tree: exp.Query, columns: Sequence[ResultColumn]
) -> tuple[Literal["none", "ascending", "descending", "time"], int | None]:
    """How the rows are ranked, if by one of the measures; the limit counts only then."""
    order, limit = tree.args.get("order"), tree.args.get("limit")
    if order is None or not order.expressions:
        return "none", None
    first = order.expressions[0]
    key = first.this
    select = Origins(tree, {}).select()
    column = None
    if isinstance(key, exp.Literal) and key.is_int:
        k = int(key.name) - 1
        column = columns[k] if 0 <= k < len(columns) else None
    else:
        names = {c.name.lower(): c for c in columns}
        column = names.get(key.name.lower()) if isinstance(key, exp.Column) else None
        if column is None and select is not None:
            made = next((p for p in select.expressions if p.unalias() == key), None)
            column = None if made is None else names.get(made.alias_or_name.lower())
    if column is None:
        return "none", None
    if column.role == "time":
        return ("none", None) if first.args.get("desc") else ("time", None)
    measures = [c for c in columns if c.role == "measure"]
    if not measures or column is not measures[0]:
        return "none", None
    way: Literal["descending", "ascending"] = "descending" if first.args.get("desc") else "ascending"
    number = None
    if limit is not None and isinstance(limit.expression, exp.Literal) and limit.expression.is_int:
        number = int(limit.expression.name)
    return way, number


def _words(name: str) -> set[str]:
    return {w for w in re.split(r"[^a-z0-9]+", name.lower()) if len(w) > 1}


def _misleads(name: str, expression: exp.Expr, views: Sequence[TableView]) -> bool:
    """Whether a result column is called after a column that it is not made of."""
    read = {w for c in expression.find_all(exp.Column) for w in _words(c.name)}
    said = _words(name)
    for view in views:
        for column in view.stats.columns:
            own = {w for w in _words(column.name) if w not in _UNITS and len(w) > 2}
            if own & said and not own & read and column.kind == "numeric":
                return True
    return False
