"""Parse, check, print, parse again, check again: the steps of the guard in their order."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlglot import ErrorLevel, exp
from sqlglot.errors import ParseError, TokenError, UnsupportedError

from ...errors import QueryRefused
from . import MAX_SQL_BYTES, MAX_TOKENS, Checked, text, tree
from .dialect import PlainDuckDB

if TYPE_CHECKING:
    from sqlglot import Token

_QUERIES = (exp.Query, exp.Pivot, exp.Values)
_FIRST_WORDS = frozenset(
    {"SELECT", "WITH", "FROM", "VALUES", "PIVOT", "PIVOT_WIDER", "UNPIVOT", "PIVOT_LONGER", "TABLE", "("}
)
_CHECK = "Check the spelling, quotes and brackets."
_INSTEAD = {
    "SUMMARIZE": "The statistics of a dataset (stats) tell more.",
    "DESCRIBE": "The statistics of a dataset (stats) tell more.",
    "DESC": "The statistics of a dataset (stats) tell more.",
    "SHOW": "Ask for the list of datasets instead.",
    "COPY": "Use export to write a result to a file.",
    "EXPORT": "Use export to write a result to a file.",
}
"""Statements for which the product has an operation of its own."""


def check(sql: str | exp.Expr, tables: Collection[str]) -> Checked:
    """`insights_ext.services.guard.check`, without the translation of sqlglot's own errors."""
    known = {tree.fold(name): name.lower() for name in tables}
    written = _from_text(sql) if isinstance(sql, str) else _from_tree(sql)
    tree.check(written, known)
    printed = show(written)

    final = parse(printed)
    used, volatile = tree.check(final, known)
    if show(final) != printed or parse(printed) != final:
        raise QueryRefused("The query can be read in more than one way.", hint="Write it more simply.")
    text.check(printed, _names_with_columns(final))
    return Checked(sql=printed, tables=tuple(sorted(used)), volatile=tuple(sorted(volatile)))


def parse_text(sql: str) -> exp.Query:
    """The tree of SQL written by a person or a model, for `check` to judge; raises `QueryRefused`."""
    tree = _from_text(sql)
    if not isinstance(tree, exp.Query):
        raise QueryRefused("The SQL could not be read as one SELECT.", hint=_CHECK)
    return tree


def parse(sql: str) -> exp.Expr:
    """The tree of the one query in `sql`; raises `QueryRefused`."""
    dialect = PlainDuckDB()
    try:
        tokens = dialect.tokenize(sql)
        if len(tokens) > MAX_TOKENS:
            raise QueryRefused("The query is too long.", hint="Ask for less in one query.")
        _check_statement(tokens)
        found = [statement for statement in dialect.parser().parse(tokens, sql) if statement is not None]
    except ParseError as error:
        raise QueryRefused(_where(error), hint=_CHECK) from None
    except TokenError:
        raise QueryRefused("The SQL could not be read.", hint="Check its quotes.") from None
    except (QueryRefused, RecursionError):
        raise
    except Exception:  # the parser stumbled over text it does not expect: that is a refusal too
        raise QueryRefused("The SQL could not be read.", hint=_CHECK) from None
    if len(found) != 1:
        raise QueryRefused(f"One query at a time, please: this text holds {len(found)}.")
    if not isinstance(found[0], _QUERIES):
        raise QueryRefused("This is not a query.")
    return found[0]


def show(query: exp.Expr) -> str:
    """`query` as SQL with every name quoted; raises `QueryRefused` for what cannot be printed whole."""
    try:
        return query.sql(
            dialect=PlainDuckDB,
            identify=True,
            comments=False,
            normalize_functions=False,
            unsupported_level=ErrorLevel.RAISE,
        )
    except UnsupportedError:
        raise QueryRefused("Part of the query is not supported.", hint="Write it more simply.") from None
    except RecursionError:
        raise
    except Exception:  # a tree no text could have: built wrongly, or read wrongly
        raise QueryRefused("The query cannot be written down.", hint="Write it more simply.") from None


def _from_tree(query: exp.Expr) -> exp.Expr:
    """The tree a planner built, as it reads once printed in DuckDB's dialect."""
    if not isinstance(query, _QUERIES):
        raise QueryRefused(f"{type(query).__name__.upper()} is not a query.")
    return parse(show(query))


def _from_text(sql: str) -> exp.Expr:
    """The tree of SQL written by a person or a model."""
    if "\x00" in sql:
        raise QueryRefused("The SQL holds a NUL character.")
    if not sql.strip():
        raise QueryRefused("There is no SQL to run.")
    try:
        size = len(sql.encode())
    except UnicodeEncodeError:
        raise QueryRefused("The SQL is not valid Unicode text.") from None
    if size > MAX_SQL_BYTES:
        raise QueryRefused(
            f"The SQL has {size:,} bytes, {MAX_SQL_BYTES:,} are allowed.", hint="Ask for less in one query."
        )
    return parse(sql)


def _check_statement(tokens: list[Token]) -> None:
    """Refuse by name what does not begin as a query does."""
    word = tokens[0].text.upper() if tokens else ""
    if word not in _FIRST_WORDS:
        raise QueryRefused(
            f"{word[:32] or 'This'} is not allowed: only queries are.", hint=_INSTEAD.get(word)
        )


def _where(error: ParseError) -> str:
    first = error.errors[0] if error.errors else {}
    line, column, near = first.get("line"), first.get("col"), str(first.get("highlight") or "")
    if not line:
        return "The SQL could not be read."
    return f"The SQL could not be read at line {line}, column {column}, near {near[:40]!r}."


def _names_with_columns(query: exp.Expr) -> set[str]:
    """Names that are followed by a list of columns where they are declared."""
    return {alias.name for alias in query.find_all(exp.TableAlias) if alias.args.get("columns")}
