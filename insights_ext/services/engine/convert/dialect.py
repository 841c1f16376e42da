"""Find how delimited text is written: delimiter, quotes, line ends, from a sample of its rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

MAIN_DELIMITERS = ("\t", ";", "|", ",")
RARE_DELIMITERS = (":", "^", "~", "\x1f", " ")
STAND_IN = "\x1f"
"""Stands for a delimiter of several characters while Python's parser, which takes one, is at work."""

_CLOCK_OR_LINK = re.compile(r"\d:\d\d|://")
_NUMBER = re.compile(r"\s*[+-]?[\d.,]*\d[\d.,]*%?\s*")


@dataclass(frozen=True)
class Dialect:
    """How fields are separated and quoted; `score` from 0 to 1 tells how regular the sample was.

    `backslash` says that a quote within quotes is written ``\\"`` and not doubled.
    `skip_lines` physical lines at the start (``sep=;``) are not data.
    """

    delimiter: str = ","
    quoting: bool = True
    skip_initial_space: bool = False
    backslash: bool = False
    skip_lines: int = 0
    score: float = 0.0
    width: int = 1


class Row(NamedTuple):
    """One record: its fields and the number of physical lines read up to and including it."""

    fields: list[str]
    line: int


class Unclosed(Exception):
    """A quote was opened and never closed; `row` is the record's number, from 1."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


_END = "\x02end\x02"


def parse(lines: Iterable[str], dialect: Dialect, whole: bool = True) -> Iterator[Row]:
    """Records of `lines` as Python's csv reader sees them, blank lines as rows without fields.

    With `whole`, a quote that is still open at the end raises `Unclosed` (after the rows before it).
    """
    single = len(dialect.delimiter) == 1
    delimiter = dialect.delimiter if single else STAND_IN
    source: Iterable[str] = lines
    if not single:
        source = (line.replace(dialect.delimiter, STAND_IN) for line in lines)
    if whole:
        source = _with_end(source)
    reader = csv.reader(
        source,
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if dialect.quoting else csv.QUOTE_NONE,
        skipinitialspace=dialect.skip_initial_space,
        escapechar="\\" if dialect.backslash else None,
    )
    number, closed = 0, not whole
    for fields in reader:
        if whole and fields == [_END]:
            closed = True
            break
        number += 1
        if whole and fields and _END in fields[-1]:
            raise Unclosed(number)
        if single:
            yield Row(fields, reader.line_num)
        else:
            yield Row([field.replace(STAND_IN, dialect.delimiter) for field in fields], reader.line_num)
    if not closed:
        raise Unclosed(number + 1)


def _with_end(lines: Iterable[str]) -> Iterator[str]:
    yield from lines
    yield _END


def sample_rows(text: str, dialect: Dialect, limit: int = 500) -> list[Row]:
    """The first records of a sample; a quote left open at its end is not an error."""
    rows = []
    lines = io.StringIO(text, newline="")
    for _ in range(dialect.skip_lines):
        lines.readline()
    for row in parse(lines, dialect, whole=False):
        rows.append(row)
        if len(rows) >= limit:
            break
    return rows


def sniff(text: str, delimiter: str | None, promised: str | None) -> Dialect:
    """The dialect of a sample; `delimiter` is given or None, `promised` the format its name promises.

    Each delimiter is judged by how many rows have the most common width, then by how clean its cells are.
    """
    first, _, rest = text.partition("\n")
    declared = re.fullmatch(r'"?sep=(.{1,4}?)"?\r?', first.lstrip("\ufeff"), re.IGNORECASE)
    if declared:
        base = _judge(rest, declared[1] if delimiter is None else delimiter)
        return replace(base, skip_lines=1)
    if delimiter is not None:
        return _judge(text, delimiter)
    doubled = _doubled(text)
    single = [item for item in MAIN_DELIMITERS if item in text and item * 2 not in doubled]
    candidates = [_judge(text, item) for item in (*single, *doubled)]
    best = _best(candidates, text, promised)
    if best is not None and best.score >= 0.7:
        return best
    rare = [_judge(text, item) for item in RARE_DELIMITERS if item in text and _plausible(item, text)]
    other = _best([found for found in rare if found.score >= 0.95], text, promised)
    if other is not None:
        return other
    if best is not None and best.score >= 0.3:
        return best
    return Dialect("\t" if promised == "tsv" else ",", score=0.0, width=1)


def _doubled(text: str) -> list[str]:
    found = []
    for char in "|:;~^":
        if text.count(char) > 1 and text.count(char * 2) * 2 == text.count(char):
            found.append(char * 2)
    return found


def _plausible(delimiter: str, text: str) -> bool:
    lines = text.splitlines()[:200]
    if delimiter == ":":
        return sum(1 for line in lines if _CLOCK_OR_LINK.search(line)) <= len(lines) / 2
    if delimiter == " ":
        cells = [cell for line in lines[1:] for cell in line.split()]
        return sum(1 for cell in cells if _NUMBER.fullmatch(cell)) > len(cells) / 2
    return True


def _judge(text: str, delimiter: str) -> Dialect:
    spaced = re.search(re.escape(delimiter) + r' +"[^"\n]*"', text) is not None and delimiter != " "
    plain = Dialect(delimiter, skip_initial_space=spaced)
    found = _measure(text, plain)
    if '\\"' in text and found.score < 1:
        other = _measure(text, replace(plain, backslash=True))
        if other.score > found.score:
            return other
    return found


def _measure(text: str, dialect: Dialect) -> Dialect:
    csv.field_size_limit(1 << 27)
    rows = [row.fields for row in sample_rows(text, dialect) if row.fields]
    if len(rows) > 2 and not text.endswith(("\n", "\r")):
        rows.pop()
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return dialect
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    wider = sum(seen for size, seen in widths.items() if size >= width)
    share = (count + 0.5 * (wider - count)) / len(rows)
    return replace(dialect, score=share, width=width)


def _best(found: list[Dialect], text: str, promised: str | None) -> Dialect | None:
    usable = [dialect for dialect in found if dialect.width > 1]
    if not usable:
        return None
    top = max(dialect.score for dialect in usable)
    close = [dialect for dialect in usable if dialect.score >= top - 0.1]
    order = ("\t", ",", ";", "|") if promised == "tsv" else (",", ";", "\t", "|")

    def rank(dialect: Dialect) -> tuple[float, float, int, int]:
        known = order.index(dialect.delimiter) if dialect.delimiter in order else len(order)
        favour = 0.05 if promised == "tsv" and dialect.delimiter == "\t" else 0.0
        clean = round(_clean_share(text, dialect) + favour, 1)
        return clean, round(dialect.score, 2), dialect.width, -known

    return max(close, key=rank)


def _clean_share(text: str, dialect: Dialect) -> float:
    """The share of cells without another main delimiter inside (quoted cells are taken as clean)."""
    rows = sample_rows(text, replace(dialect, quoting=False), limit=200)
    others = [char for char in MAIN_DELIMITERS if char not in dialect.delimiter]
    cells = [cell for row in rows for cell in row.fields if not cell.lstrip().startswith('"')]
    if not cells:
        return 1.0
    dirty = sum(1 for cell in cells if any(char in cell for char in others) and not _NUMBER.fullmatch(cell))
    return 1.0 - dirty / len(cells)
