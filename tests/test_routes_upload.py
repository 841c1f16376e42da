"""Promises about uploads: streamed, refused early, and leaving nothing behind."""

import asyncio
import hashlib
import json
import threading

import psutil
import pytest

from insights_ext.routes import base

CSV = b"region,amount\nNorth,10\nSouth,20\nNorth,5\n"
MIB = 1 << 20


def form(*parts: tuple[str, str | None, bytes]) -> tuple[bytes, dict[str, str]]:
    """A multipart body of (name, filename, content) parts, and its headers."""
    lines = []
    for name, filename, content in parts:
        named = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
        lines.append(
            b"--b0undary\r\nContent-Disposition: " + named.encode() + b"\r\n\r\n" + content + b"\r\n"
        )
    return b"".join(lines) + b"--b0undary--\r\n", {"Content-Type": "multipart/form-data; boundary=b0undary"}


def left_over(workspace) -> list[str]:
    tmp = workspace.store / "tmp"
    return [path.name for path in tmp.iterdir()] if tmp.exists() else []


async def nothing_left(workspace) -> bool:
    for _ in range(100):
        if not left_over(workspace):
            return True
        await asyncio.sleep(0.02)
    return False


@pytest.fixture
def raw(jp_http_port, jp_serverapp, http_server):
    """Opens a bare connection and sends the head of an upload; gives reader and writer."""

    async def connect(query: str, *headers: str):
        reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
        token = jp_serverapp.identity_provider.token
        head = [
            f"POST {jp_serverapp.base_url}insights/v1/datasets?{query} HTTP/1.1",
            f"Host: 127.0.0.1:{jp_http_port}",
            f"Authorization: token {token}",
            *headers,
        ]
        writer.write(("\r\n".join(head) + "\r\n\r\n").encode())
        await writer.drain()
        return reader, writer

    return connect


async def read_reply(reader) -> tuple[int, dict]:
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 15)).decode()
    length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("Content-Length"))
    return int(head.split()[1]), json.loads(await reader.readexactly(length))


async def send(writer, size_bytes: int, patience_s: float = 20) -> None:
    for _ in range(size_bytes >> 16):
        writer.write(b"x" * (1 << 16))
        await asyncio.wait_for(writer.drain(), patience_s)


# What is accepted ----------------------------------------------------------------------------------


async def test_a_raw_body_becomes_a_dataset(api, jp_base_url):
    reply = await api("POST", "datasets", {"name": "sales", "filename": "Sales 2024.csv"}, body=CSV)

    assert reply.status == 201
    assert reply.headers["Location"] == f"{jp_base_url}insights/v1/datasets/sales"
    assert (reply.json["name"], reply.json["state"], reply.json["row_count"]) == ("sales", "completed", 3)
    assert reply.json["filename"] == "Sales 2024.csv"
    assert reply.json["source_sha256"] == hashlib.sha256(CSV).hexdigest()
    assert (await api("GET", "datasets/sales")).json == reply.json


async def test_a_form_becomes_a_dataset(api):
    body, headers = form(
        ("name", None, b"sales"), ("options", None, b'{"delimiter": ","}'), ("file", "s.csv", CSV)
    )
    reply = await api("POST", "datasets", body=body, headers=headers)

    assert reply.status == 201
    assert (reply.json["name"], reply.json["filename"], reply.json["row_count"]) == ("sales", "s.csv", 3)
    assert reply.json["options"]["delimiter"] == ","
    assert reply.json["source_sha256"] == hashlib.sha256(CSV).hexdigest()


async def test_a_file_of_the_workspace_becomes_a_dataset(api, jp_root_dir):
    (jp_root_dir / "data").mkdir()
    (jp_root_dir / "data" / "sales.csv").write_bytes(CSV)

    reply = await api("POST", "datasets", body={"path": "data/sales.csv"})

    assert reply.status == 201
    assert (reply.json["name"], reply.json["row_count"]) == ("sales", 3)


async def test_options_in_the_query_reach_the_reader(api):
    reply = await api(
        "POST",
        "datasets",
        {"filename": "a.csv", "delimiter": "\t", "header_row": "2", "dtypes": '{"a": "VARCHAR"}'},
        body=b"a title\na\tb\n1\t2\n3\t4\n",
    )

    assert reply.status == 201, reply.json
    assert reply.json["options"]["delimiter"] == "\t"
    assert [(column["name"], column["type"]) for column in reply.json["columns"]] == [
        ("a", "VARCHAR"),
        ("b", "BIGINT"),
    ]
    assert reply.json["row_count"] == 2


async def test_json_with_a_file_name_is_a_file(api):
    reply = await api("POST", "datasets", {"filename": "a.json"}, body=[{"a": 1}, {"a": 2}])

    assert (reply.status, reply.json["row_count"]) == (201, 2)


async def test_a_raw_body_without_a_file_name_is_known_by_its_media_type(api):
    reply = await api("POST", "datasets", {"name": "sales"}, body=CSV, headers={"Content-Type": "text/csv"})

    assert (reply.status, reply.json["row_count"]) == (201, 3)


async def test_a_slow_upload_answers_202_with_the_address_of_its_job(api, workspace):
    workspace.upload_wait_s = 0.0

    reply = await api("POST", "datasets", {"filename": "sales.csv"}, body=CSV)

    assert reply.status == 202
    assert reply.headers["Location"].endswith(f"/insights/v1/jobs/{reply.json['id']}")
    for _ in range(200):
        job = await api("GET", f"jobs/{reply.json['id']}")
        if job.json["state"] == "completed":
            break
        await asyncio.sleep(0.05)
    assert (job.status, job.json["dataset"]) == (200, "sales")


async def test_who_prefers_not_to_wait_gets_the_job_at_once(api, workspace):
    workspace.upload_wait_s = 60.0
    headers = {"Prefer": "respond-async"}

    reply = await api("POST", "datasets", {"filename": "sales.csv"}, body=CSV, headers=headers)

    assert reply.status == 202
    assert reply.headers["Location"].endswith(f"/insights/v1/jobs/{reply.json['id']}")


# What is refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "headers", "status", "code"),
    [
        ({"filename": "a.exe"}, {}, 415, "unsupported_format"),
        ({"filename": "a.csv", "name": "no way"}, {}, 400, "invalid_name"),
        ({"filename": "a.csv", "header_row": "x"}, {}, 400, "invalid_option"),
        ({"filename": "a.csv", "options": "["}, {}, 400, "invalid_option"),
        ({"filename": "a.csv", "size": "1"}, {}, 400, "invalid_request"),
        ({}, {}, 400, "invalid_request"),
        ({"filename": "a.csv"}, {"Content-Encoding": "gzip"}, 415, "unsupported_format"),
        ({"filename": "a.csv"}, {"Content-Type": "multipart/mixed; boundary=x"}, 415, "unsupported_format"),
        ({}, {"Content-Type": "multipart/form-data"}, 400, "invalid_request"),
    ],
)
async def test_an_upload_that_cannot_succeed_is_refused_and_nothing_stays(
    api, workspace, query, headers, status, code
):
    reply = await api("POST", "datasets", query, body=CSV, headers=headers)

    assert (reply.status, reply.json["code"]) == (status, code)
    assert await nothing_left(workspace)
    assert (await api("GET", "datasets")).json["total"] == 0


async def test_a_taken_name_is_409_before_the_body_and_replace_takes_it(api, raw):
    assert (await api("POST", "datasets", {"filename": "sales.csv"}, body=CSV)).status == 201

    reader, writer = await raw("filename=sales.csv", "Content-Length: 1000000")
    status, body = await read_reply(reader)
    writer.close()

    assert (status, body["code"]) == (409, "name_taken")
    reply = await api(
        "POST", "datasets", {"filename": "sales.csv", "replace": "true"}, body=CSV + b"East,1\n"
    )
    assert (reply.status, reply.json["row_count"]) == (201, 4)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([("name", None, b"sales")], "invalid_request"),
        ([("file", "a.csv", CSV), ("file", "b.csv", CSV)], "invalid_request"),
        ([("surprise", None, b"1"), ("file", "a.csv", CSV)], "invalid_request"),
        ([("name", None, b"\xff"), ("file", "a.csv", CSV)], "invalid_request"),
        ([("name", None, b"x" * 100_000), ("file", "a.csv", CSV)], "too_large"),
        ([("name", None, b"x")] * 20, "too_large"),
        ([("file", "a.exe", CSV)], "unsupported_format"),
    ],
)
async def test_a_bad_form_is_refused_and_nothing_stays(api, workspace, parts, code):
    body, headers = form(*parts)
    reply = await api("POST", "datasets", body=body, headers=headers)

    assert reply.json["code"] == code
    assert await nothing_left(workspace)


async def test_a_form_cut_off_is_refused_and_nothing_stays(api, workspace):
    body, headers = form(("file", "a.csv", CSV))
    for cut in (b"", body[:20], body[:-20], body[:-4]):
        reply = await api("POST", "datasets", body=cut, headers=headers)
        assert (reply.status, reply.json["code"]) == (400, "invalid_request"), cut
    assert await nothing_left(workspace)


async def test_a_path_outside_the_workspace_is_not_found(api):
    for path in ("../secret.csv", "/etc/passwd", "a\0b.csv", "nothing.csv", ".insights/catalog.db"):
        reply = await api("POST", "datasets", body={"path": path})
        assert (reply.status, reply.json["code"]) in (
            (404, "file_not_found"),
            (415, "unsupported_format"),
            (400, "invalid_request"),
        ), path
        assert "/tmp" not in reply.json["message"]


async def test_a_file_that_cannot_be_read_is_4xx_with_the_reason(api, workspace):
    reply = await api("POST", "datasets", {"filename": "a.csv"}, body=b"")

    assert (reply.status, reply.json["code"]) == (422, "empty_file")
    assert await nothing_left(workspace)
    assert (await api("GET", "datasets/a")).json["state"] == "failed"


# Size ----------------------------------------------------------------------------------------------


class TestTooLarge:
    @pytest.fixture
    def workspace_config(self):
        return {"max_upload_bytes": MIB}

    async def test_an_announced_size_is_413_before_the_first_byte(self, raw, workspace):
        reader, writer = await raw("filename=a.csv", f"Content-Length: {10 << 30}")
        status, body = await read_reply(reader)
        writer.close()

        assert (status, body["code"]) == (413, "upload_too_large")
        assert left_over(workspace) == []

    async def test_an_announced_form_is_413_before_the_first_byte(self, raw, workspace):
        _, headers = form()
        kind = f"Content-Type: {headers['Content-Type']}"
        reader, writer = await raw("", f"Content-Length: {10 << 30}", kind)
        status, body = await read_reply(reader)
        writer.close()

        assert (status, body["code"]) == (413, "upload_too_large")

    async def test_who_asks_before_sending_is_answered_and_never_told_to_go_on(self, raw):
        reader, writer = await raw("filename=a.csv", f"Content-Length: {10 << 30}", "Expect: 100-continue")
        status, body = await read_reply(reader)

        assert (status, body["code"]) == (413, "upload_too_large")
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()

    async def test_a_chunked_body_is_stopped_midway(self, api, workspace):
        async def chunks(write):
            for _ in range(64):
                await write(b"x" * (1 << 16))

        reply = await api("POST", "datasets", {"filename": "a.csv"}, body_producer=chunks)

        assert (reply.status, reply.json["code"]) == (413, "upload_too_large")
        assert await nothing_left(workspace)

    async def test_a_form_is_stopped_midway(self, api, workspace):
        body, headers = form(("file", "a.csv", b"x" * (MIB + 1)))
        reply = await api("POST", "datasets", body=body, headers=headers)

        assert (reply.status, reply.json["code"]) == (413, "upload_too_large")
        assert await nothing_left(workspace)

    async def test_a_sender_that_never_stops_is_hung_up_on(self, raw, monkeypatch):
        monkeypatch.setattr(base, "LINGER_S", 0.2)
        reader, writer = await raw("filename=a.csv", f"Content-Length: {10 << 30}")
        status, _ = await read_reply(reader)
        assert status == 413

        with pytest.raises(ConnectionError):
            await send(writer, 1 << 40, patience_s=5)


class TestAFullDisk:
    @pytest.fixture
    def workspace_config(self):
        return {"max_upload_bytes": 1 << 60}

    async def test_what_cannot_fit_is_507_before_the_first_byte(self, raw, workspace):
        reader, writer = await raw("filename=a.csv", f"Content-Length: {1 << 59}")
        status, body = await read_reply(reader)
        writer.close()

        assert (status, body["code"]) == (507, "storage_full")
        assert left_over(workspace) == []


# Streaming -----------------------------------------------------------------------------------------


def stored_bytes(workspace) -> int:
    return sum(path.stat().st_size for path in (workspace.store / "tmp").rglob("source"))


async def test_bytes_are_on_the_disk_while_the_rest_is_still_to_come_and_go_with_the_sender(raw, workspace):
    _, writer = await raw("filename=a.csv", f"Content-Length: {64 * MIB}")
    await send(writer, 8 * MIB)
    for _ in range(200):
        if stored_bytes(workspace) >= 7 * MIB:
            break
        await asyncio.sleep(0.02)
    assert stored_bytes(workspace) >= 7 * MIB

    writer.close()

    assert await nothing_left(workspace)


@pytest.mark.slow
async def test_memory_does_not_grow_with_an_upload(api, raw, workspace):
    process = psutil.Process()
    piece = b"x" * (1 << 18)
    await api("GET", "datasets")
    _, writer = await raw("filename=a.csv", f"Content-Length: {1 << 30}")
    before = most = process.memory_info().rss
    for _ in range(200 * MIB // len(piece)):
        writer.write(piece)
        await writer.drain()
        most = max(most, process.memory_info().rss)
    while stored_bytes(workspace) < 198 * MIB:
        await asyncio.sleep(0.05)
    writer.close()

    assert most - before < 32 * MIB
    assert await nothing_left(workspace)


async def test_a_slow_disk_holds_the_sender_back(raw, workspace, insights_app):
    gate = threading.Event()
    busy = [insights_app.door.bytes.start(gate.wait, 20) for _ in range(4)]
    _, writer = await raw("filename=a.csv", f"Content-Length: {256 * MIB}")
    with pytest.raises(TimeoutError):
        await send(writer, 256 * MIB, patience_s=1)
    gate.set()
    await asyncio.gather(*busy)
    writer.close()
    assert await nothing_left(workspace)
