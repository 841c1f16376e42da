"""Health as a small table."""

from __future__ import annotations

from ..schemas import Column, Health
from .layout import box, grid_html


def _rows(health: Health) -> list[list[str]]:
    return [
        ["version", health.version],
        ["store", str(health.store.get("path", ""))],
        ["catalog", ", ".join(f"{key} {value}" for key, value in health.catalog.items() if value)],
        ["engine", " ".join(str(value) for value in (health.engine["name"], health.engine["version"]))],
        ["sandbox", f"{health.sandbox.level} ({', '.join(health.sandbox.layers)})"],
        ["planner", health.planner],
        ["memory", str(health.memory.get("state", ""))],
        *(["warning", warning] for warning in health.warnings),
    ]


def health_html(health: Health) -> str:
    """Health as a small table."""
    head = [Column(name="", type="VARCHAR"), Column(name=health.status, type="VARCHAR")]
    return box(grid_html(head, _rows(health)))


def health_text(health: Health) -> str:
    """The same for a terminal."""
    return "\n".join(f"{name:<8}  {value}" for name, value in _rows(health))
