"""What is still to be taken away: entered with each deletion, struck off when all of it is gone.

A deletion in the catalog and the removal of files cannot be one transaction. So the deletion leaves a
row here, in its own transaction, and a process that dies in between leaves work instead of waste.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from .locks import lock_in_transaction
from .models import DatasetRow, RemovalRow
from .records import count_references, now

if TYPE_CHECKING:
    from .store import Catalog


@dataclass(frozen=True)
class Removal:
    """A dataset's trace that is to go: its content, the kept source bytes, and the name it lost.

    `name_in_use` and `content_in_use` say what the owner's datasets hold by now.
    """

    id: str
    owner: str
    name: str | None
    content_sha256: str
    source_sha256: str | None
    name_in_use: bool
    content_in_use: bool


def owe(session: Session, row: DatasetRow, *, name: str | None = None) -> None:
    """Enter in `session` that the content of `row`, which is about to lose it, has to be removed."""
    if row.content_sha256 is not None:
        session.add(removal(row.owner, row.content_sha256, row.source_sha256, name))


def removal(
    owner: str, content_sha256: str, source_sha256: str | None = None, name: str | None = None
) -> RemovalRow:
    """A row that says so."""
    return RemovalRow(
        id=str(uuid.uuid4()),
        owner=owner,
        name=name,
        content_sha256=content_sha256,
        source_sha256=source_sha256,
        asked_at=now(),
    )


class Removals:
    """The removals of all owners."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def pending(self) -> list[Removal]:
        """All that is to be done, oldest first."""
        with self._catalog.session() as session:
            rows = session.scalars(select(RemovalRow).order_by(RemovalRow.asked_at, RemovalRow.id)).all()
            return [
                Removal(
                    row.id,
                    row.owner,
                    row.name,
                    row.content_sha256,
                    row.source_sha256,
                    name_in_use=_holds(session, row.owner, DatasetRow.name == row.name),
                    content_in_use=_holds(
                        session, row.owner, DatasetRow.content_sha256 == row.content_sha256
                    ),
                )
                for row in rows
            ]

    def done(self, removal_id: str) -> None:
        """Strike off a removal; one that is gone already is fine."""
        with self._catalog.session(writes=True) as session:
            session.execute(delete(RemovalRow).where(RemovalRow.id == removal_id))

    @contextlib.contextmanager
    def of_content(self, content_sha256: str) -> Iterator[bool]:
        """A block in which the files of a content may be removed, if it gives True.

        Nobody can claim the content (`OwnedCatalog.claim`) before the block ends.
        """
        with self._catalog.session(writes=True) as session:
            lock_in_transaction(session, f"content:{content_sha256}")
            yield count_references(session, content_sha256) == 0

    @contextlib.contextmanager
    def of_source(self, source_sha256: str) -> Iterator[bool]:
        """The same for kept source bytes: True if no dataset or upload under way was made from them."""
        with self._catalog.session(writes=True) as session:
            lock_in_transaction(session, f"source:{source_sha256}")
            held = DatasetRow.source_sha256 == source_sha256, DatasetRow.state != "failed"
            yield not session.scalar(select(func.count()).select_from(DatasetRow).where(*held))


def _holds(session: Session, owner: str, condition: ColumnElement[bool]) -> bool:
    found = select(DatasetRow.id).where(DatasetRow.owner == owner, condition, DatasetRow.state == "completed")
    return session.scalars(found.limit(1)).first() is not None
