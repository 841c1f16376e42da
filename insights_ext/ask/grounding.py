"""Checking a sentence: every number in it must come from the result, the question, or a declared sum.

A number is traced, in this order, to text of the result or the plan that holds it (a name, a date, a filter),
to the number of rows, to a cell, to a constant of the question, or to a computation over the full result:
the sum or mean of a column, a row's share in it, the difference or growth from the first row to the last,
how many rows share the greatest or the least value.
A number with d decimals stands for every value that rounds to it.
"""

from __future__ import annotations

import datetime as dt
import decimal
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..schemas import NumberOrigin
from .correlation import numeric, pearson
from .planner import Plan

if TYPE_CHECKING:
    import pyarrow as pa

MAX_ROWS_OF_TEXT = 1_000
_NUMBER = re.compile(
    r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?|(?<![\w.])[-−]?\.\d+(?:e[-+]?\d+)?|(?<=[A-Za-z_])\d+",
    re.I,
)
_HAS_DIGIT = re.compile(r"\d")
_SCALES = {"k": 1e3, "m": 1e6, "bn": 1e9, "b": 1e9, "million": 1e6, "billion": 1e9, "thousand": 1e3}
_SCALE = re.compile(r"\s?(thousand|million|billion|bn|[kmb])\b", re.IGNORECASE)


@dataclass(frozen=True)
class Facts:
    """What a sentence may quote.

    `numbers` are columns of floats by name, `texts` phrases with digits and where they come from,
    `constants` are numbers of the question and of the plan's limit, `pairs` what two columns come to.
    """

    numbers: tuple[tuple[str, tuple[float, ...]], ...]
    texts: tuple[tuple[str, str], ...]
    total_rows: int
    constants: tuple[float, ...]
    pairs: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, plan: Plan, table: pa.Table, total_rows: int, question: str) -> Facts:
        """The facts of a plan's result."""
        numbers, texts = [], []
        for name, column in zip(table.column_names, table.columns, strict=True):
            values = column.to_pylist()
            floats = tuple(float(v) for v in values if _is_number(v))
            if floats:
                numbers.append((name, floats))
            for row, value in enumerate(values[:MAX_ROWS_OF_TEXT]):
                texts += [(form, f"column {name}, row {row + 1}") for form in _forms(value)]
        for column in plan.columns:
            texts.append((column.label, f"the name of column {column.name}"))
            texts.append((column.name, f"the name of column {column.name}"))
        texts += [(text, "a condition of the question") for text in plan.filters]
        texts += [(text, "a note on the data") for text in plan.left_out]
        pairs: list[tuple[str, float]] = []
        if plan.chart == "point" and table.num_columns > 1 and numeric(table):
            found = pearson(table)
            if found is not None:
                what = f"of columns {table.column_names[0]} and {table.column_names[1]}"
                pairs = [
                    (f"Pearson's correlation {what}", found[0]),
                    (f"the number of pairs {what}", found[1]),
                ]
        constants = [n.value for n in numbers_in(question)] + ([float(plan.limit)] if plan.limit else [])
        with_digits = {t: o for t, o in reversed(texts) if _HAS_DIGIT.search(t)}
        longest_first = sorted(with_digits.items(), key=lambda item: -len(item[0]))
        return cls(tuple(numbers), tuple(longest_first), total_rows, tuple(constants), tuple(pairs))


@dataclass(frozen=True)
class Quoted:
    """A number in a text: characters ``[start, end)``, value, and half a unit of its last decimal."""

    start: int
    end: int
    text: str
    value: float
    tolerance: float


def numbers_in(text: str) -> Iterator[Quoted]:
    """Every number written in digits in `text`."""
    for match in _NUMBER.finditer(text):
        written = match.group().rstrip(",").replace("−", "-")
        end = match.start() + len(written)
        plain = written.replace(",", "")
        try:
            value = float(plain)
        except ValueError:
            continue
        mantissa = plain.lower().split("e")[0]
        digits = len(mantissa.split(".")[1]) if "." in mantissa else 0
        exponent = int(plain.lower().split("e")[1]) if "e" in plain.lower() else 0
        tolerance = 0.5 * 10.0 ** (exponent - digits)
        scale = _SCALE.match(text, end)
        if scale:
            factor = _SCALES[scale.group(1).lower()]
            value, tolerance, end = value * factor, tolerance * factor, scale.end()
        yield Quoted(match.start(), end, text[match.start() : end], value, tolerance)


def ground(text: str, facts: Facts) -> tuple[list[NumberOrigin], list[str]]:
    """The origin of each number in `text`, and the numbers that have none."""
    spans = _spans(text, facts)
    found: list[NumberOrigin] = []
    untraced: list[str] = []
    for number in numbers_in(text):
        inside = next((o for a, b, o in spans if a <= number.start and number.end <= b), None)
        origin = inside or _origin(number, facts)
        if origin is None:
            untraced.append(number.text)
        else:
            found.append(NumberOrigin(text=number.text, value=number.value, origin=origin))
    return found, untraced


def _spans(text: str, facts: Facts) -> list[tuple[int, int, str]]:
    """Where phrases of the result or the plan stand in `text`, whole words only, longest first."""
    spans: list[tuple[int, int, str]] = []
    for phrase, origin in facts.texts:
        for match in re.finditer(re.escape(phrase), text, re.IGNORECASE):
            a, b = match.span()
            whole = not (a and text[a - 1].isalnum()) and not (b < len(text) and text[b].isalnum())
            if whole and not any(x <= a and b <= y for x, y, _ in spans):
                spans.append((a, b, origin))
    return spans


def _origin(number: Quoted, facts: Facts) -> str | None:
    def close(value: float) -> bool:
        return abs(value - number.value) <= number.tolerance * (1 + 1e-9) + abs(value) * 1e-12

    if number.value == facts.total_rows:
        return "the number of rows"
    for name, values in facts.numbers:
        for row, value in enumerate(values):
            if close(value):
                return f"column {name}, value {row + 1}"
    if any(close(c) for c in facts.constants):
        return "the question"
    for what, value in facts.pairs:
        if close(value):
            return what
    for name, values in facts.numbers:
        for what, value in _computed(values):
            if close(value):
                return f"{what} of column {name}"
    return None


def _computed(values: Sequence[float]) -> Iterator[tuple[str, float]]:
    finite = [v for v in values if math.isfinite(v)]
    if len(finite) < 2:
        return
    total, first, last = math.fsum(finite), finite[0], finite[-1]
    yield "the sum", total
    yield "the mean", total / len(finite)
    yield "the difference from first to last", last - first
    yield "the difference from first to last, without sign,", abs(last - first)
    if first:
        growth = 100 * (last - first) / abs(first)
        yield "the growth in percent from first to last", growth
        yield "the change in percent, without sign, from first to last", abs(growth)
    for what, value in (("greatest", max(finite)), ("least", min(finite))):
        sharing = finite.count(value)
        if sharing > 1:
            yield f"how many share the {what} value", sharing
            yield f"how many share the {what} value with one", sharing - 1
    if total and all(v >= 0 for v in finite):
        for row, value in enumerate(finite):
            yield f"the share in percent of value {row + 1} in the sum", 100 * value / total


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, decimal.Decimal)) and not isinstance(value, bool)


def _forms(value: Any) -> Iterator[str]:
    """How a text or date cell may be written in a sentence."""
    if isinstance(value, str):
        if value.strip():
            yield value
        if len(value) > 80:
            yield value[:79]
    elif isinstance(value, dt.datetime):
        yield value.isoformat(sep=" ", timespec="seconds")
        yield from _date_forms(value.date())
    elif isinstance(value, dt.date):
        yield from _date_forms(value)
    elif isinstance(value, (dt.time, dt.timedelta)):
        yield str(value)


def _date_forms(day: dt.date) -> Iterator[str]:
    yield day.isoformat()
    yield f"{day.day} {day:%B} {day.year}"
    yield f"{day:%B} {day.day}, {day.year}"
    yield f"{day:%B} {day.year}"
    yield f"Q{(day.month + 2) // 3} {day.year}"
    yield str(day.year)
