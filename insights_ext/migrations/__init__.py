"""Alembic migrations of the catalog, run by `services.catalog` when a workspace opens."""

from __future__ import annotations

HEAD = "0003"
"""The newest revision; a database that is at it opens without importing Alembic."""
