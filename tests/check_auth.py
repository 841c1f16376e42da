"""Fail if any route of the extension lets a stranger in; run by CI: ``python tests/check_auth.py``.

Two independent looks: what Jupyter Server says of our decorators when it may not be lenient, and a
request without credentials to every address and method that is mounted.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import JupyterServerAuthWarning
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.routing import PathMatches, Router
from tornado.testing import bind_unused_port

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
PREFIX = "/insights/v1"


def main() -> int:
    """The exit code: 0 if every route asks who is there, 1 if not."""
    with tempfile.TemporaryDirectory() as directory:
        findings, swept = asyncio.run(check(Path(directory)))
    for finding in findings:
        print(finding, file=sys.stderr)
    if swept < len(METHODS):
        print("No route of the extension was found.", file=sys.stderr)
        return 1
    print(f"{swept} requests without credentials to {PREFIX}: {len(findings)} findings.")
    return 1 if findings else 0


async def check(root: Path) -> tuple[list[str], int]:
    """What is wrong, and how many requests were made."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", JupyterServerAuthWarning)
        app = ServerApp(
            allow_unauthenticated_access=False,
            reraise_server_extension_failures=True,
            jpserver_extensions={"insights_ext": True, "jupyter_server_terminals": False},
            open_browser=False,
            cookie_secret_file=str(root / "cookie_secret"),
            log_level="ERROR",
            root_dir=str(root),
            allow_root=True,
        )
        app.initialize(argv=[], find_extensions=False, new_httpserver=False)
    findings = [
        line
        for warning in caught
        if issubclass(warning.category, JupyterServerAuthWarning)
        for line in str(warning.message).splitlines()
        if PREFIX in line
    ]
    try:
        swept = await sweep(app, findings)
    finally:
        await app.cleanup_extensions()
    return findings, swept


async def sweep(app: ServerApp, findings: list[str]) -> int:
    """Knock at every mounted address with every method; anything but 403 is a finding."""
    socket, port = bind_unused_port()
    server = HTTPServer(app.web_app)
    server.add_socket(socket)
    client, swept = AsyncHTTPClient(), 0
    for pattern in patterns(app.web_app.default_router):
        if PREFIX not in pattern:
            continue
        path = pattern.rstrip("$").replace("(?:/.*)?", "/anything").replace("([^/]+)", "x")
        path = re.sub(r"\\(.)", r"\1", path)
        for method in METHODS:
            body = b"{}" if method in ("POST", "PUT", "PATCH") else None
            request = HTTPRequest(f"http://127.0.0.1:{port}{path}", method, body=body, follow_redirects=False)
            reply = await client.fetch(request, raise_error=False)
            swept += 1
            if reply.code != 403:
                findings.append(f"{method} {path} answered a stranger with {reply.code}")
    server.stop()
    await server.close_all_connections()
    return swept


def patterns(router: Router) -> Iterator[str]:
    """The address patterns of every rule below `router`; extensions have routers of their own."""
    for rule in getattr(router, "rules", []):
        if isinstance(rule.matcher, PathMatches):
            yield rule.matcher.regex.pattern
        elif isinstance(rule.target, Router):
            yield from patterns(rule.target)


if __name__ == "__main__":
    sys.exit(main())
