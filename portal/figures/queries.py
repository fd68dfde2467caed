"""Reading what the figures are made of. One statement gives all rows of a period, however many groups there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from portal.cases import Case, CasePhoto, CaseRating, State
from portal.core.clock import end_of, now, start_of, today
from portal.core.roles import Person, Role
from portal.figures.measures import KINDS, LEFT_OUT, Row

DAYS = 180
MONTHS = 12
QUEUES = (0, 1, 2, 3)


@dataclass(frozen=True)
class Period:
    """Days from first to last, both within. month: "2026-11", or empty for the last half year."""

    first: date
    last: date
    month: str = ""


def period_of(month: str) -> Period:
    """The month when it is one that ended or runs, else the last 180 days."""
    day = today()
    if month in list_months(day):
        first = date.fromisoformat(f"{month}-01")
        following = (first + timedelta(days=32)).replace(day=1)
        return Period(first, min(following - timedelta(days=1), day), month)
    return Period(day - timedelta(days=DAYS), day)


def last_year() -> Period:
    """The months `list_months` names, whole, up to today."""
    day = today()
    return Period(date.fromisoformat(f"{list_months(day)[-1]}-01"), day)


def list_months(day: date) -> list[str]:
    """This month and the eleven before, as 2026-11."""
    months, first = [], day.replace(day=1)
    for _number in range(MONTHS):
        months.append(first.strftime("%Y-%m"))
        first = (first - timedelta(days=1)).replace(day=1)
    return months


def own_cases(person: Person) -> ColumnElement[bool] | None:
    """What a member of staff may count: None for everything, otherwise the own groups' and the own unit's."""
    if person.may(Role.DISPATCHER, Role.SUPERVISOR, Role.ANALYST):
        return None
    parts: list[ColumnElement[bool]] = []
    if person.may(Role.GROUP):
        parts.append(Case.group.in_(sorted(person.groups)))
    if person.may(Role.UNIT) and person.unit:
        parts.append(Case.unit == person.unit)
    return or_(*parts) if parts else false()


def list_rows(
    db: Session,
    period: Period,
    group: str | None = None,
    unit: str = "",
    district: str = "",
    within: ColumnElement[bool] | None = None,
) -> Sequence[Row]:
    """Cases of the base whose promise ended in the period, and not after this moment. group: None for all."""
    moment = now()
    query = (
        select(
            Case.state,
            Case.outcome,
            Case.group,
            Case.unit,
            Case.is_anonymous,
            or_(Case.contact.is_not(None), Case.forgotten_at.is_not(None)),
            and_(Case.reply_public != "", Case.public_from.is_not(None)),
            Case.submitted_at,
            Case.due_at,
            Case.contact_due_at,
            Case.first_contact_at,
            Case.resolved_at,
            CaseRating.grade,
            CaseRating.solved,
            Case.district,
            Case.dispatched_at,
            Case.return_count,
            Case.reopen_count,
            exists().where(CasePhoto.case_id == Case.id, CasePhoto.kind == "proof"),
            Case.is_sample,
        )
        .outerjoin(CaseRating, and_(CaseRating.case_id == Case.id, CaseRating.turn == Case.reopen_count))
        .where(
            # All there are; the indices that hold the promise begin with the queue.
            Case.queue.in_(QUEUES),
            Case.due_at >= start_of(period.first),
            Case.due_at < min(end_of(period.last), moment),
            Case.kind.in_(KINDS),
            Case.state.not_in(LEFT_OUT),
        )
    )
    for column, value in ((Case.unit, unit), (Case.district, district)):
        if value:
            query = query.where(column == value)
    if group is not None:
        query = query.where(Case.group == group)
    if within is not None:
        query = query.where(within)
    return [Row._make(row) for row in db.execute(query)]


@dataclass(frozen=True)
class Standing:
    """What stands beside the rates because it is in none of them: cases on the ledger 挂账 now."""

    group: str
    unit: str
    district: str
    count: int


def list_deferred(db: Session, within: ColumnElement[bool] | None = None) -> Sequence[Standing]:
    """Deferred cases of now by group, unit and district; they are few, and an index leads to them."""
    places = (Case.group, func.coalesce(Case.unit, ""), func.coalesce(Case.district, ""))
    query = select(*places, func.count()).where(Case.state == State.DEFERRED, Case.kind.in_(KINDS)).group_by(*places)
    if within is not None:
        query = query.where(within)
    return [Standing(group, unit, district, int(count)) for group, unit, district, count in db.execute(query)]


def list_openings(db: Session, since: datetime, until: datetime) -> Sequence[tuple[str, str, datetime]]:
    """Group, district (empty when none was named) and moment of every case submitted from one moment to another."""
    query = select(Case.group, func.coalesce(Case.district, ""), Case.submitted_at).where(
        # A promise is never earlier than its case, and the indices that hold the promise begin with the queue.
        Case.queue.in_(QUEUES),
        Case.due_at >= since,
        Case.submitted_at >= since,
        Case.submitted_at < until,
        Case.kind.in_(KINDS),
        Case.state.not_in((State.DRAFT_CONFIRM, State.WITHDRAWN)),
    )
    return [(row[0], row[1], row[2]) for row in db.execute(query)]
