"""Reading what a model replied, leniently: JSON, fenced JSON or SQL, a bare SELECT with words around it.

Whatever else stands in a reply is dropped: the schema is closed, and nothing of it is ever run but SQL
that passed the guard.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ...errors import ModelMalformed
from .heard import whole

MAX_TEXT = 1_200
MAX_PURPOSE = 200
MAX_CHOICES = 5
MAX_TRIED = 20
"""Places in a reply where an object or a query may begin that are looked at."""
MARKS = (
    "bar", "line", "area", "point", "scatter", "arc", "pie", "rect", "heatmap", "tick", "boxplot", "histogram"
)  # fmt: skip
"""Charts a model may choose; what they look like is decided here."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "sql": {"type": "string"},
        "purpose": {"type": "string"},
        "steps": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"sql": {"type": "string"}, "purpose": {"type": "string"}},
                "required": ["sql"],
                "additionalProperties": False,
            },
        },
        "done": {"type": "boolean"},
        "chart": {
            "type": "object",
            "properties": {"mark": {"type": "string", "enum": list(MARKS)}},
            "required": ["mark"],
            "additionalProperties": False,
        },
        "text": {"type": "string"},
        "refuse": {"type": "string"},
        "ask_back": {"type": "array", "items": {"type": "string"}},
    },
}
"""The reply as a JSON schema, for endpoints that enforce one."""


@dataclass(frozen=True)
class Draft:
    """One query as the model wrote it, and what it is for."""

    sql: str
    purpose: str = ""


@dataclass(frozen=True)
class Reply:
    """A reply, read: queries in their order, or a refusal, or questions to choose from.

    `done` says that no further step is wanted. `text` is a sentence, with or without placeholders.
    """

    steps: tuple[Draft, ...] = ()
    done: bool = True
    chart: str | None = None
    text: str | None = None
    refuse: str | None = None
    ask_back: tuple[str, ...] = field(default=())


_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"```[ \t]*([\w+-]*)[^\S\n]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_START = re.compile(
    r"(?<![\w'\"])(?:SELECT\b|WITH\s+(?:RECURSIVE\s+)?\"?\w+\"?\s+AS\s*\(|FROM\s+\"?\w+\"?\s)", re.I
)
_QUERY = re.compile(r"\s*(?:SELECT|WITH|FROM|VALUES|PIVOT|UNPIVOT|\()", re.IGNORECASE)
_KEYS = {"sql", "steps", "refuse", "ask_back", "text", "done", "chart", "purpose"}
_ALIASES = {"query": "sql", "sql_query": "sql", "refusal": "refuse", "choices": "ask_back", "answer": "text"}


def read(text: str, model: str = "The model") -> Reply:
    """The reply in `text`; raises `ModelMalformed` where there is neither a query nor a refusal."""
    spoken = _THOUGHT.sub("", text).strip()
    for found in _objects(spoken):
        reply = _of_object(found)
        if reply is not None:
            return reply
    sql = _sql_in(spoken)
    if sql is None:
        raise ModelMalformed(f"{model} replied with neither a query nor a reason why there is none.")
    return Reply(steps=(Draft(sql),))


def prose(text: str) -> str:
    """The sentence in a reply that should be nothing but one: without JSON or fences around it."""
    spoken = _THOUGHT.sub("", text).strip()
    for found in _objects(spoken):
        if isinstance(found.get("text"), str):
            return whole(str(found["text"])).strip()
    return spoken


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """JSON objects with one of our keys: the whole text, what stands in fences, or from any brace on."""
    candidates = [text, *(body for _, body in _FENCE.findall(text))]
    candidates += [text[m.start() :] for m in islice(re.finditer(r"\{", text), MAX_TRIED)]
    decoder = json.JSONDecoder(strict=False)
    for candidate in candidates:
        stripped = candidate.strip()
        if not stripped.startswith("{"):
            continue
        for version in (stripped, re.sub(r",(\s*[}\]])", r"\1", stripped)):
            try:
                value, _ = decoder.raw_decode(version)
            except ValueError:
                continue
            except RecursionError:
                return
            if isinstance(value, dict):
                named = {_ALIASES.get(str(k).lower(), str(k).lower()): v for k, v in value.items()}
                if named.keys() & _KEYS:
                    yield named
                    break


def _of_object(found: dict[str, Any]) -> Reply | None:
    steps = [draft for item in _list(found.get("steps")) if (draft := _draft(item)) is not None]
    own = _draft(found)
    if own is not None and all(own.sql != step.sql for step in steps):
        steps.append(own)
    refuse = _words(found.get("refuse"), MAX_TEXT)
    ask_back = tuple(words for item in _list(found.get("ask_back")) if (words := _words(item, MAX_PURPOSE)))
    if not steps and not refuse and not ask_back:
        return None
    return Reply(
        steps=tuple(steps),
        done=found.get("done") is not False,
        chart=_mark(found.get("chart")),
        text=_words(found.get("text"), MAX_TEXT) or None,
        refuse=refuse or None if not steps else None,
        ask_back=ask_back[:MAX_CHOICES] if not steps else (),
    )


def _draft(item: Any) -> Draft | None:
    if isinstance(item, str):
        item = {"sql": item}
    if not isinstance(item, dict):
        return None
    named = {_ALIASES.get(str(k).lower(), str(k).lower()): v for k, v in item.items()}
    written = named.get("sql")
    if not isinstance(written, str) or not written.strip():
        return None
    sql = (_sql_in(written) if "```" in written else None) or written
    return Draft(_trimmed(whole(sql)), _words(named.get("purpose"), MAX_PURPOSE))


def _mark(value: Any) -> str | None:
    named = value.get("mark", value.get("type")) if isinstance(value, dict) else value
    if isinstance(named, dict):
        named = named.get("type")
    mark = str(named).lower().strip() if isinstance(named, str) else ""
    return mark if mark in MARKS else None


def _sql_in(text: str) -> str | None:
    """A query in fences, the last one; else from the first word of a query to its end."""
    fenced = [
        body.strip()
        for language, body in _FENCE.findall(text)
        if language.lower() in ("", "sql", "duckdb", "sqlite", "postgresql", "postgres")
        and _QUERY.match(body)
    ]
    if fenced:
        return _trimmed(fenced[-1])
    best = None
    for match in islice(_START.finditer(text), MAX_TRIED):
        candidate = _until_end(text[match.start() :])
        if re.search(r"\bFROM\b", candidate, re.IGNORECASE):
            return candidate
        best = best or candidate
    return best


def _until_end(text: str) -> str:
    """A query up to its semicolon, an empty line, a fence or the end; quotes are stepped over."""
    quote = ""
    for k, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in ";`" or text.startswith("\n\n", k):
            return text[:k].strip()
    return text.strip()


def _trimmed(sql: str) -> str:
    return sql.strip().rstrip(";").strip()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _words(value: Any, most: int) -> str:
    return " ".join(whole(value).split())[:most] if isinstance(value, str) else ""
