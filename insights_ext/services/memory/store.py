"""The LanceDB table behind the memory: made when missing, thrown away when it cannot be read.

Several processes may use it at once: LanceDB commits optimistically, conflicts are tried again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import random
import shutil
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ...locks import file_lock
from .entries import Hit, table_schema

if TYPE_CHECKING:
    import pyarrow as pa

    from .embedder import Embedder

T = TypeVar("T")

TABLE = "entries"
PENDING = "rebuild.pending"
WRITING = "writing.lock"
ATTEMPTS = 10
KEEP_VERSIONS = dt.timedelta(minutes=15)
"""How long superseded versions stay, for readers that are still at them."""
KEEP_FORGOTTEN = dt.timedelta(milliseconds=1)
"""The same after something was forgotten: a reader that is cut off opens the table again."""
ABANDONED_AFTER_S = 600.0
"""A table still marked as unfilled after this time was left by a process that died filling it."""
MIN_SIMILARITY = 0.22
"""Cosines of unrelated texts lie around 1/sqrt(dimensions), about 0.06; below this a hit is chance."""
TEXT_WEIGHT = 0.4


class Unusable(Exception):
    """The store cannot be used here now; the message says why, without paths."""


class LanceStore:
    """One table of entries in `directory`; `missing` is called when it had to be made anew."""

    def __init__(self, directory: Path, embedder: Embedder, missing: Callable[[], None]) -> None:
        self.directory = directory
        self._embedder = embedder
        self._missing = missing
        self.start_over()

    def start_over(self) -> None:
        """Begin without a handle, as a forked child must."""
        self._lock = threading.RLock()
        self._table: Any = None

    @property
    def is_open(self) -> bool:
        """Whether the table is open in this process."""
        return self._table is not None

    def exists(self) -> bool:
        """Whether there is a table on disk, told without opening it."""
        return (self.directory / f"{TABLE}.lance").is_dir()

    @property
    def pending(self) -> Path:
        """A file that is there from making the table until it is filled."""
        return self.directory / PENDING

    def owe(self) -> None:
        """Mark the table as lacking something, so that whoever opens it has it filled."""
        with contextlib.suppress(OSError):
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.pending.touch()
            os.utime(self.pending, (0, 0))  # long abandoned: nobody is at work on it

    def forget(self) -> None:
        """Drop the open handle, so that the next use opens the table again."""
        with self._lock:
            self._table = None

    def size_bytes(self) -> int:
        """Bytes of the table's files; files that go meanwhile do not count."""
        total = 0
        for folder, _, names in os.walk(self.directory / f"{TABLE}.lance"):
            for name in names:
                with contextlib.suppress(OSError):
                    total += os.stat(os.path.join(folder, name)).st_size
        return total

    # Reading and writing ---------------------------------------------------------------------------

    def replace(self, rows: pa.Table, where: str) -> None:
        """Put `rows` in and take out what matches `where` and is not among them, in one commit."""

        def merge(table: Any) -> None:
            builder = table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
            builder.when_not_matched_by_source_delete(where).execute(rows)

        with self._writing():
            self._run(merge)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """One process at a time: two that put the same new rows in would both find them missing."""
        with contextlib.ExitStack() as held:
            with contextlib.suppress(OSError):  # a file system without locks: better doubled than nothing
                self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                held.enter_context(file_lock(self.directory / WRITING, "Another process fills the memory."))
            yield

    def delete(self, where: str) -> None:
        """Take out what matches."""
        self._run(lambda table: table.delete(where))

    def open(self) -> None:
        """Open the table, or make it."""
        self._run(lambda table: None)

    def rows(self) -> int:
        """Number of entries."""
        return self._run(lambda table: int(table.count_rows()))

    def select(self, where: str, columns: Sequence[str]) -> pa.Table:
        """Those columns of the entries that match, without order."""
        return self._run(
            lambda table: table.search().where(where).select(list(columns)).limit(None).to_arrow()
        )

    def optimize(self) -> None:
        """Join small files, bring new rows into the indexes, drop old versions; not while others write."""

        def tidy(table: Any) -> None:
            try:
                table.optimize(cleanup_older_than=KEEP_VERSIONS)
            except Exception as error:  # a conflict here loses nothing but the work
                if not _conflict(error):
                    raise

        self._run(tidy)

    def purge(self) -> bool:
        """Take what was deleted off the disk: out of the data, the indexes and the superseded versions.

        True, for it raises otherwise.
        """

        def tidy(table: Any) -> None:
            # Compaction leaves files of which little was deleted; an update writes every row anew.
            table.update(values_sql={"kind": "kind"})
            table.optimize()
            self._index(table, replace=True)  # merged indexes keep the words of deleted rows
            table.optimize(cleanup_older_than=KEEP_FORGOTTEN)

        self._run(tidy)
        return True

    def search(self, text: str, terms: str, where: str, limit: int) -> list[Hit]:
        """The best hits by closeness of vectors (0.6) and full text (BM25 over its best, 0.4)."""
        vector = self._embedder.embed([text])[0]
        depth = max(3 * limit, 30)

        def find(table: Any) -> list[tuple[float, dict[str, Any]]]:
            close = table.search(vector, vector_column_name="vector", query_type="vector")
            close = close.distance_type("cosine").where(where, prefilter=True).limit(depth).to_arrow()
            found = {row["id"]: (row, 0.0) for row in close.to_pylist()}
            if terms:
                spoken = table.search(terms, query_type="fts", fts_columns="searched")
                spoken = spoken.where(where, prefilter=True).limit(depth).to_arrow().to_pylist()
                best = max((row["_score"] for row in spoken), default=1.0) or 1.0
                found |= {row["id"]: (row, row["_score"] / best) for row in spoken}
            scored = []
            for row, spoken_score in found.values():
                similarity = max(0.0, float(vector @ row["vector"]))
                if spoken_score > 0 or similarity >= MIN_SIMILARITY:
                    scored.append(((1 - TEXT_WEIGHT) * similarity + TEXT_WEIGHT * spoken_score, row))
            return scored

        ranked = sorted(self._run(find), key=lambda each: (-each[0], each[1]["text"], each[1]["id"]))
        return [
            Hit(row["kind"], row["dataset"], row["text"], round(score, 6), json.loads(row["payload"]))
            for score, row in ranked[:limit]
        ]

    # Opening and mending ---------------------------------------------------------------------------

    def _run(self, work: Callable[[Any], T]) -> T:
        """Do `work` on the table: again after a conflict, with a new handle after a failure, and at last
        with a new and empty table, for the old one can then not be read.
        """
        failed: Exception | None = None
        for attempt in range(ATTEMPTS):
            try:
                return work(self._open())
            except Unusable:
                raise
            except Exception as error:  # LanceDB raises many kinds, by layer
                failed = error
                reason = _not_its_fault(error)
                if reason is not None:
                    raise Unusable(reason) from error
                self.forget()
                if _conflict(error):
                    time.sleep(random.uniform(0.01, 0.05) * 2 ** min(attempt, 5))  # noqa: S311 - not a secret
                elif attempt >= 2:
                    break
        assert failed is not None
        if _conflict(failed):
            raise Unusable("other processes are writing to it") from failed
        try:
            self.wipe()
            return work(self._open())
        except Exception as error:
            raise Unusable(f"it fails even when empty ({type(error).__name__})") from error

    def wipe(self) -> None:
        """Throw the table away, and nothing else that may lie in the directory."""
        with self._lock:
            self._table = None
            if self.exists():
                aside = self.directory / f"damaged-{time.time_ns()}"
                (self.directory / f"{TABLE}.lance").rename(aside)
                shutil.rmtree(aside, ignore_errors=True)

    def _open(self) -> Any:
        with self._lock:
            if self._table is None or not self.exists():
                self._table = self._connect()
            return self._table

    def _connect(self) -> Any:
        # LanceDB prints a warning to standard error, thus into cells, for each conflict it then survives.
        os.environ.setdefault("LANCEDB_LOG", "error")
        # And a warning at each fork of the host, such as a notebook's "!ls"; a forked child starts over here.
        warnings.filterwarnings("ignore", message="lancedb fork support", category=RuntimeWarning)
        try:
            import lancedb
        except ImportError as error:
            raise Unusable("LanceDB cannot be imported") from error
        wanted = table_schema(self._embedder)
        if self.exists() and not self._fits(lancedb, wanted):
            self.wipe()
        elif self.exists() and self._abandoned():
            self._missing()
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise Unusable("its place is not a directory") from None
        database = lancedb.connect(self.directory, read_consistency_interval=dt.timedelta(0))
        if not self.exists():
            self.pending.touch()
            try:
                table = database.create_table(TABLE, schema=wanted)
            except (ValueError, OSError, RuntimeError):
                if not self.exists():
                    raise
                # Another process was quicker: it fills the table.
            else:
                self._missing()
        table = database.open_table(TABLE)
        self._index(table, replace=False)
        return table

    def _index(self, table: Any, *, replace: bool) -> None:
        """Make the indexes that are missing, or all of them anew."""
        from lancedb.index import FTS, Bitmap, BTree

        present = set() if replace else {name for each in table.list_indices() for name in each.columns}
        wishes: dict[str, Any] = {"owner": Bitmap(), "kind": Bitmap(), "dataset": BTree(), "id": BTree()}
        # Stop words stay: "no", "it" and "who" are values, too.
        wishes["searched"] = FTS(remove_stop_words=False)
        for column, config in wishes.items():
            if column not in present:
                table.create_index(column, config=config, replace=replace)

    def _abandoned(self) -> bool:
        """Whether a process that was to fill the table died over it."""
        try:
            return time.time() - self.pending.stat().st_mtime > ABANDONED_AFTER_S
        except OSError:
            return False

    def _fits(self, lancedb: Any, wanted: pa.Schema) -> bool:
        """Whether the table on disk can be read and was made with this embedder and layout."""
        try:
            found = lancedb.connect(self.directory).open_table(TABLE).schema
        except Exception as error:  # what cannot be opened does not fit
            if _not_its_fault(error) is not None:
                raise
            return False
        same: bool = found.equals(wanted) and found.metadata == wanted.metadata
        return same


def _conflict(error: Exception) -> bool:
    text = str(error).lower()
    return any(sign in text for sign in ("conflict", "concurrent", "already exists", "retryable"))


def _not_its_fault(error: Exception) -> str | None:
    """Why a failure says nothing about the table's health, None if it may."""
    text = str(error).lower()
    for sign, reason in (
        ("no space left", "the disk is full"),
        ("quota exceeded", "the disk is full"),
        ("permission denied", "its directory cannot be written"),
        ("read-only file system", "its directory cannot be written"),
        ("too many open files", "too many files are open"),
    ):
        if sign in text:
            return reason
    return None
