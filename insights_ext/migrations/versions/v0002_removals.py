"""Removals: what a deletion still has to take away, written down with the deletion itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removals",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("name", sa.String(63)),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("source_sha256", sa.String(64)),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_removals"),
    )


def downgrade() -> None:
    op.drop_table("removals")
