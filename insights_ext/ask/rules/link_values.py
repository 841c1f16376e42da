"""Value linking: which words of the question are stored values, and in which columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, runtime_checkable

from ..planner import ValueHit, ValueIndex
from .columns import SMALL_WORDS
from .intents import ColumnRef
from .lexicon import lexicon
from .link import edits
from .numbers import Number, numbers
from .scope import Scope
from .tables import Table
from .tokens import Token, Tokens, fold, singular
from .watch import check

MAX_WORDS = 30
COMMON_WORD, TYPO, PLURAL, SPELLED, COMPOSITE, VERB = 0.9, 0.6, 0.15, 0.1, 0.3, 0.2
YEAR, YEAR_AS_TEXT = re.compile(r"(1[5-9]|20)\d\d"), 0.3
"""A year that a text column of times holds ("1945" beside "February 1974") needs no column beside it."""
COMMON_WORDS = 0.2
"""Words that each mean something else make a value together ("on hold", "no show"), digits alone do not."""
WHOLE = 0.2
"""What a value that holds "and" or "or" is cheaper, as its parts may be values too."""
_LISTING = frozenset({"and", "or"})
_JOINTS = frozenset({"/", "-", "–", "—", ":", "'", "’", "′"})


@runtime_checkable
class SearchableIndex(Protocol):
    """What a value index may offer beyond exact look-up, to go faster and to forgive typing."""

    def has_prefix(self, normalised: str) -> bool:
        """Whether a value begins with these words."""

    def forms(self, letters: str, shortest: int, longest: int) -> Sequence[str]:
        """Normalised forms that begin with these letters, of a length in characters."""


@dataclass(frozen=True)
class ValueMention:
    """Tokens ``[start, end)`` are, folded, the stored `values` of `column`.

    `weak` marks words that usually mean something else ("a", "in"): they need their column beside them.
    """

    start: int
    end: int
    column: ColumnRef
    values: tuple[str, ...]
    count: int
    cost: float
    weak: bool


def values_mentioned(tokens: Tokens, scope: Scope) -> Iterator[ValueMention]:
    """Every run of tokens that is a stored value, one mention per column."""
    for table in scope.tables:
        check()
        yield from _values_of(tokens, table)


def _values_of(tokens: Tokens, scope: Table) -> Iterator[ValueMention]:
    index = scope.view.values
    covered: set[int] = set()
    for i, token in enumerate(tokens.items):
        if not token.norm or token.norm in "<=>=!=":
            continue
        for j in range(i + 1, min(len(tokens), i + MAX_WORDS) + 1):
            if not tokens.items[j - 1].norm:
                continue
            text = tokens.norm(i, j)
            hits = index.lookup(text)
            if j == i + 1:
                yield from _mentions(tokens, scope, i, j, _meant(token, scope, hits), SPELLED)
            if hits:
                covered.update(range(i, j))
                yield from _mentions(tokens, scope, i, j, hits, 0.0)
            else:
                near = _plural(index, text)
                if near:
                    yield from _mentions(tokens, scope, i, j, near, PLURAL)
            if isinstance(index, SearchableIndex) and not index.has_prefix(text):
                break
    for i, j, number in numbers(tokens):
        for other in _spellings(number) - {tokens.norm(i, j)}:
            yield from _mentions(tokens, scope, i, j, index.lookup(other), SPELLED)
    yield from _typos(tokens, scope, covered)


def _meant(token: Token, scope: Table, said: Sequence[ValueHit]) -> list[ValueHit]:
    """How a column may store what a word means: "male" as M."""
    known = lexicon().value_synonyms
    columns, found = {h.column for h in said}, []
    for stems, other in known.get(token.norm) or known.get(token.stem) or ():
        for hit in scope.view.values.lookup(other):
            if hit.column not in columns and scope.by_name[hit.column].stems & stems:
                found.append(hit)
    return found


def _spellings(number: Number) -> set[str]:
    """How the index may spell a number: plain, or with thousands separated."""
    if number.percent:
        return set()
    exact = number.exact
    return {fold(f"{exact:f}".rstrip("0") if isinstance(exact, float) else str(exact)), fold(f"{exact:,}")}


def _mentions(
    tokens: Tokens, scope: Table, i: int, j: int, hits: Sequence[ValueHit], cost: float
) -> Iterator[ValueMention]:
    text = tokens.norm(i, j)
    quoted = any((i, j) == q for q in tokens.quotes)
    words = text.split()
    weak = not quoted and all(
        w in SMALL_WORDS or len(w) < 2 or lexicon().knows(w) or w.isdigit() or lexicon().knows(text)
        for w in words
    )
    if weak and not cost and lexicon().verb(text):
        weak, cost = False, VERB
    if weak and len(words) > 1 and not lexicon().knows(text) and not any(w.isdigit() for w in words):
        weak, cost = False, max(cost, COMMON_WORDS)
    if weak and not cost and _composite(tokens, i, j):
        weak, cost = False, COMPOSITE
    timed = weak and not cost and YEAR.fullmatch(text) is not None
    if any(w in _LISTING for w in words[1:-1]):
        cost -= WHOLE
    by_column: dict[str, list[ValueHit]] = {}
    for hit in hits:
        if hit.column in scope.by_name and fold(hit.column) != text:
            by_column.setdefault(hit.column, []).append(hit)
    for column, found in by_column.items():
        values = tuple(sorted(h.value for h in found))
        told = timed and scope.by_name[column].text and scope.by_name[column].nature("time")
        yield ValueMention(
            i,
            j,
            scope.by_name[column].ref,
            values,
            sum(h.count for h in found),
            cost + (YEAR_AS_TEXT if told else COMMON_WORD if weak else 0.0),
            weak and not told,
        )


def _composite(tokens: Tokens, i: int, j: int) -> bool:
    """Numbers joined by signs ("2/3/05", "6-2"): together they are hardly anything but the value."""
    if j - i < 2 or not all(t.norm.isdigit() for t in tokens.items[i:j]):
        return False
    gaps = [tokens.question[a.end : b.start] for a, b in pairwise(tokens.items[i:j])]
    return all(gap in _JOINTS for gap in gaps)


def _plural(index: ValueIndex, text: str) -> Sequence[ValueHit]:
    *before, last = text.split()
    one = singular(last)
    if one != last and len(one) >= 3:
        return index.lookup(" ".join([*before, one]))
    return index.lookup(text + "s") if len(text) >= 4 and last.isalpha() else ()


def _typos(tokens: Tokens, scope: Table, covered: set[int]) -> Iterator[ValueMention]:
    """Words one letter off a single stored value, where nothing else explains them."""
    index = scope.view.values
    if not isinstance(index, SearchableIndex):
        return
    for i, token in enumerate(tokens.items):
        word = token.norm
        if i in covered or len(word) < 5 or not word.isalpha() or lexicon().knows(word):
            continue
        forms = index.forms(word[0], max(5, len(word) - 1), len(word) + 1)
        near = [form for form in forms if edits(word, form, 1) <= 1]
        if len(near) == 1:
            yield from _mentions(tokens, scope, i, i + 1, index.lookup(near[0]), TYPO)
