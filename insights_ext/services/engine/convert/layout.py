"""Lay out delimited text from its first rows: dialect, header, where the data starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from insights_ext.errors import EmptyFile, InvalidOption
from insights_ext.schemas import ImportOptions

from .dialect import Dialect, Row, sample_rows, sniff
from .header import Header, find_header

SAMPLE_CHARACTERS = 1 << 18


@dataclass
class Layout:
    """What the sample showed: where data starts (`records` and physical `lines` before it), its width."""

    dialect: Dialect
    header: list[str] | None
    records: int
    lines: int
    width: int
    sample: list[Row]
    warnings: list[str] = field(default_factory=list)


def head_of(path: Path) -> str:
    """The first lines of a UTF-8 file, none of them cut short."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head = file.read(SAMPLE_CHARACTERS)
        return head + file.readline(1 << 20) if len(head) == SAMPLE_CHARACTERS else head


def find_layout(head: str, promised: str | None, options: ImportOptions) -> Layout:
    """The layout of text that begins with `head`; options win over what is found.

    Raises `EmptyFile` and `InvalidOption`.
    """
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
            warnings.append(
                f"{what} above the table {'was' if lost == 1 else 'were'} skipped"
                + (f": {shown[:60]!r}." if lost else ".")
            )
        if not header.found:
            warnings.append("No header was found; the columns are named column_1, column_2, …")
    names = rows[header.skip].fields if header.found else None
    records = header.skip + (1 if header.found else 0)
    body = [row for row in rows[records:] if row.fields]
    width = len(names) if names is not None else max((len(row.fields) for row in body), default=1)
    lines = rows[records - 1].line if records else 0
    return Layout(dialect, names, records + offset, lines + offset, max(1, width), rows[records:], warnings)
