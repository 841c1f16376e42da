"""The guard: SQL passes only if all of it is known to do nothing but read the named tables.

What runs is what was checked. The text is parsed, the whole tree is held against reviewed lists
(`nodes.txt`, `functions.txt`), printed back with every name quoted, parsed again and checked again,
and the printed text is read a second time by rules of its own (`text.py`, `words.txt`). A statement
type proves nothing: DuckDB calls ``WITH x AS (COPY …) SELECT 1`` a SELECT.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import QueryRefused

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = [
    "MAX_SQL_BYTES",
    "MAX_TOKENS",
    "Checked",
    "check",
    "expression",
    "parse",
    "parsed",
    "show",
]

MAX_SQL_BYTES = 64 * 1024
MAX_TOKENS = 10_000


@dataclass(frozen=True)
class Checked:
    """SQL that passed the guard.

    `sql` is what to run. `tables` are the canonical (lower case) names it really reads, in order.
    `volatile` names what makes its result differ from run to run (``random``, ``now``, ``sample``);
    an answer is replayed only where it is empty.
    """

    sql: str
    tables: tuple[str, ...]
    volatile: tuple[str, ...] = ()


def check(sql: str | exp.Expr, tables: Collection[str]) -> Checked:
    """Check one query, given as text or as a sqlglot tree, that may read `tables` and nothing else.

    Names are compared without regard to case. Raises `QueryRefused`, with the statement, function or
    table that was refused and, where there is one, the nearest name that is allowed.
    """
    from sqlglot.errors import SqlglotError

    from . import reading

    try:
        return reading.check(sql, tables)
    except RecursionError:
        raise QueryRefused(
            "The query is nested too deeply.", hint="Split it into steps with WITH, or ask for less."
        ) from None
    except SqlglotError:
        raise QueryRefused("The query could not be read back after checking.") from None


def parsed(sql: str) -> exp.Expr:
    """The tree of one query as the guard reads it: calls stay as written. Raises `QueryRefused`.

    It is read, not checked.
    """
    from . import reading

    return reading.parse(sql)


def expression(sql: str) -> exp.Expr:
    """The tree of one expression, such as a condition; raises `QueryRefused`. It is read, not checked."""
    from sqlglot import exp

    read = parsed(f"SELECT (\n{sql}\n)")
    if not isinstance(read, exp.Select) or len(read.expressions) != 1:
        raise QueryRefused("It is more than an expression.")
    found: exp.Expr = read.expressions[0].unnest()
    found.pop()
    return found


def show(query: exp.Expr) -> str:
    """A tree as SQL, with every name quoted; raises `QueryRefused` for what cannot be printed whole."""
    from . import reading

    return reading.show(query)


def parse(sql: str) -> exp.Query:
    """The tree of one query in `sql`, not checked yet; raises `QueryRefused` where it cannot be read."""
    from . import reading

    try:
        return reading.parse_text(sql)
    except RecursionError:
        raise QueryRefused(
            "The query is nested too deeply.", hint="Split it into steps with WITH, or ask for less."
        ) from None
