"""What the columns of written SQL are for: names, amounts, times; told from the tree and the profiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...schemas import ColumnStats
from ...services import guard
from ..planner import ResultColumn, Role, TableView
from .conditions import aggregates
from .view import KnowledgeView

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp

_FUNCTIONS = {"avg": "mean", "sum": "sum", "count": "count", "median": "median", "min": "min", "max": "max"}
_COUNTS = frozenset({"n", "count", "counts", "cnt", "num", "number", "total"})
MAX_NAME = 60
"""Longest name given to a column that has none, in characters."""
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
        if output.is_star:
            found += [_plain(c.name, view, c, knowledge) for view in at_hand for c in view.stats.columns]
            continue
        computed = output.unalias()
        # Only columns go by their own name: DuckDB would call a count "count_star()".
        name = output.alias_or_name if isinstance(computed, exp.Column) else output.alias
        if not name:
            name = _name(output, position, {column.name for column in found})
            output.replace(exp.alias_(output.copy(), name, quoted=True))
        found.append(_column(name, computed, stats, knowledge))
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
        if function == "count":
            # A person named it after what is counted: "buyers" are not values of a column buyers.
            return ResultColumn(name, "measure", _number_of(name, output), None, function)
        unit = _unit(*sources[0], knowledge) if len(sources) == 1 else None
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
    """A name for a column that has none: what it counts, the function and its column, or the expression.

    A part is never taken for the whole: ``sum(a) / count(*)`` is no sum of a.
    """
    from sqlglot import exp

    made = aggregates(output)
    columns = list(dict.fromkeys(c.name for c in output.find_all(exp.Column)))
    whole = bool(made) and output is made[0]
    if whole and made[0].name.lower() == "count":
        said = _counted(output)
    elif whole and len(columns) == 1 and isinstance(made[0].expressions[0], exp.Column):
        said = f"{made[0].name.lower()} of {columns[0]}"
    else:
        said = guard.show(output).replace('"', "")
    if not said or len(said) > MAX_NAME:
        said = f"column {position + 1}"
    return said if said not in taken else f"{said} {position + 1}"


def _counted(count: exp.Expr) -> str:
    """What a count that has no name counts: rows, or the different values of a column."""
    from sqlglot import exp

    distinct = next(iter(count.find_all(exp.Distinct)), None)
    if distinct is None:
        return "number of rows"
    columns = list(dict.fromkeys(c.name for c in distinct.find_all(exp.Column)))
    return f"number of different {columns[0]}" if len(columns) == 1 else "number of different rows"


def _number_of(name: str, count: exp.Expr) -> str:
    """The label of a count: "number of buyers" where that is its name, what is counted where it is ``n``."""
    words = name.replace("_", " ")
    if words.lower() in _COUNTS:
        return _counted(count)
    return words if _COUNTS & set(words.lower().split()) else f"number of {words}"
