"""Alembic's environment: runs on the connection and inside the transaction that the catalog gives it."""

from __future__ import annotations

from alembic import context

from insights_ext.services.catalog.models import Base


def run() -> None:
    """Run the migrations; there is no mode without a connection, and no alembic.ini."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("Migrations run when a Catalog opens, on its connection.")
    # SQLite can roll back DDL, but Alembic does not count on it unless told.
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
