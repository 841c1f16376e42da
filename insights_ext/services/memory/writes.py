"""Queued changes of the memory, and how many of them become few commits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .embedder import Embedder
from .entries import Entry, about, one_of, quoted, renamed, to_arrow
from .store import LanceStore

BATCH_ROWS = 10_000
"""Rows of one commit, about."""
NOTHING = "false"
"""The condition that matches no entry."""


@dataclass(frozen=True)
class Write:
    """A change: entries that take the place of what `where` matches, or an `action` instead.

    One that `forgets` is followed by a purge of the disk; `done` is called when that is through.
    """

    where: str
    entries: tuple[Entry, ...] = ()
    action: Callable[[LanceStore], None] | None = None
    forgets: bool = False
    done: Callable[[], None] | None = None


def renaming(owner: str, old: str, new: str, columns: Sequence[str]) -> Write:
    """The change that moves a dataset to a new name and drops the questions about the old one."""
    mine = f"owner = {quoted(owner)}"
    either = f"{mine} AND {one_of('dataset', (old, new))} AND kind != 'question'"

    def move(store: LanceStore) -> None:
        found = store.select(f"{mine} AND dataset = {quoted(old)} AND kind != 'question'", columns)
        if len(found):
            store.replace(renamed(found, new), either)
        store.delete(f"{mine} AND kind = 'question' AND {about([old])}")

    return Write(either, action=move)


def commit(batch: Sequence[Write], store: LanceStore, embedder: Embedder) -> int:
    """Apply changes in their order; neighbours that put entries in share a commit. Gives the commits made."""
    commits, rows = 0, 0
    run: list[Write] = []
    for write in batch:
        if write.action is not None or rows + len(write.entries) > BATCH_ROWS:
            commits += _merge(run, store, embedder)
            run, rows = [], 0
        if write.action is not None:
            write.action(store)
            commits += 1
        else:
            run.append(write)
            rows += len(write.entries)
    return commits + _merge(run, store, embedder)


def _merge(run: Sequence[Write], store: LanceStore, embedder: Embedder) -> int:
    # The last write of a dataset counts; questions, which replace nothing, all do.
    last = {write.where: write for write in run if write.where != NOTHING}
    entries = [entry for write in last.values() for entry in write.entries]
    entries += [entry for write in run if write.where == NOTHING for entry in write.entries]
    if not entries:
        return 0
    store.replace(to_arrow(entries, embedder), " OR ".join(last) or NOTHING)
    return 1
