"""The ledger of one owner: what left the machine, call by call, and how much of the day's budget it took."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ...schemas import LedgerEntry
from ...telemetry import MODEL_BYTES, MODEL_CALLS, MODEL_SECONDS, MODEL_TOKENS
from .models import LedgerRow

if TYPE_CHECKING:
    from .store import Catalog


class OwnedLedger:
    """The calls made for one owner. Entries are written once and never changed."""

    def __init__(self, catalog: Catalog, owner: str) -> None:
        self._catalog = catalog
        self.owner = owner

    def record(self, entry: LedgerEntry) -> None:
        """Enter a call, also one that failed: what was sent, was sent. Counted in the metrics, too."""
        _count(entry)
        with self._catalog.session(owner=self.owner, writes=True) as session:
            session.add(
                LedgerRow(
                    owner=self.owner,
                    day=entry.created_at.astimezone(dt.UTC).date(),
                    row_count=entry.rows,
                    value_count=entry.values,
                    **entry.model_dump(exclude={"rows", "values"}),
                )
            )

    def ledger(self, limit: int = 100, answer: str | None = None) -> tuple[list[LedgerEntry], int]:
        """The newest `limit` entries, newest first, and how many there are; of one `answer` if given."""
        entries = select(LedgerRow)
        count = select(func.count(LedgerRow.id))
        if answer is not None:
            entries = entries.where(LedgerRow.answer_id == answer)
            count = count.where(LedgerRow.answer_id == answer)
        newest = entries.order_by(LedgerRow.created_at.desc(), LedgerRow.id).limit(limit)
        with self._catalog.session(owner=self.owner) as session:
            found = [_entry(row) for row in session.scalars(newest)]
            return found, session.scalar(count) or 0

    def spent(self, day: dt.date | None = None) -> tuple[int, int]:
        """Calls made, and tokens sent and received, on a `day` (UTC; today if not given)."""
        that = day or dt.datetime.now(dt.UTC).date()
        tokens = func.coalesce(func.sum(LedgerRow.tokens_in + LedgerRow.tokens_out), 0)
        query = select(func.count(LedgerRow.id), tokens).where(LedgerRow.day == that)
        with self._catalog.session(owner=self.owner) as session:
            requests, spent = session.execute(query).one()
            return int(requests), int(spent)


def _count(entry: LedgerEntry) -> None:
    MODEL_CALLS.labels(entry.sent_for, entry.outcome).inc()
    MODEL_SECONDS.labels(entry.sent_for).observe(entry.seconds)
    MODEL_TOKENS.labels("in").inc(entry.tokens_in)
    MODEL_TOKENS.labels("out").inc(entry.tokens_out)
    MODEL_BYTES.labels("out").inc(entry.bytes_out)
    MODEL_BYTES.labels("in").inc(entry.bytes_in)


def _entry(row: LedgerRow) -> LedgerEntry:
    fields = {name: getattr(row, name) for name in LedgerEntry.model_fields if name not in ("rows", "values")}
    return LedgerEntry.model_validate({**fields, "rows": row.row_count, "values": row.value_count})
