"""The first catalog: datasets, profiles, answers and what they were made from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "datasets",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("filename", sa.Text()),
        sa.Column("media_type", sa.Text()),
        sa.Column("format", sa.String(32)),
        sa.Column("size_bytes", sa.BigInteger()),
        sa.Column("stored_bytes", sa.BigInteger()),
        sa.Column("source_sha256", sa.String(64)),
        sa.Column("content_sha256", sa.String(64)),
        sa.Column("row_count", sa.BigInteger()),
        sa.Column("column_count", sa.Integer()),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("original_kept", sa.Boolean(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("error", sa.JSON()),
        sa.Column("replaces", sa.Boolean(), nullable=False),
        sa.Column("process_host", sa.Text(), nullable=False),
        sa.Column("process_id", sa.BigInteger(), nullable=False),
        sa.Column("process_start", sa.String(128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_datasets"),
    )
    op.create_index(
        "uq_datasets_completed_name",
        "datasets",
        ["owner", "name"],
        unique=True,
        sqlite_where=sa.text("state = 'completed'"),
        postgresql_where=sa.text("state = 'completed'"),
    )
    op.create_index("ix_datasets_owner_name", "datasets", ["owner", "name"])
    op.create_index("ix_datasets_content_sha256", "datasets", ["content_sha256"])
    op.create_index("ix_datasets_state", "datasets", ["state"])
    op.create_table(
        "profiles",
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("profile_version", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("content_sha256", name="pk_profiles"),
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("planner", sa.Text(), nullable=False),
        sa.Column("sql", sa.Text()),
        sa.Column("datasets", sa.JSON(), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("thread", sa.Text()),
        sa.Column("replay_key", sa.String(64)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
    )
    op.create_index("ix_answers_owner_thread", "answers", ["owner", "thread"])
    op.create_index("ix_answers_owner_replay_key", "answers", ["owner", "replay_key"])
    op.create_table(
        "answer_sources",
        sa.Column("answer_id", sa.String(64), nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name="fk_answer_sources_answer_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("answer_id", "content_sha256", name="pk_answer_sources"),
    )
    op.create_index("ix_answer_sources_content_sha256", "answer_sources", ["content_sha256"])


def downgrade() -> None:
    op.drop_table("answer_sources")
    op.drop_table("answers")
    op.drop_table("profiles")
    op.drop_table("datasets")
