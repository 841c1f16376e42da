"""Health as a small table."""

from __future__ import annotations

from ..schemas import Column, Health
from .layout import box, grid_html
from .ledger import budget


def _rows(health: Health) -> list[list[str]]:
    return [
        ["version", health.version],
        ["store", str(health.store.get("path", ""))],
        ["catalog", ", ".join(f"{key} {value}" for key, value in health.catalog.items() if value)],
        ["engine", " ".join(str(value) for value in (health.engine["name"], health.engine["version"]))],
        ["sandbox", f"{health.sandbox.level} ({', '.join(health.sandbox.layers)})"],
        ["planner", health.planner],
        ["model", _model(health)],
        ["sent today", budget(health.model.today)],
        ["knowledge", _knowledge(health)],
        ["memory", str(health.memory.get("state", ""))],
        *(["warning", warning] for warning in health.warnings),
    ]


def _model(health: Health) -> str:
    if not health.model.name:
        return "none: nothing leaves this machine"
    personal = ", personal data included" if health.model.share_personal_data else ""
    return f"{health.model.name} at {health.model.host or '?'} (share: {health.model.share}{personal})"


def _knowledge(health: Health) -> str:
    known = health.knowledge
    if not known.exists:
        return f"{known.file} (not written yet)"
    return f"{known.file}, {len(known.problems)} problems" if known.problems else known.file


def health_html(health: Health) -> str:
    """Health as a small table."""
    head = [Column(name="", type="VARCHAR"), Column(name=health.status, type="VARCHAR")]
    return box(grid_html(head, _rows(health)))


def health_text(health: Health) -> str:
    """The same for a terminal."""
    return "\n".join(f"{name:<10}  {value}" for name, value in _rows(health))
