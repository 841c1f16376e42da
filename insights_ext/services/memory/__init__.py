"""The memory: a search index over schemas, values, questions and written texts, disposable at any time."""

from __future__ import annotations

from .embedder import Embedder, HashingEmbedder
from .entries import SHARED, DatasetEntries, Hit, Kind, WrittenEntries
from .memory import Memory

__all__ = [
    "SHARED",
    "DatasetEntries",
    "Embedder",
    "HashingEmbedder",
    "Hit",
    "Kind",
    "Memory",
    "WrittenEntries",
]
