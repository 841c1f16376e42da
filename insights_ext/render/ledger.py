"""The ledger: a row for each call, and what of the day's budget is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..schemas import Column, Ledger, LedgerEntry, Spent
from .layout import box, grid_html, grid_text, note
from .values import cell, harmless

_HEAD = (
    "when (UTC)", "for", "model", "host", "share", "tokens in", "tokens out", "bytes out", "columns", "rows",
    "values", "masked", "seconds", "outcome",
)  # fmt: skip
_NUMBERS = {"tokens in", "tokens out", "bytes out", "columns", "rows", "values", "masked", "seconds"}
NOTHING_SENT = "Nothing was sent: no call has left this machine."


def entries_html(entries: Sequence[LedgerEntry]) -> str:
    """Calls as a table; which columns were in a call is told below it."""
    columns = [Column(name=name, type="VARCHAR") for name in _HEAD]
    right = [name in _NUMBERS for name in _HEAD]
    table = grid_html(columns, [_row(entry) for entry in entries], right)
    return table + note(columns_of(entries)) if entries else table


def columns_of(entries: Sequence[LedgerEntry]) -> str:
    """Which columns the calls spoke of, and which were masked."""
    sent = sorted({name for entry in entries for name in entry.columns})
    masked = sorted({name for entry in entries for name in entry.masked})
    said = f"Columns named: {', '.join(sent)}." if sent else "No column was named."
    return f"{said} Masked: {', '.join(masked)}." if masked else said


def ledger_html(ledger: Ledger) -> str:
    """The ledger with the day's budget."""
    if not ledger.entries:
        return box(note(NOTHING_SENT) + note(budget(ledger.today)))
    cut = f"{len(ledger.entries):,} of {ledger.total:,} calls, newest first."
    return box(entries_html(ledger.entries) + note(cut) + note(budget(ledger.today)))


def ledger_text(ledger: Ledger) -> str:
    """The same for a terminal."""
    if not ledger.entries:
        return f"{NOTHING_SENT}\n{budget(ledger.today)}"
    rows = [[cell(value) for value in _row(entry)] for entry in ledger.entries]
    table = grid_text(_HEAD, rows, [name in _NUMBERS for name in _HEAD])
    cut = f"{len(ledger.entries):,} of {ledger.total:,} calls, newest first."
    return "\n".join([table, harmless(columns_of(ledger.entries)), cut, budget(ledger.today)])


def budget(spent: Spent) -> str:
    """What is used of the day's budget."""
    return (
        f"Today (UTC): {_of(spent.requests, spent.max_requests)} calls, "
        f"{_of(spent.tokens, spent.max_tokens)} tokens."
    )


def _of(used: int, most: int) -> str:
    return f"{used:,} of {most:,}" if most else f"{used:,} (no limit)"


def _row(entry: LedgerEntry) -> list[Any]:
    about = "~" if entry.estimated else ""
    return [
        entry.created_at.strftime("%Y-%m-%d %H:%M:%S"),
        entry.sent_for,
        f"{entry.provider}:{entry.model}",
        entry.host,
        entry.share,
        f"{about}{entry.tokens_in:,}",
        f"{about}{entry.tokens_out:,}",
        f"{entry.bytes_out:,}",
        str(len(entry.columns)),
        f"{entry.rows:,}",
        f"{entry.values:,}",
        str(len(entry.masked)),
        f"{entry.seconds:.2f}",
        entry.outcome,
    ]
