"""Colleagues working on one case: who handles it, how pressing it is, notes that name somebody, checks, shortlists."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from portal.accounts import Staff, list_staff
from portal.cases.desk_models import CaseHelper, CaseMention, CaseShortlist
from portal.cases.lifecycle import Act, require, step
from portal.cases.models import Case, CaseEvent
from portal.cases.queries import last_event, may_see
from portal.cases.states import State
from portal.core.errors import BadInput
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.roles import Person, Role
from portal.groups import City

MENTION = re.compile(r"(?<![A-Za-z0-9_.\-])[@＠]([^\s@＠，。；：、！？,;:!?（）()]{1,30})")


class Priority(StrEnum):
    """How pressing a case is; each has a meaning that people can hold each other to."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


PRIORITY_WORDS = {
    Priority.URGENT: lazy("紧急"),
    Priority.HIGH: lazy("优先"),
    Priority.NORMAL: lazy("一般"),
    Priority.LOW: lazy("可缓"),
}
PRIORITY_MEANINGS = {
    Priority.URGENT: lazy("可能伤人或正在扩大：1 小时内派单，2 小时内联系反映人"),
    Priority.HIGH: lazy("影响很多人、涉及老人孩子、反复出现：同一天到期的先办"),
    Priority.NORMAL: lazy("按承诺日期办"),
    Priority.LOW: lazy("不影响使用和安全的小毛病：可与附近的事一起办，承诺日期不变"),
}


def prioritise(db: Session, act: Act, case: Case, priority: Priority, reason: str) -> CaseEvent:
    """Say how pressing a case is, and why; an urgent one has to be sent and answered within hours."""
    require(act, case, "prioritise")
    rules = act.city.deadlines
    was, case.priority = case.priority, priority.value
    case.is_urgent = priority is Priority.URGENT
    if case.is_urgent and case.first_contact_at is None:
        case.contact_due_at = min(case.contact_due_at, act.at + timedelta(hours=rules.urgent_contact_hours))
    if case.is_urgent and case.stands is State.TRIAGE and case.step_due_at is not None:
        case.step_due_at = min(case.step_due_at, act.at + timedelta(hours=rules.urgent_triage_hours))
    return step(db, act, case, "prioritise", reason=priority.value, detail={"was": was, "note": reason})


def list_officers(db: Session, case: Case) -> list[Staff]:
    """Who can handle a case: the people of its unit, and those of its group."""
    return officers_of(list_staff(db), case)


def officers_of(staff: Sequence[Staff], case: Case) -> list[Staff]:
    """Of these people, those who can handle a case."""
    return [one for one in staff if not one.is_disabled and _handles(one, case)]


def _handles(staff: Staff, case: Case) -> bool:
    is_units = staff.may(Role.UNIT) and staff.unit is not None and staff.unit == case.unit
    return is_units or (staff.may(Role.GROUP) and case.group in staff.groups)


def assign(db: Session, act: Act, case: Case, username: str) -> CaseEvent:
    """Name the person who handles a case; only somebody of its unit or group can."""
    require(act, case, "assign")
    officer = next((one for one in list_officers(db, case) if one.username == username), None)
    if officer is None:
        raise BadInput(_("这个人不在承办单位或专项组里。"), _("请从列表中选择。"))
    was, case.officer = case.officer, officer.username
    return step(db, act, case, "assign", detail={"officer": officer.name, "was": was})


def other_officer(db: Session, case: Case) -> Staff | None:
    """Somebody of the unit who has not said that this case was done: a reopened case goes to them where possible."""
    resolved = select(CaseEvent.actor).where(CaseEvent.case_id == case.id, CaseEvent.action == "resolve")
    before = set(db.scalars(resolved))
    found = [one for one in list_officers(db, case) if one.username not in before and one.may(Role.UNIT)]
    return found[0] if found else None


def find_mentions(text: str, colleagues: Sequence[Staff]) -> list[Staff]:
    """The colleagues a note names with @; raise BadInput for a name nobody has."""
    by_name = {name: one for one in colleagues for name in (one.username, one.name)}
    found: dict[str, Staff] = {}
    for typed in MENTION.findall(text):
        # Chinese has no spaces: the name ends where a known one does.
        name = next((one for one in sorted(by_name, key=len, reverse=True) if typed.startswith(one)), None)
        if name is None:
            raise BadInput(
                _("没有叫“%(name)s”的同事，或者对方看不到这件诉求。") % {"name": typed}, _("请核对 @ 后面的姓名。")
            )
        found[by_name[name].username] = by_name[name]
    return list(found.values())


def list_colleagues(db: Session, case: Case) -> list[Staff]:
    """Everybody who may see this case."""
    return colleagues_of(list_staff(db), case)


def colleagues_of(staff: Sequence[Staff], case: Case) -> list[Staff]:
    """Of these people, those who may see this case."""
    return [one for one in staff if not one.is_disabled and may_see(one, case)]


def add_note(db: Session, act: Act, case: Case, text: str) -> CaseEvent:
    """An internal note; whoever is named in it with @ finds it on their front page. Writing answers what named me."""
    named = find_mentions(text, list_colleagues(db, case)) if MENTION.search(text) else []
    detail: dict[str, Any] = {"note": text}
    if named:
        detail["mentions"] = [one.username for one in named]
    event = step(db, act, case, "note", detail=detail)
    db.add_all(
        CaseMention(case_id=case.id, event_id=event.id, username=one.username, at=act.at, seen_at=None)
        for one in named
        if one.username != act.username
    )
    mark_seen(db, act, case)
    db.flush()
    return event


def mark_seen(db: Session, act: Act, case: Case) -> None:
    """I have read what named me in this case."""
    db.execute(
        update(CaseMention)
        .where(CaseMention.case_id == case.id, CaseMention.username == act.username, CaseMention.seen_at.is_(None))
        .values(seen_at=act.at)
    )


def mentioned_in(username: str) -> Any:
    """The ids of the cases with a note that names somebody who has not said that they read it, as a sub-query."""
    return select(CaseMention.case_id).where(CaseMention.username == username, CaseMention.seen_at.is_(None))


def has_mention(db: Session, case: Case, username: str) -> bool:
    """Whether a note of this case names me and I have not said that I read it."""
    return db.connection().scalar(_MENTION, {"username": username, "case_id": case.id}) is not None


_MENTION = (
    select(CaseMention.id)
    .where(
        CaseMention.username == bindparam("username"),
        CaseMention.seen_at.is_(None),
        CaseMention.case_id == bindparam("case_id"),
    )
    .limit(1)
)


@dataclass(frozen=True)
class Check:
    """One line of a group's checklist, and whether the unit has ticked it."""

    key: str
    text: str
    is_done: bool


def list_checks(case: Case, city: City) -> list[Check]:
    """The checklist of the case's group as it was last ticked; the history is where ticks are kept."""
    group = city.find_group(case.group or case.suggested_group)
    last = last_event(case, "check")
    done = set(last.detail.get("done", ())) if last else set()
    return [Check(str(n), line, line in done) for n, line in enumerate(group.checklist, 1)] if group else []


def keep_checks(db: Session, act: Act, case: Case, keys: Sequence[str]) -> CaseEvent:
    """Tick the lines with these keys, and no others."""
    require(act, case, "check")
    lines = list_checks(case, act.city)
    done = [line.text for line in lines if line.key in keys]
    note = _("已核对 %(done)s 项，共 %(all)s 项。") % {"done": len(done), "all": len(lines)}
    return step(db, act, case, "check", detail={"done": done, "note": note})


def set_helpers(db: Session, case: Case, units: Sequence[str]) -> None:
    """Name the units that help; the case must have its id."""
    case.helpers = sorted(set(units))
    db.execute(delete(CaseHelper).where(CaseHelper.case_id == case.id))
    db.add_all(CaseHelper(unit=unit, case_id=case.id) for unit in case.helpers)


def is_shortlisted(db: Session, case: Case, person: Person) -> bool:
    """Whether the case is on my own list."""
    return db.connection().scalar(_KEPT, {"username": person.username, "case_id": case.id}) is not None


_KEPT = select(CaseShortlist.case_id).where(
    CaseShortlist.username == bindparam("username"), CaseShortlist.case_id == bindparam("case_id")
)


def keep_in_shortlist(db: Session, act: Act, case: Case, is_wanted: bool) -> None:
    """Put a case on my own list, or take it off."""
    kept = db.get(CaseShortlist, (act.username, case.id))
    if is_wanted and kept is None:
        db.add(CaseShortlist(username=act.username, case_id=case.id, at=act.at))
    elif not is_wanted and kept is not None:
        db.delete(kept)
    db.flush()
