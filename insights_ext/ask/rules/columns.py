"""What the planner knows about a column: the words of its name and its nature."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ...schemas import ColumnStats
from ..knowledge import TableHints
from .intents import ColumnRef
from .lexicon import lexicon
from .shapes import Shape
from .tokens import fold, singular, stem

_AMOUNT = re.compile(r"[-+−]?\s?\d{1,3}([ ,.]?\d{3})*([.,]\d+)?")
_UNIT = re.compile(r"[(\[]([^)\]]*)[)\]]")
_SCALE = re.compile(r"[(\[]\s*\d+\s*(?:-|–|to)\s*\d+\s*[)\]]")
_DOTTED_DOB = re.compile(r"\bd\. ?o\. ?b\b\.?", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=^[a-z])(?=[A-Z][a-z])|(?<=[a-z0-9]{2})(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
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
NAME, CODE, NAMING = stem("name"), stem("code"), frozenset({stem("name"), stem("title")})
_BIRTH = frozenset(stem(word) for word in ("birth", "born", "birthday", "birthdate", "dob"))
KEY_WORDS = frozenset({"id", "key", "number", "no", "code", "nr"})
LETTER = 0.15
_WHOLE_NAMES = frozenset({"surname", "forename", "nickname", "filename", "rename"})
_YES_NO = {("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t")}
_WHOLE_YEARS = (1000, 2200)
_NOTED = re.compile(r"\d[\d,]*\s")
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
    name = _spelled(name)
    spans = [(m.start(1), m.end(1)) for m in _UNIT.finditer(name)]
    spaced = _LETTER_DIGIT.sub(" ", _CAMEL.sub(" ", name)) if not spans else name
    found = []
    if spans and spans[0][0] > 1:
        outside = _CAMEL.sub(" ", _UNIT.sub(" ", name))
        inside = " ".join(name[a:b] for a, b in spans)
        found = [(w, _weight(w)) for w in _parted(outside)]
        found += [(w, _inner_weight(w)) for w in fold(inside).split()]
    else:
        found = [(w, _weight(w)) for w in _parted(spaced)]
    if len(found) > 1:
        found = [(w, LETTER if len(w) == 1 and w.isalpha() else weight) for w, weight in found]
    return tuple(Word(w, singular(w), stem(w), weight) for w, weight in found)


def _parted(name: str) -> Iterator[str]:
    """The folded words, words run together taken apart ("fname" is first name)."""
    for word in fold(name).split():
        if (
            word.endswith("name")
            and len(word) > 4
            and word not in _WHOLE_NAMES
            and not lexicon().compounds.get(word)
        ):
            yield from (word[:-4], "name")
        else:
            yield from lexicon().compounds.get(word, (word,))


def _spelled(name: str) -> str:
    """A percent sign as its word, a number sign that is all there is, "D.O.B." as one word."""
    return "number" if name.strip() == "#" else _DOTTED_DOB.sub("dob", name.replace("%", " percent "))


def _inner_weight(word: str) -> float:
    """Of words in parentheses, a year tells columns of one name apart; the others are units."""
    return 0.29 if word.isdigit() and len(word) == 4 else 0.15


def _weight(word: str) -> float:
    return 0.1 if word in SMALL_WORDS else 0.3 if word in _UNIT_NAMES else 1.0


@dataclass(frozen=True)
class ColumnInfo:
    """A column as the rules see it: its table, its profile, its place in the table.

    `hints` are what people said of the whole table.
    """

    table: str
    stats: ColumnStats
    position: int
    shape: Shape | None = None
    hints: TableHints | None = None

    @cached_property
    def ref(self) -> ColumnRef:
        """How the algebra refers to the column."""
        return ColumnRef(self.table, self.stats.name)

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
    def metric(self) -> bool:
        """A metric of insights.yaml, which is summed as it is planned with."""
        return self.hints is not None and self.name in self.hints.metrics

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
        if not self.numeric or not self.stems & lexicon().nature["year_named"]:
            return False
        low, high = self.stats.min, self.stats.max
        inside = isinstance(low, (int, float)) and isinstance(high, (int, float))
        return inside and _WHOLE_YEARS[0] <= low and high <= _WHOLE_YEARS[1]

    @cached_property
    def participle(self) -> bool:
        """Text under a name that says what was done ("filmed"): when it was, where one asks when."""
        return self.text and len(self.words) == 1 and self.words[0].norm.endswith("ed")

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

    @cached_property
    def birth(self) -> bool:
        """A date on which someone was born: no time at which rows happened."""
        return self.temporal and bool(self.stems & _BIRTH)

    @property
    def boolean(self) -> bool:
        """True or false."""
        return self.stats.kind == "boolean"

    @cached_property
    def flag(self) -> bool:
        """Yes or no, be they written as 1 and 0, or in words."""
        low, high = (str(v).casefold() for v in (self.stats.min, self.stats.max))
        two = self.stats.distinct_count in (None, 2)
        whole = self.stats.kind == "numeric" and not self.stats.type.upper().startswith(("DOUBLE", "FLOAT"))
        return self.boolean or (
            two and ((whole and (low, high) == ("0", "1")) or (self.text and (low, high) in _YES_NO))
        )

    @property
    def ordered(self) -> bool:
        """Has a smallest and a largest value that mean something."""
        return self.numeric or self.stats.kind == "date" or self.temporal

    @cached_property
    def measure(self) -> bool:
        """A number one computes with, not an identifier or a year."""
        if self.metric:
            return True
        if self.shape is not None and not self.shape.plain:
            return False
        return self.numeric and self.stats.semantic_type not in ("id",) and not self.yearly

    @cached_property
    def additive(self) -> bool:
        """A measure whose sum means something."""
        if self.metric:
            return True
        # "Satisfaction (1-5)" is a grade; percentages of different wholes have no sum.
        graded = _SCALE.search(self.stats.name) is not None or self.stats.unit == "%"
        words = self._counted if self.stems & {"number", "no"} else self.stems
        words -= {w.stem for w in self.words if w.norm == "late"}  # whose stem is that of a latitude
        return self.measure and not graded and not words & lexicon().nature["not_additive"]

    @cached_property
    def amounts(self) -> bool:
        """Text that is numbers throughout ("3 330 000"): how many is the number, no count of texts."""
        seen = [v for v in (self.stats.min, self.stats.max, *self.stats.sample_values[:5]) if v is not None]
        return self.text and bool(seen) and all(isinstance(v, str) and _AMOUNT.fullmatch(v) for v in seen)

    @cached_property
    def digits(self) -> bool:
        """Text that looks like numbers ("1,234 votes"), neither to be compared nor counted as things."""
        seen = [self.stats.min, self.stats.max, *self.stats.sample_values[:5]]
        return self.text and any(isinstance(v, str) and v.lstrip("+-$€£ ")[:1].isdigit() for v in seen)

    @cached_property
    def percent(self) -> bool:
        """Percentages, typed or as text ("0.7% (estimated)")."""
        seen = [v for v in (self.stats.min, self.stats.max, *self.stats.sample_values[:5]) if v is not None]
        written = self.text and bool(seen) and all(isinstance(v, str) and "%" in v for v in seen)
        return self.stats.unit == "%" or written

    @cached_property
    def noted(self) -> bool:
        """Text that begins with a number of what the column names ("tickets": "9759 / 11420")."""
        seen = [v for v in (self.stats.min, self.stats.max, *self.stats.sample_values[:5]) if v is not None]
        counted = self.text and any(w.norm != w.singular for w in self.words)
        return counted and bool(seen) and all(isinstance(v, str) and _NOTED.match(v) for v in seen)

    @cached_property
    def near_unique(self) -> bool:
        """Hardly any value occurs twice."""
        rows = self.stats.count
        return self.unique or rows < 1.5 * (self.stats.distinct_count or 1)

    @cached_property
    def ordinal(self) -> bool:
        """Numbers that only order or name things: ranks, rounds, years, codes."""
        return (self.numeric and not self.metric) and (
            self.yearly
            or self.stats.semantic_type == "id"
            or bool(self._ordering & lexicon().nature["ordinal"])
        )

    @property
    def _ordering(self) -> frozenset[str]:
        """Stems that may say what place a number is: a day or a round, not how many days or rounds."""
        return self._counted - {w.stem for w in self.words if w.norm.isalpha() and w.norm != w.singular}

    @property
    def _counted(self) -> frozenset[str]:
        """Stems of what is counted: "hours per week" are hours, "number of stars" are stars."""
        norms = [w.norm for w in self.words]
        words = self.words[: norms.index("per")] if "per" in norms else self.words
        named = norms[:1] in (["number"], ["no"]) and len(norms) > 1
        if named and (norms[1] == "of" or words[-1].norm != words[-1].singular):
            words = words[1:]
        return frozenset(w.stem for w in words)

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
        """The unit that people gave it, or that in the name: in parentheses, or a currency word."""
        said = self.hints.column(self.name) if self.hints else None
        if said is not None and said.unit:
            return said.unit
        if self.stats.unit:
            return self.stats.unit
        for word in self.words:
            if word.norm in lexicon().currency:
                return lexicon().currency[word.norm]
        sign = re.search(r"[$€£%]", self.stats.name)
        if sign:
            return sign.group()
        match = _UNIT.search(self.stats.name)
        inside = match.group(1).strip() if match and match.start() > 1 else ""
        if inside and len(inside) <= 8 and self.numeric and not inside[0].isdigit():
            return inside
        last = self.words[-1].norm if len(self.words) > 1 else ""
        return last if last in _UNIT_NAMES and self.numeric else None

    @cached_property
    def spoken(self) -> str:
        """The name as a sentence says it."""
        if " " in self.stats.name.strip() or not self.words:
            return self.stats.name.strip()
        return " ".join(w.norm for w in self.words)

    @cached_property
    def measured(self) -> str:
        """The name beside a number that carries its currency: ``total eur`` is the total of so many €."""
        last = self.words[-1].norm if len(self.words) > 1 else ""
        signed = self.numeric and lexicon().currency.get(last) == self.unit is not None
        return self.spoken.removesuffix(f" {last}") if signed else self.spoken
