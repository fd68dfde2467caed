"""Open the tables of surveys: what was asked, answers that are only added, and results as they were published."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment
from portal.migrations.tools import allow_changes, refuse_changes

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; answers and published results can never be changed."""
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("variant", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("quotas", sa.JSON(), nullable=False),
        sa.Column("group_key", sa.String(length=40), nullable=True),
        sa.Column("is_invited", sa.Boolean(), nullable=False),
        sa.Column("address_limit", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("opens_at", Moment(), nullable=True),
        sa.Column("closes_at", Moment(), nullable=True),
        sa.Column("opened_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["previous_id"], ["survey.id"], name=op.f("fk_survey_previous_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("slug", name=op.f("uq_survey_slug")),
    )
    op.create_index(op.f("ix_survey_group_key"), "survey", ["group_key"], unique=False)
    op.create_index(op.f("ix_survey_state"), "survey", ["state"], unique=False)
    op.create_table(
        "survey_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("site", sa.String(length=60), nullable=True),
        sa.Column("submission_hash", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("client_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_answer_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answer")),
        sa.UniqueConstraint("survey_id", "submission_hash", name=op.f("uq_survey_answer_survey_id_submission_hash")),
        sa.UniqueConstraint("survey_id", "token_hash", name=op.f("uq_survey_answer_survey_id_token_hash")),
    )
    op.create_index("ix_survey_answer_survey_id_at", "survey_answer", ["survey_id", "at"], unique=False)
    op.create_index(
        "ix_survey_answer_survey_id_client_hash", "survey_answer", ["survey_id", "client_hash"], unique=False
    )
    op.create_table(
        "survey_exclusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("answer_ids", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_exclusion_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_exclusion")),
    )
    op.create_index(op.f("ix_survey_exclusion_survey_id"), "survey_exclusion", ["survey_id"], unique=False)
    op.create_table(
        "survey_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_invitation_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_invitation")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_survey_invitation_survey_id_number")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_survey_invitation_token_hash")),
    )
    op.create_table(
        "survey_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("published_by", sa.String(length=80), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_result_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_result")),
    )
    op.create_index(op.f("ix_survey_result_survey_id"), "survey_result", ["survey_id"], unique=False)
    op.create_table(
        "survey_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("text_staff", sa.Text(), nullable=False),
        sa.Column("text_public", sa.Text(), nullable=False),
        sa.Column("is_routed", sa.Boolean(), nullable=False),
        sa.Column("group_key", sa.String(length=40), nullable=True),
        sa.Column("topic", sa.String(length=60), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["survey_answer.id"], name=op.f("fk_survey_text_answer_id_survey_answer")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_text_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_text")),
    )
    op.create_index(op.f("ix_survey_text_is_routed"), "survey_text", ["is_routed"], unique=False)
    op.create_index("ix_survey_text_survey_id_state_id", "survey_text", ["survey_id", "state", "id"], unique=False)
    refuse_changes("survey_answer")
    refuse_changes("survey_result")


def downgrade() -> None:
    """Drop them."""
    allow_changes("survey_answer")
    allow_changes("survey_result")
    for table in (
        "survey_result",
        "survey_exclusion",
        "survey_invitation",
        "survey_text",
        "survey_answer",
        "survey",
    ):
        op.drop_table(table)
