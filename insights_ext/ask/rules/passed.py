"""What a reading passes over though it was asked for: "… and their editors", "… and who wrote it"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from .assemble import Reading
from .chart import Edge, Tiling
from .intents import Among, ColumnRef, Exists, Not
from .pieces import By, Filler, Head, Rows, Target
from .scope import Scope
from .tokens import Tokens, singular

FAR_FETCHED = 1.0
_SKIPPED = frozenset({"the", "a", "an", "all", "any", "their", "its", "his", "her", "also", "in", "on", "at"})
_QUESTIONS = frozenset({"who", "when", "where", "what_year"})
_OPENS = frozenset({"list", "which"})
_ASKED = frozenset({"details", "detail", "information", "info"})


def passed_over(tiling: Tiling, reading: Reading, scope: Scope, tokens: Tokens) -> bool:
    """Whether something that the words ask for is in no way part of the answer.

    A thing named behind "and", or first of all, is not only asked to exist ("studio and director": both);
    columns behind "and" are more than the kind of thing that is meant; "and who" asks a question of its own.
    """
    exist = {c.table for c in reading.query.where if isinstance(c, Exists)}
    edges = [e for e in tiling.edges if not isinstance(e.meaning, Filler)]
    if scope.alone and any(_by_the_one(e, tokens) or _unheard(e, reading, tokens) for e in edges):
        return True
    if scope.alone and _far_fetched(edges, reading):
        return True
    if not scope.alone and (_details(tiling, tokens) or _never(reading, scope, tokens)):
        return True
    used: set[ColumnRef] | None = None
    for k, edge in enumerate(edges):
        joined = k > 0 and _behind_and(tokens, edge.start)
        if isinstance(edge.meaning, Rows) and edge.meaning.table in exist:
            opened = k == 1 and isinstance(edges[0].meaning, Head) and edges[0].meaning.kind in _OPENS
            if joined or (opened and not scope.alone):
                return True
        if scope.alone or not joined:
            continue
        if isinstance(edge.meaning, Head) and edge.meaning.kind in _QUESTIONS:
            return True
        if isinstance(edge.meaning, Target):
            used = set(_refs(reading.query)) if used is None else used
            if not any({c, *scope.told_by.get(c, ())} & used for c in edge.meaning.columns):
                return True
    return False


def _by_the_one(edge: Edge, tokens: Tokens) -> bool:
    """ "Games played by the player": one did it, which is no group for each."""
    words = [t.norm for t in tokens.items[edge.start : edge.end]]
    done = edge.start > 0 and tokens.items[edge.start - 1].norm.endswith("ed")
    single = len(words) == 3 and words[:2] == ["by", "the"] and words[2] == singular(words[2])
    return isinstance(edge.meaning, By) and done and single


def _far_fetched(edges: Sequence[Edge], reading: Reading) -> bool:
    """ "Who won …" is no "margin of victory": what hardly bears a column's name does not ask to see it."""
    far = [e.meaning.columns for e in edges if isinstance(e.meaning, Target) and e.cost > FAR_FETCHED]
    shown = {c for c in reading.query.select if isinstance(c, ColumnRef)}
    return any(shown & set(columns) for columns in far)


def _unheard(edge: Edge, reading: Reading, tokens: Tokens) -> bool:
    """ "For an A 1991": behind "a" stands what must be so, not what the question is about."""
    if not isinstance(edge.meaning, Target):
        return False
    words = {t.norm for t in tokens.items[edge.start : edge.end - 1]}
    return bool(words & {"a", "an"}) and not set(edge.meaning.columns) & set(_refs(reading.query))


def _details(tiling: Tiling, tokens: Tokens) -> bool:
    """ "The details and opening hours": within a list these words ask for something."""
    words = [t.norm for t in tokens.items]
    return any(
        isinstance(e.meaning, Filler)
        and words[e.start] in _ASKED
        and "and" in (*words[max(0, e.start - 1) : e.start], *words[e.end : e.end + 1])
        for e in tiling.edges
    )


def _never(reading: Reading, scope: Scope, tokens: Tokens) -> bool:
    """ "Countries that never hosted a final" are not those of the rows that are no finals."""
    query = reading.query
    denied = any(isinstance(c, Not) and isinstance(c.of, Among) for c in query.where)
    shown = [c for c in query.select if isinstance(c, ColumnRef)]
    said = any(t.norm == "never" for t in tokens.items)
    return said and denied and bool(shown) and all(c in scope.repeated for c in shown)


def _behind_and(tokens: Tokens, position: int) -> bool:
    while position and tokens.items[position - 1].norm in _SKIPPED:
        position -= 1
    return position > 0 and tokens.items[position - 1].norm in ("and", "plus")


def _refs(node: Any) -> Iterator[ColumnRef]:
    if isinstance(node, ColumnRef):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from _refs(item)
    elif is_dataclass(node):
        for field in fields(node):
            yield from _refs(getattr(node, field.name))
