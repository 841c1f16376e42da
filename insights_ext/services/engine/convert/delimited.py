"""Read delimited text: encoding, dialect, header; DuckDB for regular files, a patient parser for others."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from insights_ext.errors import EmptyFile, InvalidOption, UnreadableFile, UnsupportedFormat
from insights_ext.schemas import ImportOptions
from insights_ext.work import WorkerContext

from .dialect import Dialect, Row, Unclosed, parse, sample_rows, sniff
from .encoding import TextFile, as_utf8
from .header import Header, find_header
from .names import unique_names
from .rows import RowStage
from .stage import TABLE, Staged, StagedColumn, literal, quoted

SAMPLE_CHARACTERS = 1 << 18
PATIENT_BYTES = 256 << 20
"""Files with blank lines up to this size are read row by row, so that each blank line is accounted for."""

COMPARED_ROWS = 50


@dataclass
class _Layout:
    """What the sample showed: where data starts (`records` and physical `lines` before it), its width."""

    dialect: Dialect
    header: list[str] | None
    records: int
    lines: int
    width: int
    sample: list[Row]
    warnings: list[str] = field(default_factory=list)


def read(
    path: Path,
    promised: str | None,
    options: ImportOptions,
    connection: duckdb.DuckDBPyConnection,
    context: WorkerContext,
    scratch: Path,
    max_bytes: int,
    max_columns: int,
) -> Staged:
    """Stage the delimited text at `path`; `promised` is the format its name promises, if any.

    Raises `EmptyFile`, `UnreadableFile`, `UnsupportedFormat` (nothing like a table and no name that
    promises one), `InvalidOption`.
    """
    text = as_utf8(path, options.encoding, scratch, max_bytes)
    layout = _layout(_head(text.path), promised, options)
    if promised is None and (layout.dialect.score < 0.8 or layout.width < 2):
        raise UnsupportedFormat("The content is text, but not a table, and the file name does not tell its format.")
    context.emit("convert", "Reading rows", 0.2)
    more: list[str] = []
    if not _read_fast(connection, text, layout):
        context.emit("convert", "Reading rows one by one", 0.2)
        more = _read_patiently(connection, text, layout, max_columns)
    warnings = [*text.warnings, *layout.warnings, *more]
    warnings += drop_blank_end(connection)
    warnings += drop_repeated_header(connection, layout.header)
    columns, named = _columns(connection, layout, max_columns)
    if not _rows(connection):
        if layout.header is None:
            raise EmptyFile("The file holds no rows.")
        raise EmptyFile("The file has a header but no rows.")
    delimiter = layout.dialect.delimiter
    return Staged(
        TABLE,
        columns,
        first_row=layout.records + 1,
        metadata={
            "encoding": text.encoding,
            "delimiter": delimiter if layout.width > 1 else None,
            "header_row": 0 if layout.header is None else layout.records,
        },
        warnings=warnings + named,
        decimal=options.decimal,
        comma_likely=delimiter == ";",
    )


def _head(path: Path) -> str:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head = file.read(SAMPLE_CHARACTERS)
        return head + file.readline(1 << 20) if len(head) == SAMPLE_CHARACTERS else head


def _layout(head: str, promised: str | None, options: ImportOptions) -> _Layout:
    if not head.strip():
        raise EmptyFile("The file is empty: it holds nothing but white space.")
    dialect = sniff(head, options.delimiter, promised)
    rows = sample_rows(head, dialect)
    offset, warnings = dialect.skip_lines, []
    if options.delimiter is not None and all(options.delimiter not in line for line in head.splitlines()):
        warnings.append(f"The delimiter {options.delimiter!r} does not occur in the file.")
    if options.header_row is not None:
        wanted = max(0, options.header_row - offset)
        if wanted > len(rows):
            raise InvalidOption(f"There is no row {options.header_row:,} to take the header from.")
        header = Header(max(0, wanted - 1), wanted > 0)
    else:
        fields = [row.fields for row in rows]
        header = find_header(fields, max([dialect.width, *(len(row) for row in fields[:1])]))
        if header.skip:
            lost = sum(1 for row in fields[: header.skip] if any(cell.strip() for cell in row))
            what = f"{lost:,} title {'line' if lost == 1 else 'lines'}" if lost else "Blank lines"
            shown = next((c.strip() for row in fields[: header.skip] for c in row if c.strip()), "")
            warnings.append(f"{what} above the table {'was' if lost == 1 else 'were'} skipped" + (f": {shown[:60]!r}." if lost else "."))
        if not header.found:
            warnings.append("No header was found; the columns are named column_1, column_2, …")
    names = rows[header.skip].fields if header.found else None
    records = header.skip + (1 if header.found else 0)
    body = [row for row in rows[records:] if row.fields]
    width = len(names) if names is not None else max((len(row.fields) for row in body), default=1)
    lines = rows[records - 1].line if records else 0
    return _Layout(dialect, names, records + offset, lines + offset, max(1, width), rows[records:], warnings)


def _read_fast(connection: duckdb.DuckDBPyConnection, text: TextFile, layout: _Layout) -> bool:
    """Let DuckDB read the file, strictly; False if it will not or sees other rows than the sample did."""
    body = [row for row in layout.sample if row.fields]
    regular = all(len(row.fields) == layout.width for row in body)
    if layout.width < 2 or not body or not regular or len(text.newlines) > 1 or layout.dialect.skip_initial_space:
        return False
    if text.blank_lines and text.path.stat().st_size <= PATIENT_BYTES:
        return False
    names = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(layout.width))
    quote = "'\"'" if layout.dialect.quoting else "''"
    escape = "'\\'" if layout.dialect.backslash else quote
    try:
        connection.execute(
            f"CREATE TABLE {TABLE} AS SELECT * FROM read_csv({literal(str(text.path))}, auto_detect = false, "
            f"delim = {literal(layout.dialect.delimiter)}, quote = {quote}, escape = {escape}, header = false, "
            f"skip = {layout.lines}, strict_mode = true, null_padding = false, columns = {{{names}}})"
        )
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
        return False
    compared = min(COMPARED_ROWS, len(body))
    first = connection.execute(f"SELECT * FROM {TABLE} WHERE rowid < {compared}").fetchall()
    expected = [tuple(cell or None for cell in row.fields) for row in body[:compared]]
    if first == expected:
        if text.blank_lines:
            layout.warnings.append("Blank lines were skipped.")
        layout.warnings += _blank_end(text.blank_end)
        return True
    connection.execute(f"DROP TABLE {TABLE}")
    return False


def _read_patiently(
    connection: duckdb.DuckDBPyConnection, text: TextFile, layout: _Layout, max_columns: int
) -> list[str]:
    """Read row by row, keeping short and long rows; warnings about them."""
    try:
        return _stage_rows(connection, text, layout, layout.dialect, max_columns)
    except Unclosed as error:
        connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
        plain = replace(layout.dialect, quoting=False)
        warnings = _stage_rows(connection, text, layout, plain, max_columns)
        row = error.row + layout.dialect.skip_lines
        return [f"A quote opened in row {row:,} is never closed; quotes were read as ordinary characters.", *warnings]


class _Patient:
    """Gives the data rows one by one and keeps account of blank, short and long ones."""

    def __init__(self, text: TextFile, layout: _Layout, dialect: Dialect) -> None:
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
    layout: _Layout,
    dialect: Dialect,
    max_columns: int,
) -> list[str]:
    stage = RowStage(connection, layout.width, max_columns)
    found = _Patient(text, layout, dialect)
    try:
        stage.add_all(found)
    except csv.Error as error:
        raise UnreadableFile(f"Row {found.number + 1:,} cannot be read: it is too long or damaged.") from error
    warnings = []
    if found.blank:
        warnings.append(f"{found.blank:,} blank {'line was' if found.blank == 1 else 'lines were'} skipped.")
    warnings += _blank_end(found.blank_end)
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
        warnings.append("Every row has one cell more than the header; the first column was taken as row names.")
    else:
        rows = "row has" if found.long == 1 else "rows have"
        warnings.append(
            f"{found.long:,} {rows} more than {layout.width:,} cells (first: row {found.first_long:,}); "
            "columns were added for them."
        )
    return warnings


def _blank_end(count: int) -> list[str]:
    return [f"{count:,} blank {'line' if count == 1 else 'lines'} at the end dropped."] if count else []


def _rows(connection: duckdb.DuckDBPyConnection) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {TABLE}").fetchall()[0][0])


def drop_blank_end(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Delete rows of empty cells at the end of the staged table."""
    names = [str(row[0]) for row in connection.execute(f"DESCRIBE {TABLE}").fetchall()]
    filled = "coalesce(" + ", ".join(quoted(name) for name in names) + ")"
    last = connection.execute(f"SELECT {filled} FROM {TABLE} WHERE rowid = (SELECT max(rowid) FROM {TABLE})").fetchall()
    if not last or last[0][0] is not None:
        return []
    end = connection.execute(f"SELECT max(rowid) FROM {TABLE} WHERE {filled} IS NOT NULL").fetchall()[0][0]
    before = _rows(connection)
    connection.execute(f"DELETE FROM {TABLE} WHERE rowid > {-1 if end is None else int(end)}")
    dropped = before - _rows(connection)
    return [f"{dropped:,} empty {'row' if dropped == 1 else 'rows'} at the end dropped."]


def drop_repeated_header(connection: duckdb.DuckDBPyConnection, header: list[str] | None) -> list[str]:
    """Delete rows that repeat the header in every cell, as files put together from several do."""
    filled = [(index, cell) for index, cell in enumerate(header or []) if cell.strip()]
    if len(filled) < 2 or len(filled) > 500:
        return []
    same = " AND ".join(f"c{index} = {literal(cell)}" for index, cell in filled)
    count = int(connection.execute(f"SELECT count(*) FROM {TABLE} WHERE {same}").fetchall()[0][0])
    if not count or count == _rows(connection):
        return []
    connection.execute(f"DELETE FROM {TABLE} WHERE {same}")
    return [f"{count:,} {'row that repeats' if count == 1 else 'rows that repeat'} the header dropped."]


def _columns(
    connection: duckdb.DuckDBPyConnection, layout: _Layout, max_columns: int
) -> tuple[list[StagedColumn], list[str]]:
    physical = [str(row[0]) for row in connection.execute(f"DESCRIBE {TABLE}").fetchall()]
    if len(physical) > max_columns:
        raise UnreadableFile(f"The table has {len(physical):,} columns; at most {max_columns:,} are read.")
    headers: list[str | None] = [None] * len(physical)
    for index, header in enumerate((layout.header or [])[: len(physical)]):
        headers[index] = header
    return name_columns(connection, physical, headers, layout.header is not None)


def name_columns(
    connection: duckdb.DuckDBPyConnection, physical: list[str], headers: list[str | None], headed: bool
) -> tuple[list[StagedColumn], list[str]]:
    """Staged columns with their final names; columns with neither header nor values are left out."""
    warnings = []
    kept = list(range(len(physical)))
    blank = [index for index, header in enumerate(headers) if not (header or "").strip()]
    if headed and blank:
        counts: list[int] = []
        for start in range(0, len(blank), 200):
            part = ", ".join(f"count({physical[index]})" for index in blank[start : start + 200])
            counts += [int(count) for count in connection.execute(f"SELECT {part} FROM {TABLE}").fetchall()[0]]
        empty = {index for index, count in zip(blank, counts, strict=True) if not count}
        if empty and len(empty) < len(kept):
            kept = [index for index in kept if index not in empty]
            many = "column" if len(empty) == 1 else "columns"
            warnings.append(f"{len(empty):,} {many} with neither header nor values dropped.")
    names, named = unique_names([headers[index] for index in kept])
    if not headed:
        named = []
    columns = [
        StagedColumn(physical[index], name, headers[index] if headed else None)
        for index, name in zip(kept, names, strict=True)
    ]
    return columns, warnings + named
