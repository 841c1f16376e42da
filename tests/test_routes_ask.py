"""Promises about questions over REST: at once, step by step, and stopped when nobody listens."""

import asyncio
import json
import time

import pytest

from insights_ext.routes import ask

CSV = b"region,amount\nNorth,10\nSouth,20\nNorth,5\n"
ENDLESS = "SELECT count(*) FROM range(1000000000) AS a(x), range(1000) AS b(y) WHERE (x * y) % 7 = 3"


@pytest.fixture
def sales(api):
    """Uploads the dataset `sales`."""

    async def upload():
        assert (await api("POST", "datasets", {"filename": "sales.csv"}, body=CSV)).status == 201

    return upload


@pytest.fixture
def stream(api):
    """Asks and gives the events as (event, data) pairs; comments come as ("", text)."""

    async def ask_streamed(body, **headers):
        chunks: list[bytes] = []
        reply = await api(
            "POST",
            "ask",
            body=body,
            headers={"Accept": "text/event-stream", **headers},
            streaming_callback=chunks.append,
        )
        events = []
        if not reply.headers["Content-Type"].startswith("text/event-stream"):
            return reply, events
        for block in b"".join(chunks).decode().split("\n\n"):
            if block.startswith(":"):
                events.append(("", block))
            elif block:
                event, data = block.split("\n")
                events.append((event.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
        return reply, events

    return ask_streamed


async def post(port: int, serverapp, path: str, body: dict):
    """Sends a question over a bare connection, so that it can be dropped."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    content = json.dumps(body)
    writer.write(
        f"POST {serverapp.base_url}insights/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: token {serverapp.identity_provider.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n{content}".encode()
    )
    await writer.drain()
    return reader, writer


async def test_a_question_is_answered_with_the_id_of_its_request(api, sales):
    await sales()
    reply = await api(
        "POST", "ask", body={"question": "total amount by region"}, headers={"X-Request-ID": "the-question"}
    )

    assert reply.status == 200, reply.json
    assert reply.json["status"] == "answered"
    assert sorted(reply.json["rows"]) == [["North", 15], ["South", 20]]
    assert reply.json["request_id"] == "the-question"
    assert (await api("GET", f"answers/{reply.json['id']}")).json["text"] == reply.json["text"]


async def test_the_table_of_an_answer_is_a_file(api, sales):
    await sales()
    answer = (await api("POST", "ask", body={"question": "total amount by region"})).json
    reply = await api("GET", f"answers/{answer['id']}/table", {"format": "csv"})

    assert reply.status == 200
    assert reply.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''answer_")
    assert sorted(reply.body.splitlines()[1:]) == [b"North,15", b"South,20"]


async def test_steps_come_as_events_and_then_the_answer(stream, sales):
    await sales()
    reply, events = await stream({"question": "total amount by region"}, **{"X-Request-ID": "streamed"})

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert reply.headers["Cache-Control"] == "private, no-store"
    assert reply.headers["X-Request-ID"] == "streamed"
    assert [event for event, _ in events[:-1] if event] == ["step"] * (len(events) - 1)
    assert len(events) > 1
    assert all(set(data) == {"step", "message", "progress", "text"} for event, data in events[:-1])
    assert events[-1][0] == "answer"
    assert (events[-1][1]["status"], events[-1][1]["request_id"]) == ("answered", "streamed")


async def test_what_goes_wrong_on_the_way_is_an_event_with_the_error_body(stream):
    reply, events = await stream({"question": "total amount", "datasets": ["none"]})

    assert reply.status == 200
    assert events[-1][0] == "error"
    assert events[-1][1]["code"] == "dataset_not_found"
    assert events[-1][1]["request_id"] == reply.headers["X-Request-ID"]


async def test_a_request_that_cannot_be_read_is_refused_before_the_stream_begins(stream):
    reply, events = await stream({"query": "total amount"})

    assert (reply.status, events) == (400, [])


async def test_silence_is_filled_with_comments(stream, sales, monkeypatch):
    await sales()
    monkeypatch.setattr(ask, "HEARTBEAT_S", 0.001)
    _, events = await stream({"question": "average amount by region"})

    assert ("", ": still working") in events
    assert events[-1][0] == "answer"


async def test_sql_is_run_and_shown_as_it_ran(api, sales):
    await sales()
    reply = await api(
        "POST", "query", body={"sql": "select region, sum(amount) from sales group by 1 order by 1"}
    )

    assert reply.status == 200, reply.json
    assert reply.json["rows"] == [["North", 15], ["South", 20]]
    assert reply.json["sql"].upper().startswith("SELECT")


async def test_sql_that_reads_files_or_writes_is_refused(api, sales):
    await sales()
    for sql in (
        "SELECT * FROM '/etc/passwd'",
        "DROP TABLE sales",
        "COPY sales TO '/tmp/x'",
        "SELECT 1; SELECT 2",
    ):
        reply = await api("POST", "query", body={"sql": sql})
        assert (reply.status, reply.json["code"]) == (400, "query_refused"), sql


class TestNobodyListens:
    @pytest.fixture
    def workspace_config(self):
        return {"query_timeout_s": 60}

    async def test_closing_the_connection_ends_the_work_within_two_seconds(
        self, api, sales, insights_app, workspace, jp_http_port, jp_serverapp
    ):
        await sales()
        await api("GET", "datasets/sales/stats")
        lane = insights_app.door.requests
        _, writer = await post(
            jp_http_port, jp_serverapp, "query", {"sql": f"{ENDLESS} AND (SELECT count(*) FROM sales) > 0"}
        )
        await asyncio.sleep(1)
        assert lane._taken == 1

        writer.close()
        start = time.monotonic()
        while lane._taken and time.monotonic() - start < 5:
            await asyncio.sleep(0.05)

        assert lane._taken == 0
        assert time.monotonic() - start < 2
