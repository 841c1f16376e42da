"""Schema linking: which words of the question name a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from .columns import SMALL_WORDS, ColumnInfo, Word
from .intents import ColumnRef
from .lexicon import lexicon
from .link_said import columns_said
from .scope import Scope
from .tokens import Token, Tokens, place, season, singular, stem

SAME, PLURAL, STEM, ABBREVIATION, PREFIX, SYNONYM, DERIVED, TYPO = 0.0, 0.02, 0.12, 0.2, 0.25, 0.3, 0.3, 0.45
PARTIAL_BASE, PARTIAL_SLOPE, OUT_OF_ORDER = 0.2, 0.7, 0.15
NAMED, KEYED, MODIFIER_ONLY, TRAILING = 0.1, 0.18, 0.3, 0.1
SHORTENED, FEWEST_LETTERS, MOST_LETTERS_LEFT = 0.35, 3, 3
MAX_TIED = 6
MORE_IN_NAME = 0.12
"""What a name costs more that says something besides, where another is said in full."""
UNNAMED_TABLE, OTHER_TABLE = 0.15, 0.6
_JOINING = frozenset({".", "-", "/", "’", "'"})
_SPANS = frozenset({"-", "/", "–", "−"})
LONG_WORD = 6
WORD, UNIT = 0.3, 0.15
_RATES = frozenset({"rate", "rates"})
_WITHIN = frozenset({"of", "the", "a", "an", "in", "for", "from", "at", "to", "on", "s", "and", "or"})
_WHOLE = frozenset({"name", "titl", "label"})
_TIMES, TIMED = frozenset(stem(w) for w in ("date", "year", "time", "day")), 0.1
"""What may be left unsaid of when something was: "originally aired" is the original air date."""


@dataclass(frozen=True)
class ColumnMention:
    """Tokens ``[start, end)`` may name `column`; `cost` is 0 for its full name, below 1 for a part of it."""

    start: int
    end: int
    column: ColumnRef
    cost: float
    full: bool


Places = dict[int, list[tuple[tuple[int, ...], float]]]


@dataclass(frozen=True)
class _Partial:
    used: tuple[int, ...]
    cost: float


def columns_mentioned(tokens: Tokens, scope: Scope, named: frozenset[str]) -> Iterator[ColumnMention]:
    """Every reading of a run of tokens as a column, best first for each run.

    Where columns of several tables fit alike, those of the `named` tables go first.
    """
    for i, end, said in columns_said(tokens, scope):
        yield ColumnMention(i, end, said, SAME, True)
    units = [_units(tokens, i, scope) for i in range(len(tokens))]
    for i, starts in enumerate(units):
        for end, first in starts:
            open_readings = {c: [_Partial(ks, cost) for ks, cost in words] for c, words in first.items()}
            yield from _emit(i, end, open_readings, scope, named)
            j = end
            while j < min(len(tokens), i + 14):
                step, extended = _longer(open_readings, units[j])
                if extended:
                    open_readings = extended
                    yield from _emit(i, step, open_readings, scope, named)
                elif tokens.items[j].norm and tokens.items[j].norm not in _WITHIN:
                    break
                j = step if extended else j + 1


def _longer(
    readings: dict[int, list[_Partial]], steps: Sequence[tuple[int, Places]]
) -> tuple[int, dict[int, list[_Partial]]]:
    for end, words in steps:
        extended = _extend(readings, words)
        if extended:
            return end, extended
    return 0, {}


def _units(tokens: Tokens, i: int, scope: Scope) -> list[tuple[int, Places]]:
    """What the words from token `i` on may be: joined to one word first ("U.S.", "home town"), then alone."""
    found: list[tuple[int, Places]] = []
    for j in (i + 3, i + 2):
        joined = "".join(t.norm for t in tokens.items[i:j])
        if j > len(tokens) or joined not in scope.words_by_form or not all(t.norm for t in tokens.items[i:j]):
            continue
        signs = all(tokens.question[a.end : b.start] in _JOINING for a, b in pairwise(tokens.items[i:j]))
        words = [(w, SAME) for w in scope.words_by_form[joined] if w.norm == joined]
        if words and (signs or len(joined) >= LONG_WORD):
            found.append((j, _places(scope, words)))
    in_a_row = _season(tokens, i, scope)
    if in_a_row:
        found.append((i + 2, in_a_row))
    alone = _word_matches(tokens.items[i], scope)
    return [*found, (i + 1, alone)] if alone else found


def _season(tokens: Tokens, i: int, scope: Scope) -> Places:
    """ "91-92" where a column is called 1991-92."""
    pair = tokens.items[i : i + 2]
    years = season(pair[0].norm, pair[1].norm) if len(pair) > 1 and scope.seasons else None
    if years is None or tokens.question[pair[0].end : pair[1].start].strip() not in _SPANS:
        return {}
    places: Places = {}
    for column, ks in scope.seasons.get(years, ()):
        places.setdefault(column, []).append((ks, SAME))
    return places


def _extend(readings: dict[int, list[_Partial]], words: Places) -> dict[int, list[_Partial]]:
    extended: dict[int, list[_Partial]] = {}
    for column, partials in readings.items():
        for partial in partials:
            for ks, cost in words.get(column, ()):
                if not set(ks) & set(partial.used):
                    extended.setdefault(column, []).append(
                        _Partial((*partial.used, *ks), partial.cost + cost)
                    )
    return {c: sorted(p, key=lambda x: (x.cost, x.used))[:4] for c, p in extended.items()}


def _emit(
    i: int, j: int, readings: dict[int, list[_Partial]], scope: Scope, named: frozenset[str]
) -> Iterator[ColumnMention]:
    scored = []
    for c, partials in readings.items():
        column = scope.columns[c]
        foreign = scope.foreign[column.table]
        keyed = column.unique and column not in scope.by_table[column.table].labels
        own = frozenset() if column.measure or len(scope.tables) == 1 else scope.by_table[column.table].stems
        timed = scope.alone and (column.temporal or column.is_year)
        best = min((_cost(column.words, p, foreign, keyed, own, timed=timed) for p in partials), default=None)
        if best is not None and best[0] < 2:
            scored.append((best[0], c, best[1]))
    whole = {c for c in readings if any(len(p.used) == len(scope.columns[c].words) for p in readings[c])}
    if any(scope.columns[c].unit for c in whole):  # "labour" is neither that in hours nor that in euros
        whole |= {c for c in readings if scope.columns[c].unit and _but_unit(scope.columns[c], readings[c])}
    if any(c in whole and full for _, c, full in scored):
        scored = [(cost + (0.0 if c in whole else MORE_IN_NAME), c, full) for cost, c, full in scored]
    if len({scope.columns[c].table for _, c, _ in scored}) > 1:
        held = [cost for cost, c, _ in scored if scope.columns[c].table in named]
        rivalled = min(held, default=9.0)
        scored = [
            (
                cost
                + (
                    0.0
                    if scope.columns[c].table in named
                    else OTHER_TABLE
                    if rivalled <= cost
                    else UNNAMED_TABLE
                ),
                c,
                full,
            )
            for cost, c, full in scored
        ]
    scored.sort()
    for rank, (cost, c, full) in enumerate(scored):
        if rank >= MAX_TIED:
            break
        yield ColumnMention(i, j, scope.columns[c].ref, cost, full)


def _but_unit(column: ColumnInfo, readings: Sequence[_Partial]) -> bool:
    """Whether all of a name is said but its unit."""
    rest = [{k for k in range(len(column.words)) if k not in p.used} for p in readings]
    return any(all(column.words[k].weight <= UNIT for k in left) for left in rest)


def _cost(
    words: Sequence[Word],
    partial: _Partial,
    foreign: Sequence[tuple[str, frozenset[str]]],
    keyed: bool,
    own: frozenset[str],
    *,
    timed: bool,
) -> tuple[float, bool]:
    total = sum(w.weight for w in words)
    used = sum(words[k].weight for k in partial.used)
    if max(words[k].weight for k in partial.used) < 0.3 and used < total:
        return 9.0, False
    if used < total - 0.31 and all(len(words[k].norm) < 3 and words[k].norm.isalpha() for k in partial.used):
        return 9.0, False
    order = 0.0 if list(partial.used) == sorted(partial.used) else OUT_OF_ORDER
    if words[-1].norm in SMALL_WORDS and len(words) - 1 not in partial.used:
        order += TRAILING
    if used >= total - 0.31 and all(words[k].weight < 1 for k in range(len(words)) if k not in partial.used):
        return partial.cost + order + 0.1 * (total - used), True
    left = [w for k, w in enumerate(words) if k not in partial.used and w.weight >= 0.3]
    named = {words[k].stem for k in partial.used if words[k].weight >= 0.3}
    if left and any(head in named and named <= whole for head, whole in foreign):
        return 9.0, False  # the other table is meant, not the column that points to it
    if left and all(w.stem in lexicon().nature["naming"] for w in left):
        whole = all(w.stem in _WHOLE for w in left)
        if not whole and keyed:
            return 9.0, False  # the rows are meant, not the number that tells them apart
        return partial.cost + order + (NAMED if whole else KEYED), False
    if timed and left and len(partial.used) > 1 and all(w.stem in _TIMES for w in left):
        return partial.cost + order + TIMED, False
    if left and named and named <= own:
        return 9.0, False  # the rows are meant, not a detail of theirs
    if by_the_piece(words, frozenset(words[k].stem for k in partial.used if words[k].weight >= WORD)):
        return 9.0, False  # "units" are sold; what a unit costs is another thing
    modifier = MODIFIER_ONLY if _head(words) not in partial.used else 0.0
    return partial.cost + order + PARTIAL_BASE + PARTIAL_SLOPE * (1 - used / total) + modifier, False


def by_the_piece(words: Sequence[Word], said: frozenset[str]) -> bool:
    """Whether a name is a price or rate by the piece of which only the piece is said ("unit price")."""
    head = words[_head(words)].stem
    return (
        bool(said)
        and head not in said
        and said <= lexicon().nature["per_piece"]
        and head in lexicon().nature["priced"]
    )


def _head(words: Sequence[Word]) -> int:
    """The position of the main word of a name: the last, or the last before a preposition."""
    last = 0
    for k, word in enumerate(words):
        if k and word.norm in SMALL_WORDS:
            break
        if word.weight >= 0.3:
            last = k
    return last


def _word_matches(token: Token, scope: Scope) -> Places:
    """Columns and positions of the words in their names that `token` may be, each with its cost."""
    if not token.norm:
        return {}
    direct = [(word, cost) for word in _alike(token, scope) if (cost := _direct(token, word)) is not None]
    if any(word.weight >= WORD for word, _ in direct) or token.norm in SMALL_WORDS:
        return _places(scope, direct)
    if token.norm in scope.joined:
        places: Places = {}
        for column, ks in scope.joined[token.norm]:
            places.setdefault(column, []).append((ks, SAME))
        return places
    for relation in (_related, _derived, _prefix, _shortened):
        found = [(word, cost) for word in scope.words if (cost := relation(token, word)) is not None]
        if found:
            return _places(scope, [*direct, *found])
    if direct:
        return _places(scope, direct)
    if len(token.norm) >= 4 and token.norm.isalpha() and not lexicon().phrases.get(token.norm):
        found = [(word, cost) for word in scope.words if (cost := _typo(token, word)) is not None]
        if len({word.norm for word, _ in found}) == 1:
            return _places(scope, found)
    return {}


def _alike(token: Token, scope: Scope) -> set[Word]:
    forms = {token.norm, singular(token.norm), token.stem, place(token.norm) or token.norm}
    forms.add(token.norm.removesuffix("est"))
    return {word for form in forms for word in scope.words_by_form.get(form, ())}


def _places(scope: Scope, found: Sequence[tuple[Word, float]]) -> Places:
    places: Places = {}
    for word, cost in found:
        for column, k in scope.words[word]:
            places.setdefault(column, []).append(((k,), cost))
    return places


def _direct(token: Token, word: Word) -> float | None:
    if token.norm == word.norm:
        return SAME
    if _same_place(token.norm, word.norm) or token.norm == f"{word.norm}est":
        return STEM
    if len(token.norm) < 3 or word.weight < 0.15:
        return None
    if token.norm == word.singular or word.norm == token.stem or singular(token.norm) == word.singular:
        return PLURAL
    if (token.norm in _RATES) != (word.norm in _RATES):
        return None  # a rate is no rating, though they have one stem
    return STEM if token.stem == word.stem else None


def _same_place(said: str, named: str) -> bool:
    """ "4th" or "fourth" where the column says 4 or IV, and the other way round."""
    one, other = place(said), place(named)
    return (one or other) is not None and (one or said) == (other or named)


def _related(token: Token, word: Word) -> float | None:
    known = lexicon()
    for table, cost in ((known.abbreviations, ABBREVIATION), (known.synonyms, SYNONYM)):
        related = table.get(singular(token.norm), frozenset()) | table.get(token.stem, frozenset())
        if word.singular in related or word.stem in related:
            return cost
    return None


_ENDINGS = (
    "itions", "ations", "encies", "ition", "ality", "ances", "ation", "ators", "ences", "ments", "ages",
    "ance", "ator", "ence", "ency", "ents", "ated", "ating", "ally", "ions", "ives", "ment", "age", "als",
    "ees", "ent", "ers", "ics", "ing",
    "ion", "ity", "ive", "ors", "al", "ed", "ee", "er", "es", "ic", "ly", "or",
)  # fmt: skip


def _derived(token: Token, word: Word) -> float | None:
    """Words of one root: "constructed" and "constructor", "covers" and "coverage"."""
    if word.weight < 1 or not token.norm.isalpha() or not word.norm.isalpha():
        return None
    return DERIVED if root(token.norm) == root(word.norm) else None


@lru_cache(maxsize=20_000)
def root(word: str) -> str:
    """`word` without its ending, where enough is left to know it by."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 5:
            return word[: -len(ending)].removesuffix("e")
    return stem(word)


def _prefix(token: Token, word: Word) -> float | None:
    """Abbreviations the lexicon does not list: three letters or more that begin the word."""
    if not token.norm.isalpha() or not word.norm.isalpha() or lexicon().knows(token.norm):
        return None
    short, long = sorted((token.norm, word.norm), key=len)
    if len(short) >= 3 and long.startswith(short) and len(long) - len(short) >= 2 and len(short) <= 5:
        return PREFIX
    return None


def _shortened(token: Token, word: Word) -> float | None:
    """Abbreviations by their consonants: "asts" for assists, "qty" for quantity, "mgr" for manager."""
    if word.weight < 1 or not token.norm.isalpha() or not word.norm.isalpha():
        return None
    short, long = sorted((singular(token.norm), word.singular), key=len)
    fits = len(short) >= FEWEST_LETTERS and len(long) - len(short) >= MOST_LETTERS_LEFT
    if not fits or short[0] != long[0] or short[-1] != long[-1] or any(v in short[1:-1] for v in "aeiou"):
        return None
    letters = iter(long)
    return SHORTENED if all(letter in letters for letter in short) else None


def _typo(token: Token, word: Word) -> float | None:
    if len(word.norm) < 5:
        return None
    most = 2 if min(len(token.norm), len(word.norm)) >= 8 else 1
    pairs = {(token.norm, word.norm), (singular(token.norm), word.singular)}
    return TYPO if any(edits(a, b, most) <= most for a, b in pairs) else None


def edits(a: str, b: str, most: int) -> int:
    """Optimal string alignment distance of `a` and `b`, or ``most + 1`` when it is larger."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row = row, [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before = previous
    return min(row[-1], most + 1)
