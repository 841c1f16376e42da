"""Every failure of a request as HTTP: one status, one body, whatever was raised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from tornado.web import HTTPError

from ..errors import (
    Busy,
    Cancelled,
    Forbidden,
    InsightsError,
    InvalidFilter,
    InvalidOption,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    TooLarge,
)

_RETRY_AFTER_S = 1
_SHOWN = 5
_REASONS = {Cancelled.status: "Client Closed Request"}
_NESTED = {"options": InvalidOption, "filter": InvalidFilter}


@dataclass(frozen=True)
class Fault:
    """A failure ready to be sent; `reason` is set where HTTP has no word for the status."""

    status: int
    body: dict[str, Any]
    reason: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


def fault(error: BaseException | None, status: int, request_id: str, *, known_user: bool = True) -> Fault:
    """The answer to a request that ended in `error`, or in `status` without one."""
    shown = _shown(error, status, known_user)
    code = status if isinstance(error, HTTPError) else shown.status
    return Fault(
        status=code,
        body=shown.body(request_id),
        reason=_REASONS.get(code),
        headers={"Retry-After": str(_RETRY_AFTER_S)} if isinstance(shown, Busy) else {},
    )


def _shown(error: BaseException | None, status: int, known_user: bool) -> InsightsError:
    if isinstance(error, InsightsError):
        return error
    if isinstance(error, ValidationError):
        return invalid(error)
    if isinstance(error, HTTPError) or error is None:
        return _of_status(status, str(getattr(error, "log_message", None) or ""), known_user)
    return InsightsError(
        "Something went wrong on the server.", hint="If it repeats, report the request id to who runs it."
    )


def _of_status(status: int, log_message: str, known_user: bool) -> InsightsError:
    if status in (401, 403):
        if not known_user:
            return Forbidden("You are not logged in.", hint="Log in, or send 'Authorization: token …'.")
        if "xsrf" in log_message.lower():
            return Forbidden(
                "The request does not prove that it comes from this site.",
                hint="Send the _xsrf cookie's value as the header X-XSRFToken, or authenticate by token.",
            )
        return Forbidden("This is not allowed.", hint="The server's administrator decides who may do what.")
    if status == 404:
        return NotFound("There is nothing at this address.", hint="See insights/v1/docs for what there is.")
    if status == 405:
        return MethodNotAllowed("This address does not take that method.", hint="See insights/v1/docs.")
    if status == 413:
        return TooLarge("The request is larger than the server takes.")
    if 400 <= status < 500:
        return InvalidRequest("The request could not be read.")
    return InsightsError("Something went wrong on the server.")


def invalid(error: ValidationError) -> InvalidRequest:
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
