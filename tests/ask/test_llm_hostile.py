"""An endpoint that means no good costs neither memory nor time without end."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from llm_desk import Asker

from insights_ext.ask.llm import heard, meter, reply
from insights_ext.ask.llm.embeddings import RemoteEmbedder
from insights_ext.errors import ModelMalformed
from insights_ext.settings import Settings
from insights_ext.testing import ScriptedModel

QUESTION = "total revenue by region"
SQL = "SELECT region, sum(revenue_usd) AS total FROM orders GROUP BY region"


class Hostile(ThreadingHTTPServer):
    """Answers every request with what `write` puts on the wire."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, write: Callable[[Any], None]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                with contextlib.suppress(OSError):
                    write(self)

            def log_message(self, *given: Any) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}/v1"


@pytest.fixture
def hostile() -> Iterator[Callable[[Callable[[Any], None]], Hostile]]:
    servers: list[Hostile] = []

    def make(write: Callable[[Any], None]) -> Hostile:
        server = Hostile(write)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


def head(out: Any, kind: str, **headers: str) -> None:
    out.send_response(200)
    out.send_header("Content-Type", kind)
    for name, value in headers.items():
        out.send_header(name.replace("_", "-"), value)
    out.end_headers()


def endless_json(out: Any) -> None:
    head(out, "application/json")
    while True:
        out.wfile.write(b" " * 65_536)


def endless_events(out: Any) -> None:
    head(out, "text/event-stream")
    piece = {"choices": [{"index": 0, "delta": {"content": "x" * 4_000}}]}
    while True:
        out.wfile.write(b"data: " + json.dumps(piece).encode() + b"\n\n")


def endless_line(out: Any) -> None:
    head(out, "text/event-stream")
    while True:
        out.wfile.write(b"data: " + b"x" * 65_536)


def drop_by_drop(out: Any) -> None:
    head(out, "application/json")
    while True:
        out.wfile.write(b" ")
        time.sleep(0.02)


def deep(out: Any) -> None:
    head(out, "application/json")
    out.wfile.write(b"[" * 500_000)


def bomb(out: Any) -> None:
    import gzip

    head(out, "application/json", Content_Encoding="gzip")
    out.wfile.write(gzip.compress(b" " * 50_000_000))


@pytest.mark.parametrize(
    ("write", "outcome"),
    [
        (endless_json, "model_malformed"),
        (endless_events, "model_malformed"),
        (endless_line, "model_malformed"),
        (drop_by_drop, "model_timeout"),
        (deep, None),
        (bomb, "model_malformed"),
    ],
)
def test_a_reply_without_end_is_given_up(
    asker: Any, model: ScriptedModel, hostile: Any, write: Any, outcome: str | None
) -> None:
    slow = write is drop_by_drop
    desk: Asker = asker(model_base_url=hostile(write).base_url, model_timeout_s=1.0 if slow else 60.0)
    answer = desk.ask(QUESTION)
    assert (answer.status, answer.planner) == ("answered", "rules")
    assert outcome in (None, answer.ledger[-1].outcome)
    assert all(entry.bytes_in <= 2 * meter.MAX_REPLY_BYTES for entry in answer.ledger)


@pytest.mark.parametrize("write", [endless_json, drop_by_drop, deep, bomb])
def test_embeddings_without_end_are_given_up(hostile: Any, write: Any) -> None:
    entries: list[Any] = []
    settings = Settings(embedding_model="openai:e", embedding_base_url=hostile(write).base_url,
                        model_timeout_s=1.0 if write is drop_by_drop else 60.0)  # fmt: skip
    embedder = RemoteEmbedder(settings, entries.append, lambda: (0, 0))
    assert embedder.embed(["hello"]).shape == (1, 512)
    assert embedder.problem is not None
    assert [entry.outcome == "ok" for entry in entries] == [False]


@pytest.mark.parametrize(
    "said",
    [
        "SELECT " * 25_000,
        "{" * 100_000,
        '{"sql": ' * 20_000,
        "```sql\n" * 20_000,
        "WITH " + " " * 150_000,
        "<think>" * 20_000,
        '{"sql": "' + "(" * 60_000 + '"}',
    ],
)
def test_a_reply_that_is_hard_to_read_is_read_in_time_that_grows_with_its_length(said: str) -> None:
    """Twice as long takes about twice as long; a square would take four times, and a power no end."""

    def seconds(text: str) -> float:
        began = time.process_time()
        with contextlib.suppress(ModelMalformed):
            reply.read(text)
        return time.process_time() - began

    whole, quarter = seconds(said), min(seconds(said[: len(said) // 4]) for _ in range(3))
    assert whole < 12 * max(quarter, 0.005)


@pytest.mark.parametrize("bad", ["\\ud800", "\\u0000", "\\ud83d"])
def test_text_that_is_no_text_does_no_harm(asker: Any, model: ScriptedModel, bad: str) -> None:
    model.say(
        '{"sql": "SELECT count(*) AS n FROM orders WHERE region = \'' + bad + '\'", "text": "' + bad + '"}'
    )
    answer = asker().ask(QUESTION)
    answer.model_dump_json().encode()
    assert answer.status in ("answered", "refused")


def test_a_character_that_came_in_two_pieces_is_one() -> None:
    assert heard.whole("a\ud83d\ude00b\ud83d") == "a😀b\ufffd"


def test_two_hundred_questions_leave_no_thread_and_no_file_behind(asker: Any, model: ScriptedModel) -> None:
    import os

    model.say({"sql": SQL})
    desk = asker(max_daily_requests=0)

    def held() -> tuple[int, int]:
        return threading.active_count(), len(os.listdir("/proc/self/fd"))

    for _ in range(5):
        desk.ask(QUESTION)
    before = held()
    for _ in range(200):
        desk.ask(QUESTION)
    after = held()
    assert after[0] <= before[0] + 2
    assert after[1] <= before[1] + 4


def test_two_who_ask_at_once_each_get_their_own_answer(asker: Any, model: ScriptedModel) -> None:
    model.say({"sql": "SELECT max(quantity) AS most FROM orders"}, when="the most")
    model.say({"sql": "SELECT min(quantity) AS least FROM orders"}, when="the least")
    desk, found = asker(), dict[str, list[Any]]()

    def ask(word: str) -> None:
        found[word] = [desk.ask(f"the {word} quantity").columns[0].name for _ in range(4)]

    threads = [threading.Thread(target=ask, args=(word,)) for word in ("most", "least")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"most": ["most"] * 4, "least": ["least"] * 4}
