"""Counts what a call sends and receives on the wire, and lets nothing go to another host."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ...errors import ModelNotAllowed


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
    meter.bytes_out += len(request.content)


async def _receiving(response: Any) -> None:
    meter = CURRENT.get()
    if meter is None:
        return
    meter.streamed = "event-stream" in response.headers.get("content-type", "")
    response.stream = _stream(response.stream, meter)


def _stream(inner: Any, meter: Meter) -> Any:
    """`inner`, counted; of the class that the client insists on."""
    base = next(cls for cls in type(inner).__mro__ if cls.__name__ == "AsyncByteStream")

    class Counted(base):  # type: ignore[misc, valid-type]
        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for data in inner:
                meter.bytes_in += len(data)
                yield data

        async def aclose(self) -> None:
            await inner.aclose()

    return Counted()
