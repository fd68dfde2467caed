"""Tables of surveys: questionnaires, answers that are only ever added, invitations, exclusions, published results."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db import Base
from portal.core.i18n import lazy
from portal.surveys.definition import Definition, from_json


class State(StrEnum):
    """Where a survey stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"


STATE_WORDS = {
    State.DRAFT: lazy("草稿"),
    State.OPEN: lazy("正在进行"),
    State.CLOSED: lazy("已结束"),
    State.PUBLISHED: lazy("结果已公布"),
}
STATE_TONES = {State.DRAFT: "", State.OPEN: "ok", State.CLOSED: "warn", State.PUBLISHED: "info"}


class Variant(StrEnum):
    """Whom a questionnaire speaks to."""

    RESIDENTS = "residents"
    PUPILS = "pupils"
    STAFF = "staff"


VARIANT_WORDS = {
    Variant.RESIDENTS: lazy("居民版"),
    Variant.PUPILS: lazy("学生版"),
    Variant.STAFF: lazy("工作人员版"),
}


class Survey(Base):
    """One version of a questionnaire. From its opening on, the definition is never changed, only succeeded.

    salt: keys the hashes of addresses and phones and is deleted when the survey ends, so that nobody can ever match
    them.  asks_phone: whether an answer takes a code sent to a phone.  asks_contact: whether a writer may leave a
    contact, so that an open answer becomes a case.
    quotas: [{"question", "value", "most"}].  address_limit: answers a day from one address; 0 for no limit.
    """

    __tablename__ = "survey"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    intro: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), index=True)
    variant: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"))
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    quotas: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    group_key: Mapped[str | None] = mapped_column(String(40), index=True)
    is_invited: Mapped[bool]
    address_limit: Mapped[int]
    asks_phone: Mapped[bool]
    asks_contact: Mapped[bool]
    salt: Mapped[str | None] = mapped_column(String(64))
    is_sample: Mapped[bool]
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    @property
    def questions(self) -> Definition:
        """The questionnaire as values."""
        return from_json(self.definition)

    def say(self, text: str) -> str:
        """A text of the questionnaire in the reader's language."""
        return self.questions.say(text)

    @property
    def stands(self) -> State:
        """The state as an enum."""
        return State(self.state)

    @property
    def takes_answers(self) -> bool:
        """Whether an answer is taken at this moment."""
        moment = now()
        begun = self.opens_at is None or self.opens_at <= moment
        return self.stands is State.OPEN and begun and (self.closes_at is None or moment < self.closes_at)


class SurveyAnswer(Base):
    """One person's answer. Triggers of the database refuse to change or delete a row.

    values: by question key, without free text.  client_hash: of the address, by the survey's salt.
    """

    __tablename__ = "survey_answer"
    __table_args__ = (
        UniqueConstraint("survey_id", "submission_hash"),
        UniqueConstraint("survey_id", "token_hash"),
        Index("ix_survey_answer_survey_id_at", "survey_id", "at"),
        Index("ix_survey_answer_survey_id_client_hash", "survey_id", "client_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    at: Mapped[datetime]
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    channel: Mapped[str] = mapped_column(String(16))
    site: Mapped[str | None] = mapped_column(String(60))
    submission_hash: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str | None] = mapped_column(String(64))
    client_hash: Mapped[str] = mapped_column(String(64))


class SurveyText(Base):
    """One open answer, kept apart from all other answers of its writer and only with personal data masked.

    state: pending, shown or hidden.  group_key, topic: what the router made of it; empty until it has looked.
    contact: encrypted, only with the writer's consent; consent: the version of the notice that was agreed to.
    case_no: the case that was made of it.
    """

    __tablename__ = "survey_text"
    __table_args__ = (Index("ix_survey_text_survey_id_state_id", "survey_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    answer_id: Mapped[int] = mapped_column(ForeignKey("survey_answer.id"))
    question: Mapped[str] = mapped_column(String(40))
    text_staff: Mapped[str] = mapped_column(Text)
    text_public: Mapped[str] = mapped_column(Text)
    is_routed: Mapped[bool] = mapped_column(index=True)
    group_key: Mapped[str | None] = mapped_column(String(40))
    topic: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(16))
    decided_by: Mapped[str | None] = mapped_column(String(80))
    contact: Mapped[str | None] = mapped_column(Text)
    consent: Mapped[str | None] = mapped_column(String(20))
    case_no: Mapped[str | None] = mapped_column(String(40))


class SurveyInvitation(Base):
    """A single-use link. Only the hash is kept; staff can print the list again because tokens follow from the key.

    channel: print, email or sms.  contact: encrypted, and deleted with the answer or the survey's end.
    used_at: the day, not the moment, so that it cannot be matched with an answer.
    """

    __tablename__ = "survey_invitation"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    channel: Mapped[str] = mapped_column(String(10), default="print")
    contact: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]


class SurveyPhone(Base):
    """A phone that asked for a code, as a hash by the survey's salt; every row goes when the survey ends.

    Nothing leads from here to an answer: is_used says only that this phone has given one.
    """

    __tablename__ = "survey_phone"
    __table_args__ = (UniqueConstraint("survey_id", "phone_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    phone_hash: Mapped[str] = mapped_column(String(64))
    code_hash: Mapped[str] = mapped_column(String(64))
    code_until: Mapped[datetime]
    is_used: Mapped[bool]


class SurveyStep(Base):
    """How many people sent a step of a questionnaire on its way to the next; step: from 1."""

    __tablename__ = "survey_step"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]


class SurveyExclusion(Base):
    """Answers that one person proposed to leave out and a second decided on; counted in the published result.

    verdict: None while open, then "excluded" or "kept".
    """

    __tablename__ = "survey_exclusion"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    answer_ids: Mapped[list[int]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(300))
    proposed_by: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]
    verdict: Mapped[str | None] = mapped_column(String(16))
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]


class SurveyResult(Base):
    """A published result, frozen as it was shown; a correction is a new row. Triggers refuse to change one.

    payload: empty where the result was withdrawn; note then says why.
    """

    __tablename__ = "survey_result"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(300))
    published_by: Mapped[str] = mapped_column(String(80))
    published_at: Mapped[datetime]
