"""Let people choose how much they are told about their cases."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "contact_wish",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("via", sa.String(length=10), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_contact_wish")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("contact_wish")
