"""Open the tables of the board: sites, inspections, issues, findings."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "board_inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("inspectors", sa.String(length=200), nullable=False),
        sa.Column("seed", sa.String(length=80), nullable=False),
        sa.Column("pool", sa.JSON(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("site_keys", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_inspection")),
    )
    op.create_table(
        "board_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("site_type", sa.String(length=40), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("street", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=True),
        sa.Column("group_key", sa.String(length=60), nullable=True),
        sa.Column("is_must_check", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_site")),
        sa.UniqueConstraint("key", name=op.f("uq_board_site_key")),
    )
    op.create_index(op.f("ix_board_site_group_key"), "board_site", ["group_key"], unique=False)
    op.create_index(op.f("ix_board_site_name"), "board_site", ["name"], unique=False)
    op.create_index(op.f("ix_board_site_unit"), "board_site", ["unit"], unique=False)
    op.create_table(
        "board_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("issue_no", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], name=op.f("fk_board_issue_piece_id_piece")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_issue")),
        sa.UniqueConstraint("issue_no", name=op.f("uq_board_issue_issue_no")),
        sa.UniqueConstraint("piece_id", name=op.f("uq_board_issue_piece_id")),
    )
    op.create_index(op.f("ix_board_issue_starts_on"), "board_issue", ["starts_on"], unique=False)
    op.create_table(
        "board_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=True),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("colour", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("lead_unit", sa.String(length=60), nullable=True),
        sa.Column("group_key", sa.String(length=60), nullable=True),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("rectification", sa.String(length=500), nullable=False),
        sa.Column("rectified_on", sa.Date(), nullable=True),
        sa.Column("rectified_by", sa.String(length=80), nullable=False),
        sa.Column("return_reason", sa.String(length=300), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.String(length=80), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["board_inspection.id"], name=op.f("fk_board_finding_inspection_id_board_inspection")
        ),
        sa.ForeignKeyConstraint(["issue_id"], ["board_issue.id"], name=op.f("fk_board_finding_issue_id_board_issue")),
        sa.ForeignKeyConstraint(["site_id"], ["board_site.id"], name=op.f("fk_board_finding_site_id_board_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_finding")),
        sa.UniqueConstraint("issue_id", "site_id", "colour", name=op.f("uq_board_finding_issue_id_site_id_colour")),
    )
    op.create_index("ix_board_finding_found", "board_finding", ["found_on", "colour"], unique=False)
    op.create_index(op.f("ix_board_finding_group_key"), "board_finding", ["group_key"], unique=False)
    op.create_index(op.f("ix_board_finding_inspection_id"), "board_finding", ["inspection_id"], unique=False)
    op.create_index(op.f("ix_board_finding_issue_id"), "board_finding", ["issue_id"], unique=False)
    op.create_index(op.f("ix_board_finding_made_at"), "board_finding", ["made_at"], unique=False)
    op.create_index(op.f("ix_board_finding_site_id"), "board_finding", ["site_id"], unique=False)
    op.create_index(op.f("ix_board_finding_unit"), "board_finding", ["unit"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("board_finding")
    op.drop_table("board_issue")
    op.drop_table("board_site")
    op.drop_table("board_inspection")
