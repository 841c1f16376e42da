"""Reading query parameters: exactly those an operation knows, as its request model."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from tornado.httputil import HTTPServerRequest

from ..errors import InsightsError, InvalidFilter, InvalidOption, InvalidRequest
from ..schemas import ImportOptions, PreviewRequest, Schema, UploadRequest
from ..validation import request as validated

M = TypeVar("M", bound=Schema)

_OF_JUPYTER = frozenset({"token", "no_track_activity"})
OPTION_NAMES = tuple(ImportOptions.model_fields)
UPLOAD_NAMES = ("name", "filename", "replace", "options", *OPTION_NAMES)


def parameters(request: HTTPServerRequest, known: Collection[str] = ()) -> dict[str, str]:
    """The query parameters by name, the last of each; raises `InvalidRequest` for one not `known`.

    JupyterLab appends the time as a bare number so that nothing is cached; that, ``_xsrf`` and what
    Jupyter Server itself reads are let through.
    """
    found: dict[str, str] = {}
    for name, values in request.query_arguments.items():
        if name in known:
            # Tornado's own getter trims and alters control characters: a tab is a delimiter here.
            found[name] = _text(name, values[-1])
        elif not (name in _OF_JUPYTER or name.startswith("_") or name.isdigit()):
            shown = name if len(name) <= 60 else name[:60] + "…"
            hint = f"Known are: {', '.join(known)}." if known else "There are none here."
            raise InvalidRequest(f"`{shown}` is not a known parameter.", hint=hint)
    return found


def repeated(request: HTTPServerRequest, name: str) -> list[str]:
    """Every value of a parameter that may be given more than once."""
    return [_text(name, value) for value in request.query_arguments.get(name, [])]


def preview_request(request: HTTPServerRequest, name: str) -> PreviewRequest:
    """``offset``, ``limit``, ``sort`` (columns by comma, or a JSON list) and ``filter`` (a JSON list)."""
    given: dict[str, Any] = dict(parameters(request, ("offset", "limit", "sort", "filter")))
    if "sort" in given:
        given["sort"] = [column for text in repeated(request, "sort") for column in _columns(text)]
    if "filter" in given:
        given["filter"] = from_json("filter", given["filter"], list, InvalidFilter)
    return validated(PreviewRequest, {**given, "name": name})


def upload_request(given: Mapping[str, str]) -> UploadRequest:
    """An upload described by flat texts, as a query string or a form has them.

    Import options come as the JSON object ``options`` or one by one, which then wins. A `sheet` of
    digits is a position; a sheet whose name is a number needs ``options={"sheet": "2024"}``.
    """
    options: dict[str, Any] = {}
    if given.get("options"):
        options.update(from_json("options", given["options"], dict, InvalidOption))
    for name in OPTION_NAMES:
        text = given.get(name)
        if text is None or text == "":
            continue
        if name == "dtypes":
            options[name] = from_json(name, text, dict, InvalidOption)
        elif name == "sheet" and text.isascii() and text.isdigit():
            options[name] = int(text)
        else:
            options[name] = text
    asked = {name: given[name] for name in ("name", "filename", "replace") if given.get(name)}
    return validated(UploadRequest, {**asked, "options": options})


def one(request: HTTPServerRequest, parameter: str, kind: type[M], /, **known: Any) -> M:
    """One optional parameter, together with what is known from the path, as a request model."""
    return validated(kind, {**parameters(request, (parameter,)), **known})


def flag(request: HTTPServerRequest, name: str, default: bool) -> bool:
    """The optional parameter `name`, true or false."""
    text = parameters(request, (name,)).get(name)
    if text is None:
        return default
    known = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in known:
        raise InvalidRequest(f"`{name}` must be true or false.")
    return known[text.lower()]


def from_json(name: str, text: str, kind: type[Any], error: type[InsightsError]) -> Any:
    """A parameter that holds JSON of one kind, a list or an object."""
    word = "list" if kind is list else "object"
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise error(f"`{name}` is not valid JSON; it must be a JSON {word}.") from None
    if not isinstance(value, kind):
        raise error(f"`{name}` must be a JSON {word}.")
    return value


def _columns(text: str) -> list[str]:
    if text.startswith("["):
        listed = from_json("sort", text, list, InvalidRequest)
        if not all(isinstance(column, str) for column in listed):
            raise InvalidRequest("`sort` must be a list of column names.")
        return list(listed)
    return [column for column in (part.strip() for part in text.split(",")) if column]


def _text(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise InvalidRequest(f"`{name}` is not valid UTF-8.") from None
