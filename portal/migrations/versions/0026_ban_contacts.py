"""Open the table of contacts that may not send the public form for a while."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "case_ban",
        sa.Column("reach_hash", sa.String(length=64), nullable=False),
        sa.Column("case_no", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("reach_hash", name=op.f("pk_case_ban")),
    )
    op.create_index(op.f("ix_case_ban_until"), "case_ban", ["until"], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("case_ban")
