"""One phone, one answer, where a survey asks for it: a code by SMS, and a hash that nobody can match after the end.

The number itself stands only in the message that carries the code, encrypted, and goes with it: at the latest when
the survey ends. What guards against a second answer is a hash by the survey's salt, in a table without any link to
the answers.
"""

import secrets as random
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.core.clock import now
from portal.core.errors import BadInput, Conflict
from portal.core.i18n import gettext as _
from portal.core.mail import Channel, forget_messages_below, write_message
from portal.core.signing import Secrets
from portal.surveys.models import Survey, SurveyPhone

CODE_MINUTES = 10


def phone_hash(secrets: Secrets, survey: Survey, phone: str) -> str:
    """What is kept of a number while the survey runs. phone: eleven digits."""
    if survey.salt is None:
        raise Conflict(_("这份问卷已经结束，没有再收答卷。"), _("谢谢您。"))
    return secrets.hash(f"survey phone {survey.salt}", phone)


def _about(survey: Survey, hashed: str = "") -> str:
    return f"survey {survey.id} phone {hashed[:24]}"


def _code_hash(secrets: Secrets, survey: Survey, hashed: str, code: str) -> str:
    return secrets.hash(f"survey code {survey.salt}", f"{hashed} {code}")


def send_code(db: Session, secrets: Secrets, survey: Survey, phone: str, sender: str) -> str:
    """Put a fresh code for this number into the outbox; returns the hash that stands for the number.

    A number that has answered gets a code like any other, so that nobody can find out who took part.
    sender: the portal's name, for the head of the message.
    """
    hashed = phone_hash(secrets, survey, phone)
    code = f"{random.randbelow(10**6):06d}"
    row = find_phone(db, survey, hashed)
    if row is None:
        row = SurveyPhone(survey_id=survey.id, phone_hash=hashed, is_used=False)
        db.add(row)
    row.code_hash = _code_hash(secrets, survey, hashed, code)
    row.code_until = now() + timedelta(minutes=CODE_MINUTES)
    forget_messages_below(db, _about(survey, hashed))
    text = _("【%(sender)s】验证码 %(code)s，%(minutes)s 分钟内有效，用来保证每人一份问卷。如非本人操作，请忽略。") % {
        "sender": sender,
        "code": code,
        "minutes": CODE_MINUTES,
    }
    write_message(db, secrets, Channel.SMS, phone, _("问卷验证码"), text, about=_about(survey, hashed))
    return hashed


def find_phone(db: Session, survey: Survey, hashed: str) -> SurveyPhone | None:
    """The row of a number by its hash, locked until the transaction ends; or None."""
    return db.scalar(
        select(SurveyPhone)
        .where(SurveyPhone.survey_id == survey.id, SurveyPhone.phone_hash == hashed)
        .with_for_update()
    )


def check_code(db: Session, secrets: Secrets, survey: Survey, hashed: str, code: str) -> bool:
    """Whether this is the number's code; a right one serves once. The door counts the tries.

    Raises BadInput when the code is too old: ask for a new one.
    """
    row = find_phone(db, survey, hashed)
    if row is None or row.code_until < now():
        raise BadInput(_("验证码已经失效。"), _("请重新获取一个。"))
    if not random.compare_digest(row.code_hash, _code_hash(secrets, survey, hashed, code)):
        return False
    row.code_until = now() - timedelta(seconds=1)
    # It has done its work, and it holds the number.
    forget_messages_below(db, _about(survey, hashed))
    return True


def use_phone(db: Session, survey: Survey, hashed: str) -> bool:
    """Mark the number as having answered; False when it had, or never asked for a code."""
    row = find_phone(db, survey, hashed)
    if row is None or row.is_used:
        return False
    row.is_used = True
    return True


def forget_phones(db: Session, survey: Survey) -> None:
    """Delete every trace of the numbers; the survey's salt goes at the same time."""
    db.execute(delete(SurveyPhone).where(SurveyPhone.survey_id == survey.id))
    forget_messages_below(db, _about(survey))
