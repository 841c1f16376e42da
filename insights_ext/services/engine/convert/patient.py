"""Read irregular delimited text row by row: nothing is lost, and what is odd is counted."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace

import duckdb

from insights_ext.errors import UnreadableFile

from .dialect import Dialect, Unclosed, parse
from .encoding import TextFile
from .layout import Layout
from .rows import RowStage
from .stage import TABLE


def read_patiently(
    connection: duckdb.DuckDBPyConnection, text: TextFile, layout: Layout, max_columns: int
) -> list[str]:
    """Stage the text row by row, keeping short and long rows; warnings about them.

    Raises `UnreadableFile` and `TooComplex`.
    """
    try:
        return _stage_rows(connection, text, layout, layout.dialect, max_columns)
    except Unclosed as error:
        connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
        plain = replace(layout.dialect, quoting=False)
        warnings = _stage_rows(connection, text, layout, plain, max_columns)
        row = error.row + layout.dialect.skip_lines
        return [
            f"A quote opened in row {row:,} is never closed; quotes were read as ordinary characters.",
            *warnings,
        ]


class _Patient:
    """Gives the data rows one by one and keeps account of blank, short and long ones."""

    def __init__(self, text: TextFile, layout: Layout, dialect: Dialect) -> None:
        self._text, self._layout, self._dialect = text, layout, dialect
        self.number = self.blank = self.blank_end = self.short = self.long = self.rows = 0
        self.first_short = self.first_long = 0

    def __iter__(self) -> Iterator[list[str]]:
        width, waiting = self._layout.width, 0
        single = width == 1 and self._dialect.width <= 1
        with self._text.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for _ in range(self._dialect.skip_lines):
                file.readline()
            for number, row in enumerate(parse(file, self._dialect), start=self._dialect.skip_lines + 1):
                self.number = number
                fields = row.fields
                if number <= self._layout.records:
                    continue
                if not fields:
                    waiting += 1
                    continue
                if waiting:
                    if single:
                        yield from [[""]] * waiting
                        self.rows += waiting
                    else:
                        self.blank += waiting
                    waiting = 0
                if len(fields) != width:
                    self._irregular(fields, number)
                self.rows += 1
                yield fields
        self.blank_end = waiting

    def _irregular(self, fields: list[str], number: int) -> None:
        width = self._layout.width
        while len(fields) > width and not fields[-1]:
            fields.pop()
        if len(fields) < width:
            self.short += 1
            self.first_short = self.first_short or number
        elif len(fields) > width:
            self.long += 1
            self.first_long = self.first_long or number


def _stage_rows(
    connection: duckdb.DuckDBPyConnection,
    text: TextFile,
    layout: Layout,
    dialect: Dialect,
    max_columns: int,
) -> list[str]:
    stage = RowStage(connection, layout.width, max_columns)
    found = _Patient(text, layout, dialect)
    try:
        stage.add_all(found)
    except csv.Error as error:
        raise UnreadableFile(
            f"Row {found.number + 1:,} cannot be read: it is too long or damaged."
        ) from error
    warnings = []
    if found.blank:
        warnings.append(f"{found.blank:,} blank {'line was' if found.blank == 1 else 'lines were'} skipped.")
    warnings += blank_end(found.blank_end)
    if found.short:
        rows = "row has" if found.short == 1 else "rows have"
        warnings.append(
            f"{found.short:,} {rows} fewer than {layout.width:,} cells (first: row {found.first_short:,}); "
            "the rest is empty."
        )
    if not found.long:
        return warnings
    if layout.header is not None and found.long == found.rows and stage.width == layout.width + 1:
        layout.header.insert(0, "")
        warnings.append(
            "Every row has one cell more than the header; the first column was taken as row names."
        )
    else:
        rows = "row has" if found.long == 1 else "rows have"
        warnings.append(
            f"{found.long:,} {rows} more than {layout.width:,} cells (first: row {found.first_long:,}); "
            "columns were added for them."
        )
    return warnings


def blank_end(count: int) -> list[str]:
    """The warning about blank lines at the end, if there are any."""
    return [f"{count:,} blank {'line' if count == 1 else 'lines'} at the end dropped."] if count else []
