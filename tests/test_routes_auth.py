"""Promises about who may: authentication, permission, XSRF, origin, for every route."""

import re

import pytest

from insights_ext.routes.table import ROUTES

OPERATIONS = [(route, operation) for route in ROUTES for operation in route.operations]


def address(path: str) -> str:
    return re.sub(r"\{\w+\}", "x", path)


def a_body(operation):
    return {} if operation.method in ("POST", "PATCH") else None


async def test_no_route_answers_a_stranger(api):
    for route, operation in OPERATIONS:
        for headers in ({"Authorization": ""}, {"Authorization": "token wrong"}):
            reply = await api(operation.method, address(route.path), body=a_body(operation), headers=headers)
            assert (reply.status, reply.json["code"]) == (403, "forbidden"), (operation.id, headers)
            assert reply.json["request_id"] == reply.headers["X-Request-ID"]


async def test_a_stranger_learns_nothing_from_other_methods_and_addresses(api):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for path in ("nothing/here", "datasets", "health", "openapi.json"):
            body = "{}" if method in ("POST", "PUT", "PATCH") else None
            reply = await api(method, path, body=body, headers={"Authorization": ""})
            assert (reply.status, reply.json["code"]) == (403, "forbidden"), (method, path)


async def test_every_operation_asks_for_the_permission_in_the_table_and_obeys(api, authorizer):
    authorizer.allow = False
    for route, operation in OPERATIONS:
        authorizer.asked.clear()
        reply = await api(operation.method, address(route.path), body=a_body(operation))
        assert authorizer.asked == [(operation.action, operation.resource)], operation.id
        assert (reply.status, reply.json["code"]) == (403, "forbidden"), operation.id
        assert operation.resource in reply.json["message"]


async def test_a_permission_is_asked_once_and_the_decorators_agree_with_the_table(api, authorizer):
    for route, operation in OPERATIONS:
        authorizer.asked.clear()
        reply = await api(operation.method, address(route.path), body=a_body(operation))
        assert reply.status != 403, operation.id
        # The decorator would add a second pair if its words differed from the table's.
        assert authorizer.asked == [(operation.action, operation.resource)], operation.id


def test_reading_is_read_changing_is_write_and_asking_is_execute():
    wanted = {"GET": "read", "PATCH": "write", "DELETE": "write", "POST": "write", "PUT": "write"}
    for _, operation in OPERATIONS:
        asks = operation.id in ("ask", "outgoing", "query")
        assert operation.action == ("execute" if asks else wanted[operation.method])
        assert re.fullmatch(
            r"insights:(datasets|ask|query|jobs|answers|ledger|feedback|knowledge|health|docs)",
            operation.resource,
        )


async def test_no_byte_of_a_forbidden_upload_is_stored(api, authorizer, workspace):
    authorizer.allow = False

    reply = await api("POST", "datasets", {"filename": "a.csv"}, body=b"a\n1\n" * 1000)

    assert reply.status == 403
    assert not workspace.store.exists()


@pytest.fixture
def log_in(jp_serverapp, jp_base_url, http_server_client):
    """Logs in as a browser does; gives the Cookie header and the XSRF token."""

    async def enter() -> tuple[str, str]:
        token = jp_serverapp.identity_provider.token
        pairs: dict[str, str] = {}
        for path in (f"api/status?token={token}", "login"):
            page = await http_server_client.fetch(f"{jp_base_url}{path}")
            for line in page.headers.get_list("Set-Cookie"):
                name, _, value = line.partition(";")[0].partition("=")
                pairs[name] = value
        return "; ".join(f"{name}={value}" for name, value in pairs.items()), pairs["_xsrf"]

    return enter


CHANGES = [
    ("POST", "ask"),
    ("POST", "query"),
    ("POST", "datasets"),
    ("PATCH", "datasets/x"),
    ("DELETE", "datasets/x"),
    ("POST", "datasets/x/reimport"),
    ("DELETE", "jobs/x"),
]


async def test_a_cookie_alone_changes_nothing(api, log_in, authorizer):
    cookie, _ = await log_in()
    authorizer.asked.clear()
    for method, path in CHANGES:
        for wrong in ({}, {"X-XSRFToken": "2|wrong|wrong|1"}):
            reply = await api(
                method,
                path,
                body=None if method == "DELETE" else {},
                headers={"Authorization": "", "Cookie": cookie, **wrong},
            )
            assert (reply.status, reply.json["code"]) == (403, "forbidden"), (method, path, wrong)
            assert "X-XSRFToken" in reply.json["hint"]
    assert authorizer.asked == []


async def test_a_cookie_with_its_token_is_let_in(api, log_in):
    cookie, xsrf = await log_in()

    headers = {"Authorization": "", "Cookie": cookie, "X-XSRFToken": xsrf}
    reply = await api("DELETE", "datasets/nothing", headers=headers)

    assert (reply.status, reply.json["code"]) == (404, "dataset_not_found")


async def test_no_byte_of_an_upload_without_xsrf_token_is_stored(api, log_in, workspace):
    cookie, _ = await log_in()

    headers = {"Authorization": "", "Cookie": cookie}
    reply = await api("POST", "datasets", {"filename": "a.csv"}, body=b"a\n1\n" * 1000, headers=headers)

    assert reply.status == 403
    assert not workspace.store.exists()


async def test_another_origin_is_refused_in_words(api, log_in):
    cookie, xsrf = await log_in()
    for origin in ("https://evil.example", "http://127.0.0.1.evil.example"):
        for method in ("GET", "POST"):
            reply = await api(
                method,
                "datasets",
                body=None if method == "GET" else {},
                headers={"Authorization": "", "Cookie": cookie, "X-XSRFToken": xsrf, "Origin": origin},
            )
            assert (reply.status, reply.json["code"]) == (403, "forbidden"), (origin, method)
            assert "origin" in reply.json["message"]


async def test_a_person_is_sent_to_the_login_page_from_the_docs(api):
    reply = await api("GET", "docs", headers={"Authorization": "", "Accept": "text/html,*/*"})

    assert reply.status == 302
    assert "/login?next=" in reply.headers["Location"]
