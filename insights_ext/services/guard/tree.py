"""The first opinion: every node of the tree is of a reviewed class, every name is known.

Names are compared as DuckDB compares them, folding only the letters A to Z.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping

from sqlglot import exp

from ...errors import QueryRefused
from . import lists

MAX_NODES = 30_000
"""Nodes a tree may have; a query written by a person or a model has some hundreds."""

_FOLD = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_CTE_NAME = re.compile(r"\w[\w -]*")
_TABLE_ARGS = frozenset({"this", "alias", "joins", "pivots", "sample"})
_CLOCKS = (exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.Localtime, exp.Localtimestamp)


def fold(name: str) -> str:
    """`name` in the form in which names are compared: A to Z in lower case, all else as it is."""
    return name.translate(_FOLD)


def check(tree: exp.Expr, tables: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """Refuse `tree` unless all of it is reviewed; return the tables and volatile functions it uses.

    `tables` maps the folded name of every table that may be read to its canonical name.
    Raises `QueryRefused`.
    """
    used: set[str] = set()
    volatile: set[str] = set()
    for count, (node, ctes) in enumerate(_walk(tree)):
        if count >= MAX_NODES:
            raise QueryRefused("The query is too long.", hint="Ask for less in one query.")
        _check_class(node)
        if isinstance(node, exp.Anonymous):
            volatile.update(_check_call(node) & lists.volatile_functions())
        elif isinstance(node, exp.Table):
            used.update(_check_table(node, tables, ctes))
        elif isinstance(node, exp.DataType):
            _check_type(node)
        elif isinstance(node, exp.TableSample):
            volatile.add("sample")
        elif isinstance(node, _CLOCKS):
            volatile.add(node.sql_name().lower())
        elif isinstance(node, exp.Lateral) and not isinstance(node.this, exp.Subquery):
            raise QueryRefused(
                "LATERAL is allowed before a subquery only.", hint="Use unnest(…) to open a list."
            )
    return used, volatile


def _walk(tree: exp.Expr) -> Iterator[tuple[exp.Expr, frozenset[str]]]:
    """Every node with the folded names of the common table expressions it can see.

    A CTE sees those before it, and itself only under RECURSIVE; it hides a table of the same name
    from there on, which is how DuckDB resolves names too.
    """
    pending: list[tuple[exp.Expr, frozenset[str]]] = [(tree, frozenset())]
    while pending:
        node, ctes = pending.pop()
        yield node, ctes
        with_ = node.args.get("with_")
        if isinstance(with_, exp.With):
            yield with_, ctes
            for cte in with_.expressions:
                if not isinstance(cte, exp.CTE):
                    raise QueryRefused(f"{_words(cte)} is not allowed in WITH.")
                name = _cte_name(cte)
                inside = ctes | {name} if with_.args.get("recursive") else ctes
                pending.append((cte, inside))
                ctes = ctes | {name}
        children = [child for child in node.iter_expressions() if child is not with_]
        pending.extend((child, ctes) for child in children)


def _cte_name(cte: exp.CTE) -> str:
    name = cte.alias
    if not _CTE_NAME.fullmatch(name):
        # A name with dots or slashes could be taken for a file where it is out of scope.
        raise QueryRefused(
            f"{name!r} cannot name a step of a query.", hint="Use letters, digits and underscores after WITH."
        )
    return fold(name)


def _check_class(node: exp.Expr) -> None:
    if type(node).__name__ not in lists.node_classes():
        raise QueryRefused(f"{_words(node)} is not allowed in a query.")


def _words(node: exp.Expr) -> str:
    """What the user would call `node`."""
    name = type(node).__name__
    if isinstance(node, exp.Func):
        return f"The function {node.sql_name().lower()}"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).upper()


def _check_call(call: exp.Anonymous) -> set[str]:
    """Refuse a call that is not reviewed; return its folded name."""
    name = call.name
    folded = fold(name)
    parent = call.parent
    in_table = isinstance(parent, exp.Table) and call.arg_key == "this"
    allowed = lists.table_functions() if in_table else lists.scalar_functions()
    if folded not in allowed:
        place = "in FROM" if in_table and folded in lists.scalar_functions() else "in queries"
        raise QueryRefused(
            f"The function {name[:64]} is not allowed {place}.",
            hint=_nearest(folded, allowed)
            or "Reviewed functions that compute from their arguments are allowed; files are uploaded first.",
        )
    call.set("this", folded if isinstance(call.this, exp.Identifier) else call.this)
    return {folded}


def _check_table(table: exp.Table, tables: Mapping[str, str], ctes: frozenset[str]) -> set[str]:
    """Refuse a source that is neither a known table nor a CTE in scope; return the table read."""
    if table.args.get("db") or table.args.get("catalog"):
        name = table.sql(dialect="duckdb", comments=False)
        raise QueryRefused(f"{name[:80]} is not a dataset.", hint=_table_hint(table.name, tables))
    extra = {key for key, value in table.args.items() if value} - _TABLE_ARGS
    if extra:
        raise QueryRefused(f"{', '.join(sorted(extra)).upper()} is not allowed after a table.")
    source = table.this
    if isinstance(source, exp.Anonymous):
        return set()
    if not isinstance(source, exp.Identifier):
        raise QueryRefused(f"{_words(source)} is not allowed in FROM.", hint=_table_hint("", tables))
    name = fold(source.name)
    if name in ctes:
        return set()
    if name not in tables:
        raise QueryRefused(f"There is no dataset {source.name[:80]!r}.", hint=_table_hint(name, tables))
    return {tables[name]}


def _check_type(node: exp.DataType) -> None:
    kind = node.this
    name = kind.value if isinstance(kind, exp.DType) else str(kind)
    if name not in lists.types():
        raise QueryRefused(
            f"The type {node.sql(dialect='duckdb', comments=False)[:64]} is not allowed in a query."
        )


def _nearest(name: str, allowed: Iterable[str]) -> str | None:
    near = difflib.get_close_matches(name, sorted(allowed), n=3, cutoff=0.75)
    return f"Did you mean {' or '.join(near)}?" if near else None


def _table_hint(name: str, tables: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(fold(name), sorted(tables), n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(tables[key] for key in near)}?"
    if not tables:
        return "Upload a dataset first; files and system tables cannot be read by a query."
    shown = sorted(tables.values())
    more = f" and {len(shown) - 8} more" if len(shown) > 8 else ""
    return f"Datasets that can be queried: {', '.join(shown[:8])}{more}."
