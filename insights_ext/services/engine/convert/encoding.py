"""Find a text file's encoding and give it as UTF-8, untouched where it already is."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path

from insights_ext.errors import InvalidOption, TooComplex, UnreadableFile

from .detect import utf16_order

CHUNK_BYTES = 1 << 22
_SAMPLE_BYTES = 1 << 18
_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_ODD_IN_WESTERN_WORDS = re.compile(r"[^\W\d_][¡-©«-´¶-¹»-¿×÷€‚-‰‹•™›˜][^\W\d_]")
_HIGH_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")


@dataclass
class TextFile:
    """A UTF-8 file and what was seen in it.

    `blank_lines` says whether two line ends follow each other before the last text, `blank_end` how many
    blank lines come after it; `newlines` which line ends occur.
    """

    path: Path
    encoding: str
    blank_lines: bool = False
    blank_end: int = 0
    newlines: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)


@dataclass
class _Scan:
    valid: bool = True
    bad_byte: int = 0
    nul: int = 0
    blank: bool = False
    blank_end: int = 0
    newlines: set[str] = field(default_factory=set)


def as_utf8(
    path: Path, declared: str | None, scratch: Path, max_bytes: int, drop_nul: bool = True
) -> TextFile:
    """`path` as UTF-8 text; a copy in `scratch` is made only where another encoding or NULs ask for it.

    Raises `InvalidOption` if `declared` is unknown or contradicts the bytes.
    """
    with path.open("rb") as file:
        head = file.read(65_536)
    mark, marked = next(((m, e) for m, e in _MARKS if head.startswith(m)), (b"", None))
    encoding = _declared(declared) if declared else marked or utf16_order(head)
    scan = _Scan(valid=False)
    if encoding in {None, "utf-8"}:
        scan = _scan(path)
        if scan.valid and not (scan.nul and drop_nul):
            return TextFile(path, "utf-8", scan.blank, scan.blank_end, scan.newlines)
    warnings: list[str] = []
    errors = "strict"
    if encoding is None:
        encoding = "utf-8" if scan.valid else guess(path, scan.bad_byte)
        errors = "replace"
    elif declared is None:
        errors = "replace"
    skip = len(mark) if marked == encoding else 0
    target = scratch / "text.utf8"
    bad, nul = _transcode(path, target, encoding, errors, skip, max_bytes, declared, drop_nul)
    if bad:
        what = "character is" if bad == 1 else "characters are"
        warnings.append(f"{bad:,} {what} not valid {_label(encoding)}, shown as \ufffd.")
    if nul:
        warnings.append(f"{nul:,} NUL characters were removed.")
    after = _scan(target)
    return TextFile(target, _label(encoding), after.blank, after.blank_end, after.newlines, warnings)


def _declared(name: str) -> str:
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError) as error:
        raise InvalidOption(
            f"The encoding {name!r} is not known.", hint="For example utf-8, utf-16, latin-1 or cp1252."
        ) from error
    if not getattr(codec, "_is_text_encoding", True):
        raise InvalidOption(f"{name!r} is not a text encoding.")
    return {"utf-8-sig": "utf-8"}.get(codec.name, codec.name)


def _label(encoding: str) -> str:
    return {"iso8859-1": "latin-1", "cp1252": "windows-1252"}.get(encoding, encoding)


def _scan(path: Path) -> _Scan:
    """One pass over the file: valid UTF-8 or where not, NULs, line ends, blank lines."""
    scan = _Scan()
    decoder = codecs.getincrementaldecoder("utf-8")()
    position, ends = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            if scan.valid:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    scan.valid, scan.bad_byte = False, max(0, position + error.start - 3)
            position += len(chunk)
            if b"\x00" in chunk:
                scan.nul += chunk.count(0)
            ends = _line_ends(ends + chunk, scan)
    scan.newlines |= _kinds(ends)
    scan.blank_end = max(0, ends.count(b"\n") or ends.count(b"\r"), 1) - 1
    if scan.valid:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            scan.valid, scan.bad_byte = False, max(0, position - 4)
    return scan


def _line_ends(data: bytes, scan: _Scan) -> bytes:
    """Note the kinds of line ends and blank lines before the last line ends, which are given back."""
    text = data.rstrip(b"\r\n")
    if b"\r" in text:
        scan.newlines |= _kinds(text)
        scan.blank = scan.blank or b"\n\r\n" in text or b"\r\r" in text
    elif b"\n" in text:
        scan.newlines.add("\n")
    scan.blank = scan.blank or b"\n\n" in text
    return data[len(text) :]


def _kinds(data: bytes) -> set[str]:
    crlf, lf, cr = data.count(b"\r\n"), data.count(b"\n"), data.count(b"\r")
    return {name for name, seen in (("\r\n", crlf > 0), ("\n", lf > crlf), ("\r", cr > crlf)) if seen}


def _transcode(
    path: Path,
    target: Path,
    encoding: str,
    errors: str,
    skip: int,
    max_bytes: int,
    declared: str | None,
    drop_nul: bool,
) -> tuple[int, int]:
    """Write `path` as UTF-8 to `target`; how many characters were not valid, how many NULs removed."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    position, written, bad, nul = skip, 0, 0, 0
    with path.open("rb") as source, target.open("wb") as output:
        source.seek(skip)
        while True:
            chunk = source.read(CHUNK_BYTES)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                raise InvalidOption(
                    f"The file is not {declared}: byte {position + error.start + 1:,} does not fit.",
                    hint="Leave the encoding out to have it detected.",
                ) from error
            except UnicodeError as error:
                raise UnreadableFile(f"The text is damaged: it is not {_label(encoding)}.") from error
            if errors == "replace":
                bad += text.count("\ufffd")
            if drop_nul and "\x00" in text:
                nul += text.count("\x00")
                text = text.replace("\x00", "")
            data = text.encode("utf-8", "replace")
            written += len(data)
            if written > max_bytes:
                raise TooComplex(f"As text, the file is larger than {max_bytes / 2**30:,.1f} GiB.")
            output.write(data)
            if not chunk:
                return bad, nul
            position += len(chunk)


def guess(path: Path, bad_byte: int) -> str:
    """The most likely encoding of text that is not UTF-8, from its words around `bad_byte`.

    Western words (single accented letters among plain ones) are Windows-1252, or Latin-1 where no byte
    tells the two apart; other scripts are left to charset-normalizer. Mostly valid UTF-8 stays UTF-8.
    """
    with path.open("rb") as file:
        file.seek(max(0, bad_byte - _SAMPLE_BYTES // 4))
        sample = file.read(_SAMPLE_BYTES)
    decoded = sample.decode("utf-8", "replace")
    broken = decoded.count("\ufffd")
    if sum(1 for char in decoded if char > "\x7f") - broken > 3 * broken:
        return "utf-8"
    words = b" ".join(_HIGH_WORD.findall(sample)[:5000])
    high = sum(1 for byte in words if byte > 0x7F)
    letters = sum(1 for byte in words if byte != 0x20)
    western = words.decode("cp1252", "replace")
    odd = len(_ODD_IN_WESTERN_WORDS.findall(western)) + western.count("\ufffd")
    if high < 0.5 * letters and odd <= 0.05 * high:
        return _western(path)
    from charset_normalizer import from_bytes

    best = from_bytes(sample[:100_000]).best()
    if best is None or best.encoding in {"ascii", "utf_8"}:
        return _western(path)
    return codecs.lookup(best.encoding).name


def _western(path: Path) -> str:
    """Latin-1 where no byte of the file is one that only Windows-1252 defines, else Windows-1252."""
    special = undefined = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            special += len(chunk) - len(chunk.translate(None, bytes(range(0x80, 0xA0))))
            undefined += len(chunk) - len(chunk.translate(None, b"\x81\x8d\x8f\x90\x9d"))
    return "cp1252" if special > 20 * undefined and special else "iso8859-1"
