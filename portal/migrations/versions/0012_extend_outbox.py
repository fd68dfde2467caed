"""Let a message carry the way to end such messages."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; messages of before have no such way."""
    with op.batch_alter_table("outbox_message") as table:
        table.add_column(sa.Column("stop_path", sa.String(length=400), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("outbox_message") as table:
        table.drop_column("stop_path")
