"""Let a history end when its case's words are deleted by rule, and let staff get a morning letter."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ERASED = "EXISTS (SELECT 1 FROM case_file WHERE case_file.id = OLD.case_id AND case_file.erased_at IS NOT NULL)"


def upgrade() -> None:
    """Add the columns; the history still refuses every change, and to delete steps of a case that is not erased."""
    with op.batch_alter_table("staff") as table:
        table.add_column(sa.Column("email", sa.Text(), nullable=True))
        table.add_column(sa.Column("wants_digest", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("digest_on", sa.Date(), nullable=True))
    # Not by batch: SQLite would copy the table, and lose the triggers of those that look at it.
    op.add_column("case_file", sa.Column("erased_at", Moment(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER case_event_no_delete")
        op.execute(
            f"CREATE TRIGGER case_event_no_delete BEFORE DELETE ON case_event WHEN NOT {ERASED} "
            "BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION case_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'DELETE' AND {ERASED} THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'case_event is append-only'; END $$"
    )


def downgrade() -> None:
    """Take the columns away; the history refuses everything again."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER case_event_no_delete")
        op.execute(
            "CREATE TRIGGER case_event_no_delete BEFORE DELETE ON case_event "
            "BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END"
        )
    else:
        op.execute(
            "CREATE OR REPLACE FUNCTION case_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'case_event is append-only'; END $$"
        )
    op.drop_column("case_file", "erased_at")
    with op.batch_alter_table("staff") as table:
        table.drop_column("digest_on")
        table.drop_column("wants_digest")
        table.drop_column("email")
