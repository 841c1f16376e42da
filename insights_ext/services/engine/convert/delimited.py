"""Read delimited text: DuckDB reads what is regular, a patient parser the rest."""

from __future__ import annotations

from pathlib import Path

import duckdb

from insights_ext.errors import EmptyFile, TooComplex, UnsupportedFormat
from insights_ext.schemas import ImportOptions
from insights_ext.work import WorkerContext

from .encoding import TextFile, as_utf8
from .layout import Layout, find_layout, head_of
from .patient import blank_end, read_patiently
from .stage import TABLE, Staged, StagedColumn, literal
from .tidy import count_rows, drop_blank_end, drop_repeated_header, name_columns

PATIENT_BYTES = 256 << 20
"""Files with blank lines up to this size are read row by row, so that each blank line is accounted for."""

COMPARED_ROWS = 50


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
    layout = find_layout(head_of(text.path), promised, options)
    if promised is None and (layout.dialect.score < 0.8 or layout.width < 2):
        raise UnsupportedFormat(
            "The content is text, but not a table, and the file name does not tell its format."
        )
    context.emit("convert", "Reading rows", 0.2)
    more: list[str] = []
    if not _read_fast(connection, text, layout):
        context.emit("convert", "Reading rows one by one", 0.2)
        more = read_patiently(connection, text, layout, max_columns)
    warnings = [*text.warnings, *layout.warnings, *more]
    warnings += drop_blank_end(connection)
    warnings += drop_repeated_header(connection, layout.header)
    columns, named = _columns(connection, layout, max_columns)
    if not count_rows(connection):
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


def _read_fast(connection: duckdb.DuckDBPyConnection, text: TextFile, layout: Layout) -> bool:
    """Let DuckDB read the file, strictly; False if it will not or sees other rows than the sample did."""
    body = [row for row in layout.sample if row.fields]
    regular = all(len(row.fields) == layout.width for row in body)
    if (
        layout.width < 2
        or not body
        or not regular
        or len(text.newlines) > 1
        or layout.dialect.skip_initial_space
    ):
        return False
    if text.blank_lines and text.path.stat().st_size <= PATIENT_BYTES:
        return False
    names = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(layout.width))
    quote = "'\"'" if layout.dialect.quoting else "''"
    escape = "'\\'" if layout.dialect.backslash else quote
    try:
        connection.execute(
            f"CREATE TABLE {TABLE} AS SELECT * FROM read_csv({literal(str(text.path))}, auto_detect = false, "
            f"delim = {literal(layout.dialect.delimiter)}, quote = {quote}, escape = {escape}, "
            f"header = false, skip = {layout.lines}, strict_mode = true, null_padding = false, "
            f"columns = {{{names}}})"
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
        layout.warnings += blank_end(text.blank_end)
        return True
    connection.execute(f"DROP TABLE {TABLE}")
    return False


def _columns(
    connection: duckdb.DuckDBPyConnection, layout: Layout, max_columns: int
) -> tuple[list[StagedColumn], list[str]]:
    physical = [str(row[0]) for row in connection.execute(f"DESCRIBE {TABLE}").fetchall()]
    if len(physical) > max_columns:
        raise TooComplex(f"The table has {len(physical):,} columns; at most {max_columns:,} are read.")
    headers: list[str | None] = [None] * len(physical)
    for index, header in enumerate((layout.header or [])[: len(physical)]):
        headers[index] = header
    return name_columns(connection, physical, headers, layout.header is not None)
