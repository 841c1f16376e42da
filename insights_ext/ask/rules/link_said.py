"""Words that people declared in insights.yaml for a column or a table, found in a question."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from .intents import ColumnRef
from .scope import Scope
from .tokens import Token, Tokens, singular, tokenise


def columns_said(tokens: Tokens, scope: Scope) -> Iterator[tuple[int, int, ColumnRef]]:
    """Tokens ``[i, j)`` that are a declared word for a column."""
    for table in scope.tables:
        hints = table.view.hints
        for column in hints.columns if hints else ():
            for synonym in column.synonyms:
                for i, j in places(tokens, synonym):
                    yield i, j, ColumnRef(table.name, column.name)


def tables_said(tokens: Tokens, scope: Scope) -> Iterator[tuple[int, int, str]]:
    """Tokens ``[i, j)`` that are a declared word for the rows of a table."""
    for table in scope.tables:
        hints = table.view.hints
        for synonym in hints.synonyms if hints else ():
            for i, j in places(tokens, synonym):
                yield i, j, table.name


def places(tokens: Tokens, words: str) -> Iterator[tuple[int, int]]:
    """Where `words` stand in a question, in one number or the other."""
    wanted = _words(words)
    if not wanted:
        return
    for i in range(len(tokens) - len(wanted) + 1):
        if all(_alike(a, b) for a, b in zip(tokens.items[i:], wanted, strict=False)):
            yield i, i + len(wanted)


@lru_cache(maxsize=5_000)
def _words(text: str) -> tuple[Token, ...]:
    return tuple(token for token in tokenise(text).items if token.norm)


def _alike(token: Token, word: Token) -> bool:
    return bool(token.norm) and (token.norm == word.norm or singular(token.norm) == singular(word.norm))
