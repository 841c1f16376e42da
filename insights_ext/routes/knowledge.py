"""Routes of what people know: feedback on answers, insights.yaml, and documents."""

from __future__ import annotations

from tornado import web

from .. import handlers
from ..schemas import DescribeRequest, FeedbackRequest, LearnRequest
from .base import InsightsHandler
from .parameters import parameters
from .permission import authorized


class FeedbackHandler(InsightsHandler):
    """``answers/{id}/feedback``."""

    @web.authenticated
    @authorized(action="write", resource="insights:feedback")
    async def post(self, answer_id: str) -> None:
        """Say that an answer is right or wrong."""
        parameters(self.request)
        request = self.parsed(FeedbackRequest)
        await self.reply(handlers.feedback, self.workspace, request, self.context, answer_id)


class KnowledgeHandler(InsightsHandler):
    """``knowledge``."""

    @web.authenticated
    @authorized(action="read", resource="insights:knowledge")
    async def get(self) -> None:
        """The knowledge in force."""
        parameters(self.request)
        await self.reply(handlers.knowledge, self.workspace, None, self.context)

    @web.authenticated
    @authorized(action="write", resource="insights:knowledge")
    async def post(self) -> None:
        """Learn one thing."""
        parameters(self.request)
        await self.reply(handlers.learn, self.workspace, self.parsed(LearnRequest), self.context)


class DraftHandler(InsightsHandler):
    """``knowledge/draft``."""

    @web.authenticated
    @authorized(action="write", resource="insights:knowledge")
    async def post(self) -> None:
        """Draft knowledge from the profiles."""
        parameters(self.request)
        await self.reply(handlers.describe, self.workspace, self.parsed(DescribeRequest), self.context)


class DocumentsHandler(InsightsHandler):
    """``documents``."""

    @web.authenticated
    @authorized(action="read", resource="insights:knowledge")
    async def get(self) -> None:
        """The documents, by name."""
        parameters(self.request)
        await self.reply(handlers.documents, self.workspace, None, self.context)


class DocumentHandler(InsightsHandler):
    """``documents/{name}``."""

    @web.authenticated
    @authorized(action="write", resource="insights:knowledge")
    async def put(self, name: str) -> None:
        """Keep the body as a document of that name."""
        parameters(self.request)
        await self.reply(handlers.remember_document, self.workspace, bytes(self._body), self.context, name)

    @web.authenticated
    @authorized(action="write", resource="insights:knowledge")
    async def delete(self, name: str) -> None:
        """Forget a document."""
        parameters(self.request)
        await self.run(handlers.forget_document, self.workspace, name, self.context)
        self.set_status(204)
        self.finish()
