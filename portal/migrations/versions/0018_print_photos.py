"""Keep the prints of a photo beside it, and which case used it before.

The table of single prints was never filled: all prints of a photo are compared at once, so they are one value.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; take the empty table away."""
    with op.batch_alter_table("case_photo", recreate="never") as table:
        table.add_column(sa.Column("prints", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("same_as", sa.String(length=24), nullable=True))
    op.drop_table("case_photo_print")


def downgrade() -> None:
    """Take the columns away."""
    with op.batch_alter_table("case_photo", recreate="never") as table:
        table.drop_column("same_as")
        table.drop_column("prints")
