"""Tables of the good people: nominations, profiles, opinions, consents, objections, likes."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.clock import today
from portal.core.db import Base
from portal.core.i18n import lazy
from portal.editorial import Piece


class NominationState(StrEnum):
    """What became of a nomination."""

    NEW = "new"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Nomination(Base):
    """Somebody proposes a good person. contact is encrypted and never public; pictures are for staff only."""

    __tablename__ = "nomination"

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_no: Mapped[str] = mapped_column(String(30), unique=True)
    category: Mapped[str] = mapped_column(String(40))
    nominee: Mapped[str] = mapped_column(String(60))
    region: Mapped[str] = mapped_column(String(60))
    deeds: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(Text, default="")
    pictures: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20), default=NominationState.NEW, index=True)
    decline_reason: Mapped[str] = mapped_column(String(500), default="")
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None]
    at: Mapped[datetime] = mapped_column(index=True)


class Stage(StrEnum):
    """Where an honour stands before editorial may publish it."""

    VETTING = "vetting"
    NOTICE = "notice"
    APPROVED = "approved"
    STOPPED = "stopped"


STAGE_NAMES = {
    Stage.VETTING: lazy("审核中"),
    Stage.NOTICE: lazy("公示"),
    Stage.APPROVED: lazy("已认定"),
    Stage.STOPPED: lazy("不予认定"),
}


class Ending(StrEnum):
    """Why a published profile was taken down."""

    REVOKED = "revoked"
    CONSENT = "consent"


class GoodPerson(Base):
    """A profile: what the public reads once its piece is live. unit_count: how many belong to a group, 1 for a person.

    photo: the name of a picture.  notice_from, notice_until: the days of the public notice, both included.
    """

    __tablename__ = "good_person"

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("piece.id"), unique=True)
    nomination_id: Mapped[int | None] = mapped_column(ForeignKey("nomination.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    category: Mapped[str] = mapped_column(String(40), index=True)
    level: Mapped[str] = mapped_column(String(40), index=True)
    honour_title: Mapped[str] = mapped_column(String(60))
    batch_year: Mapped[int] = mapped_column(index=True)
    batch_no: Mapped[int]
    batch_label: Mapped[str] = mapped_column(String(60))
    region: Mapped[str] = mapped_column(String(60))
    occupation_and_unit: Mapped[str] = mapped_column(String(100))
    one_line: Mapped[str] = mapped_column(String(60))
    deeds: Mapped[str] = mapped_column(Text)
    deeds_html: Mapped[str] = mapped_column(Text)
    award_words: Mapped[str] = mapped_column(String(200), default="")
    unit_count: Mapped[int] = mapped_column(default=1)
    photo: Mapped[str] = mapped_column(String(40), default="")
    photo_alt: Mapped[str] = mapped_column(String(200), default="")
    photo_credit: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(60), default="")
    is_minor: Mapped[bool] = mapped_column(default=False)
    is_sample: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[str] = mapped_column(String(20), default=Stage.VETTING, index=True)
    stop_reason: Mapped[str] = mapped_column(String(500), default="")
    notice_from: Mapped[date | None]
    notice_until: Mapped[date | None] = mapped_column(index=True)
    ending: Mapped[str] = mapped_column(String(20), default="")
    revoke_decision: Mapped[str] = mapped_column(String(200), default="")
    revoked_on: Mapped[date | None]
    likes: Mapped[int] = mapped_column(default=0)
    piece: Mapped[Piece] = relationship(lazy="raise")

    @property
    def path(self) -> str:
        """Where the public finds it."""
        return f"/people/{self.slug}"

    @property
    def is_in_notice(self) -> bool:
        """The public notice is running today."""
        if self.stage != Stage.NOTICE or self.notice_from is None or self.notice_until is None:
            return False
        return self.notice_from <= today() <= self.notice_until

    @property
    def stage_name(self) -> str:
        """The stage in words."""
        return str(STAGE_NAMES[Stage(self.stage)])


class Answer(StrEnum):
    """What an authority says about a nominee."""

    ASKED = "asked"
    CLEAR = "clear"
    OBJECTION = "objection"
    NO_REPLY = "no_reply"


ANSWER_NAMES = {
    Answer.ASKED: lazy("待回复"),
    Answer.CLEAR: lazy("无异议"),
    Answer.OBJECTION: lazy("有异议"),
    Answer.NO_REPLY: lazy("未回复"),
}


class Opinion(Base):
    """An authority was asked about a nominee; while one objects or has not answered, nothing goes on."""

    __tablename__ = "vetting_opinion"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("good_person.id"), index=True)
    authority: Mapped[str] = mapped_column(String(80))
    asked_on: Mapped[date]
    answered_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(String(20), default=Answer.ASKED)
    note: Mapped[str] = mapped_column(String(500), default="")
    by: Mapped[str] = mapped_column(String(80))

    @property
    def result_name(self) -> str:
        """The answer in words."""
        return str(ANSWER_NAMES[Answer(self.result)])


class Scope(StrEnum):
    """What a consent is about; name and deeds, and the portrait, are consented to separately."""

    PROFILE = "profile"
    PORTRAIT = "portrait"


class Giver(StrEnum):
    """Who gave a consent."""

    SELF = "self"
    GUARDIAN = "guardian"
    RELATIVE = "relative"


SCOPE_NAMES = {Scope.PROFILE: lazy("公开姓名和事迹"), Scope.PORTRAIT: lazy("公开肖像")}
GIVER_NAMES = {Giver.SELF: lazy("本人"), Giver.GUARDIAN: lazy("监护人"), Giver.RELATIVE: lazy("近亲属")}


class Consent(Base):
    """The person shown (or a guardian) agrees to publication; it can be taken back at any time."""

    __tablename__ = "honour_consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("good_person.id"), index=True)
    scope: Mapped[str] = mapped_column(String(20))
    giver: Mapped[str] = mapped_column(String(20))
    given_by: Mapped[str] = mapped_column(String(60))
    given_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(String(300))
    recorded_by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    withdrawn_on: Mapped[date | None]

    @property
    def scope_name(self) -> str:
        """What it is about, in words."""
        return str(SCOPE_NAMES[Scope(self.scope)])

    @property
    def giver_name(self) -> str:
        """Who gave it, in words."""
        return str(GIVER_NAMES[Giver(self.giver)])


class ObjectionState(StrEnum):
    """What became of an objection."""

    OPEN = "open"
    REJECTED = "rejected"
    UPHELD = "upheld"


class Objection(Base):
    """Somebody objects to an honour. text and contact are for staff only; contact is encrypted."""

    __tablename__ = "honour_objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("good_person.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20), default=ObjectionState.OPEN, index=True)
    answer: Mapped[str] = mapped_column(String(1000), default="")
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None]
    at: Mapped[datetime]


class Like(Base):
    """One browser's 点赞; voter: a keyed hash of a random cookie."""

    __tablename__ = "honour_like"
    __table_args__ = (UniqueConstraint("person_id", "voter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("good_person.id"), index=True)
    voter: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
