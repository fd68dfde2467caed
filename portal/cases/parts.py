"""One submission about several things 拆单: each part goes to a unit of its own, all under the citizen's one number.

The main case stays as it was written and is itself the first part. Every other part is a case with its own unit,
clock, answer and rating; its number is the citizen's number with the part's behind it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, func, or_, select
from sqlalchemy.orm import Session, load_only

from portal.cases.desk_models import CasePart
from portal.cases.lifecycle import (
    Act,
    as_system_of,
    chain,
    draft_event,
    enter,
    keep_count,
    public_version,
    require,
    step,
)
from portal.cases.models import UNSORTED, Case, CasePhoto
from portal.cases.numbering import main_number
from portal.cases.photos import StoredPhoto, keep_photos
from portal.cases.states import State, Transition, Who, actions_in
from portal.cases.terms import first_promise, next_reminder
from portal.cases.triage import Assignment, check_place, dispatch, leader_words
from portal.cases.undo import withdraw_case
from portal.core.errors import BadInput, Conflict
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.photos import PhotoStore, new_key, small_key

MOST = 9
NO_CODE = "0" * 64
"""A part has no query code of its own: the main case's opens it."""
SPLIT_OFF = Transition(
    "split-off",
    frozenset(),
    State.TRIAGE,
    frozenset({Who.TRIAGER, Who.ARBITER}),
    lazy("从原诉求中拆出"),
    "main is open",
)
SHOWN = load_only(
    *(Case.case_no, Case.text_public, Case.text_raw, Case.state, Case.outcome, Case.group, Case.unit, Case.queue),
    *(Case.due_on, Case.due_at, Case.reply, Case.reply_public, Case.helpers, Case.public_from),
)


@dataclass(frozen=True)
class Part:
    """What is split off: its words, where it is, and who gets it."""

    text: str
    place: str
    to: Assignment


def split(db: Session, act: Act, main: Case, part: Part, photos: Sequence[StoredPhoto] = ()) -> Case:
    """Split a part off a case and send it to its unit; the reporter is told what goes where."""
    require(act, main, "split")
    if main_number(main.case_no) != main.case_no:
        raise Conflict(_("这已经是拆出的一部分。"), _("请在原诉求上再拆。"))
    if len(part.text.strip()) < 5:
        raise BadInput(_("请写明拆出的是哪一件事，5 个字以上。"), _("可以从原文中摘录。"))
    check_place(act.city, main, part.to)
    number = 2 + (db.scalar(select(func.count()).where(CasePart.main_id == main.id)) or 0)
    if number > MOST:
        raise Conflict(_("一件诉求最多拆成 %(most)s 部分。") % {"most": MOST}, _("请把相近的部分合在一起。"))
    case = _new_part(act, main, part, number)
    event = draft_event(act, case, SPLIT_OFF, "", detail={"main": main.case_no}, is_public=True)
    chain(case, event)
    db.add(case)
    db.flush()
    event.case_id = case.id
    db.add_all([event, CasePart(case_id=case.id, main_id=main.id, number=number)])
    db.flush()
    keep_count(db, None, (case.group, case.unit, case.state))
    keep_photos(db, case, photos, "report", act.at)
    unit = act.city.unit(part.to.unit)
    step(
        db, act, main, "split", detail={"part": case.case_no}, is_public=True,
        public=_("其中“%(text)s”由%(unit)s单独办理、单独答复。") % {"text": case.summary, "unit": unit.name},
    )  # fmt: skip
    dispatch(db, act, case, part.to)
    if main.is_supervised:
        case.is_supervised = True
        words = leader_words(act.city, case)
        step(db, as_system_of(act), case, "supervise", reason=main.channel, public=words, is_public=True)
    return case


def _new_part(act: Act, main: Case, part: Part, number: int) -> Case:
    # The clock of a part began when the citizen wrote, not when the office took the text apart.
    promise = first_promise(act.city, main.kind, main.submitted_at)
    case = Case(
        case_no=f"{main.case_no}-{number}",
        code_hash=NO_CODE,
        text_hash=hashlib.sha256(part.text.encode()).hexdigest(),
        kind=main.kind,
        channel=main.channel,
        text_raw=part.text,
        text_public=public_version(act.city, part.text),
        place=part.place,
        place_public=public_version(act.city, part.place),
        group=UNSORTED,
        answers=[],
        helpers=[],
        returned_by=[],
        submitted_at=main.submitted_at,
        updated_at=act.at,
        due_on=promise.on,
        due_at=promise.at,
        is_provisional=promise.is_provisional,
        last_hash="",
        **dict.fromkeys(("paused_s", "return_count", "extension_count", "reopen_count", "support_count"), 0),
        **dict.fromkeys(("question", "reply", "reply_public"), ""),
        **{name: getattr(main, name) for name in _INHERITED},
    )
    enter(act, case, State.TRIAGE)
    case.remind_at = next_reminder(act.city, case, act.at)
    return case


_INHERITED = (
    *("district", "lat", "lng", "about_unit", "is_anonymous", "is_confidential", "wants_publish", "is_urgent"),
    *("priority", "is_sample", "stopper", "contact", "contact_hash", "contact_due_at"),
    *("email_hash", "contact_checked_at", "is_placeless"),
)


def copy_photos(store: PhotoStore, main: Case, names: Sequence[str], act: Act) -> list[StoredPhoto]:
    """The chosen photos of a case once more, with files of their own: each case forgets its own."""
    return [_copy(store, photo, act) for photo in main.photos if photo.name in names and photo.kind != "proof"]


def _copy(store: PhotoStore, photo: CasePhoto, act: Act) -> StoredPhoto:
    key = new_key(act.at.date())
    store.put(small_key(key), store.get(small_key(photo.key)))
    store.put(key, store.get(photo.key))
    return StoredPhoto(key, photo.sha256, int(photo.phash), photo.width, photo.height)


def list_family(db: Session, case: Case) -> Sequence[Case]:
    """All parts of the submission this case belongs to, the main one first; only itself when it was never split."""
    return db.scalars(_FAMILY, {"case_id": case.id}).all()


_ID = bindparam("case_id", type_=Integer())
_MAIN_ID = func.coalesce(select(CasePart.main_id).where(CasePart.case_id == _ID).scalar_subquery(), _ID)
_FAMILY = (
    select(Case)
    .where(or_(Case.id == _MAIN_ID, Case.id.in_(select(CasePart.case_id).where(CasePart.main_id == _MAIN_ID))))
    .options(SHOWN)
    .order_by(Case.id)
)


def withdraw_parts(db: Session, act: Act, main: Case, reason: str) -> int:
    """The reporter takes the whole submission back: its open parts go with it. Returns how many."""
    count = 0
    for part in _open_parts(db, main, act.who):
        withdraw_case(db, act, part, reason)
        count += 1
    return count


def _open_parts(db: Session, main: Case, who: frozenset[Who]) -> Iterator[Case]:
    parts = db.scalars(
        select(Case).join(CasePart, CasePart.case_id == Case.id).where(CasePart.main_id == main.id)
    ).all()
    return (part for part in parts if "withdraw" in actions_in(part.stands, who))
