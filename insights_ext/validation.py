"""Requests made from what a door was given, and what is wrong with them in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from .errors import InvalidFilter, InvalidOption, InvalidRequest
from .schemas import Schema

S = TypeVar("S", bound=Schema)

_SHOWN = 5
_NESTED = {"options": InvalidOption, "filter": InvalidFilter}


def request(schema: type[S], given: Mapping[str, Any] | str | bytes) -> S:
    """A request made from a mapping or from JSON text.

    Raises `InvalidRequest`, or `InvalidOption` and `InvalidFilter` for what stands in those fields;
    every door says it in the same words.
    """
    try:
        if isinstance(given, (str, bytes)):
            return schema.model_validate_json(given)
        return schema.model_validate(given)
    except ValidationError as error:
        raise _invalid(error) from None


def _invalid(error: ValidationError) -> InvalidRequest:
    """What is wrong with a request's fields, in plain words; values are never repeated."""
    details = error.errors(include_url=False, include_context=True, include_input=False)
    if any(detail["type"] == "json_invalid" for detail in details):
        return InvalidRequest("The request is not valid JSON.", hint="Check quotes, commas and brackets.")
    sentences = list(dict.fromkeys(_sentence(dict(detail)) for detail in details))
    more = f" (and {len(sentences) - _SHOWN} more)" if len(sentences) > _SHOWN else ""
    first = details[0]["loc"][0] if details[0]["loc"] else ""
    return _NESTED.get(str(first), InvalidRequest)("; ".join(sentences[:_SHOWN]) + more + ".")


def _sentence(detail: dict[str, Any]) -> str:
    where = "".join(
        f"[{part}]" if isinstance(part, int) else f".{_short(part)}" if index else _short(part)
        for index, part in enumerate(detail["loc"])
    )
    name = f"`{where}`" if where else "the request"
    kind, limits = detail["type"], detail.get("ctx", {})
    known = {
        "missing": "is missing",
        "extra_forbidden": "is not a known field",
        "greater_than_equal": f"must be at least {limits.get('ge')}",
        "less_than_equal": f"must be at most {limits.get('le')}",
        "literal_error": f"must be one of {limits.get('expected')}",
        "string_too_short": f"must have at least {limits.get('min_length')} character(s)",
        "string_too_long": f"must have at most {limits.get('max_length')} characters",
        "model_type": "must be a JSON object",
        "model_attributes_type": "must be a JSON object",
        "dict_type": "must be a JSON object",
        "list_type": "must be a list",
        "string_type": "must be text",
    }
    if kind in known:
        return f"{name} {known[kind]}"
    if kind.startswith("int_"):
        return f"{name} must be a whole number"
    if kind.startswith("bool_"):
        return f"{name} must be true or false"
    return f"{name}: {str(detail['msg'])[:1].lower()}{str(detail['msg'])[1:]}"


def _short(part: object) -> str:
    text = str(part)
    return text if len(text) <= 60 else text[:60] + "…"
