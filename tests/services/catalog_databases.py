"""Databases and datasets for the tests of the catalog: SQLite always, PostgreSQL where there is a server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from insights_ext.schemas import Dataset, DatasetColumn, Metadata
from insights_ext.services.catalog import OwnedCatalog, sqlite_url

POSTGRES_URL = os.environ.get("INSIGHTS_TEST_POSTGRES_URL", "")


@pytest.fixture(name="url", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new database of each kind; PostgreSQL where INSIGHTS_TEST_POSTGRES_URL names a server."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "catalog.db")
        return
    if not POSTGRES_URL:
        pytest.skip("INSIGHTS_TEST_POSTGRES_URL is not set")
    server = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    name = f"insights_test_{uuid.uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def sha(character: str) -> str:
    return character * 64


def stored(content: str = "a") -> dict[str, Any]:
    return {
        "content_sha256": sha(content),
        "source_sha256": sha("f"),
        "size_bytes": 120,
        "stored_bytes": 80,
        "row_count": 3,
        "columns": [DatasetColumn(name="amount", type="DOUBLE", null_count=1)],
        "metadata": Metadata(columns=["amount"], sample_rows=[[1.5], [None]]),
        "format": "csv",
        "media_type": "text/csv",
        "warnings": ["one"],
    }


def upload(owned: OwnedCatalog, name: str, content: str = "a", *, replace: bool = False) -> Dataset:
    begun = owned.begin(name, replace=replace, filename=f"{name}.csv")
    owned.processing(begun.id)
    return owned.complete(begun.id, **stored(content))
