"""Fixtures shared by all tests: a real Jupyter Server with the extension, for those that ask for one."""

import json
import os
from dataclasses import dataclass, field
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.serverapp import ServerApp
from traitlets.config import Config

pytest_plugins = ("pytest_jupyter.jupyter_server",)

PREFIX = "insights/v1"


class Recorder(Authorizer):
    """An authorizer that writes down what it was asked, and allows or denies everything."""

    asked: list[tuple[str, str]] = []
    allow = True

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        self.asked.append((action, resource))
        return self.allow


@pytest.fixture(autouse=True)
def own_environment(monkeypatch):
    """No setting of the machine, and none that a server of an earlier test told its kernels."""
    for name in [*os.environ]:
        if name.startswith(("INSIGHTS_", "JUPYTERHUB_")) and not name.startswith("INSIGHTS_TEST_"):
            monkeypatch.delenv(name)
    yield
    for name in [*os.environ]:
        if name == "INSIGHTS_ROOT":
            del os.environ[name]


@pytest.fixture
def authorizer():
    """The recorder in use; `allow` may be changed, `asked` is empty at first."""
    Recorder.asked = []
    Recorder.allow = True
    return Recorder


@pytest.fixture
def workspace_config() -> dict[str, Any]:
    """What stands in ``c.Workspace``; tests override it."""
    return {}


@pytest.fixture
def jp_server_config(authorizer, workspace_config, monkeypatch) -> Config:
    """A server that requires authentication on every endpoint, with our extension alone."""
    for name in ("JUPYTERHUB_USER", "INSIGHTS_ROOT"):
        monkeypatch.delenv(name, raising=False)
    return Config(
        {
            "ServerApp": {
                # The terminals extension has a route of its own that Jupyter Server warns about.
                "jpserver_extensions": {"insights_ext": True, "jupyter_server_terminals": False},
                "allow_unauthenticated_access": False,
                "reraise_server_extension_failures": True,
                "authorizer_class": authorizer,
            },
            "Workspace": workspace_config,
        }
    )


@pytest.fixture
def jp_server_cleanup(request):
    """End the server after a test that had one; the plugin's own would start one for every test."""
    if "jp_configurable_serverapp" not in request.fixturenames:
        yield
        return
    loop = request.getfixturevalue("jp_asyncio_loop")
    yield
    if ServerApp.initialized():
        app = ServerApp.instance()
        loop.run_until_complete(app._cleanup())
        if hasattr(app, "kernel_manager"):
            app.kernel_manager.context.destroy()
        ServerApp.clear_instance()


@dataclass
class Reply:
    """What came back: the status, the headers, the body, and the body as JSON."""

    status: int
    headers: Any
    body: bytes
    json: Any = field(default=None)


@pytest.fixture
def api(jp_fetch):
    """``await api("GET", "datasets", {query}, body=…)``: one request to the REST door, errors included."""

    async def call(
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        *,
        body: Any = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> Reply:
        if body is not None and not isinstance(body, bytes | str):
            body = json.dumps(body)
            headers = {"Content-Type": "application/json", **(headers or {})}
        response = await jp_fetch(
            *PREFIX.split("/"),
            *path.split("/"),
            method=method,
            params=query,
            body=body,
            headers=dict(headers or {}),
            allow_nonstandard_methods=True,
            raise_error=False,
            follow_redirects=False,
            **more,
        )
        is_json = "json" in response.headers.get("Content-Type", "") and response.body
        return Reply(
            response.code,
            response.headers,
            response.body or b"",
            json.loads(response.body) if is_json else None,
        )

    return call


@pytest.fixture
def insights_app(jp_serverapp):
    """The extension application of the running server."""
    return jp_serverapp.extension_manager.extension_points["insights_ext"].app


@pytest.fixture
def workspace(insights_app):
    """The workspace of the running server."""
    return insights_app.door.workspace
