"""What left the machine: one entry for each call of a model or an embedding endpoint, and their sum."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from .base import Schema

Share = Literal["schema", "stats", "samples"]
"""The privacy dial: how much of the data a model may see; each level includes the one before."""

SentFor = Literal["plan", "repair", "sentence", "embedding"]


class LedgerEntry(Schema):
    """One call: to whom, what for, how much, and what of the data was in it; never the text itself.

    `tokens_in` and `tokens_out` are the provider's count, or an estimate marked by `estimated`. `bytes_out`
    left the machine, `bytes_in` came back. `columns` are written ``dataset.column``; `rows` counts result
    rows, `values` stored values that were sent; `masked` are columns whose values were held back.
    `outcome` is ``ok`` or the code of an error.
    """

    id: str
    answer_id: str | None = None
    created_at: dt.datetime
    sent_for: SentFor
    provider: str
    model: str
    host: str
    share: Share
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    bytes_out: int = 0
    bytes_in: int = 0
    columns: list[str] = []
    rows: int = 0
    values: int = 0
    masked: list[str] = []
    seconds: float = 0.0
    outcome: str = "ok"


class Spent(Schema):
    """What was used today (UTC), and what may be; a limit of 0 means none."""

    requests: int = 0
    tokens: int = 0
    max_requests: int = 0
    max_tokens: int = 0


class Ledger(Schema):
    """The newest entries first; `total` counts all there are."""

    entries: list[LedgerEntry]
    total: int
    today: Spent
