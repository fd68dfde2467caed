"""Open the table of the news."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("column_key", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("writer", sa.String(length=60), nullable=False),
        sa.Column("editor", sa.String(length=60), nullable=False),
        sa.Column("group_key", sa.String(length=60), nullable=True),
        sa.Column("cover", sa.String(length=40), nullable=False),
        sa.Column("cover_alt", sa.String(length=200), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], name=op.f("fk_news_piece_id_piece")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
        sa.UniqueConstraint("piece_id", name=op.f("uq_news_piece_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_news_slug")),
    )
    op.create_index(op.f("ix_news_column_key"), "news", ["column_key"], unique=False)
    op.create_index(op.f("ix_news_group_key"), "news", ["group_key"], unique=False)
    op.create_index(op.f("ix_news_is_pinned"), "news", ["is_pinned"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("news")
