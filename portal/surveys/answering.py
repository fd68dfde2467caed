"""An answer that comes in: counted once a person, within limits and quotas, its open words apart from the rest."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.clock import now, start_of, today
from portal.core.db import insert_into
from portal.core.errors import BadInput, Conflict, TooMany
from portal.core.i18n import gettext as _
from portal.core.privacy import redact
from portal.core.signing import Secrets, plain_code
from portal.surveys.forms import CONSENT, NewAnswer
from portal.surveys.inviting import AlreadyAnswered, find_invitation, use_invitation
from portal.surveys.models import Survey, SurveyAnswer, SurveyInvitation, SurveyStep, SurveyText
from portal.surveys.phones import use_phone


@dataclass(frozen=True)
class Sender:
    """Where an answer comes from.

    submission: the id made with the form.  token: of an invitation, as typed.  phone_hash: of a number whose code
    was right.
    """

    address: str
    submission: str
    token: str = ""
    site: str | None = None
    phone_hash: str = ""


class PhoneNeeded(BadInput):
    """This survey takes an answer only with a code sent to a phone."""


def keep_answer(db: Session, secrets: Secrets, survey: Survey, new: NewAnswer, sender: Sender) -> SurveyAnswer:
    """Count one person's answer.

    Raises AlreadyAnswered for a link, phone or form that was used before, Conflict when the survey takes no answers
    or a quota is full, BadInput for a link that is not ours or a missing phone code, TooMany past the limit of one
    address.
    """
    _must_be_open(survey)
    client_hash = secrets.hash(f"survey client {survey.salt}", sender.address)
    invitation = _take_invitation(db, secrets, survey, sender.token)
    if invitation is None:
        _check_address(db, survey, client_hash)
        if survey.asks_phone:
            _check_phone(db, survey, sender.phone_hash)
    _check_quotas(db, survey, new.values)
    answer = SurveyAnswer(
        survey_id=survey.id,
        at=now(),
        values=dict(new.values),
        channel="poster" if sender.site else "invitation" if invitation else "link",
        site=sender.site,
        submission_hash=secrets.hash(f"survey form {survey.id}", sender.submission),
        # By the salt, so that after the end nothing leads from an answer to an invitation.
        token_hash=secrets.hash(f"survey token {survey.salt}", plain_code(sender.token)) if invitation else None,
        client_hash=client_hash,
    )
    _add(db, secrets, survey, answer, new)
    if invitation is not None:
        use_invitation(db, survey, invitation)
    return answer


def keep_paper_answer(db: Session, secrets: Secrets, survey: Survey, new: NewAnswer, sheet_no: str) -> SurveyAnswer:
    """Count what one person wrote on paper. sheet_no: the number on the sheet, so that none is counted twice.

    Raises AlreadyAnswered, or Conflict when the survey takes no answers, counts by invitation or phone, or a quota
    is full.
    """
    _must_be_open(survey)
    if survey.is_invited or survey.asks_phone:
        raise Conflict(_("这份问卷凭邀请码或手机验证码一人一份，纸质答卷无法核对。"), _("请为纸质答卷另开一份问卷。"))
    _check_quotas(db, survey, new.values)
    told = f"paper {plain_code(sheet_no)}"
    answer = SurveyAnswer(
        survey_id=survey.id,
        at=now(),
        values=dict(new.values),
        channel="paper",
        submission_hash=secrets.hash(f"survey form {survey.id}", told),
        client_hash=secrets.hash(f"survey client {survey.salt}", told),
    )
    _add(db, secrets, survey, answer, new)
    return answer


def _must_be_open(survey: Survey) -> None:
    if not survey.takes_answers or survey.salt is None:
        raise Conflict(_("这份问卷已经结束，没有再收答卷。"), _("谢谢您。结果公布后可以在“满意度”栏目看到。"))


def _add(db: Session, secrets: Secrets, survey: Survey, answer: SurveyAnswer, new: NewAnswer) -> None:
    try:
        with db.begin_nested():
            db.add(answer)
            db.flush()
    except IntegrityError as error:
        raise AlreadyAnswered(_("您的答卷已经收到，只计一次。"), _("谢谢您的参与。")) from error
    contact = secrets.encrypt(json.dumps(asdict(new.contact), ensure_ascii=False)) if new.contact else None
    for question, text in new.texts.items():
        db.add(_text(survey, answer, question, text, contact))
    db.flush()


def _text(survey: Survey, answer: SurveyAnswer, question: str, text: str, contact: str | None) -> SurveyText:
    return SurveyText(
        survey_id=survey.id,
        answer_id=answer.id,
        question=question,
        text_staff=redact(text, "staff"),
        text_public=redact(text, "public"),
        is_routed=False,
        state="pending",
        contact=contact,
        consent=CONSENT if contact else None,
    )


def _take_invitation(db: Session, secrets: Secrets, survey: Survey, token: str) -> SurveyInvitation | None:
    if token:
        return find_invitation(db, secrets, survey, token)
    if survey.is_invited:
        raise BadInput(_("这份问卷凭邀请码填写。"), _("请用邀请函上的网址或二维码打开；没有收到邀请函的，请联系社区。"))
    return None


def _check_phone(db: Session, survey: Survey, hashed: str) -> None:
    if not hashed:
        raise PhoneNeeded(_("这份问卷要先用手机验证码确认一人一份。"), _("请回到问卷页，先填手机号。"))
    if not use_phone(db, survey, hashed):
        raise AlreadyAnswered(_("这个手机号已经答过这份问卷了，每人只计一次。"), _("谢谢您的参与。"))


def _check_address(db: Session, survey: Survey, client_hash: str) -> None:
    if not survey.address_limit:
        return
    count = db.scalar(
        select(func.count()).where(
            SurveyAnswer.survey_id == survey.id,
            SurveyAnswer.client_hash == client_hash,
            SurveyAnswer.at >= start_of(today()),
        )
    )
    if (count or 0) >= survey.address_limit:
        raise TooMany(
            _("今天从您所在的网络收到的答卷已经很多。"),
            _("如果您还没有答过，请换用手机流量，或者明天再来。"),
            retry_after_s=3600,
        )


def _check_quotas(db: Session, survey: Survey, values: Mapping[str, Any]) -> None:
    if not survey.quotas:
        return
    # Two answers must not both take the last place of a quota; SQLite has one writer anyway.
    db.execute(select(Survey.id).where(Survey.id == survey.id).with_for_update())
    for quota in survey.quotas:
        if values.get(quota["question"]) != quota["value"]:
            continue
        if count_quota(db, survey, quota) >= quota["most"]:
            raise Conflict(
                _("您这一类的答卷已经收满，这次没有计入。"),
                _("谢谢您愿意参与。有话想说，请用“我要反映”，那里有编号和回音。"),
            )


def count_quota(db: Session, survey: Survey, quota: Mapping[str, Any]) -> int:
    """How many answers a quota holds already."""
    told = SurveyAnswer.values[quota["question"]].as_string()
    return db.scalar(select(func.count()).where(SurveyAnswer.survey_id == survey.id, told == quota["value"])) or 0


def count_step(db: Session, survey: Survey, step: int) -> None:
    """One more person has gone past this page of the questionnaire."""
    db.execute(
        insert_into(db.get_bind().dialect.name, SurveyStep)
        .values(survey_id=survey.id, step=step, count=1)
        .on_conflict_do_update(index_elements=["survey_id", "step"], set_={"count": SurveyStep.count + 1})
    )
