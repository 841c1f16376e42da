"""Knowledge: insights.yaml, read and checked, kept in mind while it does not change, and added to."""

from __future__ import annotations

from .store import KnowledgeStore

__all__ = ["KnowledgeStore"]
