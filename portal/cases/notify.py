"""Telling the reporter: a short message for each step that matters to them, written with the business."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.lifecycle import Act
from portal.cases.models import Case, CaseFollower
from portal.core.i18n import gettext as _
from portal.core.mail import Channel, write_message
from portal.core.signing import Secrets

LINK = "case link"
LINK_S = 90 * 24 * 3600


def seal_contact(secrets: Secrets, name: str, phone: str, email: str) -> str | None:
    """The contact data, encrypted; None when none was given."""
    given = {key: value for key, value in (("name", name), ("phone", phone), ("email", email)) if value}
    return secrets.encrypt(json.dumps(given, ensure_ascii=False)) if given else None


def open_contact(secrets: Secrets, sealed: str | None) -> dict[str, str]:
    """The contact data again: name, phone, email, as far as given."""
    return dict(json.loads(secrets.decrypt(sealed))) if sealed else {}


def case_link(act: Act, case: Case) -> str:
    """A signed link that opens the reporter's own view on any device."""
    return f"{act.base_url}/cases/open/{act.secrets.sign(LINK, case.case_no)}"


def tell_reporter(db: Session, act: Act, case: Case, text: str) -> None:
    """Write to the reporter, by e-mail when there is one, else by SMS; no contact, no message."""
    contact = open_contact(act.secrets, case.contact)
    if contact:
        _send(db, act, contact, case, _("%(text)s 查看详情：%(link)s") % {"text": text, "link": case_link(act, case)})


def tell_followers(db: Session, act: Act, case: Case, text: str) -> None:
    """Write to everybody who follows the case with a contact."""
    sealed = db.scalars(
        select(CaseFollower.contact).where(CaseFollower.case_id == case.id, CaseFollower.contact.is_not(None))
    ).all()
    for one in sealed:
        _send(db, act, open_contact(act.secrets, one), case, text)


def _send(db: Session, act: Act, contact: dict[str, str], case: Case, text: str) -> None:
    subject = _("您的诉求 %(number)s 有新进展") % {"number": case.case_no}
    if contact.get("email"):
        write_message(db, act.secrets, Channel.EMAIL, contact["email"], subject, text, about=case.case_no)
    elif contact.get("phone"):
        write_message(db, act.secrets, Channel.SMS, contact["phone"], subject, text, about=case.case_no)
