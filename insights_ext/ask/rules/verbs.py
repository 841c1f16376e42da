"""Verbs between tables: words that say how the rows of two tables belong together."""

from __future__ import annotations

from .chart import Chart, Edge, Use
from .lexicon import lexicon
from .tokens import Tokens

KNOWN_VERB, UNKNOWN_VERB = -0.8, -0.3
_VERB_ENDINGS = ("ed", "ing")
_ASKERS = frozenset({"who", "when", "where", "which"})
_BEFORE_NOUN = frozenset({"the", "of", "many", "these", "those", "every", "each"})
_DOERS = frozenset({"they", "he", "she", "we", "who"})
_ARTICLES = frozenset({"the", "a", "an", "any", "no", "each", "every", "all"})
_ALL = frozenset({"all", "every", "each"})
_BEFORE_ALL = _ALL | {"in", "at", "on", "by", "to", "for", "from", "with", "of", "the"}
_BEFORE_DONE = frozenset({"that", "which", "who", "are", "is", "were", "was", "have", "has", "been"})


def add_verbs(chart: Chart, tokens: Tokens) -> None:
    """Words that look like verbs and mean nothing else: between two tables they name the join."""
    for i, token in enumerate(tokens.items):
        row = chart.edges.get(i, {})
        if "relation_verb" in row:
            if _noun_here(tokens, i):
                continue
            if "rows" in row or any(e.end > i + 1 for e in row.get("sort", ())):
                continue
            for edge in row["relation_verb"]:
                if not any(value.end == edge.end for value in row.get("VAL", ())):
                    chart.add(Edge("RELATION", i, edge.end, edge.meaning, KNOWN_VERB, edge.uses))
        elif (
            (_verb_like(token.norm) or _done_by(tokens, i))
            and not _qualifies(chart, tokens, i)
            and (not any(c in row for c in ("COL", "VAL", "rows")) or _done_in_all(chart, tokens, i))
        ):
            use = Use(
                tokens.items[i].start, tokens.items[i].end, "operation", "join", "how the tables are related"
            )
            chart.add(Edge("RELATION", i, i + 1, token.norm, UNKNOWN_VERB, (use,)))


def _done_in_all(chart: Chart, tokens: Tokens, i: int) -> bool:
    """ "Plants planted in all gardens": between two tables no date of planting is asked for."""
    after = i + 1
    while after < len(tokens) and tokens.items[after].norm in _BEFORE_ALL:
        after += 1
    before = i
    while before and tokens.items[before - 1].norm in _BEFORE_DONE:
        before -= 1
    said = tokens.items[after - 1].norm in _ALL and chart.at(after, "rows") and not chart.at(i, "VAL")
    return bool(said and before and chart.at(before - 1, "rows"))


def _qualifies(chart: Chart, tokens: Tokens, i: int) -> bool:
    """ "The Fencing club", "running total": what opens a question or a phrase says which one is meant."""
    if i == 0 or tokens.items[i - 1].norm in _ARTICLES or tokens.items[i].text[:1].isupper():
        return True
    return any(chart.at(i, c) for c in ("aggregate", "superlative")) or any(
        e.end == i
        for c in ("head", "head_count", "aggregate")
        for e in chart.at(i - 1, c)
        if e.meaning not in _ASKERS
    )


def _verb_like(word: str) -> bool:
    return len(word) > 4 and word.isalpha() and word.endswith(_VERB_ENDINGS) and not lexicon().knows(word)


def _noun_here(tokens: Tokens, i: int) -> bool:
    """ "The orders", "movies and books": words that elsewhere are verbs."""
    before = tokens.items[i - 1].norm if i else ""
    return before in _BEFORE_NOUN or (before == "and" and tokens.items[i].norm.endswith("s"))


def _done_by(tokens: Tokens, i: int) -> bool:
    """ "The activities they organise", "students who speak": what stands behind a pronoun is a verb."""
    word = tokens.items[i].norm
    plain = len(word) > 2 and word.isalpha() and not lexicon().knows(word)
    return plain and i > 1 and tokens.items[i - 1].norm in _DOERS
