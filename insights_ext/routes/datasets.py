"""Routes of one dataset: look up, rename, delete, preview, stats, suggestions, export, re-import."""

from __future__ import annotations

from tornado import web

from .. import handlers
from ..context import Context
from ..schemas import ExportRequest, ReimportRequest, RenameRequest, Suggestions
from ..workspace import Workspace
from .base import InsightsHandler
from .files import FileHandler
from .jobs import OutcomeHandler
from .parameters import flag, one, parameters, preview_request
from .permission import authorized


class DatasetHandler(InsightsHandler):
    """``datasets/{name}``."""

    @web.authenticated
    @authorized(action="read", resource="insights:datasets")
    async def get(self, name: str) -> None:
        """One dataset."""
        parameters(self.request)
        await self.reply(handlers.dataset, self.workspace, name, self.context)

    @web.authenticated
    @authorized(action="write", resource="insights:datasets")
    async def patch(self, name: str) -> None:
        """Rename."""
        parameters(self.request)
        request = self.parsed(RenameRequest)
        await self.reply(handlers.rename, self.workspace, request, self.context, name)

    @web.authenticated
    @authorized(action="write", resource="insights:datasets")
    async def delete(self, name: str) -> None:
        """Delete."""
        parameters(self.request)
        await self.run(handlers.delete, self.workspace, name, self.context)
        self.set_status(204)
        self.finish()


class PreviewHandler(InsightsHandler):
    """``datasets/{name}/preview``."""

    @web.authenticated
    @authorized(action="read", resource="insights:datasets")
    async def get(self, name: str) -> None:
        """A page of rows."""
        request = preview_request(self.request, name)
        await self.reply(handlers.preview, self.workspace, request, self.context)


class StatsHandler(InsightsHandler):
    """``datasets/{name}/stats``."""

    @web.authenticated
    @authorized(action="read", resource="insights:datasets")
    async def get(self, name: str) -> None:
        """The profile."""
        whole = flag(self.request, "wait", True)
        await self.reply(handlers.stats, self.workspace, name, self.context, whole)


class SuggestionsHandler(InsightsHandler):
    """``datasets/{name}/suggestions``."""

    @web.authenticated
    @authorized(action="read", resource="insights:datasets")
    async def get(self, name: str) -> None:
        """Questions to begin with."""
        parameters(self.request)
        await self.reply(_suggestions, self.workspace, name, self.context)


class ExportHandler(FileHandler):
    """``datasets/{name}/export``."""

    @web.authenticated
    @authorized(action="read", resource="insights:datasets")
    async def get(self, name: str) -> None:
        """The dataset as a file."""
        await self.send_file(one(self.request, "format", ExportRequest, name=name))


class ReimportHandler(OutcomeHandler):
    """``datasets/{name}/reimport``."""

    @web.authenticated
    @authorized(action="write", resource="insights:datasets")
    async def post(self, name: str) -> None:
        """Read the kept original again."""
        parameters(self.request)
        request = self.parsed(ReimportRequest)
        job = await self.run(handlers.start_reimport, self.workspace, request, self.context, name)
        await self.outcome(job, done=200)


def _suggestions(workspace: Workspace, name: str, context: Context) -> Suggestions:
    return Suggestions(name=name, suggestions=handlers.suggestions(workspace, name, context))
