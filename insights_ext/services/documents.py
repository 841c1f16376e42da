"""Documents: texts about the data, such as data dictionaries, kept as files; each owner has a folder.

They are what people handed in, so they lie beside the index and not in it: that can be deleted.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from ..errors import FileNotFound, InvalidName, TooLarge, UnreadableFile, UnsupportedFormat
from ..schemas import Document

MAX_BYTES = 1 << 20
MAX_DOCUMENTS = 200
CHUNK_CHARACTERS = 1_200
SUFFIXES = (".md", ".markdown", ".txt")

_NAME = re.compile(r"[\w][\w .()-]{0,99}")


class Documents:
    """The documents in `directory`, of all owners."""

    def __init__(self, directory: Path) -> None:
        self._directory = Path(directory)

    def put(self, owner: str, name: str, content: bytes) -> Document:
        """Keep a document under `name`, in place of one of that name.

        Raises `UnsupportedFormat`, `InvalidName`, `TooLarge`, `UnreadableFile`.
        """
        path = self._path(owner, name)
        if len(content) > MAX_BYTES:
            raise TooLarge(f"A document has at most {MAX_BYTES:,} bytes.", hint="Split it.")
        _text(content, path.name)
        if not path.exists() and len(self.listed(owner)) >= MAX_DOCUMENTS:
            raise TooLarge(f"At most {MAX_DOCUMENTS} documents are kept.", hint="Delete one first.")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        return self._described(path)

    def listed(self, owner: str) -> list[Document]:
        """The documents of `owner`, by name."""
        return [self._described(path) for path in self._paths(owner)]

    def text(self, owner: str, name: str) -> str:
        """The text of a document; raises `FileNotFound`."""
        path = self._path(owner, name)
        try:
            return _text(path.read_bytes(), path.name)
        except OSError:
            raise FileNotFound(f"There is no document {path.name!r}.") from None

    def delete(self, owner: str, name: str) -> str:
        """Remove a document; its name as it was kept. Raises `FileNotFound`."""
        path = self._path(owner, name)
        try:
            path.unlink()
        except OSError:
            raise FileNotFound(f"There is no document {path.name!r}.") from None
        return path.name

    def all(self) -> Iterator[tuple[str, str, list[str]]]:
        """Owner, name and pieces of every document that can be read."""
        if not self._directory.is_dir():
            return
        for folder in sorted(self._directory.iterdir()):
            owner = unquote(folder.name[2:]) if folder.name.startswith("o-") else ""
            for path in self._paths(owner) if owner else ():
                with contextlib.suppress(OSError, UnreadableFile):
                    yield owner, path.name, chunks(_text(path.read_bytes(), path.name))

    def _paths(self, owner: str) -> list[Path]:
        folder = self._folder(owner)
        if not folder.is_dir():
            return []
        return sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and not p.is_symlink())

    def _folder(self, owner: str) -> Path:
        return self._directory / f"o-{quote(owner, safe='')}"

    def _path(self, owner: str, name: str) -> Path:
        plain = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1].strip())
        if Path(plain).suffix.lower() not in SUFFIXES:
            raise UnsupportedFormat(
                "A document is a text file.", hint=f"Its name ends with {', '.join(SUFFIXES)}."
            )
        if not _NAME.fullmatch(plain) or len(plain.encode()) > 200:
            raise InvalidName(
                "This is no name for a document.", hint="Use letters, digits, blanks, dots and dashes."
            )
        return self._folder(owner) / plain

    def _described(self, path: Path) -> Document:
        content = path.read_bytes()
        return Document(
            name=path.name,
            size_bytes=len(content),
            chunks=len(chunks(content.decode("utf-8-sig", "replace"))),
            updated_at=dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC),
        )


def chunks(text: str) -> list[str]:
    """Pieces of a text that can be found by themselves: paragraphs put together, under their heading."""
    found: list[str] = []
    heading, held = "", ""

    def close() -> None:
        nonlocal held
        if held.strip():
            found.append(f"{heading}\n{held.strip()}".strip() if heading else held.strip())
        held = ""

    for paragraph in re.split(r"\n\s*\n|\n(?=#{1,6} )", text.replace("\r\n", "\n")):
        part = paragraph.strip("\n")
        if re.match(r"#{1,6} ", part):
            close()
            first, _, part = part.partition("\n")
            heading = first.lstrip("# ").strip()[:200]
        while len(part) > CHUNK_CHARACTERS:
            cut = max(part.rfind("\n", 0, CHUNK_CHARACTERS), part.rfind(" ", 0, CHUNK_CHARACTERS))
            cut = cut if cut > 0 else CHUNK_CHARACTERS
            close()
            held, part = part[:cut], part[cut:].lstrip()
            close()
        if len(held) + len(part) > CHUNK_CHARACTERS:
            close()
        held = f"{held}\n\n{part}" if held else part
    close()
    return found


def _text(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile(f"{name} is no UTF-8 text.", hint="Save it as UTF-8.") from None
    if "\0" in text:
        raise UnreadableFile(f"{name} is no text.")
    return text
