"""Tell a file's format by its first bytes; its name only breaks ties."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from insights_ext.errors import EmptyFile, PasswordProtected, UnreadableFile, UnsupportedFormat
from insights_ext.formats import split_name

HEAD_BYTES = 65_536
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")

_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"FEA1", "a Feather version 1 file; save it as Feather 2 (Arrow) or Parquet"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a media file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xfd7zXZ\x00", "an XZ archive"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"\x93NUMPY", "a NumPy file; it may hold pickled objects"),
    (b"\x80\x02", "a pickle; pickles can run code and are never read"),
    (b"\x80\x03", "a pickle; pickles can run code and are never read"),
    (b"\x80\x04", "a pickle; pickles can run code and are never read"),
    (b"\x80\x05", "a pickle; pickles can run code and are never read"),
    (b"$FL2", "an SPSS file"),
    (b"<stata_dta>", "a Stata file"),
)
_MARKUP = (b"<?xml", b"<!doctype", b"<html", b"<table", b"<svg", b"<workbook")


@dataclass(frozen=True)
class Detected:
    """What a file is: one of `formats.FORMATS`, or ``compressed`` with `compression` set.

    ``text`` is delimited text whose name promises nothing.
    """

    format: str
    compression: str | None = None


def detect(path: Path, filename: str | None) -> Detected:
    """The format of the file at `path`, whose client called it `filename`.

    Raises `EmptyFile`, `UnsupportedFormat`, `PasswordProtected`, or `UnreadableFile` where content and
    name contradict each other.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    promised, packed = split_name(filename)
    if not head:
        raise EmptyFile("The file is empty.")
    binary = _binary_format(path, head)
    if binary is not None:
        return binary
    if promised in {"parquet", "arrow", "xlsx", "xlsm", "xlsb", "ods"}:
        raise UnreadableFile(f"The file is named .{promised} but its content is something else or damaged.")
    if packed in {"gz", "zst", "bz2", "zip"}:
        raise UnreadableFile(f"The file is named .{packed} but is not compressed that way, or is damaged.")
    if looks_binary(head):
        if promised is None:
            raise UnsupportedFormat("The content is binary and of no supported format.")
        raise UnreadableFile(f"The file is named .{promised} but its content is binary, not text.")
    return _text_format(head, promised)


def _binary_format(path: Path, head: bytes) -> Detected | None:
    for magic, what in _REFUSED:
        if head.startswith(magic):
            raise UnsupportedFormat(f"The file is {what}.")
    if head[8:12] == b"DUCK":
        raise UnsupportedFormat("The file is a DuckDB database.")
    if head.startswith(b"PARE"):
        raise PasswordProtected("The Parquet file is encrypted.", hint="Save it without encryption.")
    if head.startswith(b"PAR1"):
        return Detected("parquet")
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return Detected("arrow")
    if head.startswith(b"\x1f\x8b"):
        return Detected("compressed", "gz")
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return Detected("compressed", "zst")
    if head.startswith(b"BZh") and head[4:10] in {b"1AY&SY", b"\x17rE8P\x90"}:
        return Detected("compressed", "bz2")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_format(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Detected("xls")
    if head[:2] == b"\x09\x08" and head[3:4] == b"\x00" and len(head) > 8:
        return Detected("xls")
    return None


def _zip_format(path: Path) -> Detected:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {info.filename.lstrip("/") for info in archive.infolist()}
            if "mimetype" in names:
                with archive.open("mimetype") as member:
                    kind = member.read(200)
                if b"opendocument.spreadsheet" in kind:
                    return Detected("ods")
                raise UnsupportedFormat("The file is an OpenDocument file, but not a spreadsheet.")
    except RuntimeError as error:
        raise PasswordProtected("The archive is protected with a password.") from error
    except UnsupportedFormat:
        raise
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError) as error:
        raise UnreadableFile("The file is a damaged or incomplete zip archive or workbook.") from error
    lower = {name.lower() for name in names}
    if "xl/workbook.bin" in lower:
        return Detected("xlsb")
    if "xl/workbook.xml" in lower or ("[content_types].xml" in lower and any("sheet" in n for n in lower)):
        return Detected("xlsm" if "xl/vbaproject.bin" in lower else "xlsx")
    if "[content_types].xml" in lower:
        raise UnsupportedFormat("The file is an Office document, but not a workbook.")
    if any(name.endswith(".iwa") for name in lower):
        raise UnsupportedFormat("The file is an Apple Numbers document; export it as Excel or CSV.")
    return Detected("compressed", "zip")


def looks_binary(head: bytes) -> bool:
    """Whether bytes hold what no text in a known encoding holds: NULs and control characters.

    UTF-16 and UTF-32 text, which is full of NULs, is told by its byte order mark or by its even pattern.
    """
    if head.startswith(_BOMS) or utf16_order(head) is not None:
        return False
    control = sum(head.count(bytes([code])) for code in (*range(9), *range(14, 27), *range(28, 32)))
    return control > max(2, len(head) // 200)


def utf16_order(head: bytes) -> str | None:
    """``utf-16-le`` or ``utf-16-be`` if bytes without a mark alternate as Latin text in UTF-16 does."""
    if len(head) < 4 or (len(head) % 2 and len(head) < HEAD_BYTES):
        return None
    even, odd, half = head[0::2].count(0), head[1::2].count(0), len(head) // 2
    if odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _text_format(head: bytes, promised: str | None) -> Detected:
    text = head
    for mark, encoding in ((_BOMS[0], "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            text = head[len(mark) :].decode(encoding, "ignore").encode()
            break
    else:
        order = utf16_order(head)
        text = head.decode(order, "ignore").encode() if order else head
    start = text.lstrip()[:64].lower()
    if promised in {"json", "jsonl", "csv", "tsv"}:
        if promised in {"csv", "tsv"} and start.startswith((b"<!doctype html", b"<html")):
            raise UnreadableFile("The file is a web page, not a table; was a download link saved by mistake?")
        return Detected(promised)
    if start.startswith(_MARKUP):
        raise UnsupportedFormat("The file is a web page or XML document; save it as xlsx or CSV.")
    if promised == "xls":
        return Detected("text")
    if start.startswith((b"{", b"[")):
        return Detected("json")
    return Detected("text")
