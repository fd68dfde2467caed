"""Answers to extra questions, cases without a place, checked contacts, and prints that know a photo again."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table; case_file is not made anew, since other tables point to it."""
    with op.batch_alter_table("case_file", recreate="never") as table:
        table.add_column(sa.Column("answers", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("is_placeless", sa.Boolean(), nullable=False, server_default=sa.text("false")))
        table.add_column(sa.Column("email_hash", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("contact_checked_at", Moment(), nullable=True))
        table.create_index(op.f("ix_case_file_email_hash"), ["email_hash"])
        table.create_index(op.f("ix_case_file_text_hash"), ["text_hash"])
        table.create_index("ix_case_file_point", ["lat", "lng"])
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
    with op.batch_alter_table("case_photo_print") as table:
        table.create_index(op.f("ix_case_photo_print_photo_id"), ["photo_id"])
        for number in range(4):
            table.create_index(op.f(f"ix_case_photo_print_band{number}"), [f"band{number}"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("case_photo_print")
    with op.batch_alter_table("case_file", recreate="never") as table:
        for name in ("ix_case_file_point", "ix_case_file_text_hash", "ix_case_file_email_hash"):
            table.drop_index(name)
        for column in ("contact_checked_at", "email_hash", "is_placeless", "answers"):
            table.drop_column(column)
