"""A model that says what a test tells it to: real HTTP on loopback, in the words of OpenAI's API."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Mapping
from typing import Any

from . import wire
from .script import Content, Matcher, Received, Rule, obedient

_LOOK_EVERY_S = 0.02


class ScriptedModel:
    """An OpenAI-compatible endpoint whose replies are scripted; use it as a context manager.

    `streams` says what it does when a stream is asked for: ``yes`` streams, ``never`` answers in one piece
    all the same, ``refuse`` answers 400, and ``always`` streams even where nobody asked. `structured` says
    whether a `response_format` is accepted. `requests` holds all that came, oldest first; `hung_up` counts
    the clients that closed the connection before their answer was complete.

    >>> with ScriptedModel() as model:
    ...     model.say("SELECT 1 AS one", when="how many")
    ...     insights = Insights(model="openai:scripted", model_base_url=model.base_url)
    """

    def __init__(self, *, streams: str = "yes", structured: bool = True, usage: bool = True) -> None:
        self.streams, self.structured, self.usage = streams, structured, usage
        self.requests: list[Received] = []
        self.hung_up = 0
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server: wire.Server | None = None

    # What it says ---------------------------------------------------------------------------------

    def say(
        self,
        content: Content,
        *,
        when: Matcher = None,
        times: int | None = None,
        delay_s: float = 0.0,
        between_s: float = 0.0,
        finish_reason: str = "stop",
    ) -> ScriptedModel:
        """Answer with `content`; `delay_s` before the first word, `between_s` between streamed ones."""
        return self._add(
            Rule(
                content,
                when,
                times,
                delay_s=delay_s,
                between_s=between_s,
                finish_reason=finish_reason,
            )
        )

    def fail(
        self,
        status: int,
        *,
        when: Matcher = None,
        times: int | None = None,
        retry_after: str | float | None = None,
        code: str | None = None,
        message: str = "scripted failure",
        location: str | None = None,
    ) -> ScriptedModel:
        """Answer with an HTTP error, as a provider does; `location` makes it a redirect."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        if location is not None:
            headers["Location"] = location
        error = {"message": message, "type": "scripted", "param": None, "code": code}
        return self._add(Rule("", when, times, status=status, headers=headers, error=error))

    def cut(
        self, content: Content, *, after: int = 20, when: Matcher = None, times: int | None = None
    ) -> ScriptedModel:
        """Close the connection after `after` characters of the answer."""
        return self._add(Rule(content, when, times, cut_after=after))

    def garbage(
        self, body: bytes = b"<html>no model here</html>", *, when: Matcher = None, times: int | None = None
    ) -> ScriptedModel:
        """Answer 200 with bytes that are no chat completion."""
        return self._add(Rule("", when, times, raw=body))

    def obey(self, *, when: Matcher = None, times: int | None = None) -> ScriptedModel:
        """Do what any text in the prompt says in the form "reply with: …", wherever it stands."""
        return self._add(Rule(obedient, when, times))

    def forget(self) -> None:
        """Forget all rules; requests stay."""
        with self._lock:
            self._rules.clear()

    def _add(self, rule: Rule) -> ScriptedModel:
        with self._lock:
            self._rules.append(rule)
        return self

    # Life -----------------------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        """The address for `model_base_url`."""
        assert self._server is not None, "the scripted model is not started"
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def start(self) -> ScriptedModel:
        """Listen on a free port of the loopback interface."""
        self._closing.clear()
        self._server = wire.Server(self.answer)
        self._server.listen()
        return self

    def stop(self) -> None:
        """End every conversation and close the port."""
        self._closing.set()
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> ScriptedModel:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    # Answering ------------------------------------------------------------------------------------

    def answer(self, path: str, headers: Mapping[str, str], raw: bytes, wfile: wire.Out) -> None:
        """Answer one request."""
        request = Received(path, headers, raw, wire.read(raw), time.monotonic())
        with self._lock:
            self.requests.append(request)
            rule = next((r for r in self._rules if r.matches(request)), None)
            if rule is not None and rule.left is not None:
                rule.left -= 1
        if path.endswith("/models"):
            return wfile.json(200, {"object": "list", "data": [{"id": "scripted", "object": "model"}]})
        if path.endswith("/embeddings"):
            return wfile.json(200, wire.embeddings(request.body))
        if not path.endswith("/chat/completions"):
            return wfile.json(404, {"error": {"message": f"no such path {path}", "code": None}})
        if rule is None:
            return wfile.json(500, {"error": {"message": "the script has no rule for this", "code": None}})
        with contextlib.suppress(_HungUp, ConnectionError):
            self._give(rule, request, wfile)

    def _give(self, rule: Rule, request: Received, out: wire.Out) -> None:
        self._pause(rule.delay_s, out.socket)
        asked_to_stream = bool(request.body.get("stream"))
        if rule.raw is not None:
            return out.send(200, "text/html", rule.raw)
        if rule.error is not None:
            return out.json(rule.status, {"error": rule.error}, rule.headers)
        if asked_to_stream and self.streams == "refuse":
            return out.json(400, {"error": {"message": "stream is not supported", "code": None}})
        if request.body.get("response_format") and not self.structured:
            return out.json(400, {"error": {"message": "'response_format' is not supported", "code": None}})
        text = rule.says(request)
        message = wire.message(text, request.body)
        usage = wire.usage(request.raw, text) if self.usage else None
        if self.streams == "always" or (asked_to_stream and self.streams == "yes"):
            return self._stream(rule, text, message, usage, out)
        whole = wire.completion(message, request.body, rule.finish_reason, usage)
        if rule.cut_after is not None:
            return out.cut(whole, rule.cut_after)
        out.json(200, whole)

    def _stream(
        self, rule: Rule, text: str, message: dict[str, Any], usage: dict[str, int] | None, out: wire.Out
    ) -> None:
        out.begin_events()
        for at, delta in wire.deltas(text, message):
            if rule.cut_after is not None and at >= rule.cut_after:
                return out.drop()
            out.event(wire.chunk(delta, None))
            self._pause(rule.between_s, out.socket)
        out.event(wire.chunk({}, rule.finish_reason, usage))
        out.end_events()

    def _pause(self, seconds: float, connection: socket.socket) -> None:
        """Wait, unless the client hangs up or the server ends."""
        until = time.monotonic() + seconds
        while True:
            if _closed(connection):
                with self._lock:
                    self.hung_up += 1
                raise _HungUp
            left = until - time.monotonic()
            if left <= 0 or self._closing.wait(min(_LOOK_EVERY_S, left)):
                return


class _HungUp(Exception):
    """The client closed the connection."""


def _closed(connection: socket.socket) -> bool:
    readable, _, _ = select.select([connection], [], [], 0)
    try:
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except OSError:
        return True
