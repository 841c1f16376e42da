"""Unpack gz, zst, bz2 and single-file zip to scratch, within a size limit."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import IO, cast

import zstandard

from insights_ext.errors import EmptyFile, PasswordProtected, TooComplex, UnreadableFile

CHUNK_BYTES = 1 << 20
MAX_ZIP_ENTRIES = 10_000
_JUNK = {".ds_store", "thumbs.db", "desktop.ini"}


def inflate(path: Path, compression: str, target: Path, max_bytes: int) -> str | None:
    """Write what `path` holds, unpacked, to `target`; the name of the member for a zip, else None.

    Raises `TooComplex` past `max_bytes`, `UnreadableFile` for damage or a zip that is not one file,
    `PasswordProtected`, and `EmptyFile`.
    """
    written, member = 0, None
    try:
        with ExitStack() as stack:
            if compression == "zip":
                archive = stack.enter_context(zipfile.ZipFile(path))
                info = _only_member(archive, max_bytes)
                member = PurePosixPath(info.filename.replace("\\", "/")).name
                source: IO[bytes] = stack.enter_context(archive.open(info))
            else:
                source = stack.enter_context(_reader(path, compression))
            output = stack.enter_context(target.open("wb"))
            while chunk := source.read(CHUNK_BYTES):
                written += len(chunk)
                if written > max_bytes:
                    raise TooComplex(
                        f"Unpacked, the file is larger than the limit of {max_bytes / 2**30:,.1f} GiB."
                    )
                output.write(chunk)
    except EOFError as error:
        raise UnreadableFile("The compressed file ends early; the download or copy was cut off.") from error
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, lzma.LZMAError, NotImplementedError) as error:
        raise UnreadableFile("The compressed file is damaged and cannot be unpacked.") from error
    except zstandard.ZstdError as error:
        raise UnreadableFile("The compressed file is damaged or ends early.") from error
    except RuntimeError as error:
        if "password" in str(error) or "encrypted" in str(error):
            raise PasswordProtected("The archive is protected with a password.") from error
        raise
    except OSError as error:
        if error.errno is not None:
            raise
        raise UnreadableFile("The compressed file is damaged and cannot be unpacked.") from error
    if written == 0:
        raise EmptyFile("The compressed file holds nothing.")
    return member


def _reader(path: Path, compression: str) -> IO[bytes]:
    if compression == "gz":
        return cast(IO[bytes], gzip.open(path, "rb"))
    if compression == "bz2":
        return cast(IO[bytes], bz2.open(path, "rb"))
    return cast(IO[bytes], _ZstdFile(path))


class _ZstdFile(io.RawIOBase):
    """A zstd stream of one or more frames that notices when the last frame is cut off."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._decoder = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        self._left = b""
        self._inside = False

    def read(self, size: int = -1) -> bytes:
        while True:
            data = self._left or self._file.read(CHUNK_BYTES // 8)
            self._left = b""
            if not data:
                if self._inside:
                    raise EOFError
                return b""
            if not self._inside:
                self._decoder = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
                self._inside = True
            out = self._decoder.decompress(data)
            if self._decoder.eof:
                self._left, self._inside = self._decoder.unused_data, False
            if out:
                return out

    def close(self) -> None:
        self._file.close()
        super().close()


def _only_member(archive: zipfile.ZipFile, max_bytes: int) -> zipfile.ZipInfo:
    entries = archive.infolist()
    if len(entries) > MAX_ZIP_ENTRIES:
        raise TooComplex(f"The zip archive lists {len(entries):,} files; exactly one is needed.")
    files = [
        info
        for info in entries
        if not info.is_dir()
        and not info.filename.startswith("__MACOSX/")
        and PurePosixPath(info.filename).name.lower() not in _JUNK
    ]
    if not files:
        raise EmptyFile("The zip archive holds no file.")
    if len(files) > 1:
        listed = ", ".join(PurePosixPath(info.filename).name for info in files[:5])
        raise UnreadableFile(
            f"The zip archive holds {len(files):,} files ({listed}{', …' if len(files) > 5 else ''}); "
            "exactly one is needed.",
            hint="Upload the files one by one, or a zip archive with one file.",
        )
    if files[0].flag_bits & 1:
        raise PasswordProtected("The archive is protected with a password.")
    if files[0].file_size > max_bytes:
        raise TooComplex(f"Unpacked, the file is larger than the limit of {max_bytes / 2**30:,.1f} GiB.")
    return files[0]
