"""Promises about the description: it is OpenAPI 3.1, and says what is mounted, no more and no less."""

import copy
import html.parser
import json
import re

from tornado.routing import PathMatches, Router
from tornado.web import RequestHandler

from insights_ext import schemas
from insights_ext.errors import BY_CODE
from insights_ext.routes.openapi import description
from insights_ext.routes.page import CSP, page
from insights_ext.routes.table import ROUTES, pattern

VERBS = ("get", "post", "put", "patch", "delete")


def rules(router):
    for rule in getattr(router, "rules", []):
        if isinstance(rule.matcher, PathMatches):
            yield rule.matcher.regex.pattern, rule.target
        elif isinstance(rule.target, Router):
            yield from rules(rule.target)


async def test_every_mounted_method_is_documented_and_the_other_way_round(api, jp_web_app):
    paths = (await api("GET", "openapi.json")).json["paths"]
    documented = {
        (pattern(path.lstrip("/")), verb) for path, item in paths.items() for verb in VERBS if verb in item
    }
    mounted = set()
    for regex, handler in rules(jp_web_app.default_router):
        found = re.search(r"/insights/v1/(.*)\$$", regex)
        if found is None:
            continue
        for verb in VERBS:
            if getattr(handler, verb) is not RequestHandler._unimplemented_method:
                mounted.add((found[1], verb))

    assert documented == mounted
    assert len(mounted) == sum(len(route.operations) for route in ROUTES)


async def test_the_description_knows_where_the_server_is(api, jp_base_url):
    document = (await api("GET", "openapi.json")).json

    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": f"{jp_base_url}insights/v1"}]


def test_every_reference_leads_somewhere_and_every_operation_is_named_once():
    document = description("/", ROUTES)
    names = set(document["components"]["schemas"])
    referenced = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    ids = [operation.id for route in ROUTES for operation in route.operations]

    assert referenced <= names
    assert len(ids) == len(set(ids))
    assert {"Dataset", "Preview", "Stats", "Answer", "Health", "Job", "ErrorBody", "Filter"} <= names | {
        "Filter"
    }


def test_fields_are_those_of_the_schemas():
    models = description("/", ROUTES)["components"]["schemas"]
    for name in ("Dataset", "Preview", "Stats", "Answer", "Health", "Job", "UploadRequest", "ErrorBody"):
        assert set(models[name]["properties"]) == set(getattr(schemas, name).model_fields), name


def test_every_error_code_a_route_names_exists():
    for route in ROUTES:
        for operation in route.operations:
            assert set(operation.errors) <= set(BY_CODE), operation.id


async def test_the_page_is_plain_and_loads_nothing(api):
    reply = await api("GET", "docs")

    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert reply.headers["Content-Security-Policy"] == CSP
    text = reply.body.decode()
    assert "<script" not in text
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", text)
    for route in ROUTES:
        for operation in route.operations:
            assert f'id="{operation.id}"' in text


def test_the_page_is_well_formed_and_escapes_what_it_shows():
    class Checker(html.parser.HTMLParser):
        def __init__(self):
            super().__init__()
            self.open = []

        def handle_starttag(self, tag, attrs):
            if tag not in ("meta",):
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    document = copy.deepcopy(description("/", ROUTES))
    document["info"]["title"] = "<b>&"
    checker = Checker()
    checker.feed(page(document))

    assert checker.open == []
    assert "&lt;b&gt;&amp;" in page(document)
