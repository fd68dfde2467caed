"""Taking cases in: number and code, promise, suggested group, and the ten minutes to change one's mind."""

import hashlib
import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from portal.cases.contacts import email_hash, reach_hash
from portal.cases.first_steps import first_steps, hold_back, suggest
from portal.cases.lifecycle import Act, keep_count, public_version
from portal.cases.models import UNSORTED, Case
from portal.cases.notify import seal_contact, tell_reporter
from portal.cases.numbering import code_hash, next_number, query_code
from portal.cases.photos import StoredPhoto, keep_photos
from portal.cases.reading import named_units
from portal.cases.states import State
from portal.cases.terms import first_promise
from portal.core.clock import in_chinese, local
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.signing import Secrets
from portal.groups import City

if TYPE_CHECKING:
    from ml.predict import Routing

HELD_KINDS = frozenset({"report"})
"""Kinds that always wait for a person: a report must not reach the unit it is about."""
SELF_SERVED = frozenset({"web", "mobile", "snapshot", "open311"})
MOST_SAME_TEXTS = 3


@dataclass(frozen=True)
class Answer:
    """An answer to an extra question; the label is kept as it was asked."""

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class NewCase:
    """What somebody submitted, checked and cleaned. Photos are on disk already.

    submission_id: made with the form; the same id never makes two cases.  is_placeless: it happens nowhere in
    particular.  answers: to the extra questions.  is_suspect: looks like a machine's work, so a person looks at it
    first.  must_confirm: the contact is checked before the case begins.  wanted_group: the group that another
    system named, for the dispatcher to see.
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
    is_placeless: bool = False
    answers: tuple[Answer, ...] = ()
    must_confirm: bool = False
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
    code = query_code(act.secrets, case_no, submission_id)
    case = _new_case(act, new, case_no, code, submission_id)
    is_suspect = new.is_suspect or _is_repeated(db, new, case.text_hash, act.at)
    if new.must_confirm:
        events = [hold_back(act, case, routing, is_suspect)]
    else:
        suggest(db, case, new.text, routing)
        events = first_steps(act, case, new.wanted_group, routing, is_suspect)
    db.add(case)
    db.flush()
    for event in events:
        event.case_id = case.id
    db.add_all(events)
    db.flush()
    keep_count(db, None, (case.group, case.unit, case.state))
    keep_photos(db, case, new.photos, "report", act.at)
    if case.contact and not new.is_sample and not new.must_confirm:
        tell_reporter(db, act, case, receipt_text(act.city, case))
    return Opened(case, code, True)


def receipt_text(city: City, case: Case) -> str:
    """The first message to a reporter: number and promise."""
    day = in_chinese(case.due_on)
    return _("%(city)s已收到您的诉求，编号 %(number)s，承诺 %(day)s前答复。") % {
        "city": city.brand.title,
        "number": case.case_no,
        "day": day,
    }


def _is_repeated(db: Session, new: NewCase, text_hash: str, at: datetime) -> bool:
    """Whether the very same words came several times within a day: then a person looks before they go anywhere."""
    if new.channel not in SELF_SERVED:
        return False
    same = db.connection().scalar(_SAME_TEXTS, {"hashed": text_hash, "since": at - timedelta(days=1)})
    return (same or 0) >= MOST_SAME_TEXTS


_SAME_TEXTS = select(func.count()).where(Case.text_hash == bindparam("hashed"), Case.submitted_at > bindparam("since"))
_SUBMISSION = select(Case).where(Case.submission_hash == bindparam("hashed"))


def _find_submission(db: Session, secrets: Secrets, submission_id: str) -> Case | None:
    hashed = secrets.hash("submission", submission_id)
    if db.get_bind().dialect.name == "postgresql":
        # Two copies of one form must not both find nothing; SQLite has one writer anyway.
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(hashed[:15], 16)})
    return db.scalar(_SUBMISSION, {"hashed": hashed})


def list_submitted(db: Session, secrets: Secrets, submission_ids: Sequence[str]) -> set[str]:
    """Which of these forms have become cases already."""
    ids = {secrets.hash("submission", one): one for one in submission_ids}
    hashes, found = list(ids), set()
    for start in range(0, len(hashes), 500):
        known = select(Case.submission_hash).where(Case.submission_hash.in_(hashes[start : start + 500]))
        found |= {ids[one] for one in db.scalars(known) if one}
    return found


def _same_again(act: Act, known: Case, new: NewCase, submission_id: str) -> Opened:
    # An id somebody else could guess must not open their receipt; a form's own id is random and opens it. What
    # another system numbered itself stands for one text.
    is_form = len(submission_id) >= 16 and new.channel != "open311"
    if known.text_hash != digest(new.text) and not is_form:
        raise Conflict(_("这个提交编号已经用过。"), _("请重新打开反映页面，再提交一次。"))
    return Opened(known, query_code(act.secrets, known.case_no, submission_id), False)


def digest(text: str) -> str:
    """What is kept to know a text again, and stands on its receipt."""
    return hashlib.sha256(text.encode()).hexdigest()


def _new_case(act: Act, new: NewCase, case_no: str, code: str, submission_id: str) -> Case:
    kind = act.city.kind(new.kind)
    promise = first_promise(act.city, new.kind, act.at)
    stoppers = find_stoppers(act.city, new.text)
    is_urgent = any(stopper.urgent for stopper in stoppers)
    hours = act.city.deadlines.urgent_contact_hours if is_urgent else act.city.deadlines.first_contact_hours
    return Case(
        case_no=case_no,
        code_hash=code_hash(act.secrets, case_no, code),
        submission_hash=act.secrets.hash("submission", submission_id),
        text_hash=digest(new.text),
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
        is_placeless=new.is_placeless,
        answers=kept_answers(act.city, new.answers),
        group=UNSORTED,
        helpers=[],
        returned_by=[],
        is_anonymous=new.is_anonymous and kind.anonymous,
        about_unit=_reported(act.city, new),
        is_confidential=new.kind in HELD_KINDS,
        wants_publish=new.wants_publish and kind.publish and new.kind not in HELD_KINDS,
        is_urgent=is_urgent,
        priority="urgent" if is_urgent else "normal",
        is_sample=new.is_sample,
        stopper=stoppers[0].key if stoppers else None,
        contact=seal_contact(act.secrets, new.name, new.phone, new.email),
        contact_hash=reach_hash(act.secrets, new.phone, new.email),
        email_hash=email_hash(act.secrets, new.email),
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
    words = " ".join([new.text, *(answer.text for answer in new.answers)])
    return next(iter(named_units(city.units, words)), None) if new.kind in HELD_KINDS else None


def kept_answers(city: City, answers: Sequence[Answer]) -> list[dict[str, str]]:
    """Answers to the extra questions as a case keeps them: as typed, and as everybody may read them."""
    return [
        {"key": one.key, "label": one.label, "raw": one.text, "public": public_version(city, one.text)}
        for one in answers
    ]
