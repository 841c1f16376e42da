"""What the columns of written SQL are for: names, amounts, times; told from the tree and the profiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...schemas import ColumnStats
from ..planner import ResultColumn, Role, TableView
from .conditions import aggregates
from .view import KnowledgeView

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp

_FUNCTIONS = {"avg": "mean", "sum": "sum", "count": "count", "median": "median", "min": "min", "max": "max"}
_CUTS = frozenset({"date_trunc", "time_bucket", "datetrunc", "strftime"})


def result_columns(
    query: exp.Query, views: Sequence[TableView], knowledge: KnowledgeView
) -> tuple[ResultColumn, ...]:
    """The columns of the result of `query`, a column without a name being given one in it.

    A star stands for all columns of the tables that are read.
    """
    from sqlglot import exp

    read = {table.name.lower() for table in query.find_all(exp.Table)}
    at_hand = [view for view in views if view.name.lower() in read]
    stats = {c.name.lower(): (view, c) for view in reversed(at_hand) for c in view.stats.columns}
    found: list[ResultColumn] = []
    first = query
    while isinstance(first, exp.SetOperation):
        first = first.left
    for position, output in enumerate(first.selects):
        if isinstance(output, exp.Star) or isinstance(output.this, exp.Star):
            found += [_plain(c.name, view, c, knowledge) for view in at_hand for c in view.stats.columns]
            continue
        name = output.alias_or_name
        if not name:
            name = _name(output, position, {column.name for column in found})
            output.replace(exp.alias_(output.copy(), name, quoted=True))
        found.append(_column(name, output.unalias(), stats, knowledge))
    return tuple(found)


def of_table(table: pa.Table) -> tuple[ResultColumn, ...]:
    """The columns of a result by their types alone."""
    import pyarrow as pa

    found = []
    for field in table.schema:
        number = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        role: Role = "measure" if number or pa.types.is_decimal(field.type) else "dimension"
        if pa.types.is_temporal(field.type):
            role = "time"
        found.append(ResultColumn(field.name, role, field.name.replace("_", " ")))
    return tuple(found)


def _column(
    name: str,
    output: exp.Expr,
    stats: dict[str, tuple[TableView, ColumnStats]],
    knowledge: KnowledgeView,
) -> ResultColumn:
    from sqlglot import exp

    label = name.replace("_", " ")
    made = aggregates(output)
    columns = {c.name.lower() for c in output.find_all(exp.Column) if not isinstance(c.this, exp.Star)}
    sources = [stats[each] for each in sorted(columns) if each in stats]
    if made:
        call = made[0]
        function = _FUNCTIONS.get(call.name.lower(), call.name.lower()) if output is call else "amount"
        unit = _unit(*sources[0], knowledge) if len(sources) == 1 and function != "count" else None
        return ResultColumn(name, "measure", label, unit, function, sources[0][1].name if sources else None)
    if isinstance(output, exp.Column) and sources:
        return _plain(name, *sources[0], knowledge)
    if any(isinstance(c, exp.Anonymous) and c.name.lower() in _CUTS for c in output.walk()):
        return ResultColumn(name, "time", label)
    numeric = isinstance(output, (exp.Binary, exp.Neg)) and not isinstance(output, exp.Predicate)
    return ResultColumn(name, "measure" if numeric else "dimension", label)


def _plain(name: str, view: TableView, column: ColumnStats, knowledge: KnowledgeView) -> ResultColumn:
    role: Role = "dimension"
    if column.kind == "date":
        role = "time"
    elif column.kind == "numeric" and column.semantic_type != "id":
        role = "measure"
    elif column.unique:
        role = "label"
    unit = _unit(view, column, knowledge) if column.kind == "numeric" else None
    return ResultColumn(name, role, name.replace("_", " "), unit)


def _unit(view: TableView, column: ColumnStats, knowledge: KnowledgeView) -> str | None:
    table = knowledge.table(view.name)
    hints = table.column(column.name) if table else None
    return hints.unit if hints else None


def _name(output: exp.Expr, position: int, taken: set[str]) -> str:
    """A name for a column that has none: the function and its column, or its place."""
    from sqlglot import exp

    made = aggregates(output)
    columns = [c.name for c in output.find_all(exp.Column)]
    said = f"{made[0].name.lower()} of {columns[0]}" if made and columns and columns[0] != "*" else ""
    if made and not said:
        said = made[0].name.lower()
    said = said or f"column {position + 1}"
    return said if said not in taken else f"{said} {position + 1}"
