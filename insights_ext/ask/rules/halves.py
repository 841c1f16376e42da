"""Questions of two halves: where "show all A and also show B with P" and "show A and B with P" divide.

Only the words are divided here; each half is a question that can be read by itself. Two lists asked for in
one sentence are one list made of both; what stands behind "A and B" may belong to both or to B alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .chart import Chart
from .keys import SHARED_NAME
from .lexicon import lexicon
from .scope import Scope
from .tokens import Tokens, singular

PLAIN_COLUMN = 0.15
_ARTICLES = frozenset({"the", "all", "any", "every", "of"})
_TURNS = frozenset({"and", "then", "also", "plus", "but"})
_FILLED = frozenset({"", "in", "addition", "only", *_TURNS})
_AUXILIARY = frozenset(
    {"have", "has", "had", "are", "is", "were", "was", "did", "do", "does", "can", "could", "will"}
)
_BACK = frozenset({"it", "its", "they", "their", "them", "he", "his", "she", "her", "those", "these"})


@dataclass(frozen=True)
class Coordination:
    """Two kinds of things in one question, and whether what follows speaks of both of them or may not.

    `both` asks the rest of each; `last` asks it of the second kind only.
    """

    both: tuple[str, str]
    last: tuple[str, str]
    reach: Literal["both", "open"]


def clauses(tokens: Tokens) -> tuple[str, str] | None:
    """The two clauses of "show A and also show B", each as a question; None where there is one clause."""
    for k, token in enumerate(tokens.items):
        if k == 0 or token.norm not in _TURNS or token.quoted:
            continue
        behind = _behind(tokens, k)
        if behind is None:
            continue
        end = k - 1 if not tokens.items[k - 1].norm else k
        first, second = tokens.phrase(0, end), tokens.question[tokens.items[behind].start :]
        if any(t.norm in _BACK for t in tokens.items[behind:]) or not first:
            return None
        also = any(t.norm == "also" for t in tokens.items[k:behind])
        if _asks(tokens, behind):
            return first, second
        if also and _asks(tokens, 0):
            return first, f"show {second}"
    return None


def _behind(tokens: Tokens, k: int) -> int | None:
    """Where the second clause begins behind "and", "then also", "and in addition"."""
    j = k
    while j < len(tokens) and tokens.items[j].norm in _FILLED:
        j += 1
    if j < len(tokens) and tokens.items[j - 1].norm == "in" and tokens.items[j - 2].norm in _TURNS:
        j -= 1
    return j if j < len(tokens) else None


def _asks(tokens: Tokens, position: int) -> bool:
    """Whether a demand or a question begins here: "show", "a list of", "what"."""
    items = tokens.items
    while position < len(items) and items[position].norm in ("in", "a", "can", "you", "please", "on"):
        position += 1
    if position >= len(items):
        return False
    word = items[position].norm
    if word in ("what", "which"):
        return True
    return any(c == "imperative" for c, _ in lexicon().phrases.get(word, ()))


def coordination(tokens: Tokens, chart: Chart, scope: Scope) -> Coordination | None:
    """ "A and B" right behind the question's opening, where A and B are kinds of rows that share nothing."""
    for start in _openings(tokens, chart):
        for end, first in _kinds(tokens, chart, start):
            joint = _joint(tokens, end)
            if joint is None:
                continue
            for stop, second in _kinds(tokens, chart, joint):
                if _siblings(first, second, scope) and _plural(tokens, stop):
                    return _divided(tokens, start, end, joint, stop)
    return None


def _openings(tokens: Tokens, chart: Chart) -> Iterator[int]:
    """Places behind the opening words ("show me all the", "what are the names of")."""
    position, seen = 0, False
    while position < len(tokens):
        ends = [e.end for c in ("head", "naming") for e in chart.at(position, c)]
        if ends:
            position, seen = max(ends), True
            continue
        word = tokens.items[position].norm
        if seen:
            yield position
            for edge in chart.at(position, "COL"):
                if edge.end < len(tokens) and tokens.items[edge.end].norm in ("of", "for"):
                    yield _past_articles(tokens, edge.end + 1)
        if word not in _ARTICLES | _AUXILIARY | {"both", "me", "us", "a", "list", "can", "you", "please"}:
            return
        position += 1


def _past_articles(tokens: Tokens, position: int) -> int:
    while position < len(tokens) and tokens.items[position].norm in _ARTICLES | {"both"}:
        position += 1
    return position


Kind = tuple[str, object, bool]


def _kinds(tokens: Tokens, chart: Chart, start: int) -> Iterator[tuple[int, Kind]]:
    """Kinds of rows named at `start`: a table, or a value that says what a row is; and where they end."""
    columns = [e for e in chart.at(start, "COL") if e.cost < PLAIN_COLUMN]
    found: list[tuple[int, Kind]] = []
    for edge in chart.at(start, "rows"):
        if edge.meaning and not any(c.end == edge.end for c in columns):
            found.append((edge.end, ("rows", edge.meaning, False)))
    for edge in chart.at(start, "VAL"):
        if tokens.items[start].quoted:
            continue
        of = edge.meaning.of
        found.append((edge.end, ("value", of, False)))
        nouns = [e.end for e in chart.at(edge.end, "rows")]
        if edge.end < len(tokens) and _thing(tokens.items[edge.end].norm):
            nouns.append(edge.end + 1)
        found += [(end, ("value", of, True)) for end in nouns]
    yield from sorted(found, key=lambda f: -f[0])


def _thing(word: str) -> bool:
    return any(c == "entity" for c, _ in lexicon().phrases.get(word, ()))


def _joint(tokens: Tokens, position: int) -> int | None:
    """Where B begins if "and" or "or" stands here."""
    items = tokens.items
    if position >= len(items) or items[position].norm not in ("and", "or"):
        return None
    position += 1
    while position < len(items) and items[position].norm in _ARTICLES | {"also"}:
        position += 1
    return position


def _siblings(a: Kind, b: Kind, scope: Scope) -> bool:
    """Two tables of which none points to the other, or two values of one column, each with its noun."""
    if a[0] != b[0] or a[2] != b[2]:
        return False
    if a[0] == "value":
        return a[1] == b[1]
    near = [k for k in scope.keys.links if k.cost < SHARED_NAME]
    linked = any({k.child.table, k.parent.table} == {a[1], b[1]} for k in near)
    return a[1] != b[1] and not linked


def _plural(tokens: Tokens, stop: int) -> bool:
    word = tokens.items[stop - 1].norm
    return singular(word) != word or word in ("staff", "people", "series")


def _divided(tokens: Tokens, start: int, end: int, joint: int, stop: int) -> Coordination | None:
    items, text = tokens.items, tokens.question
    opening = [t.norm for t in items[:start] if t.norm]
    lead = text[: items[start].start]
    shared = "both" in opening
    if shared:
        both = next(t for t in items[:start] if t.norm == "both")
        lead = text[: both.start] + text[both.end : items[start].start]
    a, b = tokens.phrase(start, end), tokens.phrase(joint, stop)
    rest, reach = _rest(tokens, stop)
    if rest is None:
        return None
    asked = opening[0] in ("what", "which") and not {"are", "is", "were", "was"} & set(opening)
    if shared or not rest or (asked and rest.split()[0].lower() in _AUXILIARY):
        reach = "both"
    rest = f" {rest}" if rest else ""
    whole = lead if "all" in opening or asked or " of " in lead else f"{lead.rstrip()} all "
    return Coordination((f"{lead}{a}{rest}", f"{lead}{b}{rest}"), (f"{whole}{a}", f"{lead}{b}{rest}"), reach)


def _rest(tokens: Tokens, stop: int) -> tuple[str | None, Literal["both", "open"]]:
    """What is said behind B, and whether it says itself that it holds for both."""
    items = tokens.items
    words = [t.norm for t in items[stop:]]
    if set(words) & _BACK or any(w in ("respectively", "each") for w in words):
        return None, "open"
    text = tokens.question[items[stop].start :].rstrip(" ?.!") if stop < len(items) else ""
    while words and not words[0]:
        words, stop = words[1:], stop + 1
    for k in range(min(3, len(words))):
        if words[k] in ("either", "both", "any") and all(
            w in ("where", "that", "which", "who", "are", "of") for w in words[:k]
        ):
            after = stop + k + 1
            while after < len(items) and items[after].norm in ("of", "which", "whom", "them"):
                after += 1
            return "that " + tokens.question[items[after].start :].rstrip(" ?.!"), "both"
    return text, "open"
