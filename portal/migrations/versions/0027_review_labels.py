"""Keep which labels for training wait for a second look, and who looked."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("training_example") as table:
        table.add_column(sa.Column("seems", sa.String(length=60), server_default="", nullable=False))
        table.add_column(sa.Column("reviewed_at", Moment(), nullable=True))
        table.add_column(sa.Column("reviewed_by", sa.String(length=80), server_default="", nullable=False))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("training_example") as table:
        table.drop_column("reviewed_by")
        table.drop_column("reviewed_at")
        table.drop_column("seems")
