"""What happens to a survey: made, changed while a draft, opened, succeeded, closed; and answers that come in."""

import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.clock import now, start_of, today
from portal.core.errors import BadInput, Conflict, TooMany
from portal.core.i18n import gettext as _
from portal.core.privacy import redact
from portal.core.roles import Person
from portal.core.signing import Secrets, plain_code, random_code
from portal.surveys.definition import Definition, find_faults, to_json
from portal.surveys.forms import NewAnswer
from portal.surveys.models import State, Survey, SurveyAnswer, SurveyInvitation, SurveyText, Variant
from portal.surveys.queries import find_successor, find_survey

ADDRESS_LIMIT = 30


class AlreadyAnswered(Conflict):
    """This person, link or form was counted before."""


@dataclass(frozen=True)
class NewSurvey:
    """What makes a questionnaire, besides its questions."""

    slug: str
    title: str
    intro: str
    variant: Variant = Variant.RESIDENTS
    group_key: str | None = None
    is_invited: bool = False
    address_limit: int = ADDRESS_LIMIT
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True)
class Sender:
    """Where an answer comes from. submission: the id made with the form; token: of an invitation, as typed."""

    address: str
    submission: str
    token: str = ""
    site: str | None = None


def make_survey(
    db: Session,
    new: NewSurvey,
    definition: Definition,
    by: str,
    previous: Survey | None = None,
    is_sample: bool = False,
) -> Survey:
    """Keep a new draft; raise BadInput when its address is taken."""
    if find_survey(db, new.slug):
        raise BadInput(_("网址“%(slug)s”已经有问卷在用。") % {"slug": new.slug}, _("请换一个网址。"))
    survey = Survey(
        **{name: getattr(new, name) for name in NewSurvey.__dataclass_fields__},
        state=State.DRAFT,
        version=previous.version + 1 if previous else 1,
        previous_id=previous.id if previous else None,
        definition=to_json(definition),
        quotas=list(previous.quotas) if previous else [],
        salt=None,
        is_sample=is_sample,
        created_by=by,
        created_at=now(),
    )
    db.add(survey)
    db.flush()
    return survey


def change_survey(db: Session, survey: Survey, new: NewSurvey) -> None:
    """Change what a draft says about itself; the closing day may be changed while open."""
    if survey.stands is State.OPEN:
        survey.closes_at = new.closes_at
        db.flush()
        return
    _must_be_draft(survey)
    holder = find_survey(db, new.slug)
    if holder is not None and holder.id != survey.id:
        raise BadInput(_("网址“%(slug)s”已经有问卷在用。") % {"slug": new.slug}, _("请换一个网址。"))
    for name in NewSurvey.__dataclass_fields__:
        setattr(survey, name, getattr(new, name))
    db.flush()


def keep_definition(db: Session, survey: Survey, definition: Definition) -> None:
    """Change the questions of a draft; raise Conflict when it was ever open."""
    _must_be_draft(survey)
    survey.definition = to_json(definition)
    keys = {question.key for question in definition}
    survey.quotas = [quota for quota in survey.quotas if quota["question"] in keys]
    db.flush()


def _must_be_draft(survey: Survey) -> None:
    if survey.stands is not State.DRAFT:
        raise Conflict(_("问卷开始后不能再改题目，已收到的答卷才有可比性。"), _("如需修改，请制作新版本，接替这一版。"))


def open_survey(db: Session, survey: Survey, by: Person | str) -> None:
    """Begin to take answers; the version before it ends. Raise Conflict when something keeps it from opening."""
    _must_be_draft(survey)
    faults = find_faults(survey.questions)
    if survey.closes_at is not None and survey.closes_at <= now():
        faults.append(_("结束日期已经过去，请改到以后。"))
    if faults:
        raise Conflict(_("还不能开始。"), " ".join(faults))
    survey.state, survey.opened_at, survey.salt = State.OPEN, now(), random.token_hex(32)
    previous = db.get(Survey, survey.previous_id) if survey.previous_id else None
    if previous is not None and previous.stands is State.OPEN:
        close_survey(db, previous, by)
    audit.record(db, by, "survey.open", f"survey {survey.slug}", version=survey.version)
    db.flush()


def close_survey(db: Session, survey: Survey, by: Person | str) -> None:
    """Take no more answers, and delete the salt, so that no address can ever be matched with an answer."""
    if survey.stands is not State.OPEN:
        raise Conflict(_("这份问卷没有在进行。"), _("请刷新页面查看它现在的状态。"))
    survey.state, survey.closed_at, survey.salt = State.CLOSED, now(), None
    audit.record(db, by, "survey.close", f"survey {survey.slug}")
    db.flush()


def succeed_survey(db: Session, survey: Survey, by: Person) -> Survey:
    """A draft with the same questions, to be changed and opened in place of this version."""
    if survey.stands is State.DRAFT:
        raise Conflict(_("草稿可以直接修改。"), _("请打开题目页修改。"))
    found = find_successor(db, survey)
    if found is not None and found.stands is State.DRAFT:
        return found
    stem = survey.slug.rpartition("-v")[0] if survey.version > 1 and "-v" in survey.slug else survey.slug
    slug = f"{stem[:70]}-v{survey.version + 1}"
    if find_survey(db, slug):
        slug = f"{slug}-{random_code(4).lower()}"
    new = NewSurvey(
        slug=slug,
        title=survey.title,
        intro=survey.intro,
        variant=Variant(survey.variant),
        group_key=survey.group_key,
        is_invited=survey.is_invited,
        address_limit=survey.address_limit,
    )
    return make_survey(db, new, survey.questions, by.username, survey, survey.is_sample)


def keep_answer(db: Session, secrets: Secrets, survey: Survey, new: NewAnswer, sender: Sender) -> SurveyAnswer:
    """Count one person's answer.

    Raises AlreadyAnswered for a link or form that was used before, Conflict when the survey takes no answers or a
    quota is full, BadInput for a link that is not ours, TooMany past the limit of one address.
    """
    if not survey.takes_answers or survey.salt is None:
        raise Conflict(_("这份问卷已经结束，没有再收答卷。"), _("谢谢您。结果公布后可以在“满意度”栏目看到。"))
    client_hash = secrets.hash(f"survey client {survey.salt}", sender.address)
    invitation = _take_invitation(db, secrets, survey, sender.token)
    if invitation is None:
        _check_address(db, survey, client_hash)
    _check_quotas(db, survey, new.values)
    answer = SurveyAnswer(
        survey_id=survey.id,
        at=now(),
        values=dict(new.values),
        channel="poster" if sender.site else "invitation" if invitation else "link",
        site=sender.site,
        submission_hash=secrets.hash(f"survey form {survey.id}", sender.submission),
        token_hash=invitation.token_hash if invitation else None,
        client_hash=client_hash,
    )
    try:
        with db.begin_nested():
            db.add(answer)
            db.flush()
    except IntegrityError as error:
        raise AlreadyAnswered(_("您的答卷已经收到，只计一次。"), _("谢谢您的参与。")) from error
    for question, text in new.texts.items():
        db.add(_text(survey, answer, question, text))
    db.flush()
    return answer


def _text(survey: Survey, answer: SurveyAnswer, question: str, text: str) -> SurveyText:
    return SurveyText(
        survey_id=survey.id,
        answer_id=answer.id,
        question=question,
        text_staff=redact(text, "staff"),
        text_public=redact(text, "public"),
        is_routed=False,
        state="pending",
    )


def _take_invitation(db: Session, secrets: Secrets, survey: Survey, token: str) -> SurveyInvitation | None:
    if not token:
        if survey.is_invited:
            raise BadInput(
                _("这份问卷凭邀请码填写。"), _("请用邀请函上的网址或二维码打开；没有收到邀请函的，请联系社区。")
            )
        return None
    found = db.scalar(
        select(SurveyInvitation)
        .where(SurveyInvitation.survey_id == survey.id, SurveyInvitation.token_hash == hash_token(secrets, token))
        .with_for_update()
    )
    if found is None:
        raise BadInput(_("邀请码不对。"), _("请核对邀请函上的网址，或重新扫一次二维码。"))
    if found.used_at is not None:
        raise AlreadyAnswered(_("这个邀请码已经用过了，每个邀请码只计一次。"), _("谢谢您的参与。"))
    found.used_at = now()
    return found


def hash_token(secrets: Secrets, token: str) -> str:
    """How an invitation's token is looked up; misread signs are forgiven."""
    return secrets.hash("survey invitation", plain_code(token[:40]))


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
