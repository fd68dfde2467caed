"""Tables of the credit lists: entries with their legal basis and their end, matters raised about them, batches."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base
from portal.core.i18n import lazy
from portal.core.photos import MediaKeys
from portal.editorial import Piece


class Colour(StrEnum):
    """Which list an entry stands on."""

    RED = "red"
    BLACK = "black"


class Subject(StrEnum):
    """What kind of subject an entry is about."""

    LEGAL_PERSON = "legal_person"
    UNINCORPORATED = "unincorporated"
    INDIVIDUAL_BUSINESS = "individual_business"
    NATURAL_PERSON = "natural_person"


class Grade(StrEnum):
    """How grave the conduct was; it sets how long an entry may be shown."""

    MINOR = "minor"
    GENERAL = "general"
    SERIOUS = "serious"


class Status(StrEnum):
    """Where an entry stands for the public. Drafts and reviews are told by its piece."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DISPUTED = "disputed"
    REPAIRED = "repaired"
    EXPIRED = "expired"
    REVOKED = "revoked"


COLOUR_NAMES = {Colour.RED: lazy("红榜"), Colour.BLACK: lazy("黑榜")}
SUBJECT_NAMES = {
    Subject.LEGAL_PERSON: lazy("法人"),
    Subject.UNINCORPORATED: lazy("非法人组织"),
    Subject.INDIVIDUAL_BUSINESS: lazy("个体工商户"),
    Subject.NATURAL_PERSON: lazy("自然人"),
}
GRADE_NAMES = {Grade.MINOR: lazy("轻微"), Grade.GENERAL: lazy("一般"), Grade.SERIOUS: lazy("严重")}
STATUS_NAMES = {
    Status.DRAFT: lazy("草稿"),
    Status.PUBLISHED: lazy("公示中"),
    Status.DISPUTED: lazy("异议处理中"),
    Status.REPAIRED: lazy("已修复"),
    Status.EXPIRED: lazy("公示期满"),
    Status.REVOKED: lazy("已撤销"),
}
STATUS_TONES = {Status.PUBLISHED: "ok", Status.DISPUTED: "warn"}
OVER = (Status.REPAIRED, Status.EXPIRED, Status.REVOKED)


class CreditBatch(Base):
    """Entries made public together, with the press note read out then. It is shown once a second person agreed."""

    __tablename__ = "credit_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80), unique=True)
    press_note: Mapped[str] = mapped_column(Text, default="")
    held_on: Mapped[date]
    made_by: Mapped[str] = mapped_column(String(80))
    approved_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]


class CreditBatchCount(Base):
    """How many entries of a field a batch made public. It is what stays when the entries are gone."""

    __tablename__ = "credit_batch_count"

    batch_id: Mapped[int] = mapped_column(ForeignKey("credit_batch.id"), primary_key=True)
    colour: Mapped[str] = mapped_column(String(10), primary_key=True)
    field: Mapped[str] = mapped_column(String(60), primary_key=True)
    count: Mapped[int]


class CreditEntry(Base):
    """One subject on the red or the black list, by one decision of one authority.

    subject_key: tells whether two entries are about the same subject: the credit code, or a keyed hash of the name.
    display_months: how long it is to be shown, within what its grade allows.
    published_on … publish_max_until: local days, the last one included.
    list_kind, field: keys and names of the city profile.
    """

    __tablename__ = "credit_entry"
    __table_args__ = (
        UniqueConstraint("subject_key", "decision_document_no"),
        Index("ix_credit_entry_colour_status", "colour", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("piece.id"), unique=True)
    entry_no: Mapped[str] = mapped_column(String(20), unique=True)
    status: Mapped[str] = mapped_column(String(20), default=Status.DRAFT)
    colour: Mapped[str] = mapped_column(String(10))
    list_kind: Mapped[str] = mapped_column(String(60))
    field: Mapped[str] = mapped_column(String(60), default="", index=True)
    subject_type: Mapped[str] = mapped_column(String(30))
    subject_name: Mapped[str] = mapped_column(String(120))
    subject_key: Mapped[str] = mapped_column(String(80), index=True)
    uscc: Mapped[str] = mapped_column(String(18), default="")
    uscc_reason: Mapped[str] = mapped_column(String(200), default="")
    id_masked: Mapped[str] = mapped_column(String(20), default="")
    legal_representative: Mapped[str] = mapped_column(String(60), default="")
    designating_authority: Mapped[str] = mapped_column(String(120), default="")
    basis_law: Mapped[str] = mapped_column(String(300), default="")
    decision_document_no: Mapped[str | None] = mapped_column(String(80))
    decision_date: Mapped[date | None]
    reason_summary: Mapped[str] = mapped_column(String(200))
    grade: Mapped[str] = mapped_column(String(20), default="")
    display_months: Mapped[int]
    is_adult: Mapped[bool] = mapped_column(default=False)
    person_basis: Mapped[str] = mapped_column(String(300), default="")
    listed_on: Mapped[date | None]
    published_on: Mapped[date | None]
    publish_min_until: Mapped[date | None]
    publish_max_until: Mapped[date | None]
    source_url: Mapped[str] = mapped_column(String(300), default="")
    source_name: Mapped[str] = mapped_column(String(80), default="")
    objection_channel: Mapped[str] = mapped_column(String(200), default="")
    removal_reason: Mapped[str] = mapped_column(String(200), default="")
    removal_due_on: Mapped[date | None]
    removed_on: Mapped[date | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("credit_batch.id"), index=True)
    is_counted: Mapped[bool] = mapped_column(default=False)
    is_sample: Mapped[bool] = mapped_column(default=False)
    piece: Mapped[Piece] = relationship(lazy="raise")

    @property
    def path(self) -> str:
        """Where the public finds it."""
        return f"/credit/{self.entry_no}"

    @property
    def is_over(self) -> bool:
        """It was public and is no longer: its page answers 410."""
        return self.status in OVER or self.piece.is_over

    @property
    def status_name(self) -> str:
        """The status in words; drafts on their way bear the words of their piece."""
        if self.status == Status.DRAFT:
            return self.piece.state_name
        return str(STATUS_NAMES[Status(self.status)])

    @property
    def status_tone(self) -> str:
        """The tone of the status' tag."""
        return self.piece.tone if self.status == Status.DRAFT else STATUS_TONES.get(Status(self.status), "black")


class MatterKind(StrEnum):
    """An objection says the entry is wrong; a repair says that the duty is done and the entry may go."""

    OBJECTION = "objection"
    REPAIR = "repair"


class MatterState(StrEnum):
    """received → disputed (hidden while it is looked into) → upheld or rejected."""

    RECEIVED = "received"
    DISPUTED = "disputed"
    UPHELD = "upheld"
    REJECTED = "rejected"


MATTER_NAMES = {
    MatterState.RECEIVED: lazy("待处理"),
    MatterState.DISPUTED: lazy("核实中"),
    MatterState.UPHELD: lazy("成立"),
    MatterState.REJECTED: lazy("不成立"),
}
OPEN_MATTERS = (MatterState.RECEIVED, MatterState.DISPUTED)


class CreditMatter(Base):
    """An objection or an application for repair; text and contact are encrypted, since both are personal.

    files: keys of the photo store.  mark_due_on, decide_due_on: last days of the terms, in working days.
    """

    __tablename__ = "credit_matter"
    __table_args__ = (Index("ix_credit_matter_state_due", "state", "mark_due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("credit_entry.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    ground: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(20), default=MatterState.RECEIVED)
    receipt: Mapped[str] = mapped_column(String(20), unique=True)
    text_sealed: Mapped[str] = mapped_column(Text)
    contact_sealed: Mapped[str] = mapped_column(Text)
    files: Mapped[list[str]] = mapped_column(MediaKeys, default=list)
    received_at: Mapped[datetime]
    mark_due_on: Mapped[date]
    decide_due_on: Mapped[date]
    is_extended: Mapped[bool] = mapped_column(default=False)
    extension_reason: Mapped[str] = mapped_column(String(300), default="")
    disputed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decision_note: Mapped[str] = mapped_column(String(1000), default="")
    entry: Mapped[CreditEntry] = relationship(lazy="raise")

    @property
    def is_open(self) -> bool:
        """Nobody has decided it yet."""
        return self.state in OPEN_MATTERS

    @property
    def state_name(self) -> str:
        """The state in words."""
        return str(MATTER_NAMES[MatterState(self.state)])
