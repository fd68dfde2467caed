"""Checking that a contact reaches somebody, before the case begins: a code or a link, good for a day, then forgotten.

The code is derived from the case and its contact, so nothing about it is kept; guessing is limited at the door.
"""

import hmac
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.cases.first_steps import WAITS, dispatch_words, goes_alone, place_of, suggest, why
from portal.cases.intake import digest, receipt_text
from portal.cases.lifecycle import Act, as_system, as_system_of, require, step
from portal.cases.models import Case, CaseEvent, CasePhoto
from portal.cases.notify import open_contact, tell_reporter
from portal.cases.states import State
from portal.cases.terms import first_promise
from portal.core.clock import now
from portal.core.i18n import gettext as _
from portal.core.mail import Channel, forget_messages, write_message
from portal.core.photos import small_key
from portal.core.signing import Secrets
from portal.core.web import Portal

if TYPE_CHECKING:
    from ml.predict import Routing

LINK = "confirm a contact"
BATCH = 200
FORGOTTEN = "（未在期限内确认，内容已删除）"


def confirm_code(secrets: Secrets, case: Case) -> str:
    """Six digits that only whoever reads the message can know."""
    value = secrets.hash("contact code", f"{case.case_no} {case.contact_hash}")
    return f"{int(value[:12], 16) % 1_000_000:06d}"


def is_right_code(secrets: Secrets, case: Case, typed: str) -> bool:
    """Whether this is the code, blanks forgiven; the same work whatever is wrong."""
    digits = "".join(sign for sign in typed if sign.isascii() and sign.isdigit())
    return hmac.compare_digest(confirm_code(secrets, case), digits)


def send_code(db: Session, act: Act, case: Case) -> None:
    """Write the code and the link to the contact that waits to be checked."""
    hours = act.city.deadlines.confirm_hours
    link = f"{act.base_url}/cases/confirm/{act.secrets.sign(LINK, case.case_no)}"
    words = _("您的确认码是 %(code)s，%(hours)s 小时内有效；也可以打开 %(link)s 确认。不是您提交的，请不用理会。")
    text = words % {"code": confirm_code(act.secrets, case), "hours": hours, "link": link}
    contact = open_contact(act.secrets, case.contact)
    subject = _("请确认您提交的诉求 %(number)s") % {"number": case.case_no}
    # Asked for by the person at this very moment, so it goes out whatever else they wish to be told.
    if contact.get("email"):
        write_message(db, act.secrets, Channel.EMAIL, contact["email"], subject, text, about=case.case_no)
    elif contact.get("phone"):
        write_message(db, act.secrets, Channel.SMS, contact["phone"], subject, text, about=case.case_no)


def confirm(db: Session, act: Act, case: Case, routing: "Routing | None") -> CaseEvent:
    """The contact was reached: the case begins now, and its promise counts from now."""
    require(act, case, "confirm")
    promise = first_promise(act.city, case.kind, act.at)
    case.submitted_at, case.contact_checked_at = act.at, act.at
    rules = act.city.deadlines
    hours = rules.urgent_contact_hours if case.is_urgent else rules.first_contact_hours
    case.contact_due_at = act.at + timedelta(hours=hours)
    submitted = select(CaseEvent.detail).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id).limit(1)
    is_suspect = bool((db.scalar(submitted) or {}).get("is_suspect"))
    event = step(db, act, case, "confirm", is_public=True, promise=promise)
    suggest(db, case, case.text_raw, routing)
    _begin(db, act, case, routing, is_suspect)
    tell_reporter(db, act, case, receipt_text(act.city, case))
    return event


def _begin(db: Session, act: Act, case: Case, routing: "Routing | None", is_suspect: bool) -> None:
    """Dispatched, or put before a person, as any other new case."""
    detail = why(case, routing, is_suspect)
    if goes_alone(case, routing) and not is_suspect:
        group, unit = place_of(act.city, case)
        case.dispatched_at = act.at
        words = dispatch_words(act.city, Case(group=group, unit=unit))
        step(db, as_system_of(act), case, "route", group=group, unit=unit, public=words, detail=detail, is_public=True)
    else:
        step(db, as_system_of(act), case, "queue", public=str(WAITS), detail=detail, is_public=True)


def lapse(db: Session, act: Act, case: Case) -> list[str]:
    """Nobody confirmed: everything that was told is forgotten, the number stays. Returns the keys of its photos."""
    step(db, act, case, "lapse", is_public=True)
    case.text_raw = case.text_public = FORGOTTEN
    case.text_hash, case.submission_hash = digest(FORGOTTEN), None
    case.place = case.place_public = ""
    case.lat = case.lng = case.district = case.about_unit = case.suggested_group = case.probability = None
    case.contact = case.contact_hash = case.email_hash = None
    case.answers, case.forgotten_at = [], act.at
    keys = list(db.scalars(select(CasePhoto.key).where(CasePhoto.case_id == case.id)))
    db.execute(delete(CasePhoto).where(CasePhoto.case_id == case.id))
    forget_messages(db, case.case_no)
    db.flush()
    return keys


def forget_unconfirmed(portal: Portal, at: datetime | None = None) -> int:
    """Forget what nobody confirmed in time; returns how many. Files go after the rows that named them."""
    moment, keys = at or now(), []
    with portal.database.write() as db:
        due = select(Case).where(Case.step_due_at <= moment, Case.state == State.DRAFT_CONFIRM.value)
        cases = db.scalars(due.order_by(Case.step_due_at).limit(BATCH).with_for_update(skip_locked=True)).all()
        for case in cases:
            keys += lapse(db, as_system(portal, moment), case)
    for key in keys:
        portal.photos.delete(key)
        portal.photos.delete(small_key(key))
    return len(cases)
