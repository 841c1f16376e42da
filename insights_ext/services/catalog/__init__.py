"""The catalog: which datasets, profiles and answers exist, kept in SQLite or PostgreSQL."""

from __future__ import annotations

from .owned import OwnedCatalog
from .places import sqlite_url
from .removals import Removal
from .store import Catalog

__all__ = ["Catalog", "OwnedCatalog", "Removal", "sqlite_url"]
