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
    """Take the columns away, and put the empty table back."""
    op.create_table(
        "case_photo_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("hash", sa.String(length=20), nullable=False),
        *(sa.Column(f"band{number}", sa.Integer(), nullable=False) for number in range(4)),
        sa.ForeignKeyConstraint(["photo_id"], ["case_photo.id"], name=op.f("fk_case_photo_print_photo_id_case_photo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_photo_print")),
    )
    with op.batch_alter_table("case_photo", recreate="never") as table:
        table.drop_column("same_as")
        table.drop_column("prints")
