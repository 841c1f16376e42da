"""The API description as one plain page: no script, nothing loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from typing import Any

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1b1b; background: #fff; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #ccc; }
h3 { margin-bottom: 0.25rem; font-size: 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { background: #f4f4f4; padding: 0.75rem; overflow-x: auto; }
table { border-collapse: collapse; margin: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.2rem 1rem 0.2rem 0; }
th { border-bottom: 1px solid #ccc; }
.method { display: inline-block; min-width: 4.5rem; font-weight: bold; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616; }
  pre { background: #242424; }
  a { color: #8ab4f8; }
}
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
CSP = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'; base-uri 'none'"


def page(document: dict[str, Any]) -> str:
    """`document` (OpenAPI) as HTML."""
    info, server = document["info"], document["servers"][0]["url"]
    return "".join(
        [
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{escape(info['title'])}: REST</title><style>{_STYLE}</style></head><body>",
            f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info['description'])}</p>",
            f"<p>All addresses begin with <code>{escape(server)}</code>. ",
            'The same as <a href="openapi.json">OpenAPI 3.1</a>.</p>',
            f"<pre>curl -H 'Authorization: token …' http://localhost:8888{escape(server)}/datasets</pre>",
            "<h2>Operations</h2>",
            *(_operations(document)),
            "<h2>Models</h2>",
            *(_models(document["components"]["schemas"])),
            "</body></html>",
        ]
    )


def _operations(document: dict[str, Any]) -> Iterator[str]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            permission = operation["x-permission"]
            yield f'<section id="{escape(operation["operationId"])}"><h3><span class="method">'
            yield f"{method.upper()}</span> <code>{escape(path)}</code></h3>"
            yield f"<p>{escape(operation['summary'])} Permission: <code>{escape(permission['action'])} "
            yield f"{escape(permission['resource'])}</code>.</p>"
            given = operation.get("parameters", [])
            yield from _rows(
                "Parameter",
                ((each["name"], _type(each["schema"]), escape(each["description"])) for each in given),
            )
            body = operation.get("requestBody", {}).get("content", {})
            yield from _rows(
                "Body", ((kind, _type(each.get("schema", {})), "") for kind, each in body.items())
            )
            yield from _rows(
                "Response",
                (
                    (status, ", ".join(_content(each)), escape(each["description"]))
                    for status, each in operation["responses"].items()
                ),
            )
            yield "</section>"


def _models(models: dict[str, Any]) -> Iterator[str]:
    for name, model in sorted(models.items()):
        yield f'<section id="model-{escape(name)}"><h3><code>{escape(name)}</code></h3>'
        yield f"<p>{escape(model.get('description', ''))}</p>"
        needed = model.get("required", [])
        yield from _rows(
            "Field",
            (
                (field, _type(each), "required" if field in needed else "")
                for field, each in model.get("properties", {}).items()
            ),
        )
        yield "</section>"


def _rows(title: str, rows: Any) -> Iterator[str]:
    """A table of name (text), type and remark (HTML already)."""
    cells = [
        f"<tr><td><code>{escape(name)}</code></td><td>{kind}</td><td>{remark}</td></tr>"
        for name, kind, remark in rows
    ]
    if cells:
        yield f"<table><tr><th>{title}</th><th></th><th></th></tr>{''.join(cells)}</table>"


def _content(response: dict[str, Any]) -> Iterator[str]:
    for kind, each in response.get("content", {}).items():
        yield _type(each["schema"]) if kind == "application/json" and each else escape(kind)


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#model-{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if "enum" in schema:
        return escape(", ".join(map(str, schema["enum"])))
    return escape(str(schema.get("const", schema.get("type", "anything"))))
