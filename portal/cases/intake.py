"""Taking cases in: number and code, promise, suggested group, and the ten minutes to change one's mind."""

import hashlib
import re
import secrets as random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.cases.lifecycle import (
    Act,
    StoredPhoto,
    chain,
    draft_event,
    enter,
    keep_count,
    keep_message,
    keep_photos,
    public_version,
    step,
)
from portal.cases.models import UNSORTED, Case, CaseDay, CaseEvent
from portal.cases.notify import seal_contact, tell_reporter
from portal.cases.reading import named_units
from portal.cases.states import State, Transition, Who, find_transition
from portal.cases.terms import first_promise, next_reminder
from portal.core.clock import local
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.signing import CROCKFORD, Secrets, plain_code
from portal.groups import City, keep_prediction

if TYPE_CHECKING:
    from ml.predict import Routing

HELD_KINDS = frozenset({"report"})
"""Kinds that always wait for a person: a report must not reach the unit it is about."""


@dataclass(frozen=True)
class NewCase:
    """What somebody submitted, checked and cleaned. Photos are on disk already.

    submission_id: made with the form; the same id never makes two cases.  is_suspect: looks like a machine's work,
    so a person looks at it first.  wanted_group: the group that another system named, for the dispatcher to see.
    """

    kind: str
    text: str
    place: str = ""
    district: str | None = None
    lat: float | None = None
    lng: float | None = None
    name: str = ""
    phone: str = ""
    email: str = ""
    is_anonymous: bool = False
    wants_publish: bool = False
    submission_id: str = ""
    channel: str = "web"
    wanted_group: str = ""
    photos: tuple[StoredPhoto, ...] = ()
    is_suspect: bool = False
    is_sample: bool = False


@dataclass(frozen=True)
class Opened:
    """A case and the code that opens it. is_new: False when the same form had been sent before."""

    case: Case
    query_code: str
    is_new: bool


def find_stoppers(city: City, text: str) -> list[Any]:
    """The stoppers whose words stand in the text: another channel is faster, or the only one."""
    return [stopper for stopper in city.stoppers if any(word in text for word in stopper.words)]


def open_case(db: Session, act: Act, new: NewCase, routing: "Routing | None") -> Opened:
    """Keep a new case: number, code, promise, prediction and first steps; a repeated form finds its first case.

    routing: what the router says about the text, asked before the transaction began; None: it waits as unsorted.
    Raises Conflict when a guessable id was used before for something else.
    """
    submission_id = new.submission_id or random.token_urlsafe(16)
    known = _find_submission(db, act.secrets, submission_id)
    if known is not None:
        return _same_again(act, known, new, submission_id)
    case_no = next_number(db, act.city, local(act.at).date())
    code = _query_code(act.secrets, case_no, submission_id)
    case = _new_case(act, new, case_no, code, submission_id)
    _suggest(db, case, new.text, routing)
    events = _first_steps(act, case, new, routing)
    db.add(case)
    db.flush()
    for event in events:
        event.case_id = case.id
    db.add_all(events)
    db.flush()
    keep_count(db, None, (case.group, case.unit, case.state))
    keep_photos(db, case, new.photos, "report", act.at)
    if case.contact and not new.is_sample:
        tell_reporter(db, act, case, _receipt_text(act.city, case))
    return Opened(case, code, True)


def _receipt_text(city: City, case: Case) -> str:
    day = f"{case.due_on.year}年{case.due_on.month}月{case.due_on.day}日"
    return _("%(city)s已收到您的诉求，编号 %(number)s，承诺 %(day)s 前答复。") % {
        "city": city.brand.title,
        "number": case.case_no,
        "day": day,
    }


def _find_submission(db: Session, secrets: Secrets, submission_id: str) -> Case | None:
    hashed = secrets.hash("submission", submission_id)
    if db.get_bind().dialect.name == "postgresql":
        # Two copies of one form must not both find nothing; SQLite has one writer anyway.
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(hashed[:15], 16)})
    return db.scalar(select(Case).where(Case.submission_hash == hashed))


def _same_again(act: Act, known: Case, new: NewCase, submission_id: str) -> Opened:
    # An id somebody else could guess must not open their receipt; a form's own id is random and opens it.
    if known.text_hash != _digest(new.text) and len(submission_id) < 16:
        raise Conflict(_("这个提交编号已经用过。"), _("请重新打开反映页面，再提交一次。"))
    return Opened(known, _query_code(act.secrets, known.case_no, submission_id), False)


SYLLABLE = re.compile(r"(?:zh|ch|sh|[b-df-hj-np-tv-z])?[aeiouv]+(?:ng|n(?![aeiouv]))?")


@cache
def _letters(city_key: str) -> str:
    """The initials of the city's syllables: changzhou is CZ, jiayuguan JYG."""
    return "".join(syllable[0] for syllable in SYLLABLE.findall(city_key)).upper()[:3] or "C"


def next_number(db: Session, city: City, day: date) -> str:
    """The next case number of a day: CZ20261123-0001. The row stays locked until the transaction ends."""
    insert: Any = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(CaseDay)
        .values(day=day, last=1)
        .on_conflict_do_update(index_elements=["day"], set_={"last": CaseDay.last + 1})
        .returning(CaseDay.last)
    )
    return f"{_letters(city.key)}{day:%Y%m%d}-{db.execute(statement).scalar_one():04d}"


def _query_code(secrets: Secrets, case_no: str, submission_id: str) -> str:
    """Fifty bits that only this portal can derive again, so that a repeated form gets the same receipt."""
    bits = int(secrets.hash("query code of a submission", f"{case_no} {submission_id}")[:16], 16)
    return "".join(CROCKFORD[bits >> 5 * place & 31] for place in range(10))


def code_hash(secrets: Secrets, case_no: str, code: str) -> str:
    """What is kept of a query code."""
    return secrets.hash("query code", f"{case_no} {plain_code(code)}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _new_case(act: Act, new: NewCase, case_no: str, code: str, submission_id: str) -> Case:
    kind = act.city.kind(new.kind)
    promise = first_promise(act.city, new.kind, act.at)
    stoppers = find_stoppers(act.city, new.text)
    is_urgent = any(stopper.urgent for stopper in stoppers)
    hours = act.city.deadlines.urgent_contact_hours if is_urgent else act.city.deadlines.first_contact_hours
    reach = new.phone or new.email.lower()
    return Case(
        case_no=case_no,
        code_hash=code_hash(act.secrets, case_no, code),
        submission_hash=act.secrets.hash("submission", submission_id),
        text_hash=_digest(new.text),
        kind=new.kind,
        channel=new.channel,
        state=State.SUBMITTED.value,
        queue=0,
        text_raw=new.text,
        text_public=public_version(act.city, new.text),
        place=new.place,
        place_public=public_version(act.city, new.place),
        district=new.district,
        lat=new.lat,
        lng=new.lng,
        group=UNSORTED,
        helpers=[],
        returned_by=[],
        is_anonymous=new.is_anonymous and kind.anonymous,
        about_unit=_reported(act.city, new),
        is_confidential=new.kind in HELD_KINDS,
        wants_publish=new.wants_publish and kind.publish and new.kind not in HELD_KINDS,
        is_urgent=is_urgent,
        is_sample=new.is_sample,
        stopper=stoppers[0].key if stoppers else None,
        contact=seal_contact(act.secrets, new.name, new.phone, new.email),
        contact_hash=act.secrets.hash("contact", reach) if reach else None,
        submitted_at=act.at,
        updated_at=act.at,
        due_on=promise.on,
        due_at=promise.at,
        is_provisional=promise.is_provisional,
        contact_due_at=act.at + timedelta(hours=hours),
        last_hash="",
        paused_s=0,
        return_count=0,
        extension_count=0,
        reopen_count=0,
        support_count=0,
        question="",
        reply="",
        reply_public="",
    )


def _reported(city: City, new: NewCase) -> str | None:
    """The unit a report names: nobody of that unit may see it, even before the office has looked."""
    return next(iter(named_units(city.units, new.text)), None) if new.kind in HELD_KINDS else None


def _suggest(db: Session, case: Case, text: str, routing: "Routing | None") -> None:
    if routing is None:
        return
    prediction = keep_prediction(db, f"case {case.case_no}", text, routing)
    case.prediction_id = prediction.id
    case.suggested_group, case.probability = routing.group, round(routing.probability, 6)


def _goes_alone(case: Case, routing: "Routing | None") -> bool:
    """Whether the router may dispatch without a person."""
    is_plain = not case.is_urgent and case.stopper is None and not case.is_confidential
    return routing is not None and routing.auto and is_plain


SUBMIT = Transition(
    "submit", frozenset(), State.SUBMITTED, frozenset({Who.CITIZEN, *Who}), lazy("提交诉求"), "checked form"
)


def _first_steps(act: Act, case: Case, new: NewCase, routing: "Routing | None") -> list[CaseEvent]:
    """Submitted, and at once dispatched or put before a person."""
    origin = {"channel": new.channel, **({"wanted_group": new.wanted_group} if new.wanted_group else {})}
    submitted = draft_event(act, case, SUBMIT, "", detail=origin, is_public=True)
    chain(case, submitted)
    system = Act(act.city, act.secrets, act.base_url, frozenset({Who.SYSTEM}), "system", "系统", act.at)
    goes_alone = _goes_alone(case, routing) and not new.is_suspect
    line = find_transition("route" if goes_alone else "queue", State.SUBMITTED, system.who)
    assert line is not None
    assert line.target is not None
    if goes_alone and routing is not None:
        case.group = routing.group
        case.unit = act.city.units_for(routing.group, case.district)[0].key
        case.dispatched_at = act.at
    enter(system, case, line.target)
    case.remind_at = next_reminder(act.city, case, act.at)
    text = dispatch_words(act.city, case) if goes_alone else _("正在由工作人员确定承办组。")
    second = draft_event(
        system, case, line, State.SUBMITTED.value, text, detail=_why(case, routing, new), is_public=True
    )
    chain(case, second)
    return [submitted, second]


def _why(case: Case, routing: "Routing | None", new: NewCase) -> dict[str, Any]:
    """Why the router's word was or was not enough, for staff."""
    return {
        "suggested": case.suggested_group,
        "probability": case.probability,
        "is_urgent": case.is_urgent,
        "stopper": case.stopper,
        "is_suspect": new.is_suspect,
        "is_auto": bool(routing and routing.auto),
    }


def dispatch_words(city: City, case: Case) -> str:
    """Where the case went, for the reporter."""
    group, unit = city.find_group(case.group), city.find_unit(case.unit)
    return _("已交由“%(group)s”办理，承办单位：%(unit)s。") % {
        "group": group.name if group else case.group,
        "unit": unit.name if unit else _("待定"),
    }


@dataclass(frozen=True)
class Edited:
    """What a reporter may change within the first minutes."""

    text: str
    place: str
    district: str | None


def may_edit(city: City, case: Case, act: Act) -> bool:
    """Whether the first minutes are still running and nobody has signed for the case."""
    is_early = act.at <= case.submitted_at + timedelta(minutes=city.deadlines.undo_minutes)
    return is_early and case.stands in {State.SUBMITTED, State.TRIAGE, State.DISPATCHED}


def edit_case(db: Session, act: Act, case: Case, new: Edited, routing: "Routing | None") -> CaseEvent:
    """Change the words of a case within the first minutes, and route it again; raise Conflict afterwards."""
    if not may_edit(act.city, case, act):
        raise Conflict(_("提交已超过可修改的时间。"), _("您可以在进度页补充说明，或撤回后重新提交。"))
    event = step(db, act, case, "edit", detail={"old_text_hash": case.text_hash}, is_public=True)
    case.text_raw, case.text_public = new.text, public_version(act.city, new.text)
    case.place, case.place_public = new.place, public_version(act.city, new.place)
    case.district, case.text_hash = new.district, _digest(new.text)
    stoppers = find_stoppers(act.city, new.text)
    case.stopper, case.is_urgent = (stoppers[0].key if stoppers else None), any(one.urgent for one in stoppers)
    _suggest(db, case, new.text, routing)
    if case.stands is State.DISPATCHED and not (_goes_alone(case, routing) and case.suggested_group == case.group):
        system = Act(act.city, act.secrets, act.base_url, frozenset({Who.SYSTEM}), "system", "系统", act.at)
        case.unit = None
        step(db, system, case, "reroute", group=UNSORTED, is_public=True)
    db.flush()
    return event


def withdraw_case(db: Session, act: Act, case: Case, reason: str) -> CaseEvent:
    """Take a case back, at any time before it is resolved; it disappears from every public page."""
    event = step(db, act, case, "withdraw", detail={"has_reason": bool(reason)})
    keep_message(db, event, reason)
    case.is_hidden = case.is_hidden or case.public_from is not None
    case.public_from = None
    db.flush()
    return event
