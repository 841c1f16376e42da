"""The catalog of a workspace: opening it, what is kept per content, and recovery after a crash."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import threading
import weakref
from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ...migrations import HEAD
from ...schemas import Answer
from .failures import translated
from .locks import lock_in_transaction
from .models import LIVE, AnswerRow, DatasetRow, FeedbackRow, ProfileRow
from .opening import bring_up_to_date
from .owned import OwnedCatalog
from .places import engine_of, place
from .records import count_references, interrupted, mark_failed, now, upload_ended
from .removals import Removals, owe
from .sessions import OwnedSession

_open_catalogs: weakref.WeakSet[Catalog] = weakref.WeakSet()


def _forget_connections() -> None:
    """In a forked child: connections belong to the parent, so drop them without closing them."""
    for catalog in _open_catalogs:
        catalog._engine.dispose(close=False)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_connections)


class Catalog:
    """Datasets, profiles and answers of a workspace, in SQLite or PostgreSQL.

    Usable from several threads and processes at once. `url` is a SQLAlchemy URL (`sqlite_url(path)`).
    Times are aware and UTC. Failures of the database are our typed errors: `StorageFull`,
    `Forbidden` (not writable), `Busy`, `StoreDamaged`.
    """

    def __init__(self, url: str) -> None:
        self._place = place(url)
        self._engine = engine_of(self._place)
        self._writing = self._engine.execution_options(writes=True)
        self._identity: tuple[int, int] | None = None
        self._opening = threading.Lock()
        self.removals = Removals(self)
        """What deletions still have to take away."""
        _open_catalogs.add(self)

    def open(self) -> None:
        """Bring the schema up to date; milliseconds if it is.

        Raises `StoreDamaged` for a database that is torn or was written by a newer version.
        """
        try:
            with self._opening, translated():
                bring_up_to_date(self._engine, self._place)
                self._identity = self._place.identity()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        self._engine.dispose()

    def __enter__(self) -> Catalog:
        self.open()
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def of(self, owner: str) -> OwnedCatalog:
        """The catalog as `owner` sees it: nothing of others can be read or changed through it."""
        return OwnedCatalog(self, owner)

    def status(self) -> dict[str, Any]:
        """Backend, revision, journal mode and why it is not WAL; no path, user or password."""
        found: dict[str, Any] = {"backend": self._place.backend, "revision": HEAD}
        if self._place.backend == "sqlite":
            found |= {"journal_mode": self._place.journal_mode, "reason": self._place.reason}
        else:
            found |= {"host": self._place.url.host, "database": self._place.url.database}
        return found

    @contextlib.contextmanager
    def session(self, *, owner: str | None = None, writes: bool = False) -> Iterator[Session]:
        """One short transaction; committed at the end of the block, rolled back on an exception.

        `owner` None gives a session over all owners, for what is not owned and for recovery.
        """
        engine = self._writing if writes else self._engine
        with translated():
            self._still_there()
            with (
                OwnedSession(engine, owner) if owner is not None else Session(engine, expire_on_commit=False)
            ) as session:
                yield session
                if writes:
                    session.commit()

    def _still_there(self) -> None:
        """Open anew if somebody deleted or exchanged the file; open handles write to the old one."""
        if self._identity is None or self._place.identity() == self._identity:
            return
        with self._opening:
            if self._place.identity() == self._identity:
                return
            assert self._place.path is not None
            self._place.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._engine.dispose()
            self._place.journal_mode = None
            bring_up_to_date(self._engine, self._place)
            self._identity = self._place.identity()

    # What is kept per content ----------------------------------------------------------------------

    def save_profile(self, content_sha256: str, profile: dict[str, Any], version: int) -> None:
        """Keep the profile of a content; a newer one takes its place."""
        with self.session(writes=True) as session:
            lock_in_transaction(session, f"content:{content_sha256}")
            session.merge(
                ProfileRow(
                    content_sha256=content_sha256, profile=profile, profile_version=version, computed_at=now()
                )
            )

    def profile(self, content_sha256: str, version: int | None = None) -> dict[str, Any] | None:
        """The profile of a content; None if there is none, or none of that `version`."""
        with self.session() as session:
            row = session.get(ProfileRow, content_sha256)
            if row is None or (version is not None and row.profile_version != version):
                return None
            return row.profile

    def drop_profile(self, content_sha256: str) -> None:
        """Forget the profile of a content."""
        with self.session(writes=True) as session:
            session.execute(delete(ProfileRow).where(ProfileRow.content_sha256 == content_sha256))

    def references(self, content_sha256: str) -> int:
        """How many datasets of all owners, uploads under way included, hold this content."""
        with self.session() as session:
            return count_references(session, content_sha256)

    def completed(self) -> list[tuple[str, str, str]]:
        """Owner, name and content hash of every completed dataset, for rebuilding an index."""
        with self.session() as session:
            rows = session.execute(
                select(DatasetRow.owner, DatasetRow.name, DatasetRow.content_sha256)
                .where(DatasetRow.state == "completed")
                .order_by(DatasetRow.created_at)
            )
            return [(owner, name, sha) for owner, name, sha in rows if sha is not None]

    def answered(self, limit: int) -> list[tuple[str, Answer]]:
        """Owner and answer of the newest questions that were answered and not called wrong, oldest first."""
        with self.session() as session:
            wrong = select(FeedbackRow.answer_id).where(FeedbackRow.verdict == "bad")
            rows = session.execute(
                select(AnswerRow.owner, AnswerRow.response)
                .where(AnswerRow.sql.is_not(None), AnswerRow.id.not_in(wrong))
                .order_by(AnswerRow.created_at.desc())
                .limit(limit)
            )
            found = [(owner, Answer.model_validate(response)) for owner, response in rows]
        return [(owner, answer) for owner, answer in reversed(found) if answer.status == "answered"]

    def named(self, content_sha256: str) -> set[tuple[str, str]]:
        """Owner and name of every completed dataset of that content."""
        return {(owner, name) for owner, name, sha in self.completed() if sha == content_sha256}

    # After a crash ---------------------------------------------------------------------------------

    def recover(self, *, other_hosts_after_s: float = 6 * 3600.0) -> list[str]:
        """Mark uploads as failed whose process has ended; returns their ids.

        A process on another host cannot be seen; its uploads count as ended when nothing was heard of
        them for `other_hosts_after_s` seconds.
        """
        ended = []
        with self.session(writes=True) as session:
            for row in session.scalars(select(DatasetRow).where(DatasetRow.state.in_(LIVE))):
                if upload_ended(row, other_hosts_after_s):
                    owe(session, row)
                    mark_failed(row, interrupted())
                    ended.append(row.id)
        return ended

    def expire_failed(self, older_than_s: float) -> int:
        """Remove failed records older than that many seconds; returns how many."""
        before = now() - dt.timedelta(seconds=older_than_s)
        with self.session(writes=True) as session:
            old = session.scalars(
                delete(DatasetRow)
                .where(DatasetRow.state == "failed", DatasetRow.updated_at <= before)
                .returning(DatasetRow.id)
            )
            return len(old.all())
