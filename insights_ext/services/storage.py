"""Bytes on disk: staging what arrives, committing what was converted, finding and removing it.

Layout of a store (`<root>/.insights/`, mode 0700):

    datasets/<sha256>.parquet         one immutable file per content, mode 0400
    datasets/<sha256>.values.arrow    the value index beside it
    originals/<sha256>                raw uploads, where they are kept
    tmp/<host>-<process>-<id>/        private directories of running work

Every file is written aside, flushed to the disk and renamed, so that it is whole or absent.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import platform
import re
import shutil
import stat
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import FileNotFound, InsightsError, StorageFull, StoreDamaged, UploadTooLarge

_FULL = {errno.ENOSPC, errno.EDQUOT}
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP}
_HOST = re.sub(r"[^A-Za-z0-9.]", "_", platform.node()) or "host"
_PRIVATE_NAME = re.compile(r"(.+)-(\d+)-[0-9a-f]{32}")
_HASHED_BYTES = 1 << 20

Check = Callable[[], None]
"""Called between pieces of long work; raises to stop it."""


def _go_on() -> None:
    """The check of work that nobody stops."""


@dataclass(frozen=True)
class Staged:
    """Source bytes ready to be read: where they are, their hash and size.

    `owned` files lie in the store's own temporary directory and go away with `discard`.
    """

    path: Path
    sha256: str
    size_bytes: int
    owned: bool
    identity: tuple[int, int, int]

    def unchanged(self) -> bool:
        """Whether a file read in place is still the one that was hashed."""
        if self.owned:
            return True
        try:
            return _identity(self.path) == self.identity
        except OSError:
            return False

    def discard(self) -> None:
        """Remove the file, if it is ours."""
        if self.owned:
            shutil.rmtree(self.path.parent, ignore_errors=True)


@dataclass(frozen=True)
class Stored:
    """A committed Parquet file."""

    path: Path
    sha256: str
    size_bytes: int


class Staging:
    """An upload on its way in: hashed and counted as it is written aside."""

    def __init__(self, directory: Path, max_bytes: int) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._hash = hashlib.sha256()
        self._path = directory / "source"
        self._file = self._path.open("xb")
        self.size_bytes = 0

    def write(self, chunk: bytes) -> None:
        """Append `chunk`; raises `UploadTooLarge` or `StorageFull` and then leaves nothing behind."""
        self.size_bytes += len(chunk)
        if self.size_bytes > self._max_bytes:
            self.abort()
            raise too_large(self._max_bytes)
        try:
            with full_disk_named():
                self._file.write(chunk)
        except BaseException:
            self.abort()
            raise
        self._hash.update(chunk)

    def finish(self) -> Staged:
        """Flush to the disk and hand over the file."""
        try:
            with full_disk_named():
                self._file.flush()
                os.fsync(self._file.fileno())
        except BaseException:
            self.abort()
            raise
        self._file.close()
        return Staged(
            self._path, self._hash.hexdigest(), self.size_bytes, owned=True, identity=_identity(self._path)
        )

    def abort(self) -> None:
        """Forget the upload; may be called at any time and more than once."""
        with contextlib.suppress(OSError):
            self._file.close()
        shutil.rmtree(self._directory, ignore_errors=True)


class Storage:
    """The files of one store."""

    def __init__(self, store: Path, *, datasets: Path, originals: Path, tmp: Path) -> None:
        self.store = store
        self._datasets = datasets
        self._originals = originals
        self._tmp = tmp
        self._verified: dict[str, tuple[int, int, int]] = {}
        self._lock = threading.Lock()

    # Opening and cleaning ------------------------------------------------------------------------

    def open(self) -> None:
        """Make the directories, private to this user, and keep the store out of version control."""
        with full_disk_named():
            for directory in (self.store, self._datasets, self._originals, self._tmp):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._close_to_others()
            ignore = self.store / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")

    def _close_to_others(self) -> None:
        """A store that came with looser permissions, as from an unpacked archive, is closed."""
        if os.name == "posix":
            info = self.store.stat()
            if info.st_uid == os.getuid() and info.st_mode & 0o077:
                self.store.chmod(0o700)

    def sweep(self, older_than_s: float = 24 * 3600) -> int:
        """Remove temporary directories of dead processes, or past `older_than_s`; returns how many.

        `tmp` may be a place that others use too: only what has a name of ours is touched.
        """
        removed = 0
        for directory in self._tmp.iterdir():
            ours = _PRIVATE_NAME.fullmatch(directory.name)
            if ours is None:
                continue
            host, pid = ours.groups()
            with contextlib.suppress(OSError):
                old = time.time() - directory.stat().st_mtime > older_than_s
                # A process of another host cannot be seen from here: only age tells.
                if old or (host == _HOST and not _alive(int(pid))):
                    shutil.rmtree(directory, ignore_errors=True)
                    removed += 1
        return removed

    def free_bytes(self) -> int:
        """Bytes left on the store's disk for this user."""
        return shutil.disk_usage(self.store).free

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """A private directory for one job; gone afterwards."""
        directory = self.private_directory()
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def private_directory(self) -> Path:
        """A fresh directory of mode 0700 that the caller removes."""
        directory = self._tmp / f"{_HOST}-{os.getpid()}-{uuid.uuid4().hex}"
        self.open()  # somebody may have deleted the store meanwhile
        with full_disk_named():
            directory.mkdir(mode=0o700)
        return directory

    # Sources -------------------------------------------------------------------------------------

    def stage(self, max_bytes: int) -> Staging:
        """Begin to receive at most `max_bytes`."""
        return Staging(self.private_directory(), max_bytes)

    def fingerprint(self, path: Path, max_bytes: int, check: Check = _go_on) -> Staged:
        """A file that is already on disk, hashed where it lies."""
        try:
            info = path.stat()
            if not stat.S_ISREG(info.st_mode):
                raise FileNotFound(f"{path.name!r} is not a file.")
            if info.st_size > max_bytes:
                raise too_large(max_bytes)
            identity = _identity(path)
            return Staged(path, file_sha256(path, check), info.st_size, owned=False, identity=identity)
        except PermissionError:
            raise FileNotFound(f"The file {path.name!r} may not be read.") from None
        except OSError as error:
            if error.errno not in _ABSENT:
                raise
            raise FileNotFound(f"There is no file {path.name[:100]!r}.", hint="Check the path.") from None

    # Datasets ------------------------------------------------------------------------------------

    def commit(self, parquet: Path, sha256: str, directory: Path | None = None) -> Stored:
        """Move a finished Parquet file under the name of its content; a second copy is dropped.

        A file of that name whose bytes were damaged is replaced: uploading again mends a store.
        """
        target = (directory or self._datasets) / f"{sha256}.parquet"
        size = parquet.stat().st_size
        with full_disk_named():
            if self._intact(sha256, target, size):
                parquet.unlink()
            else:
                _settle(parquet, target)
        self._remember(sha256, target)
        return Stored(target, sha256, size)

    def settle(self, source: Path, target: Path) -> None:
        """Move a finished file to its place, durably and read-only."""
        with full_disk_named():
            _settle(source, target)

    def dataset(self, sha256: str, check: Check = _go_on) -> Path:
        """The Parquet file of `sha256`, its bytes verified once per process and change of the file.

        Raises `StoreDamaged` if it is missing or its content is not what its name says.
        """
        path = self._datasets / f"{sha256}.parquet"
        try:
            identity = _identity(path)
            if self._verified.get(sha256) != identity and file_sha256(path, check) != sha256:
                raise StoreDamaged("A stored dataset no longer matches its recorded hash.")
        except FileNotFoundError:
            raise StoreDamaged("The stored file of a dataset is missing.") from None
        with self._lock:
            self._verified[sha256] = identity
        return path

    def _intact(self, sha256: str, path: Path, size_bytes: int) -> bool:
        """Whether `path` holds what its name says; it is read for that once per process."""
        try:
            identity = _identity(path)
            if path.stat().st_size != size_bytes:
                return False
            return self._verified.get(sha256) == identity or file_sha256(path) == sha256
        except FileNotFoundError:
            return False

    def values(self, sha256: str) -> Path:
        """Where the value index of `sha256` is or will be."""
        return self._datasets / f"{sha256}.values.arrow"

    def remove(self, sha256: str) -> None:
        """Delete a dataset's files; missing ones are fine."""
        for path in (self._datasets / f"{sha256}.parquet", self.values(sha256)):
            path.unlink(missing_ok=True)
        with self._lock:
            self._verified.pop(sha256, None)

    # Originals -----------------------------------------------------------------------------------

    def keep_original(self, staged: Staged) -> None:
        """Keep the raw bytes of an upload for a later re-import."""
        target = self._originals / staged.sha256
        if target.exists():
            return
        with full_disk_named(), self.scratch() as scratch:
            copy = scratch / "original"
            if staged.owned:
                # Saves the copy where the file system has links.
                with contextlib.suppress(OSError):
                    os.link(staged.path, copy)
            if not copy.exists():
                shutil.copyfile(staged.path, copy)
            _settle(copy, target)

    def original(self, sha256: str) -> Path | None:
        """The kept raw bytes, or None."""
        path = self._originals / sha256
        return path if path.exists() else None

    def remove_original(self, sha256: str) -> None:
        """Delete the kept raw bytes, if any."""
        (self._originals / sha256).unlink(missing_ok=True)

    def _remember(self, sha256: str, path: Path) -> None:
        with self._lock:
            self._verified[sha256] = _identity(path)


def file_sha256(path: Path, check: Check = _go_on) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_HASHED_BYTES):
            check()
            digest.update(piece)
    return digest.hexdigest()


def too_large(max_bytes: int) -> UploadTooLarge:
    """The error for an upload past `max_bytes`."""
    return UploadTooLarge(f"The upload is larger than the limit of {max_bytes:,} bytes.")


@contextlib.contextmanager
def full_disk_named() -> Iterator[None]:
    """Turn a full disk or quota inside the block into `StorageFull`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull("The disk of the workspace is full.") from None
        if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
            raise InsightsError(
                "The workspace cannot be written.",
                hint="Set c.Workspace.root (or INSIGHTS_ROOT) to a directory you may write.",
            ) from None
        raise


def _settle(source: Path, target: Path) -> None:
    """Flush `source`, make it read-only and rename it to `target`, durably."""
    _flush(source)
    source.chmod(0o400)
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _carry_over(source, target)
    if os.name == "posix":
        _flush(target.parent)


def _carry_over(source: Path, target: Path) -> None:
    """Bring `source` to `target` on another disk, where a rename cannot."""
    aside = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        shutil.copyfile(source, aside)
        _flush(aside)
        aside.chmod(0o400)
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _identity(path: Path) -> tuple[int, int, int]:
    info = path.stat()
    return info.st_ino, info.st_size, info.st_mtime_ns


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
