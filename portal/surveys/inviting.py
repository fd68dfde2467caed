"""Single-use links: made in numbers or for a list of addresses, sent and reminded once, used once, then forgotten.

Who was sent which link is known only until the person has answered, or the survey or the link has ended; the answer
itself holds nothing that leads back once the survey's salt is gone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.core.clock import now, start_of, today
from portal.core.errors import BadInput, Conflict
from portal.core.i18n import gettext as _
from portal.core.mail import Channel, OutboxMessage, forget_messages_below, write_message
from portal.core.signing import CROCKFORD, Secrets, plain_code
from portal.core.tables import Cell, Fault, TableRefused, cell_text, column_letters, read_sheet
from portal.surveys.models import State, Survey, SurveyInvitation

SIGNS = 12
MOST = 20_000
MOST_AT_ONCE = 2000
PHONE = re.compile(r"1[3-9][0-9]{9}")
EMAIL = re.compile(r"[^@\s<>\"',;]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,6}")
LABELS = frozenset({"发给", "社区", "单位", "备注"})
"""Heads of the column that says where somebody belongs."""


class AlreadyAnswered(Conflict):
    """This person, link or form was counted before."""


@dataclass(frozen=True)
class Invitee:
    """Somebody to invite. channel: email or sms; label: a place, not a person."""

    channel: Channel
    contact: str
    label: str


def token_of(secrets: Secrets, survey: Survey, number: int) -> str:
    """The token of an invitation: it follows from the portal's key, so that lists can be printed again."""
    digest = bytes.fromhex(secrets.hash("survey token", f"{survey.id}.{number}"))
    return "".join(CROCKFORD[byte & 31] for byte in digest[:SIGNS])


def hash_token(secrets: Secrets, token: str) -> str:
    """How an invitation's token is looked up; misread signs are forgiven."""
    return secrets.hash("survey invitation", plain_code(token[:40]))


def make_invitations(
    db: Session, secrets: Secrets, survey: Survey, count: int, label: str, expires_at: datetime | None = None
) -> list[SurveyInvitation]:
    """Add so many single-use links to print or download."""
    if survey.stands not in {State.DRAFT, State.OPEN}:
        raise Conflict(_("问卷已经结束，不能再发邀请。"), _("如需继续，请制作新版本。"))
    last = db.scalar(select(func.max(SurveyInvitation.number)).where(SurveyInvitation.survey_id == survey.id)) or 0
    if last + count > MOST:
        raise Conflict(_("一份问卷最多发 20000 个邀请码。"), _("请减少数量，或改用公开链接。"))
    made = [
        SurveyInvitation(
            survey_id=survey.id,
            number=number,
            label=label,
            token_hash=hash_token(secrets, token_of(secrets, survey, number)),
            created_at=now(),
            channel="print",
            expires_at=expires_at,
        )
        for number in range(last + 1, last + count + 1)
    ]
    db.add_all(made)
    db.flush()
    return made


def read_invitees(data: bytes) -> tuple[list[Invitee], list[Fault | str]]:
    """Whom a table names, each address once; or everything that is wrong with it, and nobody.

    A phone number or an e-mail address is taken from whatever column it stands in; a head is not needed.
    """
    try:
        rows = read_sheet(data).rows
    except TableRefused as refused:
        return [], [str(refused)]
    faults: list[Fault | str] = []
    invitees: dict[str, Invitee] = {}
    place = next((column for column, cell in enumerate(rows[0]) if str(cell).strip() in LABELS), None)
    for number, row in enumerate(rows, 1):
        found = [one for cell in row if (one := _read_contact(cell)) is not None]
        filled = [column for column, cell in enumerate(row) if cell not in ("", None)]
        label = str(row[place] or "")[:80] if place is not None and place < len(row) else ""
        for channel, contact in found:
            invitees.setdefault(contact, Invitee(channel, contact, label))
        if not found and filled and number > 1:
            value = str(row[filled[0]])
            faults.append(Fault(number, column_letters(filled[0]), "", value, _("没有手机号，也没有邮箱，请核对。")))
    if len(invitees) > MOST_AT_ONCE:
        faults.append(_("一次最多 2000 个，请把名单分成几份。"))
    if not faults and not invitees:
        faults.append(_("名单里没有可以发送的手机号或邮箱。"))
    return ([], faults) if faults else (list(invitees.values()), [])


def _read_contact(cell: Cell) -> tuple[Channel, str] | None:
    try:
        typed = "".join(cell_text(cell).split()).lower()
    except ValueError:
        return None
    phone = typed.removeprefix("+86").replace("-", "")
    if PHONE.fullmatch(phone):
        return Channel.SMS, phone
    return (Channel.EMAIL, typed) if EMAIL.fullmatch(typed) else None


def invite(
    db: Session,
    secrets: Secrets,
    survey: Survey,
    invitees: Sequence[Invitee],
    base: str,
    sender: str,
    expires_at: datetime | None = None,
) -> int:
    """Make a link for each and put it into the outbox; whoever was invited before is passed over. Returns how many.

    base: the questionnaire's public address.  sender: the portal's name, for the head of the message.
    """
    if survey.stands is not State.OPEN:
        raise Conflict(_("问卷还没有开始，或者已经结束，不能发送邀请。"), _("请先开始收答卷，再发送。"))
    known = {
        secrets.decrypt(sealed)
        for sealed in db.scalars(
            select(SurveyInvitation.contact).where(
                SurveyInvitation.survey_id == survey.id, SurveyInvitation.contact.is_not(None)
            )
        )
        if sealed
    }
    new = [one for one in invitees if one.contact not in known]
    made = make_invitations(db, secrets, survey, len(new), "", expires_at)
    for invitation, one in zip(made, new, strict=True):
        invitation.channel, invitation.label = one.channel.value, one.label
        invitation.contact, invitation.sent_at = secrets.encrypt(one.contact), now()
        _write(
            db, secrets, survey, invitation, one.contact, _invitation_text(secrets, survey, invitation, base, sender)
        )
    db.flush()
    return len(new)


def _about(survey: Survey, number: int | None = None) -> str:
    return f"survey {survey.id} invitation " + (f"{number}." if number is not None else "")


def _link(secrets: Secrets, survey: Survey, invitation: SurveyInvitation, base: str) -> str:
    return f"{base}?token={token_of(secrets, survey, invitation.number)}"


def _invitation_text(secrets: Secrets, survey: Survey, invitation: SurveyInvitation, base: str, sender: str) -> str:
    return _("【%(sender)s】请您填写“%(title)s”，约 %(minutes)s 分钟，不记姓名，只计一次：%(link)s") % {
        "sender": sender,
        "title": survey.title,
        "minutes": survey.questions.minutes(),
        "link": _link(secrets, survey, invitation, base),
    }


def _write(
    db: Session, secrets: Secrets, survey: Survey, invitation: SurveyInvitation, contact: str, text: str
) -> OutboxMessage:
    channel = Channel(invitation.channel)
    return write_message(db, secrets, channel, contact, survey.title, text, about=_about(survey, invitation.number))


def remind(db: Session, secrets: Secrets, survey: Survey, base: str, sender: str) -> int:
    """Write once more, and only once, to those who have not answered and whose link still holds; returns how many."""
    if survey.stands is not State.OPEN:
        raise Conflict(_("问卷没有在进行，不再提醒。"), _("请刷新页面查看它现在的状态。"))
    waiting = db.scalars(
        select(SurveyInvitation)
        .where(
            SurveyInvitation.survey_id == survey.id,
            SurveyInvitation.contact.is_not(None),
            SurveyInvitation.used_at.is_(None),
            SurveyInvitation.reminded_at.is_(None),
            (SurveyInvitation.expires_at.is_(None)) | (SurveyInvitation.expires_at > now()),
        )
        .order_by(SurveyInvitation.number)
        .limit(MOST_AT_ONCE)
    ).all()
    for invitation in waiting:
        text = _("【%(sender)s】“%(title)s”还差您一份，约 %(minutes)s 分钟，这是最后一次提醒：%(link)s") % {
            "sender": sender,
            "title": survey.title,
            "minutes": survey.questions.minutes(),
            "link": _link(secrets, survey, invitation, base),
        }
        _write(db, secrets, survey, invitation, secrets.decrypt(invitation.contact or ""), text)
        invitation.reminded_at = now()
    db.flush()
    return len(waiting)


def find_invitation(db: Session, secrets: Secrets, survey: Survey, token: str) -> SurveyInvitation:
    """The invitation of a token, locked and still good.

    Raises BadInput for a link that is not ours or has expired, AlreadyAnswered for one that was used.
    """
    found = db.scalar(
        select(SurveyInvitation)
        .where(SurveyInvitation.survey_id == survey.id, SurveyInvitation.token_hash == hash_token(secrets, token))
        .with_for_update()
    )
    if found is None:
        raise BadInput(_("邀请码不对。"), _("请核对邀请函上的网址，或重新扫一次二维码。"))
    if found.used_at is not None:
        raise AlreadyAnswered(_("这个邀请码已经用过了，每个邀请码只计一次。"), _("谢谢您的参与。"))
    if found.expires_at is not None and found.expires_at <= now():
        raise BadInput(_("这个邀请码已经过期。"), _("谢谢您愿意参与。如需新的邀请码，请联系发邀请的社区或单位。"))
    return found


def use_invitation(db: Session, survey: Survey, invitation: SurveyInvitation) -> None:
    """Mark it used on this day, forget whose it was, and send nothing more to them."""
    invitation.used_at = start_of(today())
    if invitation.contact is not None:
        invitation.contact = None
        forget_messages_below(db, _about(survey, invitation.number))


def forget_contacts(db: Session, survey: Survey) -> None:
    """Delete whom the links were sent to, and the messages that took them."""
    db.execute(update(SurveyInvitation).where(SurveyInvitation.survey_id == survey.id).values(contact=None))
    forget_messages_below(db, _about(survey))


def forget_expired(db: Session) -> None:
    """Delete whom expired links were sent to; a job calls it."""
    db.execute(
        update(SurveyInvitation)
        .where(SurveyInvitation.expires_at <= now(), SurveyInvitation.contact.is_not(None))
        .values(contact=None)
    )


@dataclass(frozen=True)
class Batch:
    """Invitations of one kind to one place: how many, how many of them used, reminded and run out."""

    label: str
    channel: str
    made: int
    used: int
    reminded: int
    expired: int


def list_batches(db: Session, survey: Survey) -> list[Batch]:
    """What was sent where and what came back, counted by the database."""
    is_over = (SurveyInvitation.expires_at <= now()) & SurveyInvitation.used_at.is_(None)
    rows = db.execute(
        select(
            SurveyInvitation.label,
            SurveyInvitation.channel,
            func.count(),
            func.count(SurveyInvitation.used_at),
            func.count(SurveyInvitation.reminded_at),
            func.count().filter(is_over),
        )
        .where(SurveyInvitation.survey_id == survey.id)
        .group_by(SurveyInvitation.label, SurveyInvitation.channel)
        .order_by(func.min(SurveyInvitation.number))
    )
    return [Batch(*row) for row in rows]
