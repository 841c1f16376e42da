"""SQL of knowledge: a condition on one table's rows, or a named amount over them; nothing else passes.

The guard checks both like any query. Beyond that they may name columns of their table only, and hold no
query of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from ...errors import QueryRefused
from ...services import guard

if TYPE_CHECKING:
    from sqlglot import exp

AGGREGATES = frozenset({
    "any_value", "approx_count_distinct", "approx_quantile", "arg_max", "arg_min", "avg", "bit_and",
    "bit_or", "bit_xor", "bool_and", "bool_or", "corr", "count", "count_if", "countif", "covar_pop",
    "covar_samp", "entropy", "favg", "first", "fsum", "geomean", "histogram", "kahan_sum", "kurtosis",
    "kurtosis_pop", "last", "list", "mad", "max", "max_by", "mean", "median", "min", "min_by", "mode",
    "product", "quantile", "quantile_cont", "quantile_disc", "regr_avgx", "regr_avgy", "regr_count",
    "regr_intercept", "regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy", "sem", "skewness",
    "stddev", "stddev_pop", "stddev_samp", "string_agg", "sum", "sumkahan", "var_pop", "var_samp",
    "variance",
})  # fmt: skip
"""Functions that make one value of many rows."""
_ADDING = frozenset({"count", "count_if", "countif", "fsum", "kahan_sum", "sum", "sumkahan"})
_CHANCE = frozenset({"random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "sample"})


def condition(sql: str, table: str, columns: Collection[str]) -> str:
    """The checked form of a condition on the rows of `table`; raises `QueryRefused`."""
    from sqlglot import exp

    tree = _checked(f'SELECT 1 FROM "{table}" WHERE (\n{sql}\n)', table)
    where = tree.args.get("where")
    _only(tree, {"expressions", "from_", "where"})
    if len(tree.expressions) != 1 or where is None:
        raise QueryRefused("It is no condition.")
    found: exp.Expr = where.this
    _check(found, table, columns)
    if aggregates(found) or any(True for _ in found.find_all(exp.Window)):
        raise QueryRefused("A condition on rows holds no aggregate.")
    return guard.show(found.unnest())


def amount(sql: str, table: str, columns: Collection[str]) -> tuple[str, bool]:
    """The checked form of an aggregate over the rows of `table`, and whether its parts add up to the whole.

    Raises `QueryRefused`.
    """
    from sqlglot import exp

    tree = _checked(f'SELECT (\n{sql}\n) FROM "{table}"', table)
    _only(tree, {"expressions", "from_"})
    if len(tree.expressions) != 1:
        raise QueryRefused("It is no single amount.")
    found = tree.expressions[0].unnest()
    _check(found, table, columns)
    if any(True for _ in found.find_all(exp.Window)):
        raise QueryRefused("A metric holds no window.")
    made = aggregates(found)
    if not made:
        raise QueryRefused("A metric needs an aggregate, such as sum(amount).")
    for column in found.find_all(exp.Column):
        if not any(each in made or isinstance(each, exp.Filter) for each in _above(column)):
            raise QueryRefused(f"The column {column.name[:80]!r} stands outside an aggregate.")
    return guard.show(found), _adds_up(found)


def aggregates(tree: exp.Expr) -> list[exp.Expr]:
    """The calls in `tree` that make one value of many rows."""
    from sqlglot import exp

    return [call for call in tree.find_all(exp.Anonymous) if call.name.lower() in AGGREGATES]


def _above(node: exp.Expr) -> Iterator[exp.Expr]:
    while node.parent is not None:
        node = node.parent
        yield node


def _checked(sql: str, table: str) -> exp.Select:
    from sqlglot import exp

    checked = guard.check(sql, [table])
    if _CHANCE & set(checked.volatile):
        raise QueryRefused("It would give another result each time.")
    tree = guard.parsed(checked.sql)
    if not isinstance(tree, exp.Select):
        raise QueryRefused("It is more than an expression.")
    return tree


def _only(tree: exp.Select, allowed: set[str]) -> None:
    if {key for key, value in tree.args.items() if value} - allowed:
        raise QueryRefused("It is more than an expression.")
    source = tree.args["from_"].this
    if source.args.get("joins") or source.args.get("sample") or source.alias:
        raise QueryRefused("It is more than an expression.")


def _check(found: exp.Expr, table: str, columns: Collection[str]) -> None:
    from sqlglot import exp

    if isinstance(found, (exp.Alias, exp.Tuple)):
        raise QueryRefused("It is more than one expression.")
    if any(True for _ in found.find_all(exp.Query, exp.Subquery, exp.Exists, exp.Table)):
        raise QueryRefused("It holds a query of its own.")
    known = {column.lower() for column in columns}
    for column in found.find_all(exp.Column):
        if column.table and column.table.lower() != table.lower():
            raise QueryRefused(f"{column.table[:80]!r} is another table.")
        if isinstance(column.this, exp.Star):
            continue
        if column.name.lower() not in known:
            raise QueryRefused(f"There is no column {column.name[:80]!r} in {table}.")
        # Without a table's name it holds wherever the table stands, under whatever other name.
        column.set("table", None)


def _adds_up(found: exp.Expr) -> bool:
    from sqlglot import exp

    found = found.unnest()
    if isinstance(found, (exp.Add, exp.Sub)):
        return _adds_up(found.left) and _adds_up(found.right)
    if isinstance(found, exp.Mul):
        return any(
            isinstance(a.unnest(), exp.Literal) and _adds_up(b)
            for a, b in ((found.left, found.right), (found.right, found.left))
        )
    if isinstance(found, exp.Div):
        return isinstance(found.right.unnest(), exp.Literal) and _adds_up(found.left)
    if isinstance(found, exp.Filter):
        return _adds_up(found.this)
    if isinstance(found, exp.Anonymous) and found.name.lower() in _ADDING:
        return not any(True for _ in found.find_all(exp.Distinct))
    return False
