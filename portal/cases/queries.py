"""Reading cases: by number, as the desk's list, as the public list, and counts that scan nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import cos, radians
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, selectinload

from portal.cases.lines import COLUMNS, OTHERS, CaseLine, OtherCase
from portal.cases.models import Case, CaseCount, CaseEvent, CasePhoto, CaseRating
from portal.cases.states import FINAL, NEVER_LATE, RUNNING, WAITING, State
from portal.core.clock import now
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.paging import Page, list_page
from portal.core.roles import Person, Role

NUMBER_LENGTH = 24
LOOK_BACK = 300
PUBLIC_STATES = frozenset({"open", "resolved", "deferred", "late"})
NEAR_DEGREES = 0.0018
"""About 200 m of latitude."""


def find_case(db: Session, case_no: str, *loads: Any) -> Case | None:
    """The case with this number, with the relationships the page shows."""
    if not case_no.isascii() or len(case_no) > NUMBER_LENGTH:
        return None
    return db.scalar(_by_number(_is_writing(db), *loads), {"number": case_no.upper()})


@lru_cache(maxsize=50)
def _by_number(is_writing: bool, *loads: Any) -> Select[Case]:
    query = select(Case).where(Case.case_no == bindparam("number")).options(*map(selectinload, loads))
    return query.with_for_update() if is_writing else query


def _is_writing(db: Session) -> bool:
    """Whether the session may write: then nobody else may move the case between our look and our step."""
    return bool(db.get_bind().get_execution_options().get("write"))


def get_case(db: Session, case_no: str, *loads: Any) -> Case:
    """The case with this number; raise NotFound."""
    case = find_case(db, case_no, *loads)
    if case is None:
        raise NotFound(_("没有这件诉求，或者它不公开。"), _("请核对编号；如果是您提交的，请用查询码查看。"))
    return case


def get_whole_case(db: Session, case_no: str) -> Case:
    """A case with everything its page shows; raise NotFound."""
    return get_case(db, case_no, Case.events, Case.photos, Case.messages, Case.ratings, Case.merged_into)


def sees_all(person: Person) -> bool:
    """Whether a person sees every case: the office's own people do, groups and units do not."""
    return person.may(Role.DISPATCHER, Role.SUPERVISOR)


def may_see(person: Person, case: Case | OtherCase) -> bool:
    """Whether this case is for this member of staff's eyes; a report about their own unit never is."""
    if sees_all(person):
        return True
    if case.is_confidential and case.about_unit is not None and person.unit == case.about_unit:
        return False
    is_groups = person.may(Role.GROUP) and case.group in person.groups
    is_units = person.may(Role.UNIT) and person.unit is not None and person.unit in {case.unit, *case.helpers}
    return is_groups or is_units


def own_only(query: Any, person: Person, group: Any, unit: Any) -> Any:
    """Limit a query over cases or counts to what the person may see."""
    if sees_all(person):
        return query
    parts = []
    if person.may(Role.GROUP):
        groups = sorted(person.groups)
        parts.append(group == groups[0] if len(groups) == 1 else group.in_(groups))
    if person.may(Role.UNIT):
        parts.append(unit == (person.unit or "-"))
    return query.where(or_(*parts)) if parts else query.where(group.is_(None))


def not_about(query: Any, person: Person) -> Any:
    """Leave reports about the person's own unit out of a query over cases."""
    if not person.unit or sees_all(person):
        return query
    return query.where(or_(Case.about_unit.is_(None), Case.about_unit != person.unit))


@dataclass(frozen=True)
class GroupCount:
    """Cases of a group: all that came, still open, resolved or closed after handling, and deferred."""

    total: int = 0
    open: int = 0
    resolved: int = 0
    deferred: int = 0


def newest_step(db: Session) -> int:
    """The id of the newest step of any case: every change of a case writes one, so it tells whether lists changed."""
    return int(db.connection().scalar(_NEWEST_STEP) or 0)


_NEWEST_STEP = select(func.max(CaseEvent.id))


def count_by_group(db: Session) -> dict[str, GroupCount]:
    """Group key → its counts; the key "" holds what nobody has sorted yet."""
    sums: dict[str, dict[str, int]] = {}
    for group, state, count in db.execute(
        select(CaseCount.group, CaseCount.state, func.sum(CaseCount.count)).group_by(CaseCount.group, CaseCount.state)
    ):
        sums.setdefault(group, {})[state] = int(count)
    return {group: _group_count(states) for group, states in sums.items()}


def _group_count(states: dict[str, int]) -> GroupCount:
    left_out = sum(states.get(state, 0) for state in (State.WITHDRAWN, State.MERGED, State.DRAFT_CONFIRM))
    is_open = sum(count for state, count in states.items() if State(state) in WAITING | RUNNING)
    return GroupCount(
        total=sum(states.values()) - left_out,
        open=is_open - states.get(State.DEFERRED, 0),
        resolved=states.get(State.RESOLVED, 0) + states.get(State.CLOSED, 0),
        deferred=states.get(State.DEFERRED, 0),
    )


def _public(*columns: Any) -> Select[Any]:
    return select(*(columns or (Case,))).where(Case.public_from <= now())


def next_moment(db: Session, after: datetime) -> datetime | None:
    """When the next case becomes public by itself."""
    return db.scalar(select(func.min(Case.public_from)).where(Case.public_from > after))


def is_public(case: Case) -> bool:
    """Whether everybody may read the case now."""
    return case.public_from is not None and case.public_from <= now() and not case.is_hidden


@dataclass(frozen=True)
class PublicFilter:
    """What the public list is narrowed to; empty means all.

    state: one of PUBLIC_STATES.  far_before: with the state late, a promise that ended by then is far broken.
    """

    group: str = ""
    district: str = ""
    state: str = ""
    far_before: datetime | None = None


EVERYTHING = PublicFilter()


def list_public(
    db: Session, wanted: PublicFilter = EVERYTHING, after: str | None = None, size: int = 20
) -> Page[CaseLine]:
    """Public cases, newest first; the late ones by their promise, so that who waits longest comes first."""
    is_late = wanted.state == "late"
    keys = [Case.due_at if is_late else Case.public_from, Case.id]
    return list_page(
        db, narrow_public(select(*COLUMNS), wanted), keys,
        lambda case: [case.due_at if is_late else case.public_from, case.id],
        after, size, is_descending=not is_late, line=CaseLine._make,
    )  # fmt: skip


def narrow_public(query: Select[Any], wanted: PublicFilter) -> Select[Any]:
    """A query over cases, kept to public ones that are wanted."""
    group, district, state = wanted.group, wanted.district, wanted.state
    query = query.where(Case.public_from <= now())
    if group:
        query = query.where(Case.group == group)
    if district:
        query = query.where(Case.district == district)
    if state == "open":
        query = query.where(Case.queue <= 1)
    elif state == "late":
        query = query.where(Case.queue <= 1, Case.state.not_in(NEVER_LATE), Case.due_at <= wanted.far_before)
    elif state in {"resolved", "deferred"}:
        query = query.where(Case.state.in_(["resolved", "closed"] if state == "resolved" else ["deferred"]))
    return query


def list_public_newest(db: Session, count: int, group: str = "") -> Sequence[Case]:
    """The newest public cases, of one group or of all."""
    query = _public().where(Case.group == group) if group else _public()
    return db.scalars(query.order_by(Case.public_from.desc(), Case.id.desc()).limit(count)).all()


def list_answered(db: Session, count: int, group: str = "") -> Sequence[Case]:
    """Public cases with an answer, newest first, for the front page and the groups' pages."""
    newest = _public().where(Case.group == group) if group else _public()
    # Where hardly anything is answered yet, the search for answers must not go through the years.
    recent = newest.with_only_columns(Case.id).order_by(Case.public_from.desc(), Case.id.desc()).limit(LOOK_BACK)
    query = select(Case).where(Case.id.in_(recent.subquery().select()), Case.queue >= 2, Case.reply_public != "")
    return db.scalars(query.order_by(Case.public_from.desc(), Case.id.desc()).limit(count)).all()


def count_grades(db: Session, since: datetime | None = None) -> dict[int, int]:
    """Grade 1-5 → ratings given (silence is in none of them)."""
    query = select(CaseRating.grade, func.count()).group_by(CaseRating.grade)
    if since:
        query = query.where(CaseRating.at >= since)
    return {int(grade): int(count) for grade, count in db.execute(query)}


def find_photo(db: Session, case: Case, name: str) -> CasePhoto | None:
    """A photo of this case by the name in its URL."""
    return db.scalar(select(CasePhoto).where(CasePhoto.case_id == case.id, CasePhoto.name == name))


def list_same_reporter(db: Session, case: Case, family: Sequence[int], most: int = 5) -> Sequence[Case]:
    """Other cases of the same contact, newest first; family: the parts of this submission, which stand elsewhere."""
    if not case.contact_hash:
        return []
    query = select(Case).where(Case.contact_hash == case.contact_hash, Case.id.not_in([case.id, *family]))
    return db.scalars(query.order_by(Case.id.desc()).limit(most)).all()


def list_candidates(
    db: Session, group: str, days: int, most: int = 200, is_public_only: bool = False
) -> list[OtherCase]:
    """Recent cases of a group that a new one may be the same as."""
    since = now() - timedelta(days=days)
    if is_public_only:
        query = _public(*OTHERS).where(Case.group == group, Case.public_from >= since)
        return list_others(db, query.order_by(Case.public_from.desc(), Case.id.desc()).limit(most))
    query = select(*OTHERS).where(Case.group == group, Case.queue <= 1, Case.submitted_at >= since)
    return list_others(db, query.order_by(Case.queue, Case.due_at, Case.id).limit(most))


def list_others(db: Session, query: Select[Any]) -> list[OtherCase]:
    """The cases of a query for OTHERS."""
    return [OtherCase._make(row) for row in db.connection().execute(query)]


def list_by_number(db: Session, numbers: Sequence[str]) -> Sequence[Case]:
    """The cases with these numbers, as far as they exist, in no order."""
    return db.scalars(select(Case).where(Case.case_no.in_(numbers))).all() if numbers else []


def list_numbers_of(db: Session, reach: str, most: int = 20) -> Sequence[str]:
    """The numbers of a contact's cases, newest first. reach: the keyed hash of a phone or an address."""
    query = select(Case.case_no).where(or_(Case.contact_hash == reach, Case.email_hash == reach))
    return db.scalars(query.order_by(Case.id.desc()).limit(most)).all()


def list_public_near(db: Session, lat: float, lng: float, days: int, most: int = 50) -> list[OtherCase]:
    """Public cases of some days within about 200 m, by a square on the map: newest first."""
    high, wide = NEAR_DEGREES, NEAR_DEGREES / max(0.1, cos(radians(lat)))
    query = _public(*OTHERS).where(
        Case.lat.between(lat - high, lat + high),
        Case.lng.between(lng - wide, lng + wide),
        Case.public_from >= now() - timedelta(days=days),
    )
    return list_others(db, query.order_by(Case.public_from.desc(), Case.id.desc()).limit(most))


def last_event(case: Case, *actions: str) -> CaseEvent | None:
    """The newest event of these actions among the loaded ones."""
    return next((event for event in reversed(case.events) if event.action in actions), None)


def is_over(case: Case) -> bool:
    """Whether nothing more happens to the case by itself."""
    return case.stands in FINAL
