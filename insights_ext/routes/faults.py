"""Every failure of a request as HTTP: one status, one body, whatever was raised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tornado.web import HTTPError

from ..errors import (
    Busy,
    Cancelled,
    Forbidden,
    InsightsError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    TooLarge,
)

_RETRY_AFTER_S = 1
_REASONS = {Cancelled.status: "Client Closed Request"}


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
