"""The plural of what a column names, for sentences: "4 mechanics", "126 jobs" of a column "Job #"."""

from __future__ import annotations

import re

_KEYS = frozenset({"#", "id", "no", "no.", "nr", "number", "num", "code", "key"})
_IRREGULAR = {
    "person": "people", "child": "children", "man": "men", "woman": "women", "foot": "feet",
    "series": "series", "species": "species", "staff": "staff", "people": "people", "analysis": "analyses",
}  # fmt: skip
_NO_NOUN = frozenset(
    {
        *(
            "late",
            "active",
            "open",
            "paid",
            "gender",
            "sex",
            "age",
            "height",
            "weight",
            "time",
            "info",
            "origin",
        ),
        *(
            "information",
            "data",
            "equipment",
            "weather",
            "true",
            "false",
            "of",
            "in",
            "at",
            "by",
            "to",
            "from",
        ),
        *(
            "on",
            "per",
            "flag",
            "is",
            "has",
            "best",
            "worst",
            "new",
            "old",
            "first",
            "last",
            "sold",
            "home",
            "away",
        ),
    }
)
_WORD = re.compile(r"[A-Za-z]+")
_MOST_WORDS = 3
_LONGEST = 24


def plural(label: str) -> str | None:
    """Several of what `label` names, in lower case but for capitals; None where it is no plain noun."""
    words = label.replace("_", " ").split()
    if len(words) > 1 and words[-1].lower() in _KEYS:
        words = words[:-1]
    if not words or len(words) > _MOST_WORDS or not all(_WORD.fullmatch(w) for w in words):
        return None
    said = [w if w.isupper() and len(w) > 1 else w.lower() for w in words]
    last = said[-1]
    if (
        last.lower() in _NO_NOUN
        or last.lower() in _KEYS
        or len(last) > _LONGEST
        or last.endswith(("ed", "ing"))
    ):
        return None
    return " ".join([*said[:-1], _several(last)])


def _several(noun: str) -> str:
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.isupper():
        return f"{noun}s"
    if noun.endswith("s") and not noun.endswith(("ss", "us", "is", "as")):
        return noun  # it is one already: "nights"
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"
