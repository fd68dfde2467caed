"""Open the table of alerts."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_hash", sa.String(length=64), nullable=False),
        sa.Column("group", sa.String(length=60), nullable=False),
        sa.Column("district", sa.String(length=60), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.Column("told_until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("email_hash", "group", "district", name=op.f("uq_alert_email_hash_group_district")),
    )
    op.create_index(op.f("ix_alert_told_until"), "alert", ["told_until"], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("alert")
