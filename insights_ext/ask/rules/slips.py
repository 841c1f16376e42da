"""Slips of the typing finger in the planner's own words: "hwo many", "teh", "avergae"."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from .lexicon import ASIDES, Meaning, lexicon
from .link import edits
from .scope import Scope
from .tokens import Tokens, fold, singular, stem

SHORTEST_SWAP, SHORTEST_SLIP = 3, 6


def mended(tokens: Tokens, scope: Scope) -> Tokens:
    """`tokens` with unknown words put right that are one slip from a single word of the grammar.

    Neighbours swapped count from three letters on, a letter too many or too few from six. A word of the
    table, or one that stands in quotation marks, is left as it is.
    """
    items = list(tokens.items)
    for i, token in enumerate(items):
        word = token.norm
        if token.quoted or not word.isalpha() or len(word) < SHORTEST_SWAP or _known(word, scope):
            continue
        meant = _one_slip(word)
        if meant is not None:
            items[i] = replace(token, norm=meant, stem=stem(meant))
    return tokens if items == list(tokens.items) else replace(tokens, items=tuple(items))


def corrections(tokens: Tokens) -> tuple[str, ...]:
    """Which words were put right, as assumptions."""
    read = (t for t in tokens.items if t.text.isalpha() and t.norm != fold(t.text))
    return tuple(f"'{t.text}' is read as {t.norm}" for t in read)


def _known(word: str, scope: Scope) -> bool:
    """Whether the lexicon or a table knows a word, or begins a word with it."""
    if word in _vocabulary() or word in scope.words_by_form or stem(word) in scope.words_by_form:
        return True
    known = lexicon()
    if any(word in group or stem(word) in group for group in (known.synonyms, known.abbreviations)):
        return True
    if any(edits(word, w.norm, 1) <= 1 for w in scope.words if len(w.norm) > SHORTEST_SWAP):
        return True
    return any(_stored(t.view.values, word) for t in scope.tables)


def _stored(values: object, word: str) -> bool:
    containing = getattr(values, "containing", None)
    return bool(containing(word, 1)) if containing is not None else False


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, Meaning]:
    """Every word that stands in a phrase of the lexicon."""
    return {word: "" for phrase in lexicon().phrases for word in phrase.split()}


@lru_cache(maxsize=1)
def _targets() -> tuple[str, ...]:
    """Words of the grammar itself, asides apart: what a slip may be put right to."""
    return tuple(
        sorted(
            phrase
            for phrase, meanings in lexicon().phrases.items()
            if " " not in phrase and phrase.isalpha() and any(c not in ASIDES for c, _ in meanings)
        )
    )


@lru_cache(maxsize=5_000)
def _one_slip(word: str) -> str | None:
    near = [
        w for w in _targets() if w[0] == word[0] and abs(len(w) - len(word)) <= 1 and edits(word, w, 1) <= 1
    ]
    swapped = [w for w in near if sorted(w) == sorted(word)]
    longer = [w for w in near if len(w) != len(word) and singular(w) != singular(word)]
    found = swapped or (longer if len(word) >= SHORTEST_SLIP else [])
    return found[0] if len(found) == 1 else None
