"""Keep one life story of a good person through all honours, and what readers say under it."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "honour_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("writer", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("refuse_reason", sa.String(length=200), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["good_person.id"], name=op.f("fk_honour_remark_person_id_good_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_honour_remark")),
    )
    with op.batch_alter_table("honour_remark") as batch:
        batch.create_index("ix_honour_remark_person_state", ["person_id", "state", "id"])
        batch.create_index(batch.f("ix_honour_remark_writer"), ["writer"])
        batch.create_index(batch.f("ix_honour_remark_state"), ["state"])
    op.create_table(
        "honour_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("honour_title", sa.String(length=60), nullable=False),
        sa.Column("batch_year", sa.Integer(), nullable=False),
        sa.Column("batch_no", sa.Integer(), nullable=False),
        sa.Column("batch_label", sa.String(length=60), nullable=False),
        sa.Column("authority", sa.String(length=80), nullable=False),
        sa.Column("decision", sa.String(length=120), nullable=False),
        sa.Column("is_ours", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("notice_from", sa.Date(), nullable=True),
        sa.Column("notice_until", sa.Date(), nullable=True),
        sa.Column("honoured_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("confirmed_by", sa.String(length=80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["good_person.id"], name=op.f("fk_honour_step_person_id_good_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_honour_step")),
    )
    with op.batch_alter_table("honour_step") as batch:
        batch.create_index(batch.f("ix_honour_step_person_id"), ["person_id"])
        batch.create_index(batch.f("ix_honour_step_state"), ["state"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("honour_step")
    op.drop_table("honour_remark")
