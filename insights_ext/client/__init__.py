"""The Python door."""

from __future__ import annotations

from .insights import Insights

__all__ = ["Insights"]
