"""The messages between the views and the kernel, over the widget's comm.

The views send a `Call` and hear any number of `Step` and then exactly one `Answered` or `Failed` with its
id. `Cancel` ends the work of a call, which is then answered by the error ``cancelled``.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class Call(TypedDict):
    """Do an operation; `arguments` are its request as REST has it."""

    kind: Literal["call"]
    id: str
    operation: str
    arguments: dict[str, Any]


class Cancel(TypedDict):
    """Stop the call of that id."""

    kind: Literal["cancel"]
    id: str


class Step(TypedDict):
    """What is being done for a call; `body` is an `Event`."""

    kind: Literal["step"]
    id: str
    body: dict[str, Any]


class Answered(TypedDict):
    """The result of a call as JSON; the bytes of a file travel beside it."""

    kind: Literal["answer"]
    id: str
    body: Any


class Failed(TypedDict):
    """The error body of a call, the same as through every door."""

    kind: Literal["error"]
    id: str
    body: dict[str, Any]
