"""The lexicon: reads lexicon.toml once and answers what a phrase may mean."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from .tokens import Tokens, singular, stem

ASIDES = frozenset({"entity", "verb", "made", "winning", "value_word", "qualifier", "stage"})
# Classes of words that are just as often a value or another name: "sales" is a department, too.
OPEN = ASIDES | {
    "money",
    "money_verb",
    "busy",
    "never",
    "aged",
    "title",
    "tally",
    "each_of",
    "recurring",
    "fresh",
    "selling",
    "sold",
    "worth",
    "came_in",
}
RATED = frozenset({"rated", "ill_rated"})
"""Adjectives that speak of marks given to a thing."""
MONEY = "money"
"""What "spent the most" is called, which names no amount."""
SELLING = "selling"
"""What "best selling" is called where it chose by what."""
_CLASSES_WITHOUT_PHRASES = {
    "adjective", "aliases", "synonyms", "nature", "value_synonyms", "row_kind", "forms", "follow_up",
    "titles", "forms_of_rows", "spoken_units", "spoken_money",
    "came_to_be",
}  # fmt: skip


@dataclass(frozen=True)
class Adjective:
    """An adjective of degree: `plain` is ±1 where it takes any column, `more`/`less` words choose one.

    Each is a set of stems that a column must have; the first that is found in the table wins. `cues` are
    these words as they are written, `units` those in which it is measured ("kg" for heavy).
    """

    name: str
    plain: int = 0
    more: tuple[frozenset[str], ...] = ()
    less: tuple[frozenset[str], ...] = ()
    cues: tuple[str, ...] = ()
    units: frozenset[str] = frozenset()

    def direction(self, words: frozenset[str]) -> int:
        """+1 where a column with these stems holds much of it, -1 little, 0 where it says nothing."""
        if self.plain:
            return self.plain
        return 1 if any(w <= words for w in self.more) else -1 if any(w <= words for w in self.less) else 0

    def measures(self, unit: str | None) -> int:
        """+1 where much of an amount in this unit is much of it, -1 little, 0 where the unit is another's."""
        if unit is None or unit.lower() not in self.units:
            return 0
        return 1 if self.more else -1


Meaning = str | Adjective


@dataclass(frozen=True)
class Lexicon:
    """Phrases by their words, synonym groups by stem, and word lists about the nature of columns."""

    phrases: Mapping[str, tuple[tuple[str, Meaning], ...]]
    longest: int
    synonyms: Mapping[str, frozenset[str]]
    abbreviations: Mapping[str, frozenset[str]]
    nature: Mapping[str, frozenset[str]]
    aliases: Mapping[str, tuple[frozenset[str], ...]]
    currency: Mapping[str, str]
    compounds: Mapping[str, tuple[str, ...]]
    value_synonyms: Mapping[str, tuple[tuple[frozenset[str], str], ...]]
    row_kinds: Mapping[str, frozenset[str]]
    named_kinds: Mapping[str, frozenset[str]]
    forms: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, frozenset[str]]
    forms_of_rows: Mapping[str, frozenset[str]]
    follow_up: Mapping[str, frozenset[str]]
    spoken_units: Mapping[str, frozenset[str]]
    spoken_money: frozenset[str]
    spoken_time: frozenset[str]
    came_to_be: frozenset[str]

    def readings(self, tokens: Tokens) -> Iterator[tuple[int, int, str, Meaning]]:
        """Each phrase of the question in the lexicon: tokens ``[i, j)``, word class, meaning."""
        for i, token in enumerate(tokens.items):
            if not token.norm:
                continue
            words = ""
            for j in range(i, min(len(tokens), i + self.longest)):
                if not tokens.items[j].norm:
                    break
                words = f"{words} {tokens.items[j].norm}" if words else tokens.items[j].norm
                for word_class, meaning in self.phrases.get(words, ()):
                    yield i, j + 1, word_class, meaning

    def knows(self, word: str) -> bool:
        """Whether `word` alone is a phrase of the lexicon, other than one that is a word like any."""
        return any(word_class not in OPEN for word_class, _ in self.phrases.get(word, ()))

    def verb(self, word: str) -> bool:
        """Whether `word` is known as a verb between things and as nothing else ("paid")."""
        classes = {word_class for word_class, _ in self.phrases.get(word, ())} - OPEN
        return classes == {"relation_verb"}


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon that comes with the package."""
    data = tomllib.loads(files(__package__).joinpath("lexicon.toml").read_text(encoding="utf-8"))
    phrases: dict[str, list[tuple[str, Meaning]]] = {}
    for word_class, meanings in data.items():
        if word_class in _CLASSES_WITHOUT_PHRASES:
            continue
        for meaning, words in meanings.items():
            for phrase in words:
                phrases.setdefault(phrase, []).append((word_class, meaning))
    for name, entry in data["adjective"].items():
        more, less = (tuple(_stems(cue) for cue in entry.get(k, ())) for k in ("more", "less"))
        cues = (*entry.get("more", ()), *entry.get("less", ()))
        units = frozenset(entry.get("units", ()))
        adjective = Adjective(name, entry.get("plain", 0), more, less, cues, units)
        for degree in ("superlative", "comparative"):
            for phrase in entry.get(degree, ()):
                phrases.setdefault(phrase, []).append((degree, adjective))
    nature = {k: frozenset(stem(w) for w in v) for k, v in data["nature"].items() if isinstance(v, list)}
    return Lexicon(
        {k: tuple(v) for k, v in phrases.items()},
        max(len(p.split()) for p in phrases),
        _groups(data["synonyms"]["groups"]),
        _groups(data["synonyms"]["abbreviations"] + data["synonyms"]["irregular"]),
        nature,
        _aliases(data["aliases"]),
        data["nature"]["currency"],
        {word: tuple(parts.split()) for word, parts in data["nature"]["compounds"].items()},
        _value_synonyms(data["value_synonyms"]),
        _row_kinds(data["row_kind"], named=False),
        _row_kinds(data["row_kind"], named=True),
        {name: tuple(words) for name, words in data["forms"].items()},
        {title: frozenset(words) for title, words in data["titles"].items()},
        {verb: frozenset(words) for verb, words in data["forms_of_rows"].items()},
        {kind: frozenset(words) for kind, words in data["follow_up"].items()},
        {unit: frozenset(words) for unit, words in data["spoken_units"].items()},
        frozenset(data["spoken_money"]["money"]),
        frozenset(data["spoken_money"]["time"]),
        frozenset(stem(word) for word in data["came_to_be"]["time"]),
    )


def _value_synonyms(kinds: Mapping[str, Any]) -> dict[str, tuple[tuple[frozenset[str], str], ...]]:
    """For each word the other words a column may store for it, with the stems that the column must have."""
    found: dict[str, list[tuple[frozenset[str], str]]] = {}
    for kind in kinds.values():
        stems = frozenset(stem(w) for w in kind["words"])
        for spellings in kind["values"].values():
            for word in spellings:
                others = [(stems, other) for other in spellings if other != word]
                if len(word) >= kind.get("least", 2) or word in kind.get("said", ()):
                    found.setdefault(word, []).extend(others)
                    found.setdefault(stem(word), []).extend(others)
    return {word: tuple(others) for word, others in found.items()}


def _row_kinds(kinds: Mapping[str, Mapping[str, Any]], *, named: bool) -> dict[str, frozenset[str]]:
    """For each noun that may name what a row is, the words of columns that bear it out, or hold its name."""
    found: dict[str, frozenset[str]] = {}
    for kind in kinds.values():
        if named and not kind.get("named"):
            continue
        cues = frozenset(stem(cue) for cue in kind["columns"])
        for word in kind["words"]:
            found[stem(word)] = found.get(stem(word), frozenset()) | cues
    return found


def _aliases(columns: Mapping[str, list[str]]) -> dict[str, tuple[frozenset[str], ...]]:
    found: dict[str, list[frozenset[str]]] = {}
    for words, phrases in columns.items():
        for phrase in phrases:
            found.setdefault(phrase, []).append(_stems(words))
    return {phrase: tuple(meant) for phrase, meant in found.items()}


def _stems(cue: str) -> frozenset[str]:
    return frozenset(stem(word) for word in cue.split())


def _groups(groups: list[list[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in groups:
        for word in group:
            others = {form for w in group if w != word for form in (stem(w), singular(w))}
            for form in {stem(word), singular(word)}:
                found.setdefault(form, set()).update(others)
    return {word: frozenset(others) for word, others in found.items()}
