"""Routes of what people know: feedback on answers, and insights.yaml."""

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
