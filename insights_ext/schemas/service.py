"""How the product stands, and the body of errors."""

from __future__ import annotations

from typing import Any, Literal

from .base import Schema
from .ledger import Share, Spent


class Sandbox(Schema):
    """The protection around workers: `level` sums up `layers`, `missing` says what the platform lacks.

    ``full``: process, limits, file-system and network confinement. ``limits``: process and limits.
    ``process``: a process of its own only.
    """

    level: Literal["full", "limits", "process"]
    layers: list[str]
    missing: list[str] = []


class ModelHealth(Schema):
    """The model that is asked, if any, what it may see, and what of today's budget is used.

    `problem` says why it could not be asked now, such as a missing key; nothing was sent to find out.
    """

    name: str | None = None
    host: str | None = None
    share: Share
    share_personal_data: bool = False
    today: Spent
    problem: str | None = None


class KnowledgeHealth(Schema):
    """The file of knowledge; `problems` name line and reason, and the last good reading holds meanwhile."""

    file: str
    exists: bool
    problems: list[str] = []


class Health(Schema):
    """How the product stands here: store, engine, protection, planner, model, knowledge, limits."""

    status: Literal["ok", "degraded"]
    version: str
    store: dict[str, Any]
    catalog: dict[str, Any]
    engine: dict[str, Any]
    sandbox: Sandbox
    planner: str
    planners: list[str]
    model: ModelHealth
    knowledge: KnowledgeHealth
    memory: dict[str, Any]
    workers: dict[str, Any]
    limits: dict[str, Any]
    warnings: list[str] = []


class ErrorBody(Schema):
    """The body of every error, through every door; `code` is stable, `message` is for the user."""

    message: str
    code: str
    request_id: str
    hint: str | None = None
