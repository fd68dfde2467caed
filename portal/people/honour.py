"""The way of an honour: opinions asked, consent recorded, public notice, objections answered, approval, the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.clock import end_of, now, today
from portal.core.errors import BadInput, Conflict, Forbidden
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.core.signing import Secrets
from portal.editorial import State, follow_up, use_pictures, withdraw
from portal.groups import City, due_or_provisional
from portal.people.drafts import draft_from, snapshot_of
from portal.people.models import (
    Answer,
    Consent,
    Ending,
    Giver,
    GoodPerson,
    Objection,
    ObjectionState,
    Opinion,
    Scope,
    Stage,
)

NOTICE_DAYS = 5


def _log(db: Session, by: Person, action: str, person: GoodPerson, **detail: object) -> None:
    audit.record(db, by, f"person.{action}", f"person {person.id}", **detail)


def list_opinions(db: Session, person: GoodPerson) -> Sequence[Opinion]:
    """What authorities were asked and said."""
    return db.scalars(select(Opinion).where(Opinion.person_id == person.id).order_by(Opinion.id)).all()


def list_consents(db: Session, person: GoodPerson) -> Sequence[Consent]:
    """Consents given, those taken back included."""
    return db.scalars(select(Consent).where(Consent.person_id == person.id).order_by(Consent.id)).all()


def list_objections(db: Session, person: GoodPerson) -> Sequence[Objection]:
    """Objections, newest first."""
    return db.scalars(select(Objection).where(Objection.person_id == person.id).order_by(Objection.id.desc())).all()


def ask_opinion(db: Session, person: GoodPerson, by: Person, authority: str, asked_on: date) -> Opinion:
    """Note that an authority was asked about the nominee."""
    if person.stage != Stage.VETTING:
        raise Conflict(_("现在不在审核阶段，不能再征求意见。"))
    opinion = Opinion(
        person_id=person.id, authority=authority[:80], asked_on=asked_on, result=Answer.ASKED, by=by.username
    )
    db.add(opinion)
    db.flush()
    _log(db, by, "ask_opinion", person, authority=authority[:80])
    return opinion


def note_answer(db: Session, person: GoodPerson, opinion: Opinion, by: Person, result: Answer, note: str = "") -> None:
    """Keep what the authority answered."""
    opinion.result, opinion.note, opinion.by = result, note[:500], by.username
    opinion.answered_on = today() if result in {Answer.CLEAR, Answer.OBJECTION} else None
    db.flush()
    _log(db, by, "note_answer", person, authority=opinion.authority, result=result)


@dataclass(frozen=True)
class NewConsent:
    """A consent as it was given. evidence: where the signed paper or recording is kept."""

    scope: Scope
    giver: Giver
    given_by: str
    given_on: date
    evidence: str


def record_consent(db: Session, person: GoodPerson, by: Person, new: NewConsent) -> Consent:
    """Keep a consent. Raises BadInput for a minor's own: a guardian has to agree."""
    if person.is_minor and new.giver != Giver.GUARDIAN:
        raise BadInput(_("未成年人的同意须由监护人作出。"), _("请选择“监护人”，并写明监护人姓名。"))
    if new.given_on > today():
        raise BadInput(_("同意日期不能晚于今天。"))
    consent = Consent(
        person_id=person.id,
        scope=new.scope,
        giver=new.giver,
        given_by=new.given_by[:60],
        given_on=new.given_on,
        evidence=new.evidence[:300],
        recorded_by=by.username,
        at=now(),
    )
    db.add(consent)
    db.flush()
    _log(db, by, "consent", person, scope=new.scope, giver=new.giver)
    return consent


def withdraw_consent(db: Session, person: GoodPerson, consent: Consent, by: Person) -> None:
    """Take a consent back. A public profile without consent comes down at once, or only its portrait; a notice ends."""
    if consent.withdrawn_on is not None:
        return
    consent.withdrawn_on = today()
    db.flush()
    _log(db, by, "withdraw_consent", person, scope=consent.scope)
    if not faults_of_consent(db, person):
        return
    if person.stage == Stage.NOTICE:
        person.stage, person.notice_from, person.notice_until = Stage.VETTING, None, None
    if person.piece.state == State.PUBLISHED:
        if faults_of_consent(db, person, photo=""):
            person.ending = Ending.CONSENT
            withdraw(db, person.piece, by, _("应本人意愿，不再公开展示。"))
        else:
            _take_portrait_away(db, person, by)
    db.flush()


def _take_portrait_away(db: Session, person: GoodPerson, by: Person) -> None:
    """Only the portrait is no longer consented to; the deeds stay."""
    person.photo = person.photo_alt = person.photo_credit = ""
    use_pictures(db, person.piece, [person.deeds])
    follow_up(db, person.piece, by, person.name, snapshot_of(draft_from(person)), _("撤回肖像同意"))


def demand_consent(db: Session, person: GoodPerson, photo: str, *, is_minor: bool) -> None:
    """Raise Conflict when a text with this photo would show what nobody consented to."""
    faults = faults_of_consent(db, person, photo, is_minor=is_minor)
    if faults:
        raise Conflict(faults[0], " ".join([*faults[1:], _("请先登记同意，再提出更正。")]))


def faults_of_consent(
    db: Session, person: GoodPerson, photo: str | None = None, *, is_minor: bool | None = None
) -> list[str]:
    """Which consent is missing: to the profile always, to the portrait when there is one; for minors a guardian's.

    photo, is_minor: as a changed text would have them; the profile's own when not given.
    """
    photo = person.photo if photo is None else photo
    is_minor = person.is_minor if is_minor is None else is_minor
    given = [consent for consent in list_consents(db, person) if consent.withdrawn_on is None]
    if is_minor:
        given = [consent for consent in given if consent.giver == Giver.GUARDIAN]
    scopes = {consent.scope for consent in given}
    who = _("监护人") if is_minor else _("本人")
    faults = []
    if Scope.PROFILE not in scopes:
        faults.append(_("还没有登记%(who)s对公开姓名和事迹的同意。") % {"who": who})
    if photo and Scope.PORTRAIT not in scopes:
        faults.append(_("还没有登记%(who)s对公开肖像的同意。") % {"who": who})
    return faults


def faults_of_vetting(db: Session, person: GoodPerson) -> list[str]:
    """Which opinions stand in the way; asking nobody is a fault too."""
    opinions = list_opinions(db, person)
    if not opinions:
        return [_("还没有征求有关部门的意见。")]
    waiting = [one.authority for one in opinions if one.result in {Answer.ASKED, Answer.NO_REPLY}]
    against = [one.authority for one in opinions if one.result == Answer.OBJECTION]
    faults = []
    if waiting:
        faults.append(_("这些部门还没有回复：%(names)s。") % {"names": "、".join(waiting)})
    if against:
        faults.append(_("这些部门有异议：%(names)s。") % {"names": "、".join(against)})
    return faults


def faults_before_notice(db: Session, person: GoodPerson) -> list[str]:
    """What stands in the way of the public notice."""
    return [*faults_of_vetting(db, person), *faults_of_consent(db, person)]


def begin_notice(db: Session, person: GoodPerson, by: Person, city: City) -> None:
    """Show the name, place and one line for five working days, from tomorrow's count on.

    Raises Forbidden for who wrote the profile (a second person decides), Conflict with what stands in the way.
    """
    if person.stage != Stage.VETTING:
        raise Conflict(_("只有审核中的人选才能公示。"))
    if person.piece.author == by.username:
        raise Forbidden(_("公示须由撰稿人以外的人决定。"))
    faults = faults_before_notice(db, person)
    if faults:
        raise Conflict(faults[0], " ".join(faults[1:]))
    person.stage = Stage.NOTICE
    person.notice_from = today()
    person.notice_until = due_or_provisional(today(), NOTICE_DAYS, city.calendar).on
    db.flush()
    _log(db, by, "begin_notice", person, until=person.notice_until.isoformat())


def object_to(db: Session, secrets: Secrets, person: GoodPerson, text: str, contact: str) -> Objection:
    """Keep an objection, to a notice or to a public honour. While one is open, nothing goes on."""
    objection = Objection(
        person_id=person.id,
        text=text,
        contact=secrets.encrypt(contact) if contact else "",
        state=ObjectionState.OPEN,
        at=now(),
    )
    db.add(objection)
    db.flush()
    audit.record(db, "public", "person.objection", f"person {person.id}")
    return objection


def decide_objection(
    db: Session, person: GoodPerson, objection: Objection, by: Person, state: ObjectionState, answer: str
) -> None:
    """Answer an objection with a reason. An upheld one stops an honour that is not public yet."""
    if objection.state != ObjectionState.OPEN:
        raise Conflict(_("这条异议已经处理过。"))
    if state == ObjectionState.OPEN or not answer.strip():
        raise BadInput(_("请写明处理结果和理由。"))
    objection.state, objection.answer = state, answer.strip()[:1000]
    objection.decided_by, objection.decided_at = by.username, now()
    if state == ObjectionState.UPHELD and person.piece.state != State.PUBLISHED:
        person.stage = Stage.STOPPED
        person.stop_reason = _("公示异议成立")
    db.flush()
    _log(db, by, "decide_objection", person, state=state)


def open_objections(db: Session, person: GoodPerson) -> int:
    """How many objections wait for an answer."""
    return sum(objection.state == ObjectionState.OPEN for objection in list_objections(db, person))


def faults_before_approval(db: Session, person: GoodPerson) -> list[str]:
    """What stands in the way of the honour after the notice."""
    faults = []
    if person.stage not in {Stage.NOTICE, Stage.APPROVED} or person.notice_until is None:
        faults.append(_("还没有公示。"))
    elif now() < end_of(person.notice_until):
        faults.append(_("公示还没有结束。"))
    if open_objections(db, person):
        faults.append(_("还有异议没有处理。"))
    return [*faults, *faults_before_notice(db, person)]


def approve_honour(db: Session, person: GoodPerson, by: Person) -> None:
    """Recognise the honour after the notice; raise Conflict with what stands in the way."""
    if person.stage != Stage.NOTICE:
        raise Conflict(_("只有公示过的人选才能认定。"))
    faults = faults_before_approval(db, person)
    if faults:
        raise Conflict(faults[0], " ".join(faults[1:]))
    person.stage = Stage.APPROVED
    db.flush()
    _log(db, by, "approve_honour", person)


def stop(db: Session, person: GoodPerson, by: Person, reason: str) -> None:
    """End an honour before publication, with a reason for the file."""
    if person.piece.state == State.PUBLISHED:
        raise Conflict(_("已发布的称号请用“撤销称号”。"))
    if not reason.strip():
        raise BadInput(_("请写明理由。"))
    person.stage, person.stop_reason = Stage.STOPPED, reason.strip()[:500]
    db.flush()
    _log(db, by, "stop", person)


def faults_before_publishing(db: Session, person: GoodPerson) -> list[str]:
    """The law of profiles: recognised after a notice, consented to, nothing open."""
    if person.stage != Stage.APPROVED:
        return [_("称号还没有认定：须先征求意见、公示并认定。")]
    return faults_before_approval(db, person)


def revoke(db: Session, person: GoodPerson, by: Person, reason: str, decision: str, note: str = "") -> None:
    """Take the title back: the page answers 410 without the deeds. decision: the recorded decision it rests on."""
    if not decision.strip():
        raise BadInput(_("撤销称号须有书面决定，请写明文号或会议纪要。"))
    person.ending, person.revoked_on, person.revoke_decision = Ending.REVOKED, today(), decision.strip()[:200]
    db.flush()
    withdraw(db, person.piece, by, reason, note)
