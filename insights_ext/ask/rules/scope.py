"""What the planner knows about a table's columns: their words, their nature, the label column."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from ...schemas import ColumnStats
from ..planner import TableView
from .lexicon import lexicon
from .shapes import Shape, shape_of
from .tokens import fold, singular, stem

_UNIT = re.compile(r"[(\[]([^)\]]*)[)\]]")
_CAMEL = re.compile(r"(?<=[a-z0-9]{2})(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LETTER_DIGIT = re.compile(r"(?<=[A-Za-z]{3})(?=\d)|(?<=\d)(?=[A-Za-z]{3})")
SMALL_WORDS = frozenset(
    [
        "of",
        "the",
        "a",
        "an",
        "in",
        "on",
        "at",
        "to",
        "for",
        "by",
        "and",
        "or",
        "with",
        "from",
        "as",
        "is",
        "per",
        "s",
    ]
)
_KEYS = frozenset({"id", "key", "number", "no", "code", "nr"})
_WHOLE_YEARS = (1000, 2200)
_SHORT_YEARS = (30, 99)
_UNIT_NAMES = {
    "kg",
    "km",
    "m",
    "cm",
    "mm",
    "lb",
    "lbs",
    "ft",
    "mi",
    "mph",
    "kmh",
    "usd",
    "eur",
    "gbp",
    "pct",
    "percent",
}


@dataclass(frozen=True)
class Word:
    """A word of a column's name; `weight` says how much of the name it makes."""

    norm: str
    singular: str
    stem: str
    weight: float


@lru_cache(maxsize=20_000)
def name_words(name: str) -> tuple[Word, ...]:
    """The words of a column or table name: snake, camel, digits and units in parentheses split."""
    spans = [(m.start(1), m.end(1)) for m in _UNIT.finditer(name)]
    spaced = _LETTER_DIGIT.sub(" ", _CAMEL.sub(" ", name)) if not spans else name
    found = []
    if spans and spans[0][0] > 1:
        outside = _CAMEL.sub(" ", _UNIT.sub(" ", name))
        inside = " ".join(name[a:b] for a, b in spans)
        found = [(w, _weight(w)) for w in fold(outside).split()]
        found += [(w, _inner_weight(w)) for w in fold(inside).split()]
    else:
        found = [(w, _weight(w)) for w in fold(spaced).split()]
    return tuple(Word(w, singular(w), stem(w), weight) for w, weight in found)


def _inner_weight(word: str) -> float:
    """Of words in parentheses, a year tells columns of one name apart; the others are units."""
    return 0.29 if word.isdigit() and len(word) == 4 else 0.15


def _weight(word: str) -> float:
    return 0.1 if word in SMALL_WORDS else 0.3 if word in _UNIT_NAMES else 1.0


@dataclass(frozen=True)
class ColumnInfo:
    """A column as the rules see it."""

    stats: ColumnStats
    position: int
    shape: Shape | None = None

    @property
    def name(self) -> str:
        """The column's name in the table."""
        return self.stats.name

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of the name."""
        return name_words(self.stats.name)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the name's words."""
        return frozenset(w.stem for w in self.words)

    @property
    def numeric(self) -> bool:
        """Numbers, whatever they mean, also those written as text with a unit or a note."""
        return self.stats.kind == "numeric" or (self.shape is not None and self.shape.kind != "date")

    @property
    def text(self) -> bool:
        """Text."""
        return self.stats.kind == "text"

    @cached_property
    def is_year(self) -> bool:
        """Whole numbers that are years: by name and range."""
        if self.shape is not None:
            return self.shape.kind == "year"
        if not self.numeric or not self.stems & {"year", "yr", "season"}:
            return False
        low, high = self.stats.min, self.stats.max
        inside = isinstance(low, (int, float)) and isinstance(high, (int, float))
        return inside and _WHOLE_YEARS[0] <= low and high <= _WHOLE_YEARS[1]

    @cached_property
    def yearly(self) -> bool:
        """Years, be they written with two digits ("70" to "82")."""
        low, high = self.stats.min, self.stats.max
        inside = isinstance(low, int) and isinstance(high, int) and _SHORT_YEARS[0] <= low
        short = (
            inside and high <= _SHORT_YEARS[1] and bool(self.words) and self.words[-1].stem in ("year", "yr")
        )
        return self.is_year or (self.numeric and short)

    @property
    def temporal(self) -> bool:
        """Dates or timestamps (times of day are not)."""
        return (self.shape is not None and self.shape.kind == "date") or (
            self.stats.kind == "date"
            and not self.stats.type.upper().startswith("TIME WITH")
            and (self.stats.type.upper() != "TIME")
        )

    @property
    def boolean(self) -> bool:
        """True or false."""
        return self.stats.kind == "boolean"

    @property
    def ordered(self) -> bool:
        """Has a smallest and a largest value that mean something."""
        return self.numeric or self.stats.kind == "date" or self.temporal

    @cached_property
    def measure(self) -> bool:
        """A number one computes with, not an identifier or a year."""
        if self.shape is not None and not self.shape.plain:
            return False
        return self.numeric and self.stats.semantic_type not in ("id",) and not self.yearly

    @cached_property
    def additive(self) -> bool:
        """A measure whose sum means something."""
        return self.measure and not self.stems & lexicon().nature["not_additive"]

    @cached_property
    def digits(self) -> bool:
        """Text that looks like numbers ("1,234 votes"), neither to be compared nor counted as things."""
        seen = [self.stats.min, self.stats.max, *self.stats.sample_values[:5]]
        return self.text and any(isinstance(v, str) and v.lstrip("+-$€£ ")[:1].isdigit() for v in seen)

    @cached_property
    def near_unique(self) -> bool:
        """Hardly any value occurs twice."""
        rows = self.stats.count
        return self.unique or rows < 1.5 * (self.stats.distinct_count or 1)

    @cached_property
    def ordinal(self) -> bool:
        """Numbers that only order or name things: ranks, rounds, years, codes."""
        return self.numeric and (
            self.yearly or self.stats.semantic_type == "id" or bool(self.stems & lexicon().nature["ordinal"])
        )

    @cached_property
    def unique(self) -> bool:
        """No value occurs twice."""
        rows = self.stats.count
        return self.stats.unique or (
            self.stats.distinct_count is not None and self.stats.distinct_count >= rows > 0
        )

    def nature(self, kind: str) -> bool:
        """Whether a word of the name is in the lexicon's word list `kind`."""
        return bool(self.stems & lexicon().nature[kind])

    @cached_property
    def unit(self) -> str | None:
        """The unit in the name: what stands in parentheses, or a currency word."""
        for word in self.words:
            if word.norm in lexicon().currency:
                return lexicon().currency[word.norm]
        sign = re.search(r"[$€£%]", self.stats.name)
        if sign:
            return sign.group()
        match = _UNIT.search(self.stats.name)
        inside = match.group(1).strip() if match and match.start() > 1 else ""
        if inside and len(inside) <= 8 and self.numeric and not inside.isdigit():
            return inside
        last = self.words[-1].norm if len(self.words) > 1 else ""
        return last if last in _UNIT_NAMES and self.numeric else None

    @cached_property
    def spoken(self) -> str:
        """The name as a sentence says it."""
        if " " in self.stats.name.strip() or not self.words:
            return self.stats.name.strip()
        return " ".join(w.norm for w in self.words)


_known: OrderedDict[tuple[str, bool, int], tuple[ColumnInfo, ...]] = OrderedDict()
_known_lock = threading.Lock()
_MOST_KNOWN = 64


def _columns(view: TableView) -> tuple[ColumnInfo, ...]:
    stats = view.stats
    key = (stats.content_sha256, stats.partial, len(stats.columns))
    with _known_lock:
        known = _known.get(key)
        if known is not None and all(
            a.stats is b or a.stats == b for a, b in zip(known, stats.columns, strict=True)
        ):
            _known.move_to_end(key)
            return known
    columns = tuple(ColumnInfo(c, k, shape_of(view, c)) for k, c in enumerate(stats.columns))
    with _known_lock:
        _known[key] = columns
        while len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)
    return columns


@dataclass(frozen=True)
class Scope:
    """One table and its columns by name; `foreign` are stems that name another table of the question."""

    view: TableView
    columns: tuple[ColumnInfo, ...]
    by_name: dict[str, ColumnInfo] = field(repr=False)
    foreign: frozenset[str] = frozenset()

    @classmethod
    def of(cls, view: TableView, others: Sequence[TableView] = ()) -> Scope:
        """The scope of a table; what is known of its columns is kept per content."""
        columns = _columns(view)
        foreign = frozenset(w.stem for o in others for w in name_words(o.name)[-1:] if len(w.norm) > 2)
        own = {w.stem for w in name_words(view.name)[-1:]}
        return cls(view, columns, {c.name: c for c in columns}, foreign - own)

    @cached_property
    def words(self) -> dict[Word, tuple[tuple[int, int], ...]]:
        """Each word of the columns' names and where it stands: column, place in the name."""
        found: dict[Word, list[tuple[int, int]]] = {}
        for column in self.columns:
            for k, word in enumerate(column.words):
                found.setdefault(word, []).append((column.position, k))
        return {word: tuple(places) for word, places in found.items()}

    @cached_property
    def words_by_form(self) -> dict[str, tuple[Word, ...]]:
        """The words of the columns' names by spelling, singular and stem."""
        found: dict[str, list[Word]] = {}
        for word in self.words:
            for form in {word.norm, word.singular, word.stem}:
                found.setdefault(form, []).append(word)
        return {form: tuple(words) for form, words in found.items()}

    @cached_property
    def table_words(self) -> frozenset[str]:
        """Stems that mean a row of the table: its name, singular or plural."""
        words = [w for w in name_words(self.view.name) if w.norm.isalpha() and len(w.norm) > 2]
        joined = {stem(self.view.name)} if self.view.name.isalpha() else set()
        return frozenset({words[-1].stem} | joined) if words else frozenset(joined)

    @cached_property
    def row_words(self) -> frozenset[str]:
        """Stems that mean a row because a unique key carries them: "order" where there is an order_id."""
        keys = (c for c in self.columns[:1] if c.unique and len(c.words) == 2 and c.words[1].norm in _KEYS)
        return frozenset(c.words[0].stem for c in keys) - self.foreign

    @cached_property
    def label(self) -> ColumnInfo | None:
        """The column that names a row: a text column with a naming word, unique ones first."""
        texts = [
            c
            for c in self.columns
            if c.text and c.shape is None and c.stats.semantic_type not in ("url", "email")
        ]
        named = [c for c in texts if c.stems & (lexicon().nature["label"] | self.table_words)]

        def rank(c: ColumnInfo) -> tuple[bool, bool, bool, int]:
            whole = bool(c.stems & {"name", "titl"})
            return (not c.unique, not whole, not c.stems & self.table_words, c.position)

        if named:
            return min(named, key=rank)
        return next((c for c in texts if c.unique), texts[0] if len(texts) == 1 else None)

    @cached_property
    def time_tiers(self) -> tuple[tuple[ColumnInfo, ...], ...]:
        """Columns that say when, the surest first: dates, whole-number years, both written as text."""
        written = [c for c in self.columns if c.shape is not None]
        tiers = (
            tuple(c for c in self.columns if c.temporal and c.shape is None),
            tuple(c for c in self.columns if c.is_year and c.shape is None),
            tuple(c for c in written if c.temporal and not (c.shape and c.shape.yearless)),
            tuple(c for c in written if c.is_year),
            tuple(c for c in written if c.temporal and c.shape and c.shape.yearless),
        )
        return tuple(tier for tier in tiers if tier)

    @cached_property
    def times(self) -> tuple[ColumnInfo, ...]:
        """The columns that say when most surely."""
        return self.time_tiers[0] if self.time_tiers else ()

    @cached_property
    def periods(self) -> tuple[ColumnInfo, ...]:
        """Columns that can be an axis of time: those that say when, else years with two digits."""
        return self.times or tuple(c for c in self.columns if c.yearly)

    def of_nature(self, kind: str) -> tuple[ColumnInfo, ...]:
        """Text columns whose name has a word of the list `kind`."""
        return tuple(c for c in self.columns if c.text and c.nature(kind))
