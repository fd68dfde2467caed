"""Open the tables of cases."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment
from portal.migrations.tools import allow_changes, refuse_changes

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = (
    "case_message",
    "case_photo",
    "case_rating",
    "case_follower",
    "case_event",
    "case_file",
    "case_day",
    "case_count",
)


def upgrade() -> None:
    """Make the tables; the history is append-only."""
    op.create_table(
        "case_count",
        sa.Column("group", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("group", "unit", "state", name=op.f("pk_case_count")),
    )
    op.create_table(
        "case_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_case_day")),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_no", sa.String(length=24), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("submission_hash", sa.String(length=64), nullable=True),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("queue", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=30), nullable=True),
        sa.Column("confirmed", sa.String(length=10), nullable=True),
        sa.Column("text_raw", sa.Text(), nullable=False),
        sa.Column("text_public", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("place_public", sa.String(length=200), nullable=False),
        sa.Column("district", sa.String(length=60), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("group", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=True),
        sa.Column("helpers", sa.JSON(), nullable=False),
        sa.Column("returned_by", sa.JSON(), nullable=False),
        sa.Column("about_unit", sa.String(length=60), nullable=True),
        sa.Column("prediction_id", sa.Integer(), nullable=True),
        sa.Column("suggested_group", sa.String(length=60), nullable=True),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column("wants_publish", sa.Boolean(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("public_from", Moment(), nullable=True),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("is_supervised", sa.Boolean(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("stopper", sa.String(length=60), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("contact_hash", sa.String(length=64), nullable=True),
        sa.Column("submitted_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("step_due_at", Moment(), nullable=True),
        sa.Column("remind_at", Moment(), nullable=True),
        sa.Column("contact_due_at", Moment(), nullable=False),
        sa.Column("dispatched_at", Moment(), nullable=True),
        sa.Column("accepted_at", Moment(), nullable=True),
        sa.Column("first_contact_at", Moment(), nullable=True),
        sa.Column("paused_at", Moment(), nullable=True),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("forgotten_at", Moment(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("defer_proposal", sa.JSON(), nullable=True),
        sa.Column("paused_s", sa.Integer(), nullable=False),
        sa.Column("return_count", sa.Integer(), nullable=False),
        sa.Column("extension_count", sa.Integer(), nullable=False),
        sa.Column("reopen_count", sa.Integer(), nullable=False),
        sa.Column("support_count", sa.Integer(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("reply_public", sa.Text(), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["case_file.id"], name=op.f("fk_case_file_merged_into_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["prediction_id"], ["prediction.id"], name=op.f("fk_case_file_prediction_id_prediction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("case_no", name=op.f("uq_case_file_case_no")),
        sa.UniqueConstraint("submission_hash", name=op.f("uq_case_file_submission_hash")),
    )
    op.create_index(op.f("ix_case_file_closed_at"), "case_file", ["closed_at"], unique=False)
    op.create_index(op.f("ix_case_file_contact_hash"), "case_file", ["contact_hash"], unique=False)
    op.create_index("ix_case_file_district_public", "case_file", ["district", "public_from", "id"], unique=False)
    op.create_index("ix_case_file_district_queue", "case_file", ["district", "queue", "due_at", "id"], unique=False)
    op.create_index("ix_case_file_group_public", "case_file", ["group", "public_from", "id"], unique=False)
    op.create_index("ix_case_file_group_queue", "case_file", ["group", "queue", "due_at", "id"], unique=False)
    op.create_index("ix_case_file_kind_queue", "case_file", ["kind", "queue", "due_at", "id"], unique=False)
    op.create_index(op.f("ix_case_file_merged_into_id"), "case_file", ["merged_into_id"], unique=False)
    op.create_index("ix_case_file_public", "case_file", ["public_from", "id"], unique=False)
    op.create_index("ix_case_file_queue", "case_file", ["queue", "due_at", "id"], unique=False)
    op.create_index(op.f("ix_case_file_remind_at"), "case_file", ["remind_at"], unique=False)
    op.create_index(op.f("ix_case_file_resolved_at"), "case_file", ["resolved_at"], unique=False)
    op.create_index("ix_case_file_state_queue", "case_file", ["state", "queue", "due_at", "id"], unique=False)
    op.create_index(op.f("ix_case_file_step_due_at"), "case_file", ["step_due_at"], unique=False)
    op.create_index(op.f("ix_case_file_submitted_at"), "case_file", ["submitted_at"], unique=False)
    op.create_index("ix_case_file_unit_queue", "case_file", ["unit", "queue", "due_at", "id"], unique=False)
    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("from_state", sa.String(length=30), nullable=False),
        sa.Column("to_state", sa.String(length=30), nullable=False),
        sa.Column("group", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=True),
        sa.Column("old_due_at", Moment(), nullable=True),
        sa.Column("new_due_at", Moment(), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("public_text", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_event_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    op.create_index(op.f("ix_case_event_case_id"), "case_event", ["case_id"], unique=False)
    op.create_table(
        "case_follower",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_hash", sa.String(length=64), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_follower_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_follower")),
        sa.UniqueConstraint("case_id", "person_hash", name=op.f("uq_case_follower_case_id_person_hash")),
    )
    op.create_table(
        "case_rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("solved", sa.String(length=10), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("comment_public", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_rating_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_rating")),
        sa.UniqueConstraint("case_id", "turn", name=op.f("uq_case_rating_case_id_turn")),
    )
    op.create_index(op.f("ix_case_rating_at"), "case_rating", ["at"], unique=False)
    op.create_table(
        "case_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_message_case_id_case_file")),
        sa.ForeignKeyConstraint(["event_id"], ["case_event.id"], name=op.f("fk_case_message_event_id_case_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_message")),
    )
    op.create_index(op.f("ix_case_message_case_id"), "case_message", ["case_id"], unique=False)
    op.create_table(
        "case_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("phash", sa.String(length=20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_photo_case_id_case_file")),
        sa.ForeignKeyConstraint(["event_id"], ["case_event.id"], name=op.f("fk_case_photo_event_id_case_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_photo")),
        sa.UniqueConstraint("name", name=op.f("uq_case_photo_name")),
    )
    op.create_index(op.f("ix_case_photo_case_id"), "case_photo", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_photo_phash"), "case_photo", ["phash"], unique=False)
    op.create_index(op.f("ix_case_photo_sha256"), "case_photo", ["sha256"], unique=False)
    refuse_changes("case_event")


def downgrade() -> None:
    """Drop the tables."""
    allow_changes("case_event")
    for table in TABLES:
        op.drop_table(table)
