"""Asides: words that say what kind of thing is meant ("the game") or carry a condition ("played in")."""

from __future__ import annotations

from .chart import Chart, Edge, Use
from .lexicon import ASIDES, lexicon
from .link import SYNONYM
from .link_values import PLURAL
from .scope import Scope
from .tokens import Tokens

# What stands before these words is asked of them, so they are no mere asides: "most teams", "3 games".
_ASKED_OF = frozenset(
    {"aggregate", "common", "compare", "distinct", "head_count", "or_more", "share", "superlative", "top"}
    | {"not", "without", "has", "by", "comparative"}
)
_NOT_ASKED = frozenset({"for", "per", "as", "by", "from", "in"})
_QUANTITY = frozenset({"any", "no", "many", "much", "number", "count", "amount", "total"})
_ARTICLES = frozenset({"the", "a", "an", "his", "her", "its", "their"})
_PARTICIPLES = ("ed", "en", "ing")
_CHOSEN = ("ed", "paid")
_DETERMINERS = frozenset(
    {"many", "of", "all", "the", "any", "for", "total", "average", "list", "show", "which", "what"}
)
_PASSED = frozenset({"the", "a", "an", "of", "all", "different", "other"})


def add_asides(chart: Chart, tokens: Tokens, scope: Scope) -> None:
    """Add an edge for each aside that names no column and, of several tables, none of the others."""
    for i, j, word_class, meaning in lexicon().readings(tokens):
        if word_class not in ASIDES or any(token.quoted for token in tokens.items[i:j]):
            continue
        if word_class != "value_word" and (_named(chart, i, j) or len(scope.tables) > 1):
            continue
        if word_class == "stage":
            if not any(chart.at(j - 1, c) for c in ("COL", "VAL")):
                chart.add(Edge("filler", i, j, meaning, 0.0))
            continue
        if _in_a_value(chart, word_class, i, j):
            continue
        if word_class == "entity" and _asked_of(chart, tokens, i):
            if i and tokens.items[i - 1].norm.isdigit():
                chart.add(Edge("counted_noun", i, j, meaning, 0.0))
            continue
        if word_class in ("verb", "made") and (
            _by_whom(tokens, i, word_class) or _is_noun(tokens, i) or _chooses(chart, tokens, i, j)
        ):
            continue
        if word_class in ("verb", "made", "winning") and most_of_it(tokens, i, j):
            continue
        uses = tuple(
            Use(token.start, token.end, "assumption", "", "only says what kind of thing is meant")
            for token in tokens.items[i:j]
            if word_class == "entity"
        )
        category = "verb" if word_class == "made" else word_class
        if category == "entity" and i and tokens.items[i - 1].norm in ("which", "what"):
            category = "asked_entity"
        chart.add(Edge(category, i, j, meaning, 0.0, uses))
        if category in ("verb", "winning") and _ends(tokens, j) and not _by_whom(tokens, i, word_class):
            chart.add(Edge("closing_verb", i, j, meaning, 0.0))


def _chooses(chart: Chart, tokens: Tokens, i: int, j: int) -> bool:
    """ "How many cancelled orders": not all of them, so the word is no aside."""
    attributive = not i or tokens.items[i - 1].norm in _DETERMINERS
    return attributive and tokens.items[j - 1].norm.endswith(_CHOSEN) and bool(chart.at(j, "rows"))


def _named(chart: Chart, i: int, j: int) -> bool:
    """Whether a column has these words in its name, or words that mean the same."""
    return any(e.end >= j and e.cost <= 2 * SYNONYM for e in chart.at(i, "COL")) or any(
        e.end >= j for e in chart.at(i, "rows")
    )


def _in_a_value(chart: Chart, word_class: str, i: int, j: int) -> bool:
    """Whether the words are a stored value, or a part of a longer one: "league cup" is no league."""
    if word_class == "qualifier":
        return bool(chart.at(i, "VAL") or chart.at(i, "WVAL"))
    longer = (e for k in range(max(0, i - 5), i + 1) for e in chart.at(k, "VAL"))
    return word_class == "entity" and any(
        e.end >= j and e.end - e.start > j - i and e.cost < PLURAL for e in longer
    )


def _by_whom(tokens: Tokens, i: int, word_class: str) -> bool:
    """ "Who built …" asks for one who builds: that needs a column; "players who play" does not."""
    if not i or tokens.items[i - 1].norm not in ("who", "whom"):
        return False
    return i == 1 or word_class != "verb"


def _is_noun(tokens: Tokens, i: int) -> bool:
    """ "The score", "a run": what an article stands before is no verb."""
    participle = tokens.items[i].norm.endswith(_PARTICIPLES)
    return bool(i) and tokens.items[i - 1].norm in _ARTICLES and not participle


def most_of_it(tokens: Tokens, i: int, j: int) -> bool:
    """ "Earned the most" speaks of money, whose rows are not to be counted in its place."""
    known = lexicon().phrases
    if not any(c == "money_verb" for c, _ in known.get(tokens.norm(i, j), ())):
        return False
    j += j < len(tokens) and tokens.items[j].norm in _ARTICLES
    if j >= len(tokens) or tokens.items[j].norm not in ("most", "least"):
        return False
    return j + 1 == len(tokens) or tokens.items[j + 1].norm in _NOT_ASKED


def _asked_of(chart: Chart, tokens: Tokens, i: int) -> bool:
    while i and tokens.items[i - 1].norm in _PASSED:
        i -= 1
    if not i:
        return False
    before = tokens.items[i - 1].norm
    if any(e.end == i for k in range(max(0, i - 4), i - 1) for e in chart.at(k, "COL")):
        return False
    if before in _QUANTITY or before.isdigit():
        return True
    return any(c in _ASKED_OF for c, _ in lexicon().phrases.get(before, ())) and before not in _NOT_ASKED


def _ends(tokens: Tokens, j: int) -> bool:
    return j == len(tokens) or not tokens.items[j].norm
