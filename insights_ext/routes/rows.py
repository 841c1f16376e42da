"""What a route is: the rows that the table of routes is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PREFIX = "insights/v1"


@dataclass(frozen=True)
class Parameter:
    """A query parameter; `schema` is JSON Schema."""

    name: str
    description: str
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"}, hash=False)


@dataclass(frozen=True)
class Operation:
    """One method of a route: what it does, the permission it asks for, what goes in and out.

    `request` and the values of `responses` name models of `schemas`, or media types where they hold a
    slash; an empty one means no body. `errors` are codes beyond those every route may answer.
    """

    method: str
    id: str
    summary: str
    action: str
    resource: str
    responses: dict[int, str] = field(hash=False)
    request: str = ""
    parameters: tuple[Parameter, ...] = ()
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Route:
    """An address below the prefix, with ``{placeholders}``, and its operations."""

    path: str
    handler: type[Any]
    operations: tuple[Operation, ...]
