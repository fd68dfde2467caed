"""Tables of what comes after an honour: remarks of readers, and the honours that follow it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.clock import today
from portal.core.db import Base
from portal.core.i18n import lazy
from portal.people.models import GoodPerson


class RemarkState(StrEnum):
    """What became of a remark."""

    WAITING = "waiting"
    SHOWN = "shown"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Remark(Base):
    """A reader's words under a profile; nobody but staff sees them before staff agreed.

    writer: a keyed hash of a random cookie, by which the writer takes them back.
    """

    __tablename__ = "honour_remark"
    __table_args__ = (Index("ix_honour_remark_person_state", "person_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("good_person.id"))
    signature: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str] = mapped_column(String(200))
    writer: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(20), default=RemarkState.WAITING, index=True)
    refuse_reason: Mapped[str] = mapped_column(String(200), default="")
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None]
    at: Mapped[datetime]
    person: Mapped[GoodPerson] = relationship(lazy="raise")


class StepState(StrEnum):
    """How far a further honour is: ours goes through a notice of its own, another authority's is only confirmed."""

    PROPOSED = "proposed"
    NOTICE = "notice"
    HELD = "held"
    DROPPED = "dropped"


STEP_NAMES = {
    StepState.PROPOSED: lazy("待确认"),
    StepState.NOTICE: lazy("公示中"),
    StepState.HELD: lazy("已授予"),
    StepState.DROPPED: lazy("不再办理"),
}


class HonourStep(Base):
    """One honour in a life story. The highest also stands in the profile itself.

    decision: document by which the authority decided.  is_ours: this office decides it, after a notice of its own.
    honoured_on: when it was given.
    """

    __tablename__ = "honour_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("good_person.id"), index=True)
    level: Mapped[str] = mapped_column(String(40))
    honour_title: Mapped[str] = mapped_column(String(60))
    batch_year: Mapped[int]
    batch_no: Mapped[int]
    batch_label: Mapped[str] = mapped_column(String(60))
    authority: Mapped[str] = mapped_column(String(80), default="")
    decision: Mapped[str] = mapped_column(String(120), default="")
    is_ours: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default=StepState.PROPOSED, index=True)
    notice_from: Mapped[date | None]
    notice_until: Mapped[date | None]
    honoured_on: Mapped[date | None]
    made_by: Mapped[str] = mapped_column(String(80))
    confirmed_by: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime]
    person: Mapped[GoodPerson] = relationship(lazy="raise")

    @property
    def state_name(self) -> str:
        """The state in words."""
        return str(STEP_NAMES[StepState(self.state)])

    @property
    def is_in_notice(self) -> bool:
        """The public notice of this further honour is running today."""
        if self.state != StepState.NOTICE or self.notice_from is None or self.notice_until is None:
            return False
        return self.notice_from <= today() <= self.notice_until
