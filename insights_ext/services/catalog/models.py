"""The tables of the catalog, as typed SQLAlchemy models that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

LIVE = ("pending", "processing")
"""States of an upload that is under way."""


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A point in time, aware and in UTC on both sides; SQLite, which knows no zones, stores UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Refuse naive times, convert the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("The catalog stores aware times only.")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """An aware UTC time, whatever the database gave."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class UserText(TypeDecorator[str]):
    """Text from outside: what UTF-8 or PostgreSQL cannot hold (lone surrogates, NUL) becomes U+FFFD or ?."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Text that every database accepts."""
        if value is None:
            return None
        return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")


class Base(DeclarativeBase):
    """Base of all models; constraint names are fixed, so that migrations can refer to them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Owned:
    """What belongs to somebody; `sessions.OwnedSession` lets nobody else see or change it."""

    owner: Mapped[str] = mapped_column(String(255))


class DatasetRow(Owned, Base):
    """A dataset or an attempt to upload one; at most one row per owner and name is ``completed``."""

    __tablename__ = "datasets"
    __table_args__ = (
        Index(
            "uq_datasets_completed_name",
            "owner",
            "name",
            unique=True,
            sqlite_where=text("state = 'completed'"),
            postgresql_where=text("state = 'completed'"),
        ),
        Index("ix_datasets_owner_name", "owner", "name"),
        Index("ix_datasets_content_sha256", "content_sha256"),
        Index("ix_datasets_state", "state"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(63))
    state: Mapped[str] = mapped_column(String(16))
    filename: Mapped[str | None] = mapped_column(UserText)
    media_type: Mapped[str | None] = mapped_column(UserText)
    format: Mapped[str | None] = mapped_column(String(32))
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    stored_bytes: Mapped[int | None] = mapped_column(BigInteger)
    source_sha256: Mapped[str | None] = mapped_column(String(64))
    content_sha256: Mapped[str | None] = mapped_column(String(64))
    row_count: Mapped[int | None] = mapped_column(BigInteger)
    column_count: Mapped[int | None] = mapped_column(Integer)
    columns: Mapped[list[Any]] = mapped_column(JSON)
    details: Mapped[dict[str, Any]] = mapped_column("metadata", JSON)
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    original_kept: Mapped[bool] = mapped_column(Boolean)
    warnings: Mapped[list[Any]] = mapped_column(JSON)
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    replaces: Mapped[bool] = mapped_column(Boolean)
    """Whether the upload may take the place of a completed dataset of its name."""
    process_host: Mapped[str] = mapped_column(UserText)
    process_id: Mapped[int] = mapped_column(BigInteger)
    process_start: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ProfileRow(Base):
    """The profile of a content; equal bytes share it, whoever owns them."""

    __tablename__ = "profiles"

    content_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    profile: Mapped[dict[str, Any]] = mapped_column(JSON)
    profile_version: Mapped[int] = mapped_column(Integer)
    computed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class AnswerRow(Owned, Base):
    """A stored answer; `datasets` maps each name to the content hash it had when the question was asked."""

    __tablename__ = "answers"
    __table_args__ = (
        Index("ix_answers_owner_thread", "owner", "thread"),
        Index("ix_answers_owner_replay_key", "owner", "replay_key"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    question: Mapped[str] = mapped_column(UserText)
    planner: Mapped[str] = mapped_column(UserText)
    sql: Mapped[str | None] = mapped_column(UserText)
    datasets: Mapped[dict[str, str]] = mapped_column(JSON)
    response: Mapped[dict[str, Any]] = mapped_column(JSON)
    thread: Mapped[str | None] = mapped_column(UserText)
    replay_key: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class AnswerSourceRow(Owned, Base):
    """A content that an answer was made from, so that the answer can go with it."""

    __tablename__ = "answer_sources"
    __table_args__ = (Index("ix_answer_sources_content_sha256", "content_sha256"),)

    answer_id: Mapped[str] = mapped_column(
        String(64), ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True
    )
    content_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)


class ReplayRow(Owned, Base):
    """A stored answer given again in a conversation, so that a follow-up there finds it."""

    __tablename__ = "replays"
    __table_args__ = (Index("ix_replays_owner_thread", "owner", "thread"),)

    answer_id: Mapped[str] = mapped_column(
        String(64), ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True
    )
    thread: Mapped[str] = mapped_column(UserText, primary_key=True)
    replayed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class FeedbackRow(Owned, Base):
    """What the owner said of an answer; it goes with the answer."""

    __tablename__ = "feedback"

    answer_id: Mapped[str] = mapped_column(
        String(64), ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True
    )
    verdict: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(UserText)
    saved: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class LedgerRow(Owned, Base):
    """One call that left the machine. It stays when the answer it was made for goes: what was sent, was sent.

    `day` is the day of `created_at` in UTC, by which budgets count.
    """

    __tablename__ = "ledger"
    __table_args__ = (
        Index("ix_ledger_owner_day", "owner", "day"),
        Index("ix_ledger_owner_created_at", "owner", "created_at"),
        Index("ix_ledger_owner_answer_id", "owner", "answer_id"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    answer_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    day: Mapped[dt.date] = mapped_column(Date)
    sent_for: Mapped[str] = mapped_column(String(16))
    provider: Mapped[str] = mapped_column(UserText)
    model: Mapped[str] = mapped_column(UserText)
    host: Mapped[str] = mapped_column(UserText)
    share: Mapped[str] = mapped_column(String(16))
    tokens_in: Mapped[int] = mapped_column(BigInteger)
    tokens_out: Mapped[int] = mapped_column(BigInteger)
    estimated: Mapped[bool] = mapped_column(Boolean)
    bytes_out: Mapped[int] = mapped_column(BigInteger)
    bytes_in: Mapped[int] = mapped_column(BigInteger)
    columns: Mapped[list[str]] = mapped_column(JSON)
    row_count: Mapped[int] = mapped_column("rows", BigInteger)
    value_count: Mapped[int] = mapped_column("values", BigInteger)
    masked: Mapped[list[str]] = mapped_column(JSON)
    seconds: Mapped[float] = mapped_column(Float)
    outcome: Mapped[str] = mapped_column(String(64))


class RemovalRow(Owned, Base):
    """What is still to be taken away of a dataset or an upload that is gone.

    `name` is set where a dataset lost it; None where its name stays in use or never held this content.
    """

    __tablename__ = "removals"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str | None] = mapped_column(String(63))
    content_sha256: Mapped[str] = mapped_column(String(64))
    source_sha256: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
