"""Tables of cases: the case, its append-only history, words, photos, ratings, followers, and kept counts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.cases.standing import Standing
from portal.core.db import Base
from portal.core.photos import MediaKey

UNSORTED = ""
"""The group of a case that nobody, and no model, has sorted yet."""


class Case(Standing, Base):
    """One submission and where it stands.

    text_raw and place are as typed; text_public and place_public were redacted when they were written. queue and
    due_at order the desk's list. step_due_at: when the clock acts on the present state (sign-off, answer, rating,
    review); remind_at: the next reminder or overdue moment of the promise. public_from: since when anybody may read
    it, None while private. contact is encrypted; contact_hash and email_hash find the same reporter;
    contact_checked_at: since when we know that a message reaches them. answers: to the extra questions, each with
    key, label, raw and public. is_placeless: the reporter said that it has no place.
    """

    __tablename__ = "case_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(String(24), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    submission_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    text_hash: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    channel: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(30))
    queue: Mapped[int]
    outcome: Mapped[str | None] = mapped_column(String(30))
    confirmed: Mapped[str | None] = mapped_column(String(10))

    text_raw: Mapped[str] = mapped_column(Text)
    text_public: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(200), default="")
    place_public: Mapped[str] = mapped_column(String(200), default="")
    district: Mapped[str | None] = mapped_column(String(60))
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    is_placeless: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)

    group: Mapped[str] = mapped_column(String(60), default=UNSORTED)
    unit: Mapped[str | None] = mapped_column(String(60))
    officer: Mapped[str | None] = mapped_column(String(60))
    helpers: Mapped[list[str]] = mapped_column(JSON)
    returned_by: Mapped[list[str]] = mapped_column(JSON)
    about_unit: Mapped[str | None] = mapped_column(String(60))
    prediction_id: Mapped[int | None] = mapped_column(ForeignKey("prediction.id"))
    suggested_group: Mapped[str | None] = mapped_column(String(60))
    probability: Mapped[float | None]

    is_anonymous: Mapped[bool] = mapped_column(default=False)
    is_confidential: Mapped[bool] = mapped_column(default=False)
    wants_publish: Mapped[bool] = mapped_column(default=False)
    is_hidden: Mapped[bool] = mapped_column(default=False)
    public_from: Mapped[datetime | None]
    is_urgent: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[str] = mapped_column(String(10), default="normal", server_default="normal")
    is_supervised: Mapped[bool] = mapped_column(default=False)
    is_sample: Mapped[bool] = mapped_column(default=False)
    stopper: Mapped[str | None] = mapped_column(String(60))
    contact: Mapped[str | None] = mapped_column(Text)
    contact_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    email_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    contact_checked_at: Mapped[datetime | None]

    submitted_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    due_on: Mapped[date]
    due_at: Mapped[datetime]
    is_provisional: Mapped[bool] = mapped_column(default=False)
    step_due_at: Mapped[datetime | None] = mapped_column(index=True)
    remind_at: Mapped[datetime | None] = mapped_column(index=True)
    contact_due_at: Mapped[datetime]
    dispatched_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    first_contact_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    forgotten_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    review_on: Mapped[date | None]
    defer_proposal: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    paused_s: Mapped[int] = mapped_column(default=0)
    return_count: Mapped[int] = mapped_column(default=0)
    extension_count: Mapped[int] = mapped_column(default=0)
    reopen_count: Mapped[int] = mapped_column(default=0)
    support_count: Mapped[int] = mapped_column(default=0)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    question: Mapped[str] = mapped_column(Text, default="")
    reply: Mapped[str] = mapped_column(Text, default="")
    reply_public: Mapped[str] = mapped_column(Text, default="")
    last_hash: Mapped[str] = mapped_column(String(64), default="")

    events: Mapped[list["CaseEvent"]] = relationship(lazy="raise", order_by="CaseEvent.id", viewonly=True)
    photos: Mapped[list["CasePhoto"]] = relationship(lazy="raise", order_by="CasePhoto.id", viewonly=True)
    messages: Mapped[list["CaseMessage"]] = relationship(lazy="raise", order_by="CaseMessage.id", viewonly=True)
    ratings: Mapped[list["CaseRating"]] = relationship(lazy="raise", order_by="CaseRating.id", viewonly=True)
    merged_into: Mapped["Case | None"] = relationship(lazy="raise", remote_side=[id], viewonly=True)

    __table_args__ = (
        # One index for each order the desk's list is read in: all of it, or one value of a filter.
        Index("ix_case_file_queue", "queue", "due_at", "id"),
        Index("ix_case_file_group_queue", "group", "queue", "due_at", "id"),
        Index("ix_case_file_unit_queue", "unit", "queue", "due_at", "id"),
        Index("ix_case_file_district_queue", "district", "queue", "due_at", "id"),
        Index("ix_case_file_kind_queue", "kind", "queue", "due_at", "id"),
        Index("ix_case_file_state_queue", "state", "queue", "due_at", "id"),
        Index("ix_case_file_officer_queue", "officer", "queue", "due_at", "id"),
        # For cases to look at again on a day.
        Index("ix_case_file_state_review", "state", "review_on"),
        # And for the public list.
        Index("ix_case_file_public", "public_from", "id"),
        Index("ix_case_file_group_public", "group", "public_from", "id"),
        Index("ix_case_file_district_public", "district", "public_from", "id"),
        Index("ix_case_file_point", "lat", "lng"),
    )


class CaseEvent(Base):
    """One step of a case's life; append-only and chained by hash within the case.

    public_text: for everybody who may read the case.  detail: internal, JSON, without contact data.
    is_public: shown on the reporter's and the public time line.
    """

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(40))
    who: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(80))
    actor_name: Mapped[str] = mapped_column(String(80))
    from_state: Mapped[str] = mapped_column(String(30))
    to_state: Mapped[str] = mapped_column(String(30))
    group: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str | None] = mapped_column(String(60))
    old_due_at: Mapped[datetime | None]
    new_due_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(60))
    public_text: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_public: Mapped[bool]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class CaseMessage(Base):
    """What a citizen wrote later, as typed: an answer, a reason, a comment; deleted with the contact data."""

    __tablename__ = "case_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("case_event.id"))
    text: Mapped[str] = mapped_column(Text)


class CasePhoto(Base):
    """A photo of a case. name: 32 hex digits of its key, the only thing about it that stands in a URL.

    kind: report, proof or answer.  phash: signed 64-bit difference hash.  prints: what the whole and its windows
    look like, None until compared.  same_as: the case that used the photo before.
    """

    __tablename__ = "case_photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("case_event.id"))
    name: Mapped[str] = mapped_column(String(32), unique=True)
    key: Mapped[str] = mapped_column(MediaKey(60))
    kind: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    phash: Mapped[str] = mapped_column(String(20), index=True)
    width: Mapped[int]
    height: Mapped[int]
    is_public: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    prints: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    same_as: Mapped[str | None] = mapped_column(String(24))


class CaseRating(Base):
    """What the reporter said about the result; one for each time the case was resolved. Silence writes no row."""

    __tablename__ = "case_rating"
    __table_args__ = (UniqueConstraint("case_id", "turn"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    turn: Mapped[int]
    grade: Mapped[int]
    solved: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    comment_public: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)


class CaseFollower(Base):
    """Somebody who said "me too"; person_hash (keyed) keeps one person from counting twice."""

    __tablename__ = "case_follower"
    __table_args__ = (UniqueConstraint("case_id", "person_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    person_hash: Mapped[str] = mapped_column(String(64))
    contact: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]


class ContactWish(Base):
    """How much somebody wants to be told, by address; who said nothing is told every step.

    address_hash: keyed hash of channel and address, so that a signed link need not carry the address itself.
    """

    __tablename__ = "contact_wish"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    level: Mapped[str] = mapped_column(String(10))
    via: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[datetime]


class CaseDay(Base):
    """The last number given on a day."""

    __tablename__ = "case_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class CaseCount(Base):
    """How many cases stand in a state, by group and unit; kept in the transaction that moves a case."""

    __tablename__ = "case_count"

    group: Mapped[str] = mapped_column(String(60), primary_key=True)
    unit: Mapped[str] = mapped_column(String(60), primary_key=True)
    state: Mapped[str] = mapped_column(String(30), primary_key=True)
    count: Mapped[int]
