"""Keep the sums that figures are read from, so that a page does not count the cases of a whole city."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; the first run of the job fills them."""
    op.create_table(
        "figure_cell",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("group", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("district", sa.String(length=60), nullable=False),
        sa.Column("sums", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("month", "group", "unit", "district", name=op.f("pk_figure_cell")),
    )
    op.create_table(
        "figure_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("openings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_run")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("figure_run")
    op.drop_table("figure_cell")
