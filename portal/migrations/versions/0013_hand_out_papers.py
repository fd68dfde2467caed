"""Hand out papers with the news, and gather news in topics."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the two columns of an item."""
    op.create_table(
        "piece_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("ending", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_attachment")),
        sa.UniqueConstraint("name", name=op.f("uq_piece_attachment_name")),
    )
    op.create_table(
        "piece_attachment_use",
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["piece_attachment.id"],
            name=op.f("fk_piece_attachment_use_attachment_id_piece_attachment"),
        ),
        sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], name=op.f("fk_piece_attachment_use_piece_id_piece")),
        sa.PrimaryKeyConstraint("attachment_id", "piece_id", name=op.f("pk_piece_attachment_use")),
    )
    with op.batch_alter_table("piece_attachment_use") as batch:
        batch.create_index(batch.f("ix_piece_attachment_use_piece_id"), ["piece_id"])
    op.create_table(
        "news_topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("intro", sa.String(length=300), nullable=False),
        sa.Column("group_key", sa.String(length=60), nullable=True),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_topic")),
        sa.UniqueConstraint("key", name=op.f("uq_news_topic_key")),
    )
    with op.batch_alter_table("news") as batch:
        batch.add_column(sa.Column("topic_key", sa.String(length=40), server_default="", nullable=False))
        batch.add_column(sa.Column("attachments", sa.String(length=400), server_default="", nullable=False))
        batch.create_index(batch.f("ix_news_topic_key"), ["topic_key"])


def downgrade() -> None:
    """Drop them again."""
    with op.batch_alter_table("news") as batch:
        batch.drop_index(batch.f("ix_news_topic_key"))
        batch.drop_column("attachments")
        batch.drop_column("topic_key")
    op.drop_table("news_topic")
    op.drop_table("piece_attachment_use")
    op.drop_table("piece_attachment")
