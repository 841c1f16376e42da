"""The memory of a workspace: writes are queued and batched, searches see them, failures harm nobody else."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ...telemetry import logger
from . import lifetimes
from .embedder import Embedder, HashingEmbedder, words
from .entries import (
    ALL_KINDS,
    MAX_VALUES,
    SHARED,
    WRITTEN,
    DatasetEntries,
    Hit,
    Kind,
    WrittenEntries,
    about,
    one_of,
    question_entry,
    quoted,
    table_schema,
    traces,
)
from .store import LanceStore, Unusable
from .writes import BATCH_ROWS, NOTHING, Write, commit, renaming

T = TypeVar("T")

BATCH_WINDOW_S = 0.5
"""How long a first write waits for others to join it."""
OPENING_WINDOW_S = 3.0
"""The same while the index is not open: importing LanceDB takes seconds, which a short script is spared."""
COMMITS_BEFORE_OPTIMIZE = 20
RETRY_AFTER_S = 30.0
"""How long an unusable store is left alone."""
LOOK_AGAIN_S = 5.0
SEARCH_WAITS_S = 5.0
MAX_TERMS = 200


class Memory:
    """A search index over schemas, values and questions in `directory`, of all owners.

    It is disposable: what cannot be read is thrown away, and `on_missing` is then called in the
    writer's thread to fill the new one (with `rebuild`). No method raises because the index fails;
    `status` says so. Nothing is imported or opened before the first write or search.
    """

    def __init__(
        self,
        directory: Path,
        embedder: Embedder | None = None,
        *,
        on_missing: Callable[[], None] | None = None,
        max_values: int = MAX_VALUES,
    ) -> None:
        self._embedder = embedder or HashingEmbedder()
        self._store = LanceStore(Path(directory), self._embedder, self._found_missing)
        self._on_missing = on_missing
        self._max_values = max_values
        self._closed = False
        self._begin()
        lifetimes.register(self)

    def start_over(self) -> None:
        """Begin anew in a forked child: threads, locks and handles are the parent's."""
        self._store.start_over()
        self._begin()

    def _begin(self) -> None:
        self._condition = threading.Condition()
        self._queue: list[Write] = []
        self._writing = False
        self._hurried = False
        self._thread: threading.Thread | None = None
        self._rebuilding = 0
        # Short-lived processes write little each: the first write of one tidies up after the others.
        self._commits = COMMITS_BEFORE_OPTIMIZE - 1
        self._reason: str | None = None
        self._retry_at = 0.0
        self.needs_rebuild = False
        """Whether the index is known to lack what the catalog has."""

    # Writing ---------------------------------------------------------------------------------------

    def remember_dataset(self, dataset: DatasetEntries) -> None:
        """Enter a dataset in place of what was known under its name."""
        self._enqueue(self._replacement(dataset))

    def remember_question(
        self, owner: str, question: str, sql: str, datasets: Sequence[str], answer_id: str
    ) -> None:
        """Enter an answered question with its SQL."""
        entry = question_entry(owner, question, sql, datasets, answer_id)
        self._enqueue(Write(NOTHING, (entry,)))

    def remember_written(self, written: WrittenEntries) -> None:
        """Enter the pieces of a written text in place of those of before; none of them forgets it."""
        if written.pieces:
            self._enqueue(Write(written.where(), tuple(written.entries())))
            return
        where = written.where()
        self._enqueue(Write(where, action=lambda store: store.delete(where), forgets=True))

    def forget_question(self, owner: str, question: str, datasets: Sequence[str]) -> None:
        """Remove an answered question about just these datasets."""
        entry = question_entry(owner, question, "", datasets, "")
        where = f"owner = {quoted(owner)} AND id = {quoted(entry.id())}"
        self._enqueue(Write(where, action=lambda store: store.delete(where)))

    def forget_dataset(
        self,
        owner: str,
        *datasets: str,
        questions_about: Sequence[str] = (),
        done: Callable[[], None] | None = None,
    ) -> None:
        """Remove what is known of datasets, by name (past questions included) or by content hash.

        `done` is called in the writer's thread when nothing of it is on the disk any more; it is never
        called if that fails, or if the process ends before.
        """
        with self._condition:
            nothing = not (self._queue or self._writing or self._store.exists() or self._closed)
        if nothing:
            if done is not None:
                done()
            return
        where = traces(owner, datasets, questions_about)
        self._enqueue(Write(where, action=lambda store: store.delete(where), forgets=True, done=done))

    def rename_dataset(self, owner: str, old: str, new: str) -> None:
        """Move a dataset to a new name; questions go, for their SQL holds the old one.

        What an entry's payload says stays as it was.
        """
        if old != new:
            self._enqueue(renaming(owner, old, new, table_schema(self._embedder).names))

    def rebuild(self, entries: Iterable[DatasetEntries]) -> None:
        """Bring the index in line with `entries`, all datasets there are; returns when it is done.

        Questions stay. Datasets that come in meanwhile stay, too.
        """
        with self._rebuild_state():
            if not self._attempt(lambda: self._fill(entries)):
                self.needs_rebuild = True

    def _fill(self, entries: Iterable[DatasetEntries]) -> bool:
        before = self._indexed()
        batch: list[Write] = []
        for dataset in entries:
            batch.append(self._replacement(dataset))
            before = {each for each in before if each[:2] != (dataset.owner, dataset.name)}
            if sum(len(write.entries) for write in batch) >= BATCH_ROWS:
                self._commit(batch)
                batch = []
        self._commit(batch)
        for owner, name, _ in sorted(before):
            self._store.delete(f"owner = {quoted(owner)} AND dataset = {quoted(name)}")
        self._filled()
        return True

    # Reading ---------------------------------------------------------------------------------------

    def search(
        self,
        owner: str,
        text: str,
        *,
        kinds: Sequence[Kind] = ALL_KINDS,
        datasets: Sequence[str] | None = None,
        limit: int = 10,
    ) -> list[Hit]:
        """The entries of `owner`, and those of all, that come nearest to `text`; none if the index fails.

        `datasets` None means all. Earlier writes of this process are seen, unless they take over 5 s.
        """
        if limit < 1 or not text.strip() or self._closed:
            return []
        self._settle()
        where = f"{one_of('owner', (owner, SHARED))} AND {one_of('kind', kinds)}"
        if datasets is not None:
            where += f" AND ({about(datasets)} OR {one_of('kind', WRITTEN)})"
        terms = " ".join(dict.fromkeys(words(text)[:MAX_TERMS]))
        return self._attempt(lambda: self._store.search(text, terms, where, limit)) or []

    def indexed(self) -> set[tuple[str, str, str]]:
        """Owner, name and content hash of every dataset in the index; the catalog's others are missing."""
        self._settle()
        return self._attempt(self._indexed) or set()

    def _settle(self) -> None:
        """Wait for earlier writes, for as long as is polite; opening the index does not count."""
        self._attempt(self._store.open)
        self.flush(SEARCH_WAITS_S)

    @property
    def is_open(self) -> bool:
        """Whether a search would be quick: the index is open in this process."""
        return self._store.is_open

    def status(self) -> dict[str, Any]:
        """State (``empty``, ``ready``, ``rebuilding``, ``unavailable``), reason, rows, bytes on disk.

        `rows` is None while the index is not open: it is not opened for this.
        """
        rows: int | None = None
        if self._store.is_open and self._store.exists():
            rows = self._attempt(self._store.rows)
        state = "ready" if rows or (rows is None and self._store.exists()) else "empty"
        if self._rebuilding:
            state = "rebuilding"
        if self._reason is not None:
            state = "unavailable"
        return {
            "state": state,
            "reason": self._reason,
            "rows": rows,
            "size_bytes": self._store.size_bytes(),
            "queued": len(self._queue),
            "needs_rebuild": self.needs_rebuild,
            "embedder": self._embedder.name,
            "embedding_problem": getattr(self._embedder, "problem", None),
        }

    # The writer's thread ---------------------------------------------------------------------------

    def warm(self) -> None:
        """Open the index in the background, so that the first search need not wait for it."""
        self._enqueue(Write(NOTHING, action=LanceStore.open))

    def flush(self, timeout_s: float | None = None) -> bool:
        """Wait until queued writes are done; False if they were not in time."""
        if threading.current_thread() is self._thread:
            return True
        with self._condition:
            self._hurried = bool(self._queue)
            self._condition.notify_all()
            return self._condition.wait_for(lambda: not self._queue and not self._writing, timeout_s)

    def close(self, *, timeout_s: float = 10.0) -> None:
        """Write what is queued and end the writer; later writes and searches do nothing.

        An index that is not even open stays so, if somebody can fill it: it is marked for the next who
        opens it.
        """
        if not self._closed:
            if self._store.is_open or self._writing or self._on_missing is None:
                self.flush(timeout_s)
            elif self._queue:
                self._store.owe()
        self.stop(timeout_s)
        self._store.forget()

    def stop(self, timeout_s: float) -> None:
        """End the writer after what it is at, without what is still queued."""
        with self._condition:
            self._closed, thread = True, self._thread
            self._queue.clear()
            self._condition.notify_all()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)

    def _replacement(self, dataset: DatasetEntries) -> Write:
        mine = f"owner = {quoted(dataset.owner)} AND dataset = {quoted(dataset.name)}"
        return Write(f"({mine} AND kind != 'question')", tuple(dataset.entries(self._max_values)))

    def _enqueue(self, write: Write | None) -> None:
        with self._condition:
            if self._closed:
                return
            if write is not None:
                self._queue.append(write)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="insights-memory", daemon=True)
                self._thread.start()
            self._condition.notify_all()

    def _work(self) -> None:
        while True:
            with self._condition:
                # After a failure nobody may call again; look now and then whether it has passed.
                self._condition.wait_for(
                    lambda: self._queue or self._closed or self._rebuild_due(),
                    LOOK_AGAIN_S if self.needs_rebuild and self._on_missing else None,
                )
                if self._closed:
                    return
                if self._queue and not self._hurried:
                    window_s = BATCH_WINDOW_S if self._store.is_open else OPENING_WINDOW_S
                    self._condition.wait_for(self._full, window_s)
                    if self._closed:
                        return
                batch, self._queue = self._queue, []
                self._writing = bool(batch)
            written = False
            try:
                written = bool(batch) and bool(self._attempt(functools.partial(self._commit, batch)))
                if batch and not written:
                    self.needs_rebuild = True
            finally:
                with self._condition:
                    self._writing = False
                    self._hurried = bool(self._queue) and self._hurried
                    self._condition.notify_all()
            if written:
                self._purge([write for write in batch if write.forgets])
            if self._rebuild_due():
                self._call_on_missing()
            self._tidy()

    def _full(self) -> bool:
        return self._hurried or self._closed or sum(len(each.entries) for each in self._queue) >= BATCH_ROWS

    def _purge(self, forgetting: list[Write]) -> None:
        """Take what was forgotten off the disk, beside the queue, and say so to those who asked."""
        if not forgetting or not self._attempt(self._store.purge):
            return
        for done in [write.done for write in forgetting if write.done is not None]:
            try:
                done()
            except Exception as error:  # the asker's failure must not end the writer
                logger.warning("A deletion could not be struck off: %s.", type(error).__name__)

    def _tidy(self) -> None:
        """Optimize now and then, beside the queue: nobody waits for it."""
        if self._commits >= COMMITS_BEFORE_OPTIMIZE:
            self._commits = 0
            self._attempt(self._store.optimize)

    def _commit(self, batch: list[Write]) -> bool:
        self._commits += commit(batch, self._store, self._embedder)
        return True

    # Failure and rebuilding ------------------------------------------------------------------------

    def _attempt(self, work: Callable[[], T]) -> T | None:
        """What `work` gives; None if the index fails, whose reason is then noted, or lately failed."""
        if self._reason is not None and time.monotonic() < self._retry_at:
            return None
        try:
            result = work()
        except Exception as error:  # by contract no failure of the index leaves this module
            self._reason = (
                str(error) if isinstance(error, Unusable) else f"it failed ({type(error).__name__})"
            )
            self._retry_at = time.monotonic() + RETRY_AFTER_S
            logger.warning("The search memory is unavailable: %s.", self._reason)
            logger.debug("The search memory failed.", exc_info=True)
            return None
        self._reason = None
        return result

    def _found_missing(self) -> None:
        self.needs_rebuild = True
        self._enqueue(None)

    def _rebuild_due(self) -> bool:
        return (
            self.needs_rebuild
            and self._on_missing is not None
            and not self._rebuilding
            and time.monotonic() >= self._retry_at
        )

    def _call_on_missing(self) -> None:
        assert self._on_missing is not None
        try:
            with self._rebuild_state():
                self.needs_rebuild = False
                self._on_missing()
        except Exception as error:  # the workspace's failure must not end the writer
            self.needs_rebuild = True
            self._retry_at = time.monotonic() + RETRY_AFTER_S
            logger.warning("The search memory could not be rebuilt: %s.", type(error).__name__)
        else:
            if not self.needs_rebuild:
                self._filled()

    @contextlib.contextmanager
    def _rebuild_state(self) -> Iterator[None]:
        self._rebuilding += 1
        try:
            yield
        finally:
            self._rebuilding -= 1

    def _filled(self) -> None:
        self.needs_rebuild = False
        with contextlib.suppress(OSError):
            self._store.pending.unlink(missing_ok=True)

    def _indexed(self) -> set[tuple[str, str, str]]:
        rows = self._store.select("kind = 'table'", ("owner", "dataset", "content_sha256")).to_pylist()
        return {(row["owner"], row["dataset"], row["content_sha256"]) for row in rows}
