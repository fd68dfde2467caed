"""What stands beside a case so that somebody can decide: same reporter, same place, same words, the unit's record."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.cases.lines import OTHERS, OtherCase
from portal.cases.models import Case, CaseCount, CaseRating
from portal.cases.queries import list_candidates, list_others, may_see, not_about, own_only
from portal.cases.similar import NEAR_M, find_alike, is_near
from portal.cases.states import RUNNING, State
from portal.core.roles import Person
from portal.groups import City

M_PER_DEGREE = 111_320
MOST_NEAR = 60
MOST_JOINED = 50
SHOWN = 6
LOOKED_AT = 50


@dataclass(frozen=True)
class Neighbour:
    """Another case, and why it stands here."""

    case: OtherCase
    is_near: bool
    is_alike: bool


def list_neighbours(db: Session, city: City, person: Person, case: Case, family: Sequence[int]) -> list[Neighbour]:
    """Cases within 200 m, or with the same words, that this person may see; parts of the same submission left out."""
    group = case.group or case.suggested_group or ""
    recent = list_candidates(db, group, city.deadlines.merge_window_days)
    seen = {one.id: one for one in recent if one.id not in family and may_see(person, one)}
    alike = {one.case.id for one in find_alike(case.text_public, case.place_public, seen.values(), most=SHOWN)}
    around = {one.id: one for one in _list_near(db, person, case) if one.id not in family}
    both = {**around, **seen}
    found = [Neighbour(one, one.id in around or is_near(case, one), key in alike) for key, one in both.items()]
    wanted = [one for one in found if one.is_near or one.is_alike]
    return sorted(wanted, key=lambda one: (-one.is_near - one.is_alike, -one.case.id))[:SHOWN]


def _list_near(db: Session, person: Person, case: Case) -> list[OtherCase]:
    """Cases of any group within 200 m, newest first."""
    if case.lat is None or case.lng is None:
        return []
    high = NEAR_M / M_PER_DEGREE
    wide = high / max(0.1, cos(radians(case.lat)))
    query = select(*OTHERS).where(
        Case.lat.between(case.lat - high, case.lat + high), Case.lng.between(case.lng - wide, case.lng + wide)
    )
    query = own_only(
        not_about(query, person).where(Case.state != State.WITHDRAWN, Case.id != case.id), person, Case.group, Case.unit
    )
    found = list_others(db, query.order_by(Case.id.desc()).limit(MOST_NEAR))
    return [one for one in found if is_near(case, one)]


def list_joined(db: Session, person: Person, case: Case) -> list[tuple[OtherCase, bool]]:
    """What was joined to this case, and whether the person may open it; reports in confidence stay with the office.

    Whoever handles the main case reads what the others said, though theirs were never sent to them.
    """
    found = list_others(db, select(*OTHERS).where(Case.merged_into_id == case.id).order_by(Case.id).limit(MOST_JOINED))
    seen = [(one, may_see(person, one)) for one in found]
    return [(one, is_seen) for one, is_seen in seen if is_seen or not one.is_confidential]


@dataclass(frozen=True)
class UnitRecord:
    """How a unit has done: what it has open, and its last cases that came to an end (at most 50).

    on_time: of these.  returned, reopened: of these.  grades: the reporter's own, 5 best; silence is in none of them.
    """

    open: int
    ended: int
    on_time: int
    returned: int
    reopened: int
    grades: tuple[int, ...]

    @property
    def bad_grades(self) -> int:
        """How many of the grades were 1 or 2."""
        return sum(1 for grade in self.grades if grade <= 2)


def find_unit_record(db: Session, unit: str | None) -> UnitRecord | None:
    """What this unit has open, and how its last cases ended; None while no unit has the case."""
    if not unit:
        return None
    running = [state.value for state in RUNNING]
    is_open = db.scalar(
        select(func.coalesce(func.sum(CaseCount.count), 0)).where(
            CaseCount.unit == unit, CaseCount.state.in_(running)
        )  # fmt: skip
    )
    last = (
        select(Case.id, Case.resolved_at, Case.due_at, Case.return_count, Case.reopen_count)
        .where(Case.unit == unit, Case.queue >= 2)
        .order_by(Case.queue.desc(), Case.due_at.desc(), Case.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    is_latest = and_(CaseRating.case_id == last.c.id, CaseRating.turn == last.c.reopen_count)
    rows = db.execute(select(last, CaseRating.grade).outerjoin(CaseRating, is_latest)).all()
    ended = [row for row in rows if row.resolved_at is not None]
    return UnitRecord(
        open=int(is_open or 0),
        ended=len(ended),
        on_time=sum(1 for row in ended if row.resolved_at <= row.due_at),
        returned=sum(1 for row in rows if row.return_count),
        reopened=sum(1 for row in ended if row.reopen_count),
        grades=tuple(row.grade for row in ended if row.grade is not None),
    )
