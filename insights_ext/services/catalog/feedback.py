"""Feedback of one owner: what was said of an answer. The last word holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...errors import AnswerNotFound
from ...schemas import Answer, Feedback
from ...wording import normalise
from .models import AnswerRow, FeedbackRow

if TYPE_CHECKING:
    from .store import Catalog

_KEPT = ("answer_id", "verdict", "note", "saved", "created_at")


class OwnedFeedback:
    """What one owner said of answers."""

    def __init__(self, catalog: Catalog, owner: str) -> None:
        self._catalog = catalog
        self.owner = owner

    def save_feedback(self, feedback: Feedback) -> None:
        """Keep what was said of an answer, in place of what was said before; raises `AnswerNotFound`."""
        with self._catalog.session(owner=self.owner, writes=True) as session:
            if session.get(AnswerRow, feedback.answer_id) is None:
                raise AnswerNotFound("There is no such answer.")
            session.merge(FeedbackRow(owner=self.owner, **feedback.model_dump(include=set(_KEPT))))

    def feedback_of(self, answer_id: str) -> Feedback | None:
        """What was said of an answer, if anything."""
        with self._catalog.session(owner=self.owner) as session:
            row = session.get(FeedbackRow, answer_id)
            if row is None:
                return None
            return Feedback.model_validate({name: getattr(row, name) for name in _KEPT})

    def called_wrong(self, question: str, sql: str) -> bool:
        """Whether this query was called a wrong answer to this question, however that was punctuated."""
        asked = (
            select(AnswerRow.question)
            .join(FeedbackRow, FeedbackRow.answer_id == AnswerRow.id)
            .where(FeedbackRow.verdict == "bad", AnswerRow.sql == sql)
        )
        with self._catalog.session(owner=self.owner) as session:
            return normalise(question) in {normalise(each) for each in session.scalars(asked)}

    def bad_answers(self) -> set[str]:
        """Ids of the answers that were called wrong."""
        with self._catalog.session(owner=self.owner) as session:
            return set(session.scalars(select(FeedbackRow.answer_id).where(FeedbackRow.verdict == "bad")))

    def good_answers(self) -> set[tuple[str, str]]:
        """Question and SQL of the answers that were called right."""
        right = (
            select(AnswerRow.question, AnswerRow.sql)
            .join(FeedbackRow, FeedbackRow.answer_id == AnswerRow.id)
            .where(FeedbackRow.verdict == "good")
        )
        with self._catalog.session(owner=self.owner) as session:
            return {(question, sql) for question, sql in session.execute(right) if sql is not None}


def with_feedback(session: Session, rows: Iterable[AnswerRow]) -> list[Answer]:
    """The stored answers of `rows`, each with what was said of it since."""
    kept = list(rows)
    said = {
        row.answer_id: row.verdict
        for row in session.scalars(
            select(FeedbackRow).where(FeedbackRow.answer_id.in_([row.id for row in kept]))
        )
    }
    return [Answer.model_validate({**row.response, "feedback": said.get(row.id)}) for row in kept]
