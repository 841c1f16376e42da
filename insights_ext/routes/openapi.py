"""The OpenAPI 3.1 description, made from the table of routes and the pydantic models."""

from __future__ import annotations

import functools
import re
from typing import Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from .. import schemas
from ..errors import BY_CODE
from ..version import __version__
from .rows import PREFIX, Operation, Route

_REF = "#/components/schemas/{model}"
_EVERYWHERE = ("invalid_request", "forbidden", "busy", "internal_error")


@functools.lru_cache(maxsize=4)
def description(base_url: str, routes: tuple[Route, ...]) -> dict[str, Any]:
    """The whole description; `base_url` is the server's, with slashes around it; not to be changed."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Insights Copilot for Jupyter",
            "version": __version__,
            "description": "Upload a table, page through it, profile it, and ask it questions. "
            "Errors have one body everywhere; every response carries X-Request-ID and X-Process-Time.",
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": f"{base_url.rstrip('/')}/{PREFIX}"}],
        "security": [{"token": []}, {"cookie": []}],
        "paths": {f"/{route.path}": _path(route) for route in routes},
        "components": {
            "schemas": _models(routes),
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "'token …', as Jupyter Server prints it at start.",
                },
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "_xsrf",
                    "description": "The login cookie of Jupyter Server; all but GET also send the value of "
                    "the cookie _xsrf as the header X-XSRFToken.",
                },
            },
        },
    }


def _models(routes: tuple[Route, ...]) -> dict[str, Any]:
    wanted: list[tuple[type[schemas.Schema], JsonSchemaMode]] = [
        (schemas.ErrorBody, "serialization"),
        (schemas.ImportOptions, "validation"),
    ]
    for route in routes:
        for operation in route.operations:
            if operation.request:
                wanted.append((getattr(schemas, operation.request), "validation"))
            for name in operation.responses.values():
                if name and "/" not in name:
                    wanted.append((getattr(schemas, name), "serialization"))
    _, document = models_json_schema(list(dict.fromkeys(wanted)), ref_template=_REF)
    found: dict[str, Any] = document["$defs"]
    return found


def _path(route: Route) -> dict[str, Any]:
    inside = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]
    return {
        **({"parameters": inside} if inside else {}),
        **{operation.method.lower(): _operation(operation) for operation in route.operations},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "x-permission": {"action": operation.action, "resource": operation.resource},
        "responses": {
            **{str(status): _response(status, name) for status, name in operation.responses.items()},
            **_errors(operation),
        },
    }
    if operation.parameters:
        found["parameters"] = [
            {"name": each.name, "in": "query", "description": each.description, "schema": each.schema}
            for each in operation.parameters
        ]
    if operation.request:
        content: dict[str, Any] = {"application/json": _schema(operation.request)}
        if operation.id == "upload":
            raw = {"type": "string", "format": "binary"}
            content["application/octet-stream"] = {"schema": raw}
            fields = {parameter.name: parameter.schema for parameter in operation.parameters}
            form = {"type": "object", "properties": {**fields, "file": raw}, "required": ["file"]}
            content["multipart/form-data"] = {"schema": form}
        found["requestBody"] = {"required": operation.id != "reimport", "content": content}
    return found


def _response(status: int, name: str) -> dict[str, Any]:
    words = {200: "Done.", 201: "Made; Location is its address.", 202: "Still at work.", 204: "Gone."}
    found: dict[str, Any] = {"description": words[status]}
    if name:
        found["content"] = {name: {}} if "/" in name else {"application/json": _schema(name)}
    if name == "Answer":
        found["content"]["text/event-stream"] = {"schema": {"type": "string"}}
    return found


def _errors(operation: Operation) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys((*_EVERYWHERE, *operation.errors)):
        by_status.setdefault(BY_CODE[code].status, []).append(code)
    return {
        str(status): {
            "description": ", ".join(codes),
            "content": {"application/json": _schema("ErrorBody")},
        }
        for status, codes in sorted(by_status.items())
    }


def _schema(name: str) -> dict[str, Any]:
    return {"schema": {"$ref": _REF.format(model=name)}}
