"""The kernel door: ``%insight`` and ``%%insight``."""

from .insight import InsightMagics, load, unload

__all__ = ["InsightMagics", "load", "unload"]
