"""Refuse workbooks that would take a machine down, before any parser allocates for them."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from insights_ext.errors import PasswordProtected, TooComplex, UnreadableFile

MAX_ENTRIES = 10_000
MAX_RATIO = 200
SMALL_BYTES = 64 << 20
"""Below this size the ratio does not matter: a short sheet of one repeated value packs very well."""

CHUNK_BYTES = 1 << 20
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])([^>]*)>")
_REFERENCE = re.compile(rb'\br="([A-Za-z]{1,4})([0-9]{1,9})"')
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_ODS_TOKEN = re.compile(rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)(?=[\s/>])([^>]*)>")
_REPEATED = re.compile(rb'number-(?:columns|rows)-repeated="([0-9]{1,12})"')


def check_workbook(path: Path, kind: str, max_bytes: int, max_cells: int) -> dict[str, int]:
    """Raise `TooComplex` if the workbook inflates past `max_bytes`, 200:1, or spans over `max_cells` cells.

    Raises `PasswordProtected` for encrypted workbooks and `UnreadableFile` for damaged ones and for XML
    entities. `kind` is ``xlsx``, ``xlsm``, ``xlsb``, ``ods`` or ``xls``. Gives, where the format tells
    (xlsx, xlsm), how many cells of each sheet hold an error.
    """
    if kind == "xls":
        _check_ole(path)
        return {}
    errors: dict[str, int] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(archive, path.stat().st_size, max_bytes)
            for name in archive.namelist():
                lower = name.lower().lstrip("/")
                if kind == "ods":
                    if lower == "meta-inf/manifest.xml" and b"encryption-data" in archive.read(name):
                        raise PasswordProtected("The workbook is protected with a password.")
                    if lower == "content.xml":
                        _check_ods(archive, name, max_cells)
                elif kind == "xlsb" and lower.endswith(".bin") and "sheet" in lower:
                    _check_xlsb_sheet(archive, name, max_cells)
                elif kind != "xlsb" and _is_xml(archive, name):
                    errors[lower] = _check_xlsx_sheet(archive, name, max_cells)
            return _by_sheet(archive, errors) if any(errors.values()) else {}
    except RuntimeError as error:
        raise PasswordProtected("The workbook is protected with a password.") from error
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise UnreadableFile("The workbook is damaged.") from error


def _check_ole(path: Path) -> None:
    with path.open("rb") as file:
        before = b""
        while chunk := file.read(CHUNK_BYTES):
            if _ENCRYPTED in before + chunk:
                raise PasswordProtected("The workbook is protected with a password.")
            before = chunk[-len(_ENCRYPTED) :]


def _check_archive(archive: zipfile.ZipFile, size: int, max_bytes: int) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise TooComplex(
            f"The workbook consists of {len(entries):,} parts; at most {MAX_ENTRIES:,} are read."
        )
    total = sum(entry.file_size for entry in entries)
    if total > max_bytes or (total > SMALL_BYTES and total > MAX_RATIO * max(1, size)):
        raise TooComplex(
            f"Unpacked, the workbook takes {total / 2**20:,.0f} MiB, more than is read.",
            hint="Save the sheet as CSV or Parquet.",
        )


def _is_xml(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether a part is XML, whatever it is called: any part can be declared to be a sheet."""
    with archive.open(name) as part:
        head = part.read(64)
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
        raise UnreadableFile("A part of the workbook is not UTF-8, which is not read.")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of a part, never more of them than its directory entry says."""
    left = archive.getinfo(name).file_size
    with archive.open(name) as part:
        while chunk := part.read(CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise TooComplex("The workbook is larger inside than it says.")
            yield chunk


def _tagged(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of an XML part in pieces that end with a tag."""
    rest = b""
    for chunk in _chunks(archive, name):
        data = rest + chunk
        if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
            raise UnreadableFile("The workbook defines XML entities, which are not read.")
        cut = data.rfind(b">") + 1
        rest = data[cut:]
        if len(rest) > 64 * CHUNK_BYTES:
            raise TooComplex("A cell of the workbook is too long.")
        yield data[:cut]
    yield rest


class _Span:
    """The smallest rectangle around the filled cells of one sheet, refused once it is too large."""

    def __init__(self, name: str, max_cells: int) -> None:
        self._name, self._max_cells = name, max_cells
        self._rows: tuple[int, int] | None = None
        self._columns: tuple[int, int] | None = None
        self.filled = 0

    def add(self, row: int, column: int) -> None:
        self.filled += 1
        if self._rows is None or self._columns is None:
            self._rows, self._columns = (row, row), (column, column)
            return
        self._rows = min(self._rows[0], row), max(self._rows[1], row)
        self._columns = min(self._columns[0], column), max(self._columns[1], column)
        height, width = self._rows[1] - self._rows[0] + 1, self._columns[1] - self._columns[0] + 1
        if height * width > self._max_cells:
            raise TooComplex(
                f"A sheet spans {height:,} rows and {width:,} columns (down to row {self._rows[1]:,}), "
                f"{height * width:,} cells; at most {self._max_cells:,} are read.",
                hint="Delete stray cells far from the table, or save the sheet as CSV.",
            )


def _by_sheet(archive: zipfile.ZipFile, errors: dict[str, int]) -> dict[str, int]:
    """Counts by the sheets' names instead of the names of their parts."""
    try:
        book = archive.read("xl/workbook.xml")
        relations = archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return {}
    targets = {}
    for relation in _RELATION.findall(relations):
        described = dict(_ATTRIBUTE.findall(relation))
        target = described.get(b"Target", b"").decode("utf-8", "replace").lower()
        targets[described.get(b"Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    found = {}
    for sheet in _SHEET.findall(book):
        described = dict(_ATTRIBUTE.findall(sheet))
        part = targets.get(described.get(b"r:id"))
        found[html.unescape(described.get(b"name", b"").decode("utf-8", "replace"))] = errors.get(
            part or "", 0
        )
    return found


def _check_xlsx_sheet(archive: zipfile.ZipFile, name: str, max_cells: int) -> int:
    span, row, column, errors = _Span(name, max_cells), 1, 0, 0
    for data in _tagged(archive, name):
        for cell in _CELL.finditer(data):
            reference = _REFERENCE.search(cell[1])
            if reference:
                row, column = int(reference[2]), _column_number(reference[1])
            else:
                column += 1
            if not cell[1].endswith(b"/"):
                span.add(row, column)
                errors += b't="e"' in cell[1]
    return errors


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _check_xlsb_sheet(archive: zipfile.ZipFile, name: str, max_cells: int) -> None:
    """Follow the records of a binary sheet: row headers (0) and cells (1 to 11) begin with their number."""
    span, row = _Span(name, max_cells), 0
    data = b"".join(_chunks(archive, name))
    position, end = 0, len(data)
    while position < end:
        kind, position = _varint(data, position, 2)
        size, position = _varint(data, position, 4)
        if kind == 0 and position + 4 <= end:
            row = int.from_bytes(data[position : position + 4], "little")
        elif 2 <= kind <= 11 and position + 4 <= end:
            span.add(row, int.from_bytes(data[position : position + 4], "little"))
        position += size


def _varint(data: bytes, position: int, most: int) -> tuple[int, int]:
    value = 0
    for index in range(most):
        if position >= len(data):
            return value, position
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            break
    return value, position


def _check_ods(archive: zipfile.ZipFile, name: str, max_cells: int) -> None:
    """Follow rows and cells with their repetitions; what is repeated and filled counts in full."""
    cells = row = column = width = last_row = 0
    repeat_row, filled = 1, False
    for data in _tagged(archive, name):
        for token in _ODS_TOKEN.finditer(data):
            closing, kind, attributes = token[1] == b"/", token[2], token[3]
            repeated = _REPEATED.search(attributes)
            times = max(1, int(repeated[1])) if repeated else 1
            if kind == b"table" and not closing:
                row = width = last_row = cells = 0
            elif kind == b"table-row" and not closing:
                column, repeat_row, filled = 0, times, False
                if attributes.endswith(b"/"):
                    row += times
            elif kind == b"table-row":
                if filled:
                    last_row = row + repeat_row
                row += repeat_row
            elif not closing:
                column += times
                if b"value-type" in attributes:
                    width = max(width, column)
                    filled = True
                    cells += times * repeat_row
            height = max(last_row, row + repeat_row if filled else 0)
            if max(cells, height * width) > max_cells:
                raise TooComplex(
                    f"A sheet spans {height:,} rows and {width:,} columns; "
                    f"at most {max_cells:,} cells are read.",
                    hint="Delete stray cells far from the table, or save the sheet as CSV.",
                )
