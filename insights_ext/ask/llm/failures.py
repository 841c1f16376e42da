"""What went wrong with a call, in our own words: nothing of the provider's text gets into an error.

A provider's message may hold the key, the prompt or markup. Status, error code and the kind of the
exception say enough.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils
import json
from typing import Any

from ...errors import (
    InsightsError,
    ModelContextTooLong,
    ModelDeclined,
    ModelFailed,
    ModelKeyRefused,
    ModelMalformed,
    ModelRateLimited,
    ModelTimeout,
    ModelUnavailable,
    ModelUnknown,
    ModelUnstructured,
)

_TOO_LONG = (
    "context_length_exceeded", "context length", "context window", "maximum context", "prompt is too long",
    "too many tokens", "string_above_max_length", "request_too_large", "context size",
)  # fmt: skip
_DECLINED = ("content_filter", "content_policy", "content management policy", "responsibleai", "moderation")
_UNSTRUCTURED = ("response_format", "json_schema", "json mode", "structured output", "json_object")
_UNKNOWN = ("model_not_found", "does not exist", "model not found", "no such model", "unknown model")
_QUOTA = ("insufficient_quota", "billing", "quota")
PROVIDER_FAULTS = (ModelUnavailable, ModelTimeout, ModelRateLimited)
"""Failures that say the endpoint is in trouble; the breaker counts them."""


def translated(error: BaseException, model: str) -> ModelFailed:
    """The `ModelFailed` that tells of `error`, raised by LangChain, a provider's client or HTTP."""
    within: BaseException | None = error
    while within is not None:  # the client wraps what its transport raises
        if isinstance(within, ModelFailed):
            return within
        within = within.__cause__
    status, told = _status(error), _told(error)
    names = {cls.__name__ for cls in type(error).__mro__}
    if status is not None:
        return _of_status(status, told, model)
    if "ContentFilterFinishReasonError" in names:
        return ModelDeclined(f"The provider of {model} declined to answer this.")
    if "LengthFinishReasonError" in names:
        return cut_short(model)
    if isinstance(error, (TimeoutError, asyncio.TimeoutError)) or names & {
        "APITimeoutError", "TimeoutException", "StreamChunkTimeoutError",
    }:  # fmt: skip
        return ModelTimeout(f"{model} did not answer in time.")
    if names & {"APIConnectionError", "TransportError", "ConnectionError"}:
        return ModelUnavailable(f"{model} could not be reached, or hung up in the middle of its answer.")
    if any(words in told for words in _TOO_LONG):
        return ModelContextTooLong(f"The question and its tables are too long for {model}.")
    if names & {"ContextOverflowError"}:
        return ModelContextTooLong(f"The question and its tables are too long for {model}.")
    if isinstance(error, (ValueError, KeyError, TypeError, AttributeError, IndexError, json.JSONDecodeError)):
        return ModelMalformed(f"{model} sent an answer that is no chat completion.")
    return ModelFailed(f"The call of {model} failed ({type(error).__name__}).")


def cut_short(model: str) -> ModelMalformed:
    """The reply was longer than it may be."""
    return ModelMalformed(
        f"The reply of {model} was cut off at its longest length.",
        hint="Raise c.Workspace.model_max_tokens, or ask for less.",
    )


def _of_status(status: int, told: str, model: str) -> ModelFailed:
    if status in (401, 403):
        return ModelKeyRefused(f"The endpoint of {model} refused the key (HTTP {status}).")
    if status == 404:
        return ModelUnknown(f"The endpoint knows no model {model} (HTTP 404).")
    if status == 429:
        if any(words in told for words in _QUOTA):
            return ModelRateLimited(
                f"The quota for {model} is used up (HTTP 429).",
                hint="Check plan and billing at the provider.",
            )
        return ModelRateLimited(f"The endpoint of {model} is asked too often (HTTP 429).")
    if status in (408, 504):
        return ModelTimeout(f"The endpoint of {model} gave up waiting (HTTP {status}).")
    if status == 413 or any(words in told for words in _TOO_LONG):
        return ModelContextTooLong(f"The question and its tables are too long for {model}.")
    if 300 <= status < 400:
        return ModelUnavailable(
            f"The endpoint of {model} points elsewhere (HTTP {status}), which is not followed.",
            hint="Give the final address in c.Workspace.model_base_url.",
        )
    if status >= 500:
        return ModelUnavailable(f"The endpoint of {model} is in trouble (HTTP {status}).")
    if any(words in told for words in _DECLINED):
        return ModelDeclined(f"The provider of {model} declined to answer this.")
    if any(words in told for words in _UNSTRUCTURED):
        return ModelUnstructured(f"{model} knows no structured replies (HTTP {status}).")
    if any(words in told for words in _UNKNOWN):
        return ModelUnknown(f"The endpoint knows no model {model} (HTTP {status}).")
    return ModelFailed(f"The endpoint of {model} did not accept the request (HTTP {status}).")


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", None)
    if status is None:
        status = getattr(getattr(error, "response", None), "status_code", None)
        if status is not None and 200 <= int(status) < 300:
            return None
    return int(status) if isinstance(status, int) else None


def _told(error: BaseException) -> str:
    """What the provider said, to look for signs in; never shown."""
    return f"{error} {getattr(error, 'code', '')} {getattr(error, 'body', '')}".lower()[:20_000]


def retry_after_s(error: BaseException) -> float | None:
    """Seconds the provider asks to wait, from ``Retry-After`` (seconds or a date)."""
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    text = None if headers is None else headers.get("retry-after")
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        until = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=dt.UTC)
    return max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds())


def worth_a_retry(error: InsightsError) -> bool:
    """Whether the same call may succeed if it is made again soon."""
    if isinstance(error, ModelRateLimited):
        return "quota" not in error.message
    return isinstance(error, ModelUnavailable) and "points elsewhere" not in error.message
