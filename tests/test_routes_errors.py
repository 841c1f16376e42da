"""Promises about failures and headers: one body everywhere, nothing leaked, ids throughout."""

import json
import logging
import re

import pytest
from tornado import web

from insights_ext.errors import BY_CODE, Busy
from insights_ext.routes.base import InsightsHandler
from insights_ext.routes.faults import fault
from insights_ext.routes.rows import Operation

BODY = {"message", "code", "request_id", "hint"}


async def test_every_reply_carries_id_time_and_is_not_cached(api):
    for method, path in [
        ("GET", "datasets"),
        ("GET", "datasets/none"),
        ("GET", "nothing"),
        ("PUT", "ask"),
        ("OPTIONS", "datasets"),
        ("HEAD", "datasets"),
    ]:
        body = "{}" if method == "PUT" else None
        reply = await api(method, path, body=body)
        assert re.fullmatch(r"[0-9a-f]{32}", reply.headers["X-Request-ID"]), (method, path)
        assert 0 <= float(reply.headers["X-Process-Time"]) < 30
        assert reply.headers["Cache-Control"] == "private, no-store"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]


async def test_a_sane_request_id_is_taken_over_and_another_is_not(api):
    for given in ("abc", "A.b-c_9", "x" * 64):
        reply = await api("GET", "datasets/none", headers={"X-Request-ID": given})
        assert reply.headers["X-Request-ID"] == reply.json["request_id"] == given
    for given in ("x" * 65, "a b", "<script>", "é", ""):
        reply = await api("GET", "datasets/none", headers={"X-Request-ID": given})
        assert re.fullmatch(r"[0-9a-f]{32}", reply.headers["X-Request-ID"])
        assert reply.headers["X-Request-ID"] == reply.json["request_id"]


async def test_an_unknown_address_is_404_and_a_wrong_method_405_both_with_our_body(api):
    reply = await api("GET", "nothing/here")
    assert (reply.status, reply.json["code"], set(reply.json)) == (404, "not_found", BODY)
    for path in ("", "datasets/a/b/c", "datasets.json", "askk"):
        assert (await api("GET", path)).status == 404, path
    reply = await api("PUT", "datasets", body="{}")
    assert (reply.status, reply.json["code"], set(reply.json)) == (405, "method_not_allowed", BODY)
    assert reply.headers["Allow"] == "GET, POST, OPTIONS"


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "words"),
    [
        ("POST", "ask", "{", "invalid_request", "not valid JSON"),
        ("POST", "ask", "", "invalid_request", "`question` is missing"),
        ("POST", "ask", "[]", "invalid_request", "must be a JSON object"),
        ("POST", "ask", '{"question": 5}', "invalid_request", "`question` must be text"),
        ("POST", "ask", '{"question": "a", "answer": 1}', "invalid_request", "`answer` is not a known field"),
        (
            "POST",
            "ask",
            '{"question": "a", "datasets": [1]}',
            "invalid_request",
            "`datasets[0]` must be text",
        ),
        ("POST", "ask", '{"question": "  "}', "empty_question", ""),
        ("POST", "query", '{"datasets": []}', "invalid_request", "`sql` is missing"),
        ("PATCH", "datasets/x", "{}", "invalid_request", "`name` is missing"),
        ("POST", "datasets/x/reimport", '{"options": {"header_row": -1}}', "invalid_option", "at least 0"),
        ("POST", "datasets", '{"path": "a.csv", "surprise": 1}', "invalid_request", "`surprise`"),
        ("POST", "datasets", "{}", "invalid_request", "`path` is missing"),
    ],
)
async def test_a_bad_body_is_400_and_names_the_field(api, method, path, body, code, words):
    reply = await api(method, path, body=body, headers={"Content-Type": "application/json"})

    assert (reply.status, reply.json["code"], set(reply.json)) == (400, code, BODY)
    assert words in reply.json["message"]


@pytest.mark.parametrize(
    ("path", "query", "code", "words"),
    [
        ("datasets/x/preview", {"limit": "-1"}, "invalid_request", "`limit` must be at least 0"),
        ("datasets/x/preview", {"limit": "10001"}, "invalid_request", "`limit` must be at most 10000"),
        ("datasets/x/preview", {"offset": "many"}, "invalid_request", "`offset` must be a whole number"),
        ("datasets/x/preview", {"filter": "{"}, "invalid_filter", "not valid JSON"),
        ("datasets/x/preview", {"filter": "{}"}, "invalid_filter", "JSON list"),
        (
            "datasets/x/preview",
            {"filter": '[{"column": "a"}]'},
            "invalid_filter",
            "`filter[0].op` is missing",
        ),
        ("datasets/x/preview", {"filter": "[" * 20_000}, "invalid_filter", "not valid JSON"),
        ("datasets/x/preview", {"sort": "[1]"}, "invalid_request", "`sort`"),
        ("datasets/x/preview", {"page": "1"}, "invalid_request", "`page` is not a known parameter"),
        ("datasets/x/stats", {"wait": "perhaps"}, "invalid_request", "`wait` must be true or false"),
        ("datasets/x/export", {"format": "exe"}, "invalid_request", "`format` must be one of"),
        ("datasets", {"all": "1"}, "invalid_request", "`all` is not a known parameter"),
    ],
)
async def test_a_bad_parameter_is_400_and_is_named(api, path, query, code, words):
    reply = await api("GET", path, query)

    assert (reply.status, reply.json["code"]) == (400, code)
    assert words in reply.json["message"]


async def test_what_jupyterlab_and_jupyter_server_add_to_addresses_is_let_through(api):
    reply = await api("GET", "datasets", {"1763870000000": "", "no_track_activity": "1", "_xsrf": "x"})

    assert reply.status == 200


async def test_what_is_not_there_is_404_by_name(api):
    for method, path, code in [
        ("GET", "datasets/none", "dataset_not_found"),
        ("DELETE", "datasets/none", "dataset_not_found"),
        ("GET", "datasets/none/preview", "dataset_not_found"),
        ("GET", "datasets/none/stats", "dataset_not_found"),
        ("GET", "datasets/none/suggestions", "dataset_not_found"),
        ("GET", "datasets/none/export", "dataset_not_found"),
        ("GET", "jobs/none", "job_not_found"),
        ("DELETE", "jobs/none", "job_not_found"),
        ("GET", "answers/none", "answer_not_found"),
        ("GET", "answers/none/table", "answer_not_found"),
    ]:
        reply = await api(method, path)
        assert (reply.status, reply.json["code"], set(reply.json)) == (404, code, BODY), path


async def test_a_question_of_a_megabyte_is_too_long_however_it_is_cut(api):
    for size in (900_000, 1 << 20, 3 << 20):
        reply = await api("POST", "ask", body={"question": "x" * size})
        assert (reply.status, reply.json["code"]) == (413, "question_too_long"), size


async def test_json_past_a_megabyte_is_413_announced_or_not(api):
    async def chunks(write):
        for _ in range(48):
            await write(b" " * (1 << 16))

    announced = await api("POST", "query", body="{" + " " * (2 << 20))
    streamed = await api("POST", "query", body_producer=chunks)

    assert (announced.status, announced.json["code"]) == (413, "too_large")
    assert (streamed.status, streamed.json["code"]) == (413, "too_large")


async def test_a_form_where_json_belongs_is_415(api):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = await api("POST", "ask", body="question=hello", headers=headers)

    assert (reply.status, reply.json["code"]) == (415, "unsupported_format")
    assert "application/json" in reply.json["hint"]


class Broken(InsightsHandler):
    """A route of this test, with a bug."""

    @web.authenticated
    async def get(self):
        await self.run(self._fail, self.get_argument("code", ""))

    def _fail(self, code):
        raise BY_CODE[code]("In words.") if code else RuntimeError("secret /root/path")

    def operation(self):
        return Operation("GET", "broken", "", "read", "insights:broken", {})


async def test_an_unknown_failure_says_nothing_and_logs_all(jp_fetch, jp_web_app, insights_app, caplog):
    jp_web_app.add_handlers(".*$", [(r".*/broken", Broken, {"door": insights_app.door})])
    with caplog.at_level(logging.ERROR):
        reply = await jp_fetch("broken", headers={"X-Request-ID": "the-id"}, raise_error=False)
    body = json.loads(reply.body)

    assert (reply.code, body["code"], set(body)) == (500, "internal_error", BODY)
    assert body["message"] == "Something went wrong on the server."
    assert b"secret" not in reply.body
    assert "request the-id failed" in caplog.text
    assert "secret" in caplog.text


async def test_statuses_http_has_no_word_for_are_sent_all_the_same(jp_fetch, jp_web_app, insights_app):
    jp_web_app.add_handlers(".*$", [(r".*/broken", Broken, {"door": insights_app.door})])
    for code, status in (("cancelled", 499), ("storage_full", 507), ("timeout", 504), ("busy", 503)):
        reply = await jp_fetch("broken", params={"code": code}, raise_error=False)
        assert (reply.code, json.loads(reply.body)["code"]) == (status, code)


@pytest.mark.parametrize("code", BY_CODE)
def test_every_error_of_the_tree_has_its_status_and_body(code):
    kind = BY_CODE[code]

    found = fault(kind("In words.", hint="Do that."), 500, "the-id")

    assert found.status == kind.status
    assert found.body == {"message": "In words.", "code": code, "request_id": "the-id", "hint": "Do that."}
    assert ("Retry-After" in found.headers) == (kind is Busy)


async def test_a_full_house_is_told_to_come_back(api, insights_app, monkeypatch):
    monkeypatch.setattr(insights_app.door.requests, "_places", 0)

    reply = await api("GET", "datasets")

    assert (reply.status, reply.json["code"], reply.headers["Retry-After"]) == (503, "busy", "1")


async def test_a_store_that_cannot_be_opened_is_said_in_the_log_and_tried_again(api, workspace, caplog):
    workspace.root_path.rmdir()
    workspace.root_path.write_text("a file where the root should be")
    with caplog.at_level(logging.ERROR):
        reply = await api("GET", "datasets")
    assert reply.status == 500
    assert str(workspace.root_path) in caplog.text
    assert str(workspace.root_path).encode() not in reply.body

    workspace.root_path.unlink()
    workspace.root_path.mkdir()
    assert (await api("GET", "datasets")).json == {"datasets": [], "total": 0}


def test_an_error_body_is_json_whatever_was_raised():
    for error in (None, KeyError("x"), ValueError("y")):
        found = fault(error, 500, "id")
        assert found.status == 500
        assert json.loads(json.dumps(found.body))["code"] == "internal_error"
