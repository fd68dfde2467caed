"""Open the tables of what was chosen and not sent yet: photos of a form, and tables somebody looks at first."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "pending_photo",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("form_hash", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("phash", sa.String(length=20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pending_photo")),
    )
    op.create_index(op.f("ix_pending_photo_at"), "pending_photo", ["at"], unique=False)
    op.create_table(
        "pending_table",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pending_table")),
    )
    op.create_index(op.f("ix_pending_table_at"), "pending_table", ["at"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("pending_table")
    op.drop_table("pending_photo")
