"""Open the tables of the good people: nominations, profiles, opinions, consents, objections, likes."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nomination_no", sa.String(length=30), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("nominee", sa.String(length=60), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("deeds", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("pictures", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decline_reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("nomination_no", name=op.f("uq_nomination_nomination_no")),
    )
    op.create_index(op.f("ix_nomination_at"), "nomination", ["at"], unique=False)
    op.create_index(op.f("ix_nomination_state"), "nomination", ["state"], unique=False)
    op.create_table(
        "good_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("honour_title", sa.String(length=60), nullable=False),
        sa.Column("batch_year", sa.Integer(), nullable=False),
        sa.Column("batch_no", sa.Integer(), nullable=False),
        sa.Column("batch_label", sa.String(length=60), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("occupation_and_unit", sa.String(length=100), nullable=False),
        sa.Column("one_line", sa.String(length=60), nullable=False),
        sa.Column("deeds", sa.Text(), nullable=False),
        sa.Column("deeds_html", sa.Text(), nullable=False),
        sa.Column("award_words", sa.String(length=200), nullable=False),
        sa.Column("unit_count", sa.Integer(), nullable=False),
        sa.Column("photo", sa.String(length=40), nullable=False),
        sa.Column("photo_alt", sa.String(length=200), nullable=False),
        sa.Column("photo_credit", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("is_minor", sa.Boolean(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("stop_reason", sa.String(length=500), nullable=False),
        sa.Column("notice_from", sa.Date(), nullable=True),
        sa.Column("notice_until", sa.Date(), nullable=True),
        sa.Column("ending", sa.String(length=20), nullable=False),
        sa.Column("revoke_decision", sa.String(length=200), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("likes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["nomination.id"], name=op.f("fk_good_person_nomination_id_nomination")
        ),
        sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], name=op.f("fk_good_person_piece_id_piece")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_person")),
        sa.UniqueConstraint("piece_id", name=op.f("uq_good_person_piece_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_good_person_slug")),
    )
    op.create_index(op.f("ix_good_person_batch_year"), "good_person", ["batch_year"], unique=False)
    op.create_index(op.f("ix_good_person_category"), "good_person", ["category"], unique=False)
    op.create_index(op.f("ix_good_person_level"), "good_person", ["level"], unique=False)
    op.create_index(op.f("ix_good_person_nomination_id"), "good_person", ["nomination_id"], unique=False)
    op.create_index(op.f("ix_good_person_notice_until"), "good_person", ["notice_until"], unique=False)
    op.create_index(op.f("ix_good_person_stage"), "good_person", ["stage"], unique=False)
    op.create_table(
        "honour_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("giver", sa.String(length=20), nullable=False),
        sa.Column("given_by", sa.String(length=60), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(length=300), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["good_person.id"], name=op.f("fk_honour_consent_person_id_good_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_honour_consent")),
    )
    op.create_index(op.f("ix_honour_consent_person_id"), "honour_consent", ["person_id"], unique=False)
    op.create_table(
        "honour_like",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["good_person.id"], name=op.f("fk_honour_like_person_id_good_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_honour_like")),
        sa.UniqueConstraint("person_id", "voter", name=op.f("uq_honour_like_person_id_voter")),
    )
    op.create_index(op.f("ix_honour_like_person_id"), "honour_like", ["person_id"], unique=False)
    op.create_table(
        "honour_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["good_person.id"], name=op.f("fk_honour_objection_person_id_good_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_honour_objection")),
    )
    op.create_index(op.f("ix_honour_objection_person_id"), "honour_objection", ["person_id"], unique=False)
    op.create_index(op.f("ix_honour_objection_state"), "honour_objection", ["state"], unique=False)
    op.create_table(
        "vetting_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=80), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["good_person.id"], name=op.f("fk_vetting_opinion_person_id_good_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vetting_opinion")),
    )
    op.create_index(op.f("ix_vetting_opinion_person_id"), "vetting_opinion", ["person_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("vetting_opinion")
    op.drop_table("honour_objection")
    op.drop_table("honour_like")
    op.drop_table("honour_consent")
    op.drop_table("good_person")
    op.drop_table("nomination")
