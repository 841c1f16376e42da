"""OpenAI's API on the wire: reading requests, writing completions, chunks and errors over HTTP."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_DIMENSIONS = 64


def read(raw: bytes) -> Mapping[str, Any]:
    """The JSON body, or an empty one."""
    with contextlib.suppress(ValueError):
        body = json.loads(raw or b"{}")
        if isinstance(body, dict):
            return body
    return {}


def message(text: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The assistant's message; where tools were offered, a call of the first with `text` as arguments."""
    tools = body.get("tools")
    if not tools:
        return {"role": "assistant", "content": text}
    call = {"name": tools[0]["function"]["name"], "arguments": text}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "call_1", "index": 0, "type": "function", "function": call}],
    }


def usage(raw: bytes, text: str) -> dict[str, int]:
    """A count of tokens, four bytes each."""
    sent, got = max(1, len(raw) // 4), max(1, len(text.encode()) // 4)
    return {"prompt_tokens": sent, "completion_tokens": got, "total_tokens": sent + got}


def completion(
    said: dict[str, Any], body: Mapping[str, Any], finish_reason: str, tokens: dict[str, int] | None
) -> dict[str, Any]:
    """A whole chat completion."""
    reason = "tool_calls" if said.get("tool_calls") else finish_reason
    whole: dict[str, Any] = {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": str(body.get("model", "scripted")),
        "choices": [{"index": 0, "message": said, "finish_reason": reason}],
    }
    return whole if tokens is None else {**whole, "usage": tokens}


def deltas(text: str, said: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The pieces of a streamed message, each with the characters that came before it."""
    if said.get("tool_calls"):
        yield 0, said
        return
    yield 0, {"role": "assistant", "content": ""}
    at = 0
    for piece in re.findall(r"\s*\S+\s*", text) or [text]:
        yield at, {"content": piece}
        at += len(piece)


def chunk(delta: dict[str, Any], finish_reason: str | None, tokens: Any = None) -> dict[str, Any]:
    """One chunk of a streamed completion."""
    made: dict[str, Any] = {
        "id": "chatcmpl-scripted",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
    }
    return made if tokens is None else {**made, "usage": tokens}


def embeddings(body: Mapping[str, Any]) -> dict[str, Any]:
    """A vector for each input: its words, hashed; the same words give the same vector."""
    texts = body.get("input", [])
    texts = [texts] if isinstance(texts, str) else texts
    data = [
        {"object": "embedding", "index": k, "embedding": _vector(str(text))} for k, text in enumerate(texts)
    ]
    tokens = sum(len(str(text)) // 4 + 1 for text in texts)
    return {
        "object": "list",
        "model": str(body.get("model", "scripted")),
        "data": data,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def _vector(text: str) -> list[float]:
    counts = [0.0] * _DIMENSIONS
    for word in re.findall(r"\w+", text.lower()):
        counts[hashlib.sha256(word.encode()).digest()[0] % _DIMENSIONS] += 1.0
    size = sum(v * v for v in counts) ** 0.5 or 1.0
    return [v / size for v in counts]


class Out:
    """The way back to one client."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self._handler = handler

    @property
    def socket(self) -> socket.socket:
        """The client's connection."""
        connection: socket.socket = self._handler.connection
        return connection

    def json(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        """Answer with JSON."""
        self.send(status, "application/json", json.dumps(body).encode(), headers)

    def send(self, status: int, kind: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Answer in one piece."""
        self._head(status, {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})})
        self._handler.wfile.write(body)

    def cut(self, body: Any, after: int) -> None:
        """Promise the whole of `body`, send its first `after` bytes, and hang up."""
        text = json.dumps(body).encode()
        self._head(200, {"Content-Type": "application/json", "Content-Length": str(len(text))})
        self._handler.wfile.write(text[:after])

    def begin_events(self) -> None:
        """Begin server-sent events, in chunks."""
        self._head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})

    def event(self, data: Any) -> None:
        """Send one event."""
        self._chunk(f"data: {json.dumps(data)}\n\n".encode())

    def end_events(self) -> None:
        """Send the last event and end."""
        self._chunk(b"data: [DONE]\n\n")
        self._handler.wfile.write(b"0\r\n\r\n")

    def drop(self) -> None:
        """Hang up in the middle: the chunks have no end."""
        self._handler.wfile.flush()

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self._handler.send_response(status)
        for name, value in {**headers, "Connection": "close"}.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()

    def _chunk(self, data: bytes) -> None:
        self._handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self._handler.wfile.flush()


Answer = Callable[[str, Mapping[str, str], bytes, Out], None]


class Server(ThreadingHTTPServer):
    """Listens on a free port of the loopback interface, a thread for each conversation."""

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.close_connection = True
                headers = {name.lower(): value for name, value in self.headers.items()}
                with contextlib.suppress(ConnectionError):
                    answer(self.path, headers, raw, Out(self))

            do_GET = do_POST

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="scripted-model", daemon=True
        )

    def listen(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port."""
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""
