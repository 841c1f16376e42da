"""Read one sheet of a workbook (xlsx, xlsm, xls, xlsb, ods) into rows of text."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from insights_ext.errors import EmptyFile, InvalidOption, PasswordProtected, TooComplex, UnreadableFile
from insights_ext.schemas import ImportOptions
from insights_ext.work import WorkerContext

from .header import Header, find_header
from .rows import RowStage
from .stage import TABLE, Staged
from .tidy import count_rows, drop_blank_end, drop_repeated_header, name_columns
from .workbook_check import check_workbook

LOOK_AHEAD_ROWS = 200
_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"}


def read(
    path: Path,
    kind: str,
    options: ImportOptions,
    connection: duckdb.DuckDBPyConnection,
    context: WorkerContext,
    max_bytes: int,
    max_cells: int,
    max_columns: int,
) -> Staged:
    """Stage a sheet of the workbook at `path`: the one asked for, else the first visible one with data.

    Raises `InvalidOption` for an unknown sheet, `EmptyFile`, `PasswordProtected`, `TooComplex`,
    `UnreadableFile`.
    """
    errors = check_workbook(path, kind, max_bytes, max_cells)
    context.emit("convert", "Opening the workbook", 0.1)
    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            sheet, sheets, others = _choose(workbook, options.sheet)
            context.emit("convert", f"Reading sheet {sheet.name!r}", 0.2)
            staged = _stage(sheet, options, connection, max_columns)
            if count := errors.get(str(sheet.name), 0):
                cells = "cell with an error" if count == 1 else "cells with errors"
                staged.warnings.append(f"{count:,} {cells} (such as #DIV/0!) read as missing.")
    except PasswordError as error:
        raise PasswordProtected("The workbook is protected with a password.") from error
    except (CalamineError, ValueError, OverflowError) as error:
        raise UnreadableFile("The workbook is damaged or of a kind that is not supported.") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the parser's own, which derives from BaseException
            raise UnreadableFile("The workbook is damaged in a way the parser cannot handle.") from error
        raise
    staged.metadata |= {"sheets": sheets, "sheet": sheet.name}
    if others and options.sheet is None:
        listed = ", ".join(repr(name) for name in others[:5]) + (", …" if len(others) > 5 else "")
        staged.warnings.insert(0, f"Sheet {sheet.name!r} was read; left out: {listed} (option sheet).")
    return staged


def _choose(
    workbook: CalamineWorkbook, wanted: str | int | None
) -> tuple[CalamineSheet, list[str], list[str]]:
    """The sheet to read, the names of all, and the names of the others that hold data."""
    tables = [item for item in workbook.sheets_metadata if item.typ == SheetTypeEnum.WorkSheet]
    names = [str(item.name) for item in tables]
    if not names:
        raise EmptyFile("The workbook holds no sheet with cells.")
    if wanted is not None:
        name = _named(names, wanted)
        return workbook.get_sheet_by_name(name), names, [other for other in names if other != name]
    visible = [str(item.name) for item in tables if item.visible == SheetVisibleEnum.Visible]
    hidden = [name for name in names if name not in visible]
    for name in visible + hidden:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.start is not None and sheet.height and sheet.width:
            return sheet, names, [other for other in names if other != name]
    raise EmptyFile("All sheets of the workbook are empty.")


def _named(names: list[str], wanted: str | int) -> str:
    if isinstance(wanted, int) and 0 <= wanted < len(names):
        return names[wanted]
    for name in names:
        if isinstance(wanted, str) and name.strip().casefold() == wanted.strip().casefold():
            return name
    listed = ", ".join(repr(name) for name in names[:20])
    raise InvalidOption(f"The workbook has no sheet {wanted!r}.", hint=f"Its sheets are {listed}.")


def _stage(
    sheet: CalamineSheet, options: ImportOptions, connection: duckdb.DuckDBPyConnection, max_columns: int
) -> Staged:
    if sheet.start is None or not sheet.height:
        raise EmptyFile(f"The sheet {sheet.name!r} is empty.")
    if sheet.width > max_columns:
        raise TooComplex(f"The sheet has {sheet.width:,} columns; at most {max_columns:,} are read.")
    top, left = sheet.start
    rows = _cells(sheet, top, left)
    head = list(itertools.islice(rows, LOOK_AHEAD_ROWS))
    widest = max((_length(row) for row in head), default=0)
    warnings: list[str] = []
    if options.header_row is not None:
        header = Header(max(0, options.header_row - top - 1), options.header_row > top)
        if header.found and header.skip >= len(head):
            raise InvalidOption(f"There is no row {options.header_row:,} to take the header from.")
    else:
        header = _find_header(sheet, head, widest, top, left)
        titles = sum(1 for row in head[: header.skip] if _length(row))
        if titles:
            lines = "row" if titles == 1 else "rows"
            warnings.append(f"{titles:,} title {lines} above the table skipped.")
        if not header.found:
            warnings.append("No header was found; the columns are named column_1, column_2, …")
    names = _header(sheet, head, header, top, left) if header.found else None
    first = header.skip + (1 if header.found else 0)
    stage = RowStage(connection, max(1, widest), max_columns)
    stage.add_all(_later(head[first:], rows))
    warnings += drop_blank_end(connection)
    warnings += drop_repeated_header(connection, [name or "" for name in names or []])
    left_rows = count_rows(connection)
    if not left_rows:
        raise EmptyFile(
            f"The sheet {sheet.name!r} has a header but no rows."
            if names and any(names)
            else f"The sheet {sheet.name!r} holds no rows."
        )
    physical = [f"c{index}" for index in range(stage.width)]
    headers: list[str | None] = [*(names or []), *[None] * len(physical)][: len(physical)]
    columns, named = name_columns(connection, physical, headers, names is not None)
    return Staged(
        TABLE,
        columns,
        first_row=top + first + 1,
        metadata={"header_row": top + header.skip + 1 if header.found else 0},
        warnings=warnings + named,
        decimal=options.decimal,
    )


def _later(head: Iterable[list[str | None]], rows: Iterator[list[str | None]]) -> Iterator[list[str | None]]:
    yield from head
    yield from rows


def _length(row: list[str | None]) -> int:
    return max((index + 1 for index, value in enumerate(row) if value and value.strip()), default=0)


def _cells(sheet: CalamineSheet, top: int, left: int) -> Iterator[list[str | None]]:
    """The rows of a sheet from its first filled cell on, as text; cells with errors are empty."""
    for number, row in enumerate(sheet.iter_rows()):
        if number >= top:
            yield [
                (None if value in _ERRORS else value) if isinstance(value, str) else cell_text(value)
                for value in row[left:]
            ]


def cell_text(value: Any) -> str:
    """A typed cell as text that inference reads back without loss: 12 for 12.0, ISO dates, true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return _duration(value)
    return str(value)


def _duration(value: dt.timedelta) -> str:
    """Hours, minutes and seconds; Excel's ``[h]:mm`` cells may pass 24 hours."""
    whole = int(value.total_seconds())
    sign, whole = ("-", -whole) if whole < 0 else ("", whole)
    return f"{sign}{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _find_header(
    sheet: CalamineSheet, head: list[list[str | None]], widest: int, top: int, left: int
) -> Header:
    """The header, sought in the columns that hold more than a title, with cells merged in part filled."""
    rows = [list(row) for row in head]
    for (first_row, first_column), (last_row, last_column) in _merged(sheet):
        if last_column - first_column + 1 >= widest - 1:
            continue
        for row in range(max(0, first_row - top), min(last_row - top + 1, len(rows))):
            start = first_column - left
            for column in range(max(0, start), min(last_column - left + 1, len(rows[row]))):
                rows[row][column] = rows[row][column] or rows[row][start]
    filled = [sum(1 for row in rows if index < len(row) and row[index]) for index in range(widest)]
    dense = [index for index in range(widest) if filled[index] > 1]
    if sum(1 for row in rows if _length(row)) <= 3 or not dense:
        dense = list(range(widest))
    return find_header([[row[i] if i < len(row) else None for i in dense] for row in rows], len(dense))


def _merged(sheet: CalamineSheet) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    try:
        return sheet.merged_cell_ranges or []
    except CalamineError:
        return []


def _header(
    sheet: CalamineSheet, head: list[list[str | None]], header: Header, top: int, left: int
) -> list[str | None]:
    """The header's cells, each merged one repeated over the columns it covers."""
    names: list[str | None] = list(head[header.skip])
    row = top + header.skip
    for (first_row, first_column), (last_row, last_column) in _merged(sheet):
        if not first_row <= row <= last_row:
            continue
        source_row, source_column = first_row - top, first_column - left
        if not (0 <= source_row < len(head) and 0 <= source_column < len(head[source_row])):
            continue
        for column in range(max(0, source_column), min(last_column - left + 1, len(names))):
            names[column] = names[column] or head[source_row][source_column]
    return names
