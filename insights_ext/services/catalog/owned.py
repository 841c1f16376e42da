"""The catalog of one owner: the life of a dataset from upload to deletion."""

from __future__ import annotations

import contextlib
import difflib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...errors import DatasetNotFound, DatasetNotReady, NameTaken
from ...schemas import Dataset, DatasetColumn, ImportOptions, Metadata
from .answers import OwnedAnswers, drop_answers_of
from .feedback import OwnedFeedback
from .ledger import OwnedLedger
from .locks import lock_in_transaction
from .models import LIVE, DatasetRow
from .processes import this_process
from .records import interrupted, mark_failed, now, to_dataset, upload_ended
from .removals import owe, removal

if TYPE_CHECKING:
    from .store import Catalog

OTHER_HOSTS_AFTER_S = 6 * 3600.0

Datasets = list[Dataset]


class OwnedCatalog(OwnedAnswers, OwnedFeedback, OwnedLedger):
    """Datasets, answers, feedback and the ledger of one owner; names arrive in their canonical form."""

    def __init__(self, catalog: Catalog, owner: str) -> None:
        super().__init__(catalog, owner)

    # An upload -------------------------------------------------------------------------------------

    def check_free(self, name: str) -> None:
        """Raise `NameTaken` if a dataset has the name or an upload of it is under way."""
        with self._catalog.session(owner=self.owner) as session:
            self._refuse_taken(session, name)

    def begin(
        self,
        name: str,
        *,
        replace: bool = False,
        filename: str | None = None,
        media_type: str | None = None,
        options: ImportOptions | None = None,
    ) -> Dataset:
        """Enter an upload as ``pending``.

        Without `replace`, raises `NameTaken` if a dataset has the name or an upload of it is under way.
        """
        with self._change(name) as session:
            if not replace:
                self._refuse_taken(session, name)
            process, when = this_process(), now()
            row = DatasetRow(
                id=str(uuid.uuid4()),
                owner=self.owner,
                name=name,
                state="pending",
                filename=filename,
                media_type=media_type,
                columns=[],
                details=Metadata().model_dump(mode="json"),
                options=(options or ImportOptions()).model_dump(mode="json"),
                original_kept=False,
                warnings=[],
                replaces=replace,
                process_host=process.host,
                process_id=process.pid,
                process_start=process.start,
                created_at=when,
                updated_at=when,
            )
            session.add(row)
            session.flush()
            return to_dataset(row)

    def processing(self, dataset_id: str) -> Dataset:
        """Enter that the bytes are there and are being read; also a sign of life for another host."""
        with self._change() as session:
            row = self._upload(session, dataset_id)
            if row.state in LIVE:
                row.state, row.updated_at = "processing", now()
            return to_dataset(row)

    def claim(self, dataset_id: str, content_sha256: str, source_sha256: str | None = None) -> None:
        """Enter which content an upload is about to store, and which source bytes it may keep.

        `Catalog.removals` leaves them alone from then on; if the upload fails, it removes them.
        """
        with self._change() as session:
            lock_in_transaction(session, f"content:{content_sha256}", f"source:{source_sha256}")
            row = self._upload(session, dataset_id)
            row.content_sha256, row.source_sha256, row.updated_at = content_sha256, source_sha256, now()

    def complete(
        self,
        dataset_id: str,
        *,
        content_sha256: str,
        size_bytes: int,
        stored_bytes: int,
        row_count: int,
        columns: Sequence[DatasetColumn | Mapping[str, Any]],
        format: str | None = None,
        media_type: str | None = None,
        source_sha256: str | None = None,
        metadata: Metadata | Mapping[str, Any] | None = None,
        warnings: Iterable[str] = (),
        original_kept: bool = False,
    ) -> Dataset:
        """Make an upload the dataset of its name, in one transaction.

        Columns and metadata may be given as messages or as their JSON.
        The dataset it replaces and failed attempts of the name go; what is left of them is entered in
        `Catalog.removals`. Raises `NameTaken` if another upload won the name and this one does not replace.
        """
        name = self._name_of(dataset_id)
        with self._change(name) as session:
            row = self._upload(session, dataset_id)
            old = self._completed(session, name)
            if row.content_sha256 != content_sha256:
                owe(session, row)
            if old is not None and old is not row:
                if not row.replaces:
                    raise NameTaken(f"A dataset named {name!r} exists already.")
                if (old.content_sha256, old.source_sha256) != (content_sha256, source_sha256):
                    owe(session, old)
                session.delete(old)
                session.flush()
            session.execute(
                delete(DatasetRow).where(
                    DatasetRow.name == name, DatasetRow.state == "failed", DatasetRow.id != dataset_id
                )
            )
            row.state, row.error = "completed", None
            row.content_sha256, row.source_sha256 = content_sha256, source_sha256
            row.size_bytes, row.stored_bytes = size_bytes, stored_bytes
            row.row_count, row.column_count = row_count, len(columns)
            row.columns = [DatasetColumn.model_validate(each).model_dump(mode="json") for each in columns]
            row.details = Metadata.model_validate(metadata or {}).model_dump(mode="json")
            row.warnings, row.original_kept = list(warnings), original_kept
            row.format = format
            row.media_type = media_type or row.media_type
            row.updated_at = now()
            session.flush()
            return to_dataset(row)

    def fail(self, dataset_id: str, error: dict[str, Any]) -> None:
        """End an upload with an error body; a completed or deleted one stays as it is."""
        with self._change() as session:
            row = session.get(DatasetRow, dataset_id)
            if row is not None and row.state in LIVE:
                owe(session, row)
                mark_failed(row, error)

    # Datasets --------------------------------------------------------------------------------------

    def get(self, name: str) -> Dataset:
        """The dataset of that name; if none is completed, the newest attempt. Raises `DatasetNotFound`."""
        with self._catalog.session(owner=self.owner) as session:
            return to_dataset(self._row(session, name))

    def get_completed(self, name: str) -> Dataset:
        """The completed dataset of that name; raises `DatasetNotFound`, or `DatasetNotReady` saying why."""
        dataset = self.get(name)
        if dataset.state == "completed":
            return dataset
        raise _not_ready(dataset)

    def list(self) -> Datasets:
        """All datasets and attempts, newest first."""
        with self._catalog.session(owner=self.owner) as session:
            order = (DatasetRow.created_at.desc(), DatasetRow.id)
            return [to_dataset(row) for row in session.scalars(select(DatasetRow).order_by(*order))]

    def rename(self, old: str, new: str) -> Dataset:
        """Give a completed dataset another name; raises `NameTaken`, `DatasetNotFound`, `DatasetNotReady`."""
        with self._change(old, new) as session:
            row = self._row(session, old)
            if row.state != "completed":
                raise _not_ready(to_dataset(row))
            if old != new:
                self._refuse_taken(session, new)
                self._drop_failed(session, new)
                row.name, row.updated_at = new, now()
                session.flush()
            return to_dataset(row)

    def delete(self, name: str) -> Dataset:
        """Remove a dataset, the failed attempts of its name, and the answers made from it.

        Gives what was removed; files and the rest are entered in `Catalog.removals`. An upload under
        way is not removed: `DatasetNotReady`.
        """
        with self._change(name) as session:
            row = self._row(session, name)
            if row.state in LIVE:
                raise DatasetNotReady(
                    f"The dataset {name!r} is still being uploaded.",
                    hint="Cancel the upload, or wait for it.",
                )
            removed = to_dataset(row)
            owe(session, row, name=name)
            session.delete(row)
            session.flush()
            self._drop_failed(session, name)
            if removed.content_sha256 is not None:
                held = self._held(session, removed.content_sha256)
                # A dataset may have had another name when it was asked.
                drop_answers_of(session, removed.content_sha256, name if held else None)
            return removed

    def owe_removals(self, hashes: Iterable[str]) -> None:
        """Enter that what was written about these contents has to go again, for they were deleted."""
        with self._change() as session:
            session.add_all(removal(self.owner, each) for each in hashes)

    # Pieces ----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _change(self, *names: str) -> Iterator[Session]:
        """A writing transaction that holds `names`; two rows that want one name end in `NameTaken`."""
        try:
            with self._catalog.session(owner=self.owner, writes=True) as session:
                lock_in_transaction(session, *(f"name:{self.owner}:{name}" for name in names))
                yield session
        except IntegrityError as error:
            taken = f"The name {names[-1]!r} was taken meanwhile." if names else "The name is taken."
            raise NameTaken(taken) from error

    def _name_of(self, dataset_id: str) -> str:
        with self._catalog.session(owner=self.owner) as session:
            return self._upload(session, dataset_id).name

    def _upload(self, session: Session, dataset_id: str) -> DatasetRow:
        row = session.get(DatasetRow, dataset_id)
        if row is None:
            raise DatasetNotFound("The record of this upload is gone.", hint="Upload the file again.")
        return row

    def _completed(self, session: Session, name: str) -> DatasetRow | None:
        return session.scalars(
            select(DatasetRow).where(DatasetRow.name == name, DatasetRow.state == "completed")
        ).one_or_none()

    def _row(self, session: Session, name: str) -> DatasetRow:
        """The completed row of a name, else the newest."""
        row = session.scalars(
            select(DatasetRow)
            .where(DatasetRow.name == name)
            .order_by((DatasetRow.state == "completed").desc(), DatasetRow.created_at.desc(), DatasetRow.id)
            .limit(1)
        ).first()
        if row is None:
            names = session.scalars(select(DatasetRow.name).where(DatasetRow.state == "completed")).all()
            raise DatasetNotFound(f"There is no dataset named {name!r}.", hint=_nearest(name, names))
        return row

    def _refuse_taken(self, session: Session, name: str) -> None:
        query = select(DatasetRow).where(DatasetRow.name == name, DatasetRow.state != "failed")
        for row in session.scalars(query):
            if row.state == "completed":
                raise NameTaken(f"A dataset named {name!r} exists already.")
            if not upload_ended(row, OTHER_HOSTS_AFTER_S):
                raise NameTaken(
                    f"An upload named {name!r} is under way.",
                    hint="Wait for it, choose another name, or replace it with replace=true.",
                )
            owe(session, row)
            mark_failed(row, interrupted())

    def _drop_failed(self, session: Session, name: str) -> None:
        session.execute(delete(DatasetRow).where(DatasetRow.name == name, DatasetRow.state == "failed"))

    def _held(self, session: Session, content_sha256: str) -> bool:
        holds = DatasetRow.content_sha256 == content_sha256, DatasetRow.state == "completed"
        return session.scalars(select(DatasetRow.id).where(*holds).limit(1)).first() is not None


def _nearest(name: str, names: Iterable[str]) -> str:
    """A hint that names the datasets that were probably meant."""
    known = sorted(set(names))
    if not known:
        return "Upload one first."
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    near += [each for each in known if each not in near and (name in each or each in name)][: 3 - len(near)]
    if near:
        return f"Did you mean {' or '.join(repr(each) for each in near)}?"
    shown = ", ".join(known[:10]) + (f" and {len(known) - 10:,} more" if len(known) > 10 else "")
    return f"The datasets here are: {shown}."


def _not_ready(dataset: Dataset) -> DatasetNotReady:
    if dataset.state != "failed":
        return DatasetNotReady(f"The dataset {dataset.name!r} is not ready, it is {dataset.state}.")
    reason = (dataset.error or {}).get("message") or "the reason was not recorded."
    return DatasetNotReady(
        f"The upload of {dataset.name!r} failed: {reason}",
        hint=(dataset.error or {}).get("hint") or "Upload the file again.",
    )
