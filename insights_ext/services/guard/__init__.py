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

__all__ = ["MAX_SQL_BYTES", "MAX_TOKENS", "Checked", "check"]

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
