"""Let other systems hand in cases: their keys, and which cases each of them handed in."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("closed_at", Moment(timezone=True), nullable=True),
        sa.Column("used_at", Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("name", name=op.f("uq_api_key_name")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
    )
    op.create_table(
        "api_case",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_api_case_case_id_case_file")),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_api_case_key_id_api_key")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_api_case")),
    )
    op.create_index(op.f("ix_api_case_key_id"), "api_case", ["key_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("api_case")
    op.drop_table("api_key")
