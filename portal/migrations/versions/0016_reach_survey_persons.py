"""Let a survey ask for a phone code, invite by e-mail and SMS, count its steps, and hand open answers on as cases.

Numbers and addresses of persons live in tables or columns of their own, never in an answer, so that they can be
deleted when a survey ends.
"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables."""
    with op.batch_alter_table("survey") as batch:
        batch.add_column(sa.Column("asks_phone", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("asks_contact", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("survey_invitation") as batch:
        batch.add_column(sa.Column("channel", sa.String(length=10), nullable=False, server_default="print"))
        batch.add_column(sa.Column("contact", sa.Text(), nullable=True))
        batch.add_column(sa.Column("expires_at", Moment(), nullable=True))
        batch.add_column(sa.Column("sent_at", Moment(), nullable=True))
        batch.add_column(sa.Column("reminded_at", Moment(), nullable=True))
    with op.batch_alter_table("survey_text") as batch:
        batch.add_column(sa.Column("contact", sa.Text(), nullable=True))
        batch.add_column(sa.Column("consent", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("case_no", sa.String(length=40), nullable=True))
    op.create_table(
        "survey_phone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("phone_hash", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("code_until", Moment(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_phone_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_phone")),
        sa.UniqueConstraint("survey_id", "phone_hash", name=op.f("uq_survey_phone_survey_id_phone_hash")),
    )
    op.create_table(
        "survey_step",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_step_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", "step", name=op.f("pk_survey_step")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("survey_step")
    op.drop_table("survey_phone")
    with op.batch_alter_table("survey_text") as batch:
        for name in ("case_no", "consent", "contact"):
            batch.drop_column(name)
    with op.batch_alter_table("survey_invitation") as batch:
        for name in ("reminded_at", "sent_at", "expires_at", "contact", "channel"):
            batch.drop_column(name)
    with op.batch_alter_table("survey") as batch:
        batch.drop_column("asks_contact")
        batch.drop_column("asks_phone")
