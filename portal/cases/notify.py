"""Telling the reporter: a short message for each step that matters to them, written with the business."""

import json
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.models import Case, CaseEvent, CaseFollower
from portal.cases.wishes import Level, find_wish, stop_path
from portal.core.clock import short_in_chinese
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.mail import Channel, write_message
from portal.core.signing import Secrets

if TYPE_CHECKING:
    from portal.cases.lifecycle import Act

LINK = "case link"
LINK_S = 90 * 24 * 3600
STEP_WORDS = {
    "accept": lazy("承办单位已签收。"),
    "contact": lazy("承办单位已记录与您的联系，开始办理。"),
    "return": lazy("承办单位认为不属于自己的职责，正在核定责任单位，答复期限不变。"),
    "uphold": lazy("责任单位已核定，由原单位继续办理。"),
    "resume": lazy("没有等到您的补充，承办单位按现有情况继续办理。"),
    "extend": lazy("承办单位申请延长办理时间，正在审核。"),
    "refuse-extension": lazy("没有同意延期，仍按原来的日期答复。"),
    "expire": lazy("评价期已过，这件诉求已归档，没有替您评价。"),
    "reopen": lazy("已按您的要求重新办理。"),
    "dispute": lazy("已收到您的重办申请，%(days)s 个工作日内答复您。"),
    "supervise": lazy("这件诉求已列入督办。"),
    "escalate": lazy("这件诉求超期较多，已报请承办单位负责人督办。"),
    "withdraw": lazy("已按您的要求撤回，不再办理，也不会公开。"),
    "unmerge": lazy("已恢复单独办理。"),
}
"""What a step says whose service says nothing more particular."""
ONLY_ON_MOVE = frozenset({"contact"})
"""Steps that may come again within a state; only the first one is told."""
MAIN_STEPS = frozenset({"withdraw"})
"""Steps that are told even to those who want the most important only."""


def seal_contact(secrets: Secrets, name: str, phone: str, email: str) -> str | None:
    """The contact data, encrypted; None when none was given."""
    given = {key: value for key, value in (("name", name), ("phone", phone), ("email", email)) if value}
    return secrets.encrypt(json.dumps(given, ensure_ascii=False)) if given else None


def open_contact(secrets: Secrets, sealed: str | None) -> dict[str, str]:
    """The contact data again: name, phone, email, as far as given."""
    return dict(json.loads(secrets.decrypt(sealed))) if sealed else {}


def case_link(act: "Act", case: Case) -> str:
    """A signed link that opens the reporter's own view on any device."""
    return f"{act.base_url}/cases/open/{act.secrets.sign(LINK, case.case_no)}"


def wishes_path(secrets: Secrets, case: Case) -> str:
    """Where the reporter says how much they want to be told; empty without a contact."""
    contact = open_contact(secrets, case.contact)
    if contact.get("email"):
        return stop_path(secrets, "email", contact["email"])
    return stop_path(secrets, "phone", contact["phone"]) if contact.get("phone") else ""


def tell_reporter(db: Session, act: "Act", case: Case, text: str, is_step: bool = False) -> None:
    """Write to the reporter, by e-mail when there is one, else by telephone; no contact, no message.

    is_step: one of many, for those who want to know every step.
    """
    if case.contact is None:
        return
    whole = _("%(text)s 查看详情：%(link)s") % {"text": text, "link": case_link(act, case)}
    _send(db, act, open_contact(act.secrets, case.contact), case, whole, is_step)


def tell_step(db: Session, act: "Act", case: Case, event: CaseEvent) -> None:
    """Tell the reporter that their case has moved, in plain words; steps with words of their own are told there."""
    words = STEP_WORDS.get(event.action)
    is_again = event.action in ONLY_ON_MOVE and event.from_state == event.to_state
    if words is None or is_again or not event.is_public and event.action != "withdraw":
        return
    text = str(words) % {"days": act.city.deadlines.reopen_decide_working_days}
    if event.new_due_at is not None:
        text += _("承诺 %(day)s前答复。") % {"day": short_in_chinese(case.due_on)}
    tell_reporter(db, act, case, text, is_step=event.action not in MAIN_STEPS)


def tell_followers(db: Session, act: "Act", case: Case, text: str) -> None:
    """Write to everybody who follows the case with a contact."""
    sealed = db.scalars(
        select(CaseFollower.contact).where(CaseFollower.case_id == case.id, CaseFollower.contact.is_not(None))
    ).all()
    for one in sealed:
        _send(db, act, open_contact(act.secrets, one), case, text)


def _send(db: Session, act: "Act", contact: dict[str, str], case: Case, text: str, is_step: bool = False) -> None:
    address = contact.get("email") or contact.get("phone")
    # Invented cases have invented addresses, and somebody may really live there.
    if not address or case.is_sample:
        return
    medium = "email" if contact.get("email") else "phone"
    wish = find_wish(db, act.secrets, medium, address)
    if wish.level is Level.NONE or (is_step and wish.level is Level.MAIN):
        return
    channel = Channel.EMAIL if medium == "email" else Channel(wish.via)
    if channel is not Channel.EMAIL and case.case_no not in text:  # a letter says it in its subject
        text = f"{case.case_no} {text}"
    subject = _("您的诉求 %(number)s 有新进展") % {"number": case.case_no}
    path = stop_path(act.secrets, medium, address)
    write_message(db, act.secrets, channel, address, subject, text, about=case.case_no, stop_path=path)
