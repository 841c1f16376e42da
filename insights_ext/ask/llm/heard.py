"""A reply as a client's object gives it: its text, its count of tokens, and how it ended."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass
class Heard:
    """What was heard of one reply; tokens are None where nobody counted them."""

    text: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    finish: str | None = None
    refusal: bool = False


async def gathered(stream: AsyncIterator[Any], put: Callable[[str], None]) -> Heard:
    """A streamed reply, each piece given to `put` as it comes; what was counted is added up."""
    pieces, calls, finish, refusal = list[str](), list[str](), None, False
    counted: dict[str, int] = {}
    async for chunk in stream:
        piece = _text(chunk)
        if piece:
            pieces.append(piece)
            put(piece)
        calls += [str(part.get("args") or "") for part in getattr(chunk, "tool_call_chunks", None) or ()]
        for name, count in (getattr(chunk, "usage_metadata", None) or {}).items():
            if isinstance(count, int):  # some count in parts
                counted[name] = counted.get(name, 0) + count
        finish = (getattr(chunk, "response_metadata", None) or {}).get("finish_reason") or finish
        refusal = refusal or bool((getattr(chunk, "additional_kwargs", None) or {}).get("refusal"))
    text = "".join(pieces) if "".join(pieces).strip() else "".join(calls)
    return Heard(whole(text), counted.get("input_tokens"), counted.get("output_tokens"), finish, refusal)


def whole(text: str) -> str:
    """`text` as UTF-8 can hold it: pairs of surrogates that came apart are joined, lone ones replaced."""
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return joined.replace("\0", "\ufffd")


def heard(message: Any) -> Heard:
    """A reply that came in one piece."""
    usage = getattr(message, "usage_metadata", None) or {}
    text = _text(message)
    if not text.strip():
        calls = getattr(message, "tool_calls", None) or []
        if calls:
            text = json.dumps(calls[0].get("args", {}))
    return Heard(
        text=whole(text),
        tokens_in=usage.get("input_tokens"),
        tokens_out=usage.get("output_tokens"),
        finish=(getattr(message, "response_metadata", None) or {}).get("finish_reason"),
        refusal=bool((getattr(message, "additional_kwargs", None) or {}).get("refusal")),
    )


def _text(message: Any) -> str:
    """The text of a message: a string, or the text parts of a list."""
    content = getattr(message, "content", "")
    if isinstance(content, str):
        return content
    return "".join(_parts(content))


def _parts(content: Any) -> Iterator[str]:
    for part in content if isinstance(content, list) else ():
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict) and part.get("type") == "text":
            yield str(part.get("text", ""))
