"""A model's sentence, grounded: placeholders filled from the result, everything else traced or refused.

Numbers, also in words, must come from the result or the question; so must names and dates. What a
placeholder was filled with is traced by it. A text with links, markup or markers is no sentence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...schemas import NumberOrigin
from ...wording import normalise
from ..grounding import Facts, ground, numbers_in
from ..narrative import cell_text, number_text
from ..planner import Plan, PlanContext, ResultColumn
from .common import is_common
from .vocabulary import MONTHS, NUMBER_WORDS, OPENERS, RELATIVE, WEEKDAYS

if TYPE_CHECKING:
    import pyarrow as pa

MAX_LITERAL_ROWS = 200
"""Rows of the result that a number or name written by the model itself may come from."""
MAX_SENTENCE = 600
_PLACEHOLDER = re.compile(r"\{\{\s*([a-z]+)\s*(?::([^{}]*))?\}\}")
_MARKUP = re.compile(
    r"https?:|www\.|\w+://|[<>`\\{}]|\]\(|!\[|\*\*|^#|^\s*[-*] |\bjavascript:|\bdata:\w+/", re.M | re.I
)
_QUOTES = re.compile(r"\"([^\"]+)\"|“([^”]+)”|(?<!\w)'([^']+)'(?!\w)|‘([^’]+)’|«([^»]+)»")
_GROUPED = re.compile(r"\d[\s'’_]\d{3}(?!\d)")
"""Digits grouped in a way that hides what number is meant."""
_PERCENT = re.compile(r"\s?(?:%|percent\b|per cent\b)", re.I)
_MONEY = ("$", "€", "£", "¥")
_SHARES = re.compile(r"\b(?:share|percent|percentage|pct|rate|ratio|growth|margin)\b")
_WORD = re.compile(r"[^\W\d_][\w'’.&-]*", re.UNICODE)
_ENDS = re.compile(r"(?<=[.!?])[\"”')]*\s+")


@dataclass(frozen=True)
class Grounded:
    """A sentence that may be shown, with the origin of its numbers; or what in it cannot be traced."""

    text: str
    numbers: tuple[NumberOrigin, ...] = ()
    untraced: tuple[str, ...] = ()


@dataclass
class Source:
    """What a sentence may speak of: the result of a plan, the question, the schema and knowledge."""

    plan: Plan
    table: pa.Table
    total_rows: int
    context: PlanContext
    more: Sequence[str] = field(default_factory=tuple)

    @cached_property
    def facts(self) -> Facts:
        """The facts that a number written by the model itself may come from."""
        seen = self.table.slice(0, MAX_LITERAL_ROWS)
        return Facts.of(self.plan, seen, self.total_rows, self.context.question)

    @cached_property
    def known(self) -> str:
        """All text of the result, the question, the schema and knowledge, in normal form."""
        texts: list[str] = [self.context.question, *self.plan.filters, *self.more]
        texts += [turn.question for turn in self.context.before]
        for column in self.plan.columns:
            texts += [column.name, column.label]
        for view in self.context.tables:
            texts += [view.name, *(column.name for column in view.stats.columns)]
        for hints in self.context.knowledge.tables:
            texts += [hints.name, hints.description or "", *hints.synonyms]
            texts += [w for c in hints.columns for w in (c.description or "", *c.synonyms, c.unit or "")]
        for metric in self.context.knowledge.metrics:
            texts += [metric.name, metric.description or "", *metric.synonyms, metric.unit or ""]
        texts += [text for text, _ in self.facts.texts]
        for column in self.table.slice(0, MAX_LITERAL_ROWS).columns:
            texts += [value for value in column.to_pylist() if isinstance(value, str)]
        return f" {' '.join(normalise(re.sub('_', ' ', text)) for text in texts)} "

    def knows(self, phrase: str) -> bool:
        """Whether `phrase` stands in what may be spoken of, as whole words."""
        form = normalise(re.sub("_", " ", phrase))
        return not form or f" {form} " in self.known

    def stored(self, phrase: str) -> bool:
        """Whether `phrase` is a value of one of the tables."""
        form = normalise(phrase)
        return bool(form) and any(view.values.lookup(form) for view in self.context.tables)


def grounded(text: str, source: Source) -> Grounded:
    """`text` filled and traced; `untraced` names what in it has no origin."""
    written = " ".join(text.split())
    if not written:
        return Grounded("", untraced=("an empty sentence",))
    outside = _PLACEHOLDER.sub(" ", written)
    if len(written) > 2 * MAX_SENTENCE or _MARKUP.search(outside):
        return Grounded(written, untraced=("markup, links or a long text",))
    filled, spans, numbers, unknown = _filled(written, source)
    if unknown:
        return Grounded(written, untraced=tuple(unknown))
    bare = _blanked(filled, spans)
    traced, untraced = ground(bare, source.facts)
    untraced += _spelled(bare, source)
    untraced += _misused(bare, traced, source)
    untraced += _names(bare, source)
    if untraced:
        return Grounded(filled, untraced=tuple(dict.fromkeys(untraced)))
    return Grounded(filled, (*numbers, *traced))


def parts(text: str) -> list[str]:
    """The sentences of a text; the last may be unfinished."""
    return [part for part in _ENDS.split(text) if part]


def finished(text: str) -> int:
    """How many characters of a growing text are whole sentences."""
    ends = [match.end() for match in _ENDS.finditer(text)]
    return ends[-1] if ends else 0


# Placeholders -----------------------------------------------------------------------------------------


def _filled(text: str, source: Source) -> tuple[str, list[tuple[int, int]], list[NumberOrigin], list[str]]:
    out, spans, numbers, unknown, at = "", list[tuple[int, int]](), list[NumberOrigin](), list[str](), 0
    for match in _PLACEHOLDER.finditer(text):
        out += text[at : match.start()]
        at = match.end()
        value = _value(match.group(1), match.group(2) or "", source)
        if value is None:
            unknown.append(match.group())
            continue
        said, origin = value
        spans.append((len(out), len(out) + len(said)))
        out += said
        numbers += [NumberOrigin(text=n.text, value=n.value, origin=origin) for n in numbers_in(said)]
        if said.endswith("%") and text[at : at + 1] == "%":
            at += 1
    return out + text[at:], spans, numbers, unknown


def _value(kind: str, rest: str, source: Source) -> tuple[str, str] | None:
    """What a placeholder stands for, and where that comes from; None where it stands for nothing."""
    if kind == "rows":
        return f"{source.total_rows:,}", "the number of rows"
    row, column = 0, rest.strip()
    if kind in ("cell", "share"):
        first, colon, column = rest.partition(":")
        if not colon or not re.fullmatch(r"\s*-?\d{1,6}\s*", first):
            return None
        row, column = int(first), column.strip()
    k = _position(column, source.table)
    if k is None or not source.table.num_rows:
        return None
    planned = source.plan.columns[k]
    values = source.table.column(k).to_pylist()
    if row < 0:
        row += len(values)
    if not 0 <= row < len(values):
        return None
    name = source.table.column_names[k]
    if kind in ("cell", "first", "last"):
        at = {"cell": row, "first": 0, "last": len(values) - 1}[kind]
        return cell_text(values[at], planned), f"column {name}, row {at + 1}"
    return _computed(kind, row, name, values, planned, source)


def _computed(
    kind: str, row: int, name: str, values: Sequence[Any], planned: ResultColumn, source: Source
) -> tuple[str, str] | None:
    if kind in ("min", "max"):
        present = [v for v in values if v is not None and not (isinstance(v, float) and math.isnan(v))]
        try:
            best = (min if kind == "min" else max)(present)
        except (TypeError, ValueError):
            return None
        return cell_text(best, planned), f"the {kind} of column {name}"
    numbers = [float(v) for v in values if _is_number(v)]
    if not numbers or source.total_rows > source.table.num_rows:
        return None  # what was cut off belongs to a sum as well
    total, first, last = math.fsum(numbers), numbers[0], numbers[-1]
    if kind == "sum":
        return number_text(total, planned.unit), f"the sum of column {name}"
    if kind == "mean":
        return number_text(total / len(numbers), planned.unit), f"the mean of column {name}"
    if kind == "difference":
        return number_text(last - first, planned.unit), f"the difference from first to last of column {name}"
    if kind == "growth" and first:
        grown = 100 * (last - first) / abs(first)
        return number_text(grown, "%"), f"the growth in percent from first to last of column {name}"
    if kind == "share" and total and min(numbers) >= 0 and _is_number(values[row]):
        part = 100 * float(values[row]) / total
        return number_text(part, "%"), f"the share in percent of value {row + 1} in the sum of column {name}"
    return None


def _position(column: str, table: pa.Table) -> int | None:
    names = [name.lower() for name in table.column_names]
    wanted = column.strip("\"'` ").lower()
    if wanted in names:
        return names.index(wanted)
    if wanted.isdigit() and int(wanted) < len(names):
        return int(wanted)
    return None


def _is_number(value: Any) -> bool:
    import decimal

    if isinstance(value, bool) or not isinstance(value, (int, float, decimal.Decimal)):
        return False
    return math.isfinite(value)


# What the model wrote itself --------------------------------------------------------------------------


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with what placeholders filled in replaced by a mark of the same length."""
    characters = list(text)
    for a, b in spans:
        characters[a:b] = "·" * (b - a)
    return "".join(characters)


def _spelled(text: str, source: Source) -> list[str]:
    """Numbers in words that have no origin: ``three``, ``a dozen``, ``doubled``."""
    found = []
    for word in re.findall(r"[a-z]+", text.lower()):
        value = NUMBER_WORDS.get(word)
        if value is not None and not source.knows(word):
            _, untraced = ground(f"{value:g}", source.facts)
            if untraced:
                found.append(word)
    return found


def _misused(text: str, traced: Sequence[NumberOrigin], source: Source) -> list[str]:
    """Numbers that stand in the result, but not as a percentage, in that currency, or in that group."""
    origins = {number.text: number.origin for number in traced}
    found = [match.group() for match in _GROUPED.finditer(text)]
    for number in numbers_in(text):
        origin = origins.get(number.text, "the question")
        named = re.match(r"(?:the [a-z ,]+ of )?column (.+?)(?:, (?:value|row) \d+)?$", origin)
        column = None
        if named is not None and "percent" not in origin:
            names = source.table.column_names
            column = next((c for n, c in zip(names, source.plan.columns, strict=True) if n == named[1]), None)
        counted = origin == "the number of rows"
        if _PERCENT.match(text, number.end) and (counted or (column and not _is_share(column))):
            found.append(text[number.start : number.end] + "%")
        sign = text[: number.start].rstrip()[-1:]
        if (
            sign in _MONEY
            and (counted or (column and column.unit != sign))
            and sign not in source.context.question
        ):
            found.append(sign + number.text)
    return found


def _is_share(column: ResultColumn) -> bool:
    said = f"{column.name} {column.label}".lower().replace("_", " ")
    return column.unit == "%" or column.role == "share" or _SHARES.search(said) is not None


def _names(text: str, source: Source) -> list[str]:
    """Names and dates without an origin: quoted phrases, capitalised words, months, stored values."""
    found = [q for groups in _QUOTES.findall(text) if (q := "".join(groups)) and not source.knows(q)]
    for part in _ENDS.split(text):
        words = list(_WORD.finditer(part))
        begins = part[: words[0].start()].strip(" \"'(“‘") if words else ""
        for k, match in enumerate(words):
            word = match.group().strip(".'’-&")
            if not word or source.knows(word) or source.knows(re.sub(r"['’]s$", "", word)):
                continue
            lowered = word.lower()
            opening = k == 0 and not begins
            if lowered in WEEKDAYS or (lowered in MONTHS and word != lowered) or lowered in RELATIVE:
                found.append(word)
            elif lowered in OPENERS and (opening or word == lowered):
                continue
            elif (
                (any(char.isupper() for char in word) and word != "I")
                or not word.isascii()
                or source.stored(word)
                or not is_common(lowered)
            ):
                found.append(word)
    return found
