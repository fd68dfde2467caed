"""Tables of the way to publication: pieces, their revisions, reviews, comments and guests' links.

A piece is the editorial side of one published thing; the thing itself (a news item, a profile, a credit entry, an
issue of the board) lies in its own slice, with a `piece_id`, and is public exactly while `live()` is true of its piece.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, and_, or_
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db import Base
from portal.core.i18n import lazy


class Kind(StrEnum):
    """What a piece is about; also the folder of its desk pages, but for `person`."""

    NEWS = "news"
    PERSON = "person"
    CREDIT = "credit"
    BOARD = "board"


class State(StrEnum):
    """Where a piece stands on its way."""

    DRAFT = "draft"
    REVIEW1 = "review1"
    REVIEW2 = "review2"
    REVIEW3 = "review3"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


STATE_NAMES = {
    State.DRAFT: lazy("草稿"),
    State.REVIEW1: lazy("待初审"),
    State.REVIEW2: lazy("待复审"),
    State.REVIEW3: lazy("待终审"),
    State.APPROVED: lazy("已通过三审"),
    State.SCHEDULED: lazy("定时发布"),
    State.PUBLISHED: lazy("已发布"),
    State.WITHDRAWN: lazy("已撤下"),
    State.EXPIRED: lazy("已到期"),
}
STATE_TONES = {
    State.DRAFT: "",
    State.REVIEW1: "info",
    State.REVIEW2: "info",
    State.REVIEW3: "info",
    State.APPROVED: "ok",
    State.SCHEDULED: "warn",
    State.PUBLISHED: "ok",
    State.WITHDRAWN: "black",
    State.EXPIRED: "black",
}
REVIEW_STATES = (State.REVIEW1, State.REVIEW2, State.REVIEW3)
UNPUBLISHED = (State.DRAFT, *REVIEW_STATES, State.APPROVED, State.SCHEDULED)
LEVEL_NAMES = {1: lazy("初审"), 2: lazy("复审"), 3: lazy("终审")}


class Piece(Base):
    """The editorial side of one published thing.

    version: counts saved texts; an editor's form sends back the version it began with.
    round: counts how often the three reviews began; only reviews of the present round count.
    author, urgent_by …: user names, which never change; the names people read stand beside them.
    pending_revision_id: a correction of the published text that waits for a second person.
    """

    __tablename__ = "piece"
    __table_args__ = (
        UniqueConstraint("kind", "object_id"),
        Index("ix_piece_kind_state_published", "kind", "state", "published_at", "id"),
        Index("ix_piece_state_publish", "state", "publish_at"),
        Index("ix_piece_state_expires", "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200))
    public_path: Mapped[str] = mapped_column(String(200), default="", index=True)
    author: Mapped[str] = mapped_column(String(80), index=True)
    author_name: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(20), default=State.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    round: Mapped[int] = mapped_column(default=1)
    is_confidential_checked: Mapped[bool] = mapped_column(default=False)
    confidential_checked_by: Mapped[str] = mapped_column(String(80), default="")
    needs_legal_review: Mapped[bool] = mapped_column(default=False)
    publish_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="")
    withdrawn_note: Mapped[str] = mapped_column(Text, default="")
    withdrawn_by: Mapped[str] = mapped_column(String(80), default="")
    is_urgent: Mapped[bool] = mapped_column(default=False)
    urgent_reason: Mapped[str] = mapped_column(String(500), default="")
    urgent_by: Mapped[str] = mapped_column(String(80), default="")
    urgent_by_name: Mapped[str] = mapped_column(String(60), default="")
    urgent_at: Mapped[datetime | None]
    urgent_confirmed_by: Mapped[str] = mapped_column(String(80), default="")
    corrected_at: Mapped[datetime | None]
    correction_note: Mapped[str] = mapped_column(String(500), default="")
    pending_revision_id: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)

    @property
    def level(self) -> int:
        """The review it waits for, 1–3; 0 when it waits for none."""
        return REVIEW_STATES.index(State(self.state)) + 1 if self.state in REVIEW_STATES else 0

    @property
    def is_live(self) -> bool:
        """The public may read it at this moment."""
        return self.state == State.PUBLISHED and (self.expires_at is None or self.expires_at > now())

    @property
    def is_over(self) -> bool:
        """It was public and is so no longer: its page answers 410."""
        is_late = self.state == State.PUBLISHED and not self.is_live
        return is_late or self.state in {State.WITHDRAWN, State.EXPIRED}

    @property
    def state_name(self) -> str:
        """The state in words."""
        return str(STATE_NAMES[State(self.state)])

    @property
    def tone(self) -> str:
        """The tone of the state's tag."""
        return STATE_TONES[State(self.state)]

    @property
    def desk_path(self) -> str:
        """Its page at the desk."""
        folder = "people" if self.kind == Kind.PERSON else self.kind
        return f"/desk/{folder}/{self.object_id}"


def live() -> ColumnElement[bool]:
    """The condition that a piece may be read by the public now; every public query carries it.

    The end is compared with the clock, so nothing stays visible when the job that ends pieces is late.
    """
    return and_(Piece.state == State.PUBLISHED, or_(Piece.expires_at.is_(None), Piece.expires_at > now()))


class Revision(Base):
    """One saved text; append-only. number: 1, 2, 3 … within its piece."""

    __tablename__ = "piece_revision"
    __table_args__ = (UniqueConstraint("piece_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("piece.id"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    author: Mapped[str] = mapped_column(String(80))
    author_name: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(String(500), default="")
    is_correction: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


class Result(StrEnum):
    """What a reviewer decided."""

    APPROVED = "approved"
    RETURNED = "returned"


class Review(Base):
    """One review; append-only. is_late: given after an urgent publication.  is_legal: the legal review."""

    __tablename__ = "piece_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("piece.id"), index=True)
    round: Mapped[int]
    level: Mapped[int]
    version: Mapped[int]
    reviewer: Mapped[str] = mapped_column(String(80), index=True)
    reviewer_name: Mapped[str] = mapped_column(String(60))
    result: Mapped[str] = mapped_column(String(20))
    is_legal: Mapped[bool] = mapped_column(default=False)
    is_late: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime]

    @property
    def level_name(self) -> str:
        """初审, 复审 or 终审."""
        return str(LEVEL_NAMES[self.level])


class Overrule(Base):
    """A finding of the checks that somebody let stand, with the reason; append-only."""

    __tablename__ = "piece_overrule"
    __table_args__ = (UniqueConstraint("piece_id", "finding"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("piece.id"), index=True)
    finding: Mapped[str] = mapped_column(String(40))
    found: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class Comment(Base):
    """A remark of staff beside the text. quote: the words it is about."""

    __tablename__ = "piece_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("piece.id"), index=True)
    version: Mapped[int]
    author: Mapped[str] = mapped_column(String(80))
    author_name: Mapped[str] = mapped_column(String(60))
    quote: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(String(2000))
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str] = mapped_column(String(80), default="")


class ReviewLink(Base):
    """A link by which somebody without an account gives one review: one person, one version, one use, one week."""

    __tablename__ = "piece_review_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("piece.id"), index=True)
    level: Mapped[int]
    round: Mapped[int]
    version: Mapped[int]
    guest: Mapped[str] = mapped_column(String(80))
    guest_name: Mapped[str] = mapped_column(String(60))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
