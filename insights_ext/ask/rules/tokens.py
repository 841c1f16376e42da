"""Questions as tokens: words, numbers and comparison signs with their place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ...wording import normalise
from . import shorthand

_QUOTED = re.compile(
    r"\"([^\"]+)\"|“([^”]+)”|«([^»]+)»|`([^`]+)`|(?<!\w)'([^']+)'(?!\w)|(?<!\w)‘([^’]+)’(?!\w)"
)
_STOP = re.compile(r"[?.!;]\W*\s")
_SIGNS = {"≤": "<=", "≥": ">=", "≠": "!=", "<>": "!="}
_KEEP_E = 3
_ENDING_IN_IE = frozenset(
    {
        *("movie", "cookie", "zombie", "calorie", "brownie", "selfie", "rookie", "genie"),
        *("birdie", "prairie", "smoothie", "veggie", "hoodie", "newbie", "junkie", "groupie"),
        *("indie", "hippie", "pixie", "sortie", "caddie", "collie", "goalie", "menagerie"),
        *("lingerie"),
    }
)
"""Words whose plural ends in -ies without a y: a movie, not a movy."""


@dataclass(frozen=True)
class Token:
    """A word or sign: as typed, folded, its stem, and its characters ``[start, end)`` in the question.

    `norm` is empty for a comma. `quoted` is true inside quotation marks.
    """

    text: str
    norm: str
    stem: str
    start: int
    end: int
    quoted: bool = False


@dataclass(frozen=True)
class Tokens:
    """A question and its tokens; `quotes` are ranges of tokens that stood in quotation marks.

    `breaks` are the tokens that begin another sentence.
    """

    question: str
    items: tuple[Token, ...]
    quotes: tuple[tuple[int, int], ...] = ()
    breaks: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.items)

    def phrase(self, i: int, j: int) -> str:
        """The text of tokens ``i … j-1`` as typed."""
        return self.question[self.items[i].start : self.items[j - 1].end] if j > i else ""

    def norm(self, i: int, j: int) -> str:
        """The folded words of tokens ``i … j-1``, as the value index spells them."""
        return " ".join(t.norm for t in self.items[i:j] if t.norm)


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """`text` normalised, with single spaces."""
    return " ".join(normalise(text).split())


@lru_cache(maxsize=20_000)
def singular(word: str) -> str:
    """`word` without an English plural ending."""
    if len(word) <= _KEEP_E or not word.isascii() or word.endswith(("ss", "us", "is")):
        return word
    if word[:-1] in _ENDING_IN_IE:
        return word[:-1]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and word[-2].isalpha() else word


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A light stem: plural, -ed, -ing and a silent e are taken off; a double consonant is halved."""
    word = singular(word)
    if not word.isalpha() or not word.isascii():
        return word
    for ending, least in (("ing", 6), ("ed", 5)):
        if word.endswith(ending) and len(word) >= least and any(v in word[: -len(ending)] for v in "aeiouy"):
            word = word[: -len(ending)]
            if len(word) > _KEEP_E and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] if word.endswith("e") and len(word) > _KEEP_E else word


_ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        (
            *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
            *("eleventh", "twelfth"),
        ),
        1,
    )
}
_ROMAN = {
    **{"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"},
    **{"xi": "11", "xii": "12"},
}
_COUNTED = re.compile(r"(\d+)(?:st|nd|rd|th)")


@lru_cache(maxsize=20_000)
def place(word: str) -> str | None:
    """The number of an ordinal or Roman numeral in digits: "4th", "fourth" and "iv" are "4"."""
    counted = _COUNTED.fullmatch(word)
    return counted[1] if counted else _ORDINALS.get(word) or _ROMAN.get(word)


def season(first: str, second: str) -> tuple[int, int] | None:
    """Two years in a row without their centuries, however written: "2006", "07" and "06", "2007" alike."""
    if not all(w.isdigit() and len(w) in (2, 4) for w in (first, second)):
        return None
    years = int(first) % 100, int(second) % 100
    return years if (years[0] + 1) % 100 == years[1] else None


def spelled(number: str) -> tuple[str, ...]:
    """How an ordinal may be written: "6", "6th", "sixth", "vi"."""
    endings = {"1": "st", "2": "nd", "3": "rd"}
    ending = "th" if number[-2:-1] == "1" else endings.get(number[-1:], "th")
    words = (w for table in (_ORDINALS, _ROMAN) for w, digits in table.items() if digits == number)
    return (number, number + ending, *words)


def tokenise(question: str) -> Tokens:
    """Tokens of `question`; underscores, dashes and punctuation separate words, shorthand is spelled out."""
    spans = [m.span(m.lastindex or 0) for m in _QUOTED.finditer(question)]
    items: list[Token] = []
    for start, end, word in shorthand.pieces(question):
        text = question[start:end]
        quoted = any(a <= start and end <= b for a, b in spans)
        if text[0] in "<>=!≤≥≠":
            sign = _SIGNS.get(text, text)
            items.append(Token(text, sign, sign, start, end, quoted))
            continue
        norm = "" if text == "," else fold(text if quoted else word)
        items.append(Token(text, norm, stem(norm), start, end, quoted))
    quotes = []
    for a, b in spans:
        inside = [k for k, token in enumerate(items) if a <= token.start and token.end <= b]
        if inside:
            quotes.append((inside[0], inside[-1] + 1))
    breaks = frozenset(
        k for k in range(1, len(items)) if _STOP.search(question[items[k - 1].end : items[k].start])
    )
    return Tokens(question, tuple(items), tuple(quotes), breaks)
