"""Writes an Excel workbook of one sheet, cell by cell, within Excel's own limits."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from ...errors import TooLarge
from ...values import Encoder, json_rows

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_CELL_CHARS = 32_767
MAX_DIGITS = 15
"""Digits that Excel keeps of a number; longer ones are written as text."""

_FIRST_DAY = dt.datetime(1900, 3, 1)


def check_size(rows: int, columns: int) -> None:
    """Raise `TooLarge` if a sheet cannot hold the table and its header."""
    hint = "Export as CSV or Parquet instead, or select less first."
    if rows + 1 > MAX_ROWS:
        raise TooLarge(f"An Excel sheet holds {MAX_ROWS - 1:,} rows; this has {rows:,}.", hint=hint)
    if columns > MAX_COLUMNS:
        raise TooLarge(f"An Excel sheet holds {MAX_COLUMNS:,} columns; this has {columns:,}.", hint=hint)


def escaped_warning(count: int) -> list[str]:
    """What to say about texts that got an apostrophe."""
    if not count:
        return []
    noun = "text that starts" if count == 1 else "texts that start"
    return [f"{count:,} {noun} like a formula got an apostrophe in front."]


def write(
    target: Path,
    names: list[str],
    types: list[Any],
    batches: Iterable[pa.Table],
    guard: Callable[[str], str] | None,
) -> tuple[int, list[str]]:
    """Write the rows below a header; texts go through `guard`. The number of rows, and warnings.

    Texts are stored as texts, never as formulas. Times with a zone are given in UTC.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    cells = _Cells(sheet, guard)
    sheet.append([cells.text(name) for name in names])
    rows = 0
    for batch in batches:
        for row in _rows(batch):
            sheet.append([cells.cell(value) for value in row])
            rows += 1
    book.save(target)
    if any(kind.id == "timestamp with time zone" for kind in types):
        cells.notes.append("Times with a zone were converted to UTC.")
    return rows, cells.warnings()


def _rows(batch: pa.Table) -> Iterable[tuple[Any, ...]]:
    try:
        columns = [column.to_pylist() for column in batch.columns]
    except (OverflowError, ValueError):
        # Dates that Python cannot hold become text by the rule of every answer.
        return (tuple(row) for row in json_rows(batch)[0])
    return zip(*columns, strict=True)


class _Cells:
    """Makes cells and counts what had to be changed."""

    def __init__(self, sheet: Any, guard: Callable[[str], str] | None) -> None:
        self.sheet = sheet
        self.guard = guard
        self.encoder = Encoder()
        self.escaped = self.cut = self.cleaned = self.long_numbers = 0
        self.notes: list[str] = []

    def cell(self, value: Any) -> Any:
        """`value` as Excel can hold it."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (int, decimal.Decimal)):
            if len(decimal.Decimal(value).normalize().as_tuple().digits) <= MAX_DIGITS:
                return value
            self.long_numbers += 1
            return self.text(str(value), guarded=False)
        if isinstance(value, float):
            return self.encoder.value(value) if not math.isfinite(value) else value
        if isinstance(value, dt.datetime):
            if value.tzinfo is not None:
                value = value.astimezone(dt.UTC).replace(tzinfo=None)
            # Excel's calendar begins in 1900 and has a leap day that never was.
            return value if value >= _FIRST_DAY else self.text(value.isoformat(), guarded=False)
        if isinstance(value, dt.date):
            early = value < _FIRST_DAY.date()
            return self.text(value.isoformat(), guarded=False) if early else value
        if isinstance(value, (dt.time, dt.timedelta)):
            return value
        if isinstance(value, str):
            return self.text(value)
        encoded = self.encoder.value(value)
        return self.text(encoded if isinstance(encoded, str) else json.dumps(encoded, ensure_ascii=False))

    def text(self, text: str, *, guarded: bool = True) -> Any:
        """A text cell: never a formula, without control characters, at most 32,767 characters."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        clean: str = ILLEGAL_CHARACTERS_RE.sub("", text)
        self.cleaned += clean != text
        if self.guard is not None and guarded:
            safe = self.guard(clean)
            self.escaped += safe != clean
            clean = safe
        if len(clean) > MAX_CELL_CHARS:
            self.cut += 1
            clean = clean[:MAX_CELL_CHARS]
        cell = WriteOnlyCell(self.sheet, value=clean)
        cell.data_type = "s"
        return cell

    def warnings(self) -> list[str]:
        """What was changed on the way."""
        found = [*self.notes, *escaped_warning(self.escaped)]
        if self.cut:
            found.append(f"{self.cut:,} texts were cut to {MAX_CELL_CHARS:,} characters, Excel's limit.")
        if self.cleaned:
            found.append(f"{self.cleaned:,} texts lost control characters that Excel cannot hold.")
        if self.long_numbers:
            found.append(f"{self.long_numbers:,} numbers of more than 15 digits were written as text.")
        if self.encoder.not_finite:
            found.append(f"{self.encoder.not_finite:,} values that are not finite were left empty.")
        return found
