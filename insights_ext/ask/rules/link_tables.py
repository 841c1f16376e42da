"""Table linking: which words of the question mean the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .lexicon import lexicon
from .link import edits
from .link_said import tables_said
from .scope import Scope
from .tables import Table
from .tokens import Tokens, singular

MAX_JOINED = 4
HEAD_ONLY, KEY_ONLY, SYNONYM, ABBREVIATION, TYPO = 0.25, 0.3, 0.35, 0.1, 0.3
SHORTEST_TYPO = 5


@dataclass(frozen=True)
class TableMention:
    """Tokens ``[start, end)`` mean rows of `table`; `cost` is 0 for its whole name."""

    start: int
    end: int
    table: str
    cost: float


def tables_mentioned(tokens: Tokens, scope: Scope) -> Iterator[TableMention]:
    """Every run of words that names a table: its whole name, its main word, or a synonym of that."""
    whole: set[int] = set()
    for i, end, name in tables_said(tokens, scope):
        whole.update(range(i, end))
        yield TableMention(i, end, name, 0.0)
    for table in scope.tables:
        for i in range(len(tokens)):
            end = _whole(tokens, table, i)
            if end:
                whole.update(range(i, end))
                yield TableMention(i, end, table.name, 0.0)
    for table in scope.tables:
        for i, token in enumerate(tokens.items):
            if i in whole or not token.norm:
                continue
            cost = _part(token.norm, token.stem, table, scope)
            if cost is None and not token.quoted and _typo(token.norm, table, scope):
                cost = TYPO
            if cost is not None:
                yield TableMention(i, i + 1, table.name, cost)


def _whole(tokens: Tokens, table: Table, i: int) -> int:
    """Where the table's whole name ends that begins at token `i`, 0 if none does."""
    words = table.words
    if len(words) == 1 and (end := _run_together(tokens, words[0].singular, i)):
        return end
    if not words or i + len(words) > len(tokens):
        return 0
    for token, word in zip(tokens.items[i:], words, strict=False):
        if not {token.norm, singular(token.norm), token.stem} & {word.norm, word.singular, word.stem}:
            return 0
    return i + len(words)


def _run_together(tokens: Tokens, name: str, i: int) -> int:
    """Where "baseball teams" ends that names the table "baseballteams", 0 if it does not."""
    joined = ""
    for j in range(i, min(len(tokens), i + MAX_JOINED)):
        word = tokens.items[j].norm
        if not word.isalpha() or not name.startswith(joined):
            return 0
        if j > i and singular(joined + word) == name:
            return j + 1
        joined += word
    return 0


def _part(norm: str, stemmed: str, table: Table, scope: Scope) -> float | None:
    forms, alone = {norm, stemmed}, len(scope.tables) == 1
    if forms & table.head_stems:
        others = any(forms & t.head_stems for t in scope.tables if t is not table)
        if table.name in scope.between and others:
            return None
        return 0.0 if alone or len(table.words) == 1 else HEAD_ONLY
    if forms & (table.key_stems - {head for head, _ in scope.foreign[table.name]}):
        return 0.0 if alone else KEY_ONLY
    related = lexicon().synonyms.get(singular(norm), frozenset()) | lexicon().synonyms.get(
        stemmed, frozenset()
    )
    named = {table.words[-1].singular, table.words[-1].stem} if table.words else set()
    if named & related:
        return SYNONYM
    short = lexicon().abbreviations.get(singular(norm), frozenset())
    return ABBREVIATION if named & short else None


def _typo(norm: str, table: Table, scope: Scope) -> bool:
    """Whether a word that nothing else explains is one slip away from the table's name."""
    if (
        len(norm) < SHORTEST_TYPO
        or not norm.isalpha()
        or norm in scope.words_by_form
        or lexicon().phrases.get(norm)
    ):
        return False
    named = {w.norm for w in table.words[-1:]} | {singular(w.norm) for w in table.words[-1:]}
    return any(len(n) >= SHORTEST_TYPO and edits(norm, n, 1) <= 1 for n in named)
