"""Routes of what left the machine: the ledger of calls."""

from __future__ import annotations

from tornado import web

from .. import handlers
from ..schemas import LedgerRequest
from ..validation import request as validated
from .base import InsightsHandler
from .parameters import parameters
from .permission import authorized


class LedgerHandler(InsightsHandler):
    """``ledger``."""

    @web.authenticated
    @authorized(action="read", resource="insights:ledger")
    async def get(self) -> None:
        """The newest calls."""
        request = validated(LedgerRequest, parameters(self.request, ("limit", "answer")))
        await self.reply(handlers.ledger, self.workspace, request, self.context)
