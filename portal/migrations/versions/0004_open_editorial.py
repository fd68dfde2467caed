"""Open the tables of editorial: pieces, revisions, reviews, comments, guests' links, pictures."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment
from portal.migrations.tools import allow_changes, refuse_changes

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "piece_revision",
    "piece_review",
    "piece_overrule",
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "piece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("public_path", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("author_name", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("is_confidential_checked", sa.Boolean(), nullable=False),
        sa.Column("confidential_checked_by", sa.String(length=80), nullable=False),
        sa.Column("needs_legal_review", sa.Boolean(), nullable=False),
        sa.Column("publish_at", Moment(), nullable=True),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.Column("withdrawn_note", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=80), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("urgent_reason", sa.String(length=500), nullable=False),
        sa.Column("urgent_by", sa.String(length=80), nullable=False),
        sa.Column("urgent_by_name", sa.String(length=60), nullable=False),
        sa.Column("urgent_at", Moment(), nullable=True),
        sa.Column("urgent_confirmed_by", sa.String(length=80), nullable=False),
        sa.Column("corrected_at", Moment(), nullable=True),
        sa.Column("correction_note", sa.String(length=500), nullable=False),
        sa.Column("pending_revision_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece")),
        sa.UniqueConstraint("kind", "object_id", name=op.f("uq_piece_kind_object_id")),
    )
    op.create_index(op.f("ix_piece_author"), "piece", ["author"], unique=False)
    op.create_index("ix_piece_kind_state_published", "piece", ["kind", "state", "published_at", "id"], unique=False)
    op.create_index(op.f("ix_piece_public_path"), "piece", ["public_path"], unique=False)
    op.create_index("ix_piece_state_expires", "piece", ["state", "expires_at"], unique=False)
    op.create_index("ix_piece_state_publish", "piece", ["state", "publish_at"], unique=False)
    op.create_index(op.f("ix_piece_updated_at"), "piece", ["updated_at"], unique=False)
    op.create_table(
        "piece_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_picture")),
        sa.UniqueConstraint("name", name=op.f("uq_piece_picture_name")),
    )
    op.create_table(
        "piece_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("author_name", sa.String(length=60), nullable=False),
        sa.Column("quote", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], name=op.f("fk_piece_comment_piece_id_piece")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_comment")),
    )
    op.create_index(op.f("ix_piece_comment_piece_id"), "piece_comment", ["piece_id"], unique=False)
    op.create_table(
        "piece_overrule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(length=40), nullable=False),
        sa.Column("found", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], name=op.f("fk_piece_overrule_piece_id_piece")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_overrule")),
        sa.UniqueConstraint("piece_id", "finding", name=op.f("uq_piece_overrule_piece_id_finding")),
    )
    op.create_index(op.f("ix_piece_overrule_piece_id"), "piece_overrule", ["piece_id"], unique=False)
    op.create_table(
        "piece_picture_use",
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["piece_picture.id"], name=op.f("fk_piece_picture_use_picture_id_piece_picture")
        ),
        sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], name=op.f("fk_piece_picture_use_piece_id_piece")),
        sa.PrimaryKeyConstraint("picture_id", "piece_id", name=op.f("pk_piece_picture_use")),
    )
    op.create_index(op.f("ix_piece_picture_use_piece_id"), "piece_picture_use", ["piece_id"], unique=False)
    op.create_table(
        "piece_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.String(length=80), nullable=False),
        sa.Column("reviewer_name", sa.String(length=60), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("is_legal", sa.Boolean(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], name=op.f("fk_piece_review_piece_id_piece")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_review")),
    )
    op.create_index(op.f("ix_piece_review_piece_id"), "piece_review", ["piece_id"], unique=False)
    op.create_index(op.f("ix_piece_review_reviewer"), "piece_review", ["reviewer"], unique=False)
    op.create_table(
        "piece_review_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("guest", sa.String(length=80), nullable=False),
        sa.Column("guest_name", sa.String(length=60), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], name=op.f("fk_piece_review_link_piece_id_piece")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_review_link")),
    )
    op.create_index(op.f("ix_piece_review_link_piece_id"), "piece_review_link", ["piece_id"], unique=False)
    op.create_table(
        "piece_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("author_name", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("is_correction", sa.Boolean(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], name=op.f("fk_piece_revision_piece_id_piece")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_revision")),
        sa.UniqueConstraint("piece_id", "number", name=op.f("uq_piece_revision_piece_id_number")),
    )
    op.create_index(op.f("ix_piece_revision_piece_id"), "piece_revision", ["piece_id"], unique=False)
    for table in APPEND_ONLY:
        refuse_changes(table)


def downgrade() -> None:
    """Drop the tables."""
    for table in APPEND_ONLY:
        allow_changes(table)
    op.drop_table("piece_revision")
    op.drop_table("piece_review_link")
    op.drop_table("piece_review")
    op.drop_table("piece_picture_use")
    op.drop_table("piece_overrule")
    op.drop_table("piece_comment")
    op.drop_table("piece_picture")
    op.drop_table("piece")
