"""The memory: a search index over schemas, column values and past questions, disposable at any time."""

from __future__ import annotations

from .embedder import Embedder, HashingEmbedder
from .entries import DatasetEntries, Hit, Kind
from .memory import Memory

__all__ = ["DatasetEntries", "Embedder", "HashingEmbedder", "Hit", "Kind", "Memory"]
