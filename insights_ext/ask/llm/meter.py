"""Counts what a call sends and receives on the wire, and lets nothing go to another host.

A reply has an end: one that is longer than any answer, or compressed (a small body can then become a huge
one), is given up while it comes.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ...errors import ModelMalformed, ModelNotAllowed, ModelTimeout

MAX_REPLY_BYTES = 8 * 1024 * 1024
"""A reply of some thousand tokens, streamed a token an event with all that providers wrap around it."""
MAX_VECTOR_BYTES = 64 * 1024 * 1024
"""A batch of 128 long vectors, written as numbers."""
MAX_TEXT_CHARACTERS = 200_000
"""Characters of a reply's text."""


@dataclass
class Meter:
    """One call: bytes of its bodies, and what kind of answer came."""

    host: str
    bytes_out: int = 0
    bytes_in: int = 0
    streamed: bool = False


CURRENT: ContextVar[Meter | None] = ContextVar("insights_meter", default=None)


def client() -> Any:
    """OpenAI's asynchronous HTTP client, metered, that follows no redirects."""
    import openai

    return openai.DefaultAsyncHttpxClient(
        follow_redirects=False, event_hooks={"request": [_sending], "response": [_receiving]}
    )


async def _sending(request: Any) -> None:
    meter = CURRENT.get()
    if meter is None:
        raise ModelNotAllowed("A request was about to leave that belongs to no question.")
    host = request.url.netloc.decode("ascii").rpartition("@")[2]
    if host.lower() != meter.host.lower().removesuffix(":443").removesuffix(":80"):
        raise ModelNotAllowed("A request was about to leave for another host than the model's.")
    # A plain body can be counted as it comes.
    request.headers["Accept-Encoding"] = "identity"
    meter.bytes_out += len(request.content)


async def _receiving(response: Any) -> None:
    meter = CURRENT.get()
    if meter is None:
        return
    check_encoding(response)
    meter.streamed = "event-stream" in response.headers.get("content-type", "")
    response.stream = _stream(response.stream, meter)


def check_encoding(response: Any) -> None:
    """Refuse a compressed reply; raises `ModelMalformed`."""
    if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise ModelMalformed("The model's endpoint sent a compressed reply, which nobody asked for.")


def check_size(received: int, most: int = MAX_REPLY_BYTES) -> None:
    """Refuse what is longer than any reply; raises `ModelMalformed`."""
    if received > most:
        raise ModelMalformed("The model's endpoint sent more than any answer takes.")


def bounded(inner: Any, ends: float) -> Any:
    """A blocking stream that ends by `ends` on `time.monotonic` and at the most that vectors take."""
    base = next(cls for cls in type(inner).__mro__ if cls.__name__ == "SyncByteStream")

    class Bounded(base):  # type: ignore[misc, valid-type]
        def __iter__(self) -> Iterator[bytes]:
            received = 0
            for data in inner:
                received += len(data)
                check_size(received, MAX_VECTOR_BYTES)
                if time.monotonic() > ends:
                    raise ModelTimeout("The model's endpoint did not answer in time.")
                yield data

        def close(self) -> None:
            inner.close()

    return Bounded()


def _stream(inner: Any, meter: Meter) -> Any:
    """`inner`, counted; of the class that the client insists on."""
    base = next(cls for cls in type(inner).__mro__ if cls.__name__ == "AsyncByteStream")

    class Counted(base):  # type: ignore[misc, valid-type]
        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for data in inner:
                meter.bytes_in += len(data)
                check_size(meter.bytes_in)
                yield data

        async def aclose(self) -> None:
            await inner.aclose()

    return Counted()
