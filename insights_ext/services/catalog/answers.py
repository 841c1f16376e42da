"""Stored answers of one owner: saved, looked up, replayed, and gone with the data they were made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ...errors import AnswerNotFound
from ...schemas import Answer
from .models import AnswerRow, AnswerSourceRow
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
            return Answer.model_validate(row.response), row.datasets

    def answers_of_thread(self, thread: str) -> list[Answer]:
        """The answers of a thread, oldest first."""
        with self._catalog.session(owner=self.owner) as session:
            rows = session.scalars(
                select(AnswerRow)
                .where(AnswerRow.thread == thread)
                .order_by(AnswerRow.created_at, AnswerRow.id)
            )
            return [Answer.model_validate(row.response) for row in rows]

    def turns(self, thread: str, most: int = MOST_TURNS) -> list[AskedBefore]:
        """What was asked and answered in a thread, oldest first: at most the last `most`.

        A thread is a name, or the id of an answer, which then comes last, after the thread it was asked in.
        """
        found: list[AnswerRow] = []
        until: dt.datetime | None = None
        name: str | None = thread
        with self._catalog.session(owner=self.owner) as session:
            while name is not None and len(found) < most:
                row = session.get(AnswerRow, name)
                if row is not None:
                    found.append(row)
                    until, name = row.created_at, row.thread
                    continue
                rows = select(AnswerRow).where(AnswerRow.thread == name, AnswerRow.sql.is_not(None))
                if until is not None:
                    rows = rows.where(AnswerRow.created_at <= until)
                ordered = rows.order_by(AnswerRow.created_at.desc(), AnswerRow.id.desc())
                found += [r for r in session.scalars(ordered.limit(most + 1)) if r not in found]
                break
            turns = [AskedBefore(r.question, tuple(r.datasets), r.sql, r.created_at) for r in found if r.sql]
        return turns[:most][::-1]

    def replay(self, replay_key: str) -> Answer | None:
        """The newest answer saved under that key."""
        with self._catalog.session(owner=self.owner) as session:
            row = session.scalars(
                select(AnswerRow)
                .where(AnswerRow.replay_key == replay_key)
                .order_by(AnswerRow.created_at.desc(), AnswerRow.id)
                .limit(1)
            ).first()
            return None if row is None else Answer.model_validate(row.response)

    def delete_answers_of(self, content_sha256: str, name: str | None = None) -> list[str]:
        """Remove the answers made from a content (under that `name`, if given); returns their ids."""
        with self._catalog.session(owner=self.owner, writes=True) as session:
            return drop_answers_of(session, content_sha256, name)


def drop_answers_of(session: Session, content_sha256: str, name: str | None = None) -> list[str]:
    """The same within a transaction of the owner."""
    made_from = select(AnswerSourceRow.answer_id).where(AnswerSourceRow.content_sha256 == content_sha256)
    rows = session.scalars(select(AnswerRow).where(AnswerRow.id.in_(made_from)))
    ids = [row.id for row in rows if name is None or row.datasets.get(name) == content_sha256]
    gone = session.scalars(delete(AnswerRow).where(AnswerRow.id.in_(ids)).returning(AnswerRow.id))
    return sorted(gone.all())
