"""What a model may learn of an engine's error: its class, and identifiers of the schema and of its query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlglot import TokenType, tokenize
from sqlglot.errors import TokenError

from ..planner import TableView

_CLASSES = (
    "The query does not fit the data",
    "The query names something unknown",
    "The query is not valid SQL",
    "A value could not be converted",
    "A number is out of range",
    "A value is not valid here",
    "The engine cannot do this",
    "The query needs more memory than it may use",
    "The engine failed while running the query",
    "The SQL could not be read",
)
_SAID = (
    "Referenced column", "Referenced table", "not found in FROM clause", "Ambiguous reference to column name",
    "must appear in the GROUP BY clause", "No function matches", "does not exist", "Cannot compare values",
    "aggregate functions are not allowed in WHERE", "subquery", "syntax error", "at line",
)  # fmt: skip
_POSITION = re.compile(r"at line \d+, column \d+")
_NAMES = re.compile(r"[\"'`]([^\"'`\n]{1,80})[\"'`]|\b([A-Za-z_][A-Za-z_0-9]*)\(")


def told(message: str, hint: str | None, sql: str, views: Sequence[TableView]) -> str:
    """`message` as an error class with identifiers: no cell, no literal, no text of the engine.

    An identifier passes if it is a name of the schema, or stands outside of quotes in the model's own SQL.
    """
    kind = next((known for known in _CLASSES if message.startswith(known)), "The query failed")
    parts = [kind]
    parts += [said for said in _SAID if said in message and said != "at line"]
    position = _POSITION.search(message)
    if position:
        parts.append(position.group())
    allowed = {name.lower(): name for name in [*identifiers(sql), *_schema(views)]}
    named = [allowed[n.lower()] for n in _quoted(message) if n.lower() in allowed]
    if named:
        parts.append("names: " + ", ".join(dict.fromkeys(named)))
    schema = {name.lower(): name for name in _schema(views)}
    near = re.findall(r"\w[\w ]*\w|\w", hint or "")
    meant = [schema[n.lower()] for n in near if n.lower() in schema]
    if not meant:
        meant = _near(named, schema.values())
    if meant:
        parts.append("columns like it: " + ", ".join(dict.fromkeys(meant)))
    return "; ".join(parts)


def readable(error: str) -> str:
    """What `told` made, for a person: the class and the names, without the engine's own terms."""
    kind, *rest = error.split("; ")
    named = [part for part in rest if part.startswith(("names: ", "columns like it: "))]
    return f"{kind} ({'; '.join(named)})" if named else kind


def _quoted(message: str) -> list[str]:
    return [first or second for first, second in _NAMES.findall(message)]


def identifiers(sql: str) -> list[str]:
    """Names and functions in SQL that a model wrote."""
    try:
        tokens = tokenize(sql, read="duckdb")
    except TokenError:
        return []
    return [t.text for t in tokens if t.token_type in (TokenType.VAR, TokenType.IDENTIFIER)]


def _schema(views: Sequence[TableView]) -> list[str]:
    return [name for view in views for name in (view.name, *(c.name for c in view.stats.columns))]


def _near(named: Iterable[str], schema: Iterable[str]) -> list[str]:
    import difflib

    names = list(schema)
    known = {n.lower() for n in names}
    wrong = [n for n in named if n.lower() not in known]
    return [near for n in wrong for near in difflib.get_close_matches(n, names, n=3, cutoff=0.6)]
