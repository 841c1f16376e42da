"""Routes about the service itself: its health, its description, and whatever is not there."""

from __future__ import annotations

import json

from tornado import web

from .. import handlers
from ..errors import NotFound
from .base import InsightsHandler
from .openapi import description
from .page import CSP, page
from .parameters import parameters
from .permission import authorized


class HealthHandler(InsightsHandler):
    """``health``."""

    @web.authenticated
    @authorized(action="read", resource="insights:health")
    async def get(self) -> None:
        """How the product stands."""
        parameters(self.request)
        await self.reply(handlers.health, self.workspace, None, self.context)


class OpenApiHandler(InsightsHandler):
    """``openapi.json``."""

    @web.authenticated
    @authorized(action="read", resource="insights:docs")
    async def get(self) -> None:
        """The OpenAPI description."""
        parameters(self.request)
        self.send(json.dumps(description(self.base_url, self.door.routes)).encode())


class DocsHandler(InsightsHandler):
    """``docs``."""

    @property
    def content_security_policy(self) -> str:
        """The page's one style sheet, and nothing else."""
        return CSP

    def get_login_url(self) -> str:
        """A person in a browser is sent to the login page, a program gets 403."""
        if "text/html" in self.request.headers.get("Accept", ""):
            return str(self.settings["login_url"])
        return str(super().get_login_url())

    @web.authenticated
    @authorized(action="read", resource="insights:docs")
    async def get(self) -> None:
        """The description as a page."""
        parameters(self.request)
        described = description(self.base_url, self.door.routes)
        self.finish(page(described), set_content_type="text/html; charset=utf-8")


class UnknownHandler(InsightsHandler):
    """Every other address below the prefix; `prepare` answers 404 to whoever is logged in."""

    @web.authenticated
    async def get(self) -> None:
        """Nothing."""
        raise NotFound("There is nothing at this address.")

    @web.authenticated
    async def head(self) -> None:
        """Nothing."""
        raise NotFound("There is nothing at this address.")

    @web.authenticated
    async def post(self) -> None:
        """Nothing."""
        raise NotFound("There is nothing at this address.")

    @web.authenticated
    async def put(self) -> None:
        """Nothing."""
        raise NotFound("There is nothing at this address.")

    @web.authenticated
    async def patch(self) -> None:
        """Nothing."""
        raise NotFound("There is nothing at this address.")

    @web.authenticated
    async def delete(self) -> None:
        """Nothing."""
        raise NotFound("There is nothing at this address.")
