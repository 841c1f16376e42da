"""The ledger: what left the machine, and what of the day's budget is used."""

from __future__ import annotations

from ..context import Context
from ..schemas import Ledger, LedgerRequest, Spent
from ..telemetry import operation
from ..workspace import Workspace


@operation("ledger")
def ledger(workspace: Workspace, request: LedgerRequest, context: Context) -> Ledger:
    """The newest calls of a model or an embedding endpoint, newest first; of one answer if given."""
    entries, total = workspace.owned(context).ledger(request.limit, request.answer)
    return Ledger(entries=entries, total=total, today=spent_today(workspace, context))


def spent_today(workspace: Workspace, context: Context) -> Spent:
    """Calls and tokens of today (UTC), and their limits."""
    requests, tokens = workspace.owned(context).spent()
    return Spent(
        requests=requests,
        tokens=tokens,
        max_requests=workspace.max_daily_requests,
        max_tokens=workspace.max_daily_tokens,
    )
