"""Open the tables of credit: batches and their counts, entries, objections and repairs."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "credit_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("press_note", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_batch")),
        sa.UniqueConstraint("title", name=op.f("uq_credit_batch_title")),
    )
    op.create_table(
        "credit_batch_count",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("colour", sa.String(length=10), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["credit_batch.id"], name=op.f("fk_credit_batch_count_batch_id_credit_batch")
        ),
        sa.PrimaryKeyConstraint("batch_id", "colour", "field", name=op.f("pk_credit_batch_count")),
    )
    op.create_table(
        "credit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("entry_no", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("colour", sa.String(length=10), nullable=False),
        sa.Column("list_kind", sa.String(length=60), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("subject_type", sa.String(length=30), nullable=False),
        sa.Column("subject_name", sa.String(length=120), nullable=False),
        sa.Column("subject_key", sa.String(length=80), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("uscc_reason", sa.String(length=200), nullable=False),
        sa.Column("id_masked", sa.String(length=20), nullable=False),
        sa.Column("legal_representative", sa.String(length=60), nullable=False),
        sa.Column("designating_authority", sa.String(length=120), nullable=False),
        sa.Column("basis_law", sa.String(length=300), nullable=False),
        sa.Column("decision_document_no", sa.String(length=80), nullable=True),
        sa.Column("decision_date", sa.Date(), nullable=True),
        sa.Column("reason_summary", sa.String(length=200), nullable=False),
        sa.Column("grade", sa.String(length=20), nullable=False),
        sa.Column("display_months", sa.Integer(), nullable=False),
        sa.Column("is_adult", sa.Boolean(), nullable=False),
        sa.Column("person_basis", sa.String(length=300), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("publish_min_until", sa.Date(), nullable=True),
        sa.Column("publish_max_until", sa.Date(), nullable=True),
        sa.Column("source_url", sa.String(length=300), nullable=False),
        sa.Column("source_name", sa.String(length=80), nullable=False),
        sa.Column("objection_channel", sa.String(length=200), nullable=False),
        sa.Column("removal_reason", sa.String(length=200), nullable=False),
        sa.Column("removal_due_on", sa.Date(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["credit_batch.id"], name=op.f("fk_credit_entry_batch_id_credit_batch")),
        sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], name=op.f("fk_credit_entry_piece_id_piece")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_entry")),
        sa.UniqueConstraint("entry_no", name=op.f("uq_credit_entry_entry_no")),
        sa.UniqueConstraint("piece_id", name=op.f("uq_credit_entry_piece_id")),
        sa.UniqueConstraint(
            "subject_key", "decision_document_no", name=op.f("uq_credit_entry_subject_key_decision_document_no")
        ),
    )
    op.create_index(op.f("ix_credit_entry_batch_id"), "credit_entry", ["batch_id"], unique=False)
    op.create_index("ix_credit_entry_colour_status", "credit_entry", ["colour", "status"], unique=False)
    op.create_index(op.f("ix_credit_entry_field"), "credit_entry", ["field"], unique=False)
    op.create_index(op.f("ix_credit_entry_subject_key"), "credit_entry", ["subject_key"], unique=False)
    op.create_table(
        "credit_matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ground", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("receipt", sa.String(length=20), nullable=False),
        sa.Column("text_sealed", sa.Text(), nullable=False),
        sa.Column("contact_sealed", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("mark_due_on", sa.Date(), nullable=False),
        sa.Column("decide_due_on", sa.Date(), nullable=False),
        sa.Column("is_extended", sa.Boolean(), nullable=False),
        sa.Column("extension_reason", sa.String(length=300), nullable=False),
        sa.Column("disputed_at", Moment(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decision_note", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["credit_entry.id"], name=op.f("fk_credit_matter_entry_id_credit_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_matter")),
        sa.UniqueConstraint("receipt", name=op.f("uq_credit_matter_receipt")),
    )
    op.create_index(op.f("ix_credit_matter_entry_id"), "credit_matter", ["entry_id"], unique=False)
    op.create_index("ix_credit_matter_state_due", "credit_matter", ["state", "mark_due_on"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("credit_matter")
    op.drop_table("credit_entry")
    op.drop_table("credit_batch_count")
    op.drop_table("credit_batch")
