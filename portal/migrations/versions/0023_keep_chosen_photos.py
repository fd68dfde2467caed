"""Open the table of photos that were chosen in a form and not sent yet, so that a refused form keeps them."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
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


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("pending_photo")
