"""Further honours of a good person: one life story, from the community's to the nation's, each with its batch and day.

An honour of another authority is entered with its document and confirmed by a second person. One that this office
gives goes through a public notice of its own; objections stop it until they are answered, as with the first.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.core import audit
from portal.core.clock import end_of, local, now, today
from portal.core.errors import BadInput, Conflict, Forbidden, NotFound
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.editorial import follow_up, live
from portal.groups import City, due_or_provisional
from portal.people import honour
from portal.people.drafts import draft_from, snapshot_of
from portal.people.later import HonourStep, StepState
from portal.people.models import GoodPerson

OPEN = (StepState.PROPOSED, StepState.NOTICE)


@dataclass(frozen=True)
class NewStep:
    """What is typed about a further honour."""

    level: str
    honour_title: str
    batch_year: int
    batch_no: int
    batch_label: str
    is_ours: bool
    authority: str = ""
    decision: str = ""
    honoured_on: date | None = None


@dataclass(frozen=True)
class Honour:
    """One line of a life story. authority: who gave it; empty for this office."""

    level: str
    honour_title: str
    batch_label: str
    on: date | None
    authority: str = ""


def _rank(city: City, level: str) -> int:
    """0 for the highest level of the city."""
    keys = [one.key for one in city.people_levels]
    return keys.index(level) if level in keys else len(keys)


def list_steps(db: Session, person: GoodPerson) -> Sequence[HonourStep]:
    """Every further honour in any state, for the desk."""
    return db.scalars(select(HonourStep).where(HonourStep.person_id == person.id).order_by(HonourStep.id)).all()


def life_story(db: Session, person: GoodPerson) -> list[Honour]:
    """The honours a person holds, oldest first; the first one alone while no other was given."""
    held = [step for step in list_steps(db, person) if step.state == StepState.HELD]
    if not held:
        at = person.piece.published_at
        return [Honour(person.level, person.honour_title, person.batch_label, local(at).date() if at else None)]
    story = [Honour(step.level, step.honour_title, step.batch_label, step.honoured_on, step.authority) for step in held]
    return sorted(story, key=lambda one: one.on or date.min)


def list_in_notice(db: Session) -> Sequence[HonourStep]:
    """Further honours whose public notice is running today, the first to end first."""
    return db.scalars(
        select(HonourStep)
        .join(HonourStep.person)
        .join(GoodPerson.piece)
        .where(live(), HonourStep.state == StepState.NOTICE)
        .where(HonourStep.notice_from <= today(), HonourStep.notice_until >= today())
        .options(joinedload(HonourStep.person))
        .order_by(HonourStep.notice_until, HonourStep.id)
        .limit(50)
    ).all()


def get_step(db: Session, person: GoodPerson, step_id: int) -> HonourStep:
    """A further honour of this person; raise NotFound."""
    step = db.get(HonourStep, step_id)
    if step is None or step.person_id != person.id:
        raise NotFound(_("没有这项荣誉记录。"))
    return step


def propose(db: Session, person: GoodPerson, new: NewStep, by: Person, city: City) -> HonourStep:
    """Enter a further honour of a public profile; it must be a higher one than the profile has."""
    if not person.piece.is_live:
        raise Conflict(_("只有已发布的好人才能登记新的荣誉。"))
    if _rank(city, new.level) >= _rank(city, person.level):
        raise BadInput(_("新的荣誉应高于现在的层级。"), _("同一层级写错的，请用“更正”。"))
    if not new.is_ours and not (new.authority and new.decision and new.honoured_on):
        raise BadInput(_("上级授予的荣誉须写明授予单位、文号和日期。"))
    if new.honoured_on is not None and new.honoured_on > today():
        raise BadInput(_("授予日期不能晚于今天。"))
    if any(step.state in OPEN for step in list_steps(db, person)):
        raise Conflict(_("还有一项荣誉正在办理，请先办完。"))
    step = HonourStep(person_id=person.id, state=StepState.PROPOSED, made_by=by.username, at=now(), **asdict(new))
    db.add(step)
    db.flush()
    audit.record(db, by, "person.propose_step", f"person {person.id}", level=new.level)
    return step


def faults_of(db: Session, person: GoodPerson, step: HonourStep) -> list[str]:
    """What still stands in the way of giving this honour."""
    faults = honour.faults_of_consent(db, person)
    if honour.open_objections(db, person):
        faults.append(_("还有异议没有处理。"))
    if step.is_ours and step.state == StepState.PROPOSED:
        faults.append(_("还没有公示。"))
    elif step.is_ours and step.notice_until is not None and now() < end_of(step.notice_until):
        faults.append(_("公示还没有结束。"))
    return faults


def _demand_second(step: HonourStep, by: Person) -> None:
    if step.made_by == by.username:
        raise Forbidden(_("须由登记人以外的人确认。"))


def begin_notice(db: Session, person: GoodPerson, step: HonourStep, by: Person, city: City) -> None:
    """Announce a further honour of ours for five working days."""
    _demand_second(step, by)
    if not step.is_ours or step.state != StepState.PROPOSED:
        raise Conflict(_("这项荣誉不需要公示，或已经公示过。"))
    step.state, step.notice_from = StepState.NOTICE, today()
    step.notice_until = due_or_provisional(today(), honour.NOTICE_DAYS, city.calendar).on
    db.flush()
    audit.record(db, by, "person.step_notice", f"person {person.id}", until=step.notice_until.isoformat())


def confirm(db: Session, person: GoodPerson, step: HonourStep, by: Person) -> None:
    """Give it, as a second person: the profile bears the higher honour, the story keeps those before."""
    if step.state not in OPEN:
        raise Conflict(_("这项荣誉已经办理过。"))
    _demand_second(step, by)
    faults = faults_of(db, person, step)
    if faults:
        raise Conflict(faults[0], " ".join(faults[1:]))
    if not any(one.state == StepState.HELD for one in list_steps(db, person)):
        _keep_first(db, person, by)
    step.state, step.confirmed_by = StepState.HELD, by.username
    step.honoured_on = step.honoured_on or today()
    for name in ("level", "honour_title", "batch_year", "batch_no", "batch_label"):
        setattr(person, name, getattr(step, name))
    db.flush()
    note = _("获评%(title)s") % {"title": step.honour_title}
    follow_up(db, person.piece, by, person.name, snapshot_of(draft_from(person)), note)
    audit.record(db, by, "person.step_confirm", f"person {person.id}", level=step.level)


def _keep_first(db: Session, person: GoodPerson, by: Person) -> None:
    """Write down the honour the profile was published with, before a higher one takes its place there."""
    at = person.piece.published_at or now()
    db.add(
        HonourStep(
            person_id=person.id,
            level=person.level,
            honour_title=person.honour_title,
            batch_year=person.batch_year,
            batch_no=person.batch_no,
            batch_label=person.batch_label,
            is_ours=True,
            state=StepState.HELD,
            honoured_on=local(at).date(),
            made_by=person.piece.author,
            confirmed_by=by.username,
            at=now(),
        )
    )
    db.flush()


def drop(db: Session, person: GoodPerson, step: HonourStep, by: Person) -> None:
    """Do not go on with a further honour; the profile stays as it is."""
    if step.state not in OPEN:
        raise Conflict(_("这项荣誉已经办理过。"))
    step.state = StepState.DROPPED
    db.flush()
    audit.record(db, by, "person.step_drop", f"person {person.id}", level=step.level)
