"""What the texts of a column are behind their spelling: numbers, dates, years or times of the clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from ...schemas import ColumnStats
from ..planner import TableView
from .dates import MONTH_NUMBER
from .tokens import fold

Kind = Literal["number", "date", "year", "clock"]

SAMPLE = 150
MOSTLY = 0.75
LEAST = 2
ENOUGH = 12
_NOTHING = re.compile(
    r"[\W_]*|n/?a\.?|none|unknown|tba|tbd|dn[fsq]|dsq|ret|did not .*|null|nan", re.IGNORECASE
)
_NUMBER = re.compile(
    r"(?:[~≈<>≤≥=+$€£¥#(\-−–T ]|US|up to |c\. ?|about ){0,3}"
    r"(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.?\d+)?(?<=\d)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_AFTER = re.compile(r"$|[%*†‡^#+)(\[/'\"°²³,;!?.]|\s*[(\[]|\s*[A-Za-zµ²³%°†‡*–-]*[A-Za-zµ²³%°†‡*]|\s+[-–+±x]")
_PLAIN = re.compile(r"[+\-−–]? ?[$€£¥]?[\d,]*\d(?:\.\d+)?[*†‡^]?(?:\[\w+\])?")
_YEAR = re.compile(r"(?:1[0-9]|20)\d\d(?!\d|,\d|\.\d| ?(?:km|m|ft)\b)")
_CLOCK = re.compile(r"[+~]?\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?![\d:])")


@dataclass(frozen=True)
class DateForm:
    """A way to write dates: how to find it in a text (RE2) and how `strptime` reads it."""

    pattern: str
    format: str


_DAY, _MONTH, _SHORT, _FULL = r"\d{1,2}", r"[A-Za-z][a-z]{2,8}", r"[A-Za-z][a-z]{2}", r"\d{4}"
DATE_FORMS = (
    DateForm(rf"{_DAY} {_MONTH} {_FULL}", "%d %B %Y"),
    DateForm(rf"{_DAY} {_SHORT} {_FULL}", "%d %b %Y"),
    DateForm(rf"{_MONTH} {_DAY}, {_FULL}", "%B %d, %Y"),
    DateForm(rf"{_SHORT} {_DAY}, {_FULL}", "%b %d, %Y"),
    DateForm(rf"{_FULL}-{_DAY}-{_DAY}", "%Y-%m-%d"),
    DateForm(rf"{_DAY}/{_DAY}/{_FULL}", "%m/%d/%Y"),
    DateForm(rf"{_DAY}/{_DAY}/{_FULL}", "%d/%m/%Y"),
    DateForm(rf"{_MONTH} {_FULL}", "%B %Y"),
    DateForm(rf"{_SHORT} {_FULL}", "%b %Y"),
    DateForm(rf"{_MONTH} {_DAY}", "%B %d"),
    DateForm(rf"{_SHORT} {_DAY}", "%b %d"),
    DateForm(rf"{_DAY} {_MONTH}", "%d %B"),
    DateForm(rf"{_DAY} {_SHORT}", "%d %b"),
)
_NAMES = {
    "%B": {m for m in MONTH_NUMBER if len(m) > 3 and m != "sept"} | {"may"},
    "%b": {m for m in MONTH_NUMBER if len(m) == 3},
}


@dataclass(frozen=True)
class Shape:
    """What a text column holds; `forms` are the ways its dates are written, likeliest first.

    `plain` numbers have no unit and no note beside them: how many of them there are is their sum.
    """

    kind: Kind
    forms: tuple[DateForm, ...] = ()
    plain: bool = False

    @property
    def yearless(self) -> bool:
        """Dates without their year."""
        return bool(self.forms) and "%Y" not in self.forms[0].format


def shape_of(view: TableView, column: ColumnStats) -> Shape | None:
    """The shape of a text column, or None where its texts are just texts."""
    if column.kind != "text":
        return None
    seen = [*column.sample_values, *(top.value for top in column.top_values)]
    texts = [str(value) for value in dict.fromkeys(v for v in seen if isinstance(v, str))]
    if len(texts) < ENOUGH:
        texts = [hit.value for hit in islice(view.values.values(column.name), SAMPLE)]
    return shape_of_texts(texts)


def shape_of_texts(texts: Sequence[str]) -> Shape | None:
    """What most of these texts are, those that only say that nothing is known left aside."""
    known = [t for text in texts if not _NOTHING.fullmatch(t := text.strip())]
    if len(known) < LEAST:
        return None
    needed = MOSTLY * len(known)
    forms = _date_forms(known, needed)
    if forms:
        return Shape("date", forms)
    if sum(_CLOCK.match(t) is not None for t in known) >= needed:
        return Shape("clock")
    if sum(_YEAR.match(t) is not None for t in known) >= needed:
        return Shape("year")
    if sum(is_number(t) for t in known) >= needed:
        return Shape("number", plain=sum(_PLAIN.fullmatch(t) is not None for t in known) >= needed)
    return None


def is_number(text: str) -> bool:
    """Whether a text is a number with at most a sign, a unit or a note about it."""
    match = _NUMBER.match(text)
    return match is not None and _AFTER.match(match["rest"]) is not None and len(text) <= 60


def _date_forms(texts: Sequence[str], needed: float) -> tuple[DateForm, ...]:
    counted: dict[DateForm, int] = {}
    covered = 0
    for text in texts:
        form = next((f for f in DATE_FORMS if _reads(f, text)), None)
        if form is not None:
            counted[form] = counted.get(form, 0) + 1
            covered += 1
    if not counted or covered < needed:
        return ()
    main = max(counted, key=lambda f: counted[f])
    dated = "%Y" in main.format
    same = [f for f in counted if ("%Y" in f.format) == dated]
    return tuple(sorted(same, key=lambda f: (-counted[f], DATE_FORMS.index(f))))


def _reads(form: DateForm, text: str) -> bool:
    match = re.search(form.pattern, text)
    if match is None or match.start() > 12:
        return False
    found = match.group()
    for mark, names in _NAMES.items():
        if mark in form.format:
            word = re.search(r"[A-Za-z][a-z]+", found)
            return word is not None and fold(word.group()) in names
    numbers = [int(n) for n in re.findall(r"\d+", found)]
    if form.format == "%m/%d/%Y":
        return numbers[0] <= 12
    return numbers[1] <= 12
