"""Let the desk work together: who handles a case, how pressing it is, parts, helpers, mentions, saved filters.

The new columns have server defaults and the new tables stand beside the old ones, so that nothing is copied and a
process of the release before goes on working.
"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_case_file_officer_queue": ["officer", "queue", "due_at", "id"],
    "ix_case_file_state_review": ["state", "review_on"],
}


def upgrade() -> None:
    """Add the columns and make the tables."""
    op.add_column("case_file", sa.Column("officer", sa.String(length=60), nullable=True))
    op.add_column("case_file", sa.Column("priority", sa.String(length=10), server_default="normal", nullable=False))
    for name, columns in INDEXES.items():
        op.create_index(name, "case_file", columns)
    op.create_table(
        "case_part",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("main_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_part_case_id_case_file")),
        sa.ForeignKeyConstraint(["main_id"], ["case_file.id"], name=op.f("fk_case_part_main_id_case_file")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_part")),
    )
    op.create_index(op.f("ix_case_part_main_id"), "case_part", ["main_id"])
    op.create_table(
        "case_helper",
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_helper_case_id_case_file")),
        sa.PrimaryKeyConstraint("unit", "case_id", name=op.f("pk_case_helper")),
    )
    op.create_table(
        "case_mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_mention_case_id_case_file")),
        sa.ForeignKeyConstraint(["event_id"], ["case_event.id"], name=op.f("fk_case_mention_event_id_case_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_mention")),
    )
    op.create_index(op.f("ix_case_mention_case_id"), "case_mention", ["case_id"])
    op.create_index("ix_case_mention_waiting", "case_mention", ["username", "seen_at", "id"])
    op.create_table(
        "case_shortlist",
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_shortlist_case_id_case_file")),
        sa.PrimaryKeyConstraint("username", "case_id", name=op.f("pk_case_shortlist")),
    )
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=60), nullable=False),
        sa.Column("owner_name", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
    )
    op.create_index(op.f("ix_saved_filter_owner"), "saved_filter", ["owner"])


def downgrade() -> None:
    """Drop them again."""
    for table in ("saved_filter", "case_shortlist", "case_mention", "case_helper", "case_part"):
        op.drop_table(table)
    for name in INDEXES:
        op.drop_index(name, "case_file")
    op.drop_column("case_file", "priority")
    op.drop_column("case_file", "officer")
