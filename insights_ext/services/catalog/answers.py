"""Stored answers of one owner: saved, looked up, replayed, and gone with the data they were made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, defer

from ...errors import AnswerNotFound
from ...schemas import Answer
from .feedback import with_feedback
from .models import AnswerRow, AnswerSourceRow, FeedbackRow, ReplayRow
from .records import now

if TYPE_CHECKING:
    from .store import Catalog


MOST_TURNS = 20
"""Questions of a thread that a follow-up may go back to."""


@dataclass(frozen=True)
class AskedBefore:
    """An answered question of a thread: about which datasets, by which query, when."""

    question: str
    datasets: tuple[str, ...]
    sql: str
    created_at: dt.datetime


class OwnedAnswers:
    """The answers of one owner."""

    def __init__(self, catalog: Catalog, owner: str) -> None:
        self._catalog = catalog
        self.owner = owner

    def save_answer(
        self, answer: Answer, hashes: Mapping[str, str], *, replay_key: str | None = None
    ) -> None:
        """Keep an answer; `hashes` maps the names of its datasets to their content hashes.

        `replay_key` (at most 64 characters) stands for question, data, planner and model.
        """
        with self._catalog.session(owner=self.owner, writes=True) as session:
            session.add(
                AnswerRow(
                    id=answer.id,
                    owner=self.owner,
                    question=answer.question,
                    planner=answer.planner,
                    sql=answer.sql,
                    datasets=dict(hashes),
                    response=answer.model_dump(mode="json"),
                    thread=answer.thread,
                    replay_key=replay_key,
                    created_at=answer.created_at or now(),
                )
            )
            session.flush()
            session.add_all(
                AnswerSourceRow(answer_id=answer.id, content_sha256=sha, owner=self.owner)
                for sha in sorted(set(hashes.values()))
            )

    def answer(self, answer_id: str) -> Answer:
        """A stored answer; raises `AnswerNotFound`."""
        return self.answer_with_hashes(answer_id)[0]

    def answer_with_hashes(self, answer_id: str) -> tuple[Answer, dict[str, str]]:
        """A stored answer and the content hash that each of its datasets had; raises `AnswerNotFound`."""
        with self._catalog.session(owner=self.owner) as session:
            row = session.get(AnswerRow, answer_id)
            if row is None:
                raise AnswerNotFound(
                    "There is no such answer.",
                    hint="Answers go when a dataset they were made from is deleted.",
                )
            return with_feedback(session, [row])[0], row.datasets

    def answers_of_thread(self, thread: str) -> list[Answer]:
        """The answers of a thread, oldest first."""
        with self._catalog.session(owner=self.owner) as session:
            rows = session.scalars(
                select(AnswerRow)
                .where(AnswerRow.thread == thread)
                .order_by(AnswerRow.created_at, AnswerRow.id)
            )
            return with_feedback(session, rows)

    def turns(self, thread: str, most: int = MOST_TURNS, *, asking: str | None = None) -> list[AskedBefore]:
        """What was asked and answered in a thread, oldest first: at most the last `most`.

        A thread is a name, or the id of an answer, which then comes last, after the thread it was asked in.
        Under a name, asking its first question again begins the thread anew, with no turns for `asking`
        itself: a notebook that runs a second time then meets the same turns as the first time.
        """
        found: list[AnswerRow] = []
        until: dt.datetime | None = None
        name: str | None = thread
        with self._catalog.session(owner=self.owner) as session:
            while name is not None and len(found) < most:
                row = session.get(AnswerRow, name)
                if row is None:
                    begun = _since_it_began(_asked_in(session, name, until))
                    if begun and not found and asking is not None and begun[0].question == asking.strip():
                        return []
                    found += [each for each in begun[::-1] if each not in found]
                    break
                found.append(row)
                until, name = row.created_at, row.thread
            turns = [AskedBefore(r.question, tuple(r.datasets), r.sql, r.created_at) for r in found if r.sql]
        return turns[:most][::-1]

    def replay(self, replay_key: str) -> tuple[Answer, dict[str, str]] | None:
        """The newest answer saved under that key, and the content hashes of its datasets.

        None where that one was called wrong: an older one, which somebody wanted renewed, is no better.
        """
        with self._catalog.session(owner=self.owner) as session:
            row = session.scalars(
                select(AnswerRow)
                .where(AnswerRow.replay_key == replay_key)
                .order_by(AnswerRow.created_at.desc(), AnswerRow.id)
                .limit(1)
            ).first()
            if row is None:
                return None
            said = session.get(FeedbackRow, row.id)
            if said is not None and said.verdict == "bad":
                return None
            return with_feedback(session, [row])[0], row.datasets

    def replayed(self, answer_id: str, thread: str) -> None:
        """Enter that an answer was given again in a conversation, where a follow-up will look for it."""
        with self._catalog.session(owner=self.owner, writes=True) as session:
            row = session.get(AnswerRow, answer_id)
            if row is not None and answer_id != thread:
                again = ReplayRow(answer_id=answer_id, thread=thread, owner=self.owner, replayed_at=now())
                session.merge(again)

    def delete_answers_of(self, content_sha256: str, name: str | None = None) -> list[str]:
        """Remove the answers made from a content (under that `name`, if given); returns their ids."""
        with self._catalog.session(owner=self.owner, writes=True) as session:
            return drop_answers_of(session, content_sha256, name)


def _asked_in(session: Session, thread: str, until: dt.datetime | None) -> list[AnswerRow]:
    """The answers with a query given in a thread of that name up to a moment, oldest first."""
    asked = select(AnswerRow).where(AnswerRow.thread == thread, AnswerRow.sql.is_not(None))
    again = (
        select(AnswerRow, ReplayRow.replayed_at)
        .join(ReplayRow, ReplayRow.answer_id == AnswerRow.id)
        .where(ReplayRow.thread == thread, AnswerRow.sql.is_not(None))
    )
    light = defer(AnswerRow.response)
    given = [(row.created_at, row.id, row) for row in session.scalars(asked.options(light))]
    given += [(when, row.id, row) for row, when in session.execute(again.options(light))]
    given.sort(key=lambda each: each[:2])
    return [row for when, _, row in given if until is None or when <= until]


def _since_it_began(rows: list[AnswerRow]) -> list[AnswerRow]:
    """`rows` from the last time that the first question was asked."""
    first = [at for at, row in enumerate(rows) if row.question == rows[0].question]
    return rows[first[-1] :] if first else []


def drop_answers_of(session: Session, content_sha256: str, name: str | None = None) -> list[str]:
    """The same within a transaction of the owner."""
    made_from = select(AnswerSourceRow.answer_id).where(AnswerSourceRow.content_sha256 == content_sha256)
    rows = session.scalars(select(AnswerRow).where(AnswerRow.id.in_(made_from)))
    ids = [row.id for row in rows if name is None or row.datasets.get(name) == content_sha256]
    gone = session.scalars(delete(AnswerRow).where(AnswerRow.id.in_(ids)).returning(AnswerRow.id))
    return sorted(gone.all())
