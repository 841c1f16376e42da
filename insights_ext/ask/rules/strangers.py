"""Strangers: words in no list, passed over at a price where the rest of the question stands alone."""

from __future__ import annotations

from .chart import Chart, Edge, Use
from .lexicon import lexicon
from .scope import Scope
from .tokens import Token, Tokens

STRANGER, COUNTED = "stranger", "strange_unit"
SHORTEST = 3
_NAMED = ("COL", "VAL", "WVAL", "NUM", "DATE", "CLOCK", "rows", "entity", "verb", "value_word", "qualifier")
_HELD = ("COL", "VAL")
_QUALIFIED = ("COL", "rows")
# What stands before these asks for the stranger itself, or sets it apart: it is more than an aside.
_ASKED_OF = frozenset(
    {"aggregate", "common", "compare", "distinct", "head_count", "head", "share", "superlative", "top"}
    | {"not", "without", "by", "each", "comparative", "or_more", "sort", "end", "contains", "degree", "same"}
)
_PASSED = frozenset({"the", "a", "an", "this", "that", "these", "those", "his", "her", "its", "their"})
_LINKS = frozenset(
    {"of", "for", "in", "on", "at", "from", "to", "with", "by", "as", "and", "when", "where", "if", "who"}
    | {"whose", "that", "which", "while", "was", "is", "were", "are", "has", "have", "had", "did", "does"}
    | {"do", "be", "been", "during", "under", "against"}
)
_VERB_ENDINGS = ("ed", "ing")


def add_strangers(chart: Chart, tokens: Tokens, scope: Scope) -> None:
    """Of a question about one table, words that no list, column or value explains and nothing hangs on.

    They stand between words that only join ("the … of", "was …ed in"), not beside a column, whose meaning
    they would change ("net revenue"), nor before rows, of which they choose some ("voided orders"), nor
    behind a word that asks for them ("how many …").
    """
    if not scope.alone:
        return
    for i, token in enumerate(tokens.items):
        if not _strange(chart, token, i):
            continue
        counted = bool(i) and tokens.items[i - 1].text[-1:].isdigit()
        if counted or _passing(chart, tokens, i):
            said = f"'{token.text}' is not known here and is passed over"
            use = Use(token.start, token.end, "assumption", "", said)
            chart.add(Edge(COUNTED if counted else STRANGER, i, i + 1, token.norm, 0.0, (use,)))


def _strange(chart: Chart, token: Token, i: int) -> bool:
    """Whether a word is plain, common (no name) and not explained by anything."""
    if token.quoted or len(token.norm) < SHORTEST or not token.norm.isalpha():
        return False
    if not token.text[:1].islower() or lexicon().phrases.get(token.norm):
        return False
    return not any(e.end > i for k in range(max(0, i - 6), i + 1) for c in _NAMED for e in chart.at(k, c))


def _passing(chart: Chart, tokens: Tokens, i: int) -> bool:
    """Whether the words around leave the stranger no part in what is asked."""
    before, after = i, i + 1
    while before and tokens.items[before - 1].norm in _PASSED:
        before -= 1
    if not before:
        return False
    left = tokens.items[before - 1].norm
    asks = any(c in _ASKED_OF for c, _ in lexicon().phrases.get(left, ()))
    if left.isdigit() or (asks and left not in _LINKS):
        return False
    if any(chart.at(after, c) for c in _QUALIFIED):
        return False
    bare_verb = before == i and tokens.items[i].norm.endswith(_VERB_ENDINGS)
    beside = any(_ends_at(chart, before, c) for c in _HELD) and before == i
    if beside and not bare_verb:
        return False
    right = tokens.items[after].norm if after < len(tokens) else ""
    joined = not right or right in _LINKS or right in _PASSED or any(chart.at(after, c) for c in _HELD)
    return joined and (left in _LINKS or bare_verb or before < i or not left)


def _ends_at(chart: Chart, position: int, category: str) -> bool:
    starts = range(max(0, position - 8), position)
    return any(e.end == position for k in starts for e in chart.at(k, category))
