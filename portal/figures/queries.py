"""Reading what the figures are made of. One statement gives all rows of a period, however many groups there are."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from portal.cases import Case, CasePhoto, CaseRating, State
from portal.core.clock import end_of, local, start_of, today
from portal.core.roles import Person, Role
from portal.figures.measures import KINDS, LEFT_OUT, Row, Tally
from portal.figures.models import ONLY, FigureCell, FigureRun

MONTHS = 12
HALF = 6
QUEUES = (0, 1, 2, 3)


@dataclass(frozen=True)
class Period:
    """Days from first to last, both within; whole months, up to today. month: "2026-11", or empty for the half year."""

    first: date
    last: date
    month: str = ""

    @property
    def months(self) -> tuple[str, str]:
        """The first month and the last, as 2026-11."""
        return self.first.strftime("%Y-%m"), self.last.strftime("%Y-%m")


def period_of(month: str) -> Period:
    """The month when it is one that ended or runs, else the running month and the five before it."""
    day = today()
    months = list_months(day)
    if month in months:
        found = month_of(month)
        return Period(found.first, min(found.last, day), month)
    return Period(month_of(months[HALF - 1]).first, day)


def month_of(month: str) -> Period:
    """A whole month."""
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=32)).replace(day=1)
    return Period(first, following - timedelta(days=1), month)


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


def own_cases(person: Person, table: type[Case] | type[FigureCell] = Case) -> ColumnElement[bool] | None:
    """What a member of staff may count: None for everything, otherwise the own groups' and the own unit's."""
    if person.may(Role.DISPATCHER, Role.SUPERVISOR, Role.ANALYST):
        return None
    parts: list[ColumnElement[bool]] = []
    if person.may(Role.GROUP):
        parts.append(table.group.in_(sorted(person.groups)))
    if person.may(Role.UNIT) and person.unit:
        parts.append(table.unit == person.unit)
    return or_(*parts) if parts else false()


@dataclass(frozen=True)
class Cell:
    """The sums of one month and place."""

    month: str
    group: str
    unit: str
    district: str
    tally: Tally


def list_cells(
    db: Session,
    period: Period,
    group: str | None = None,
    unit: str = "",
    district: str = "",
    within: ColumnElement[bool] | None = None,
) -> Sequence[Cell]:
    """The sums of the months of a period: as many rows as there are places, however many cases. group: None for all."""
    query = select(FigureCell).where(FigureCell.month.between(*period.months))
    for column, value in ((FigureCell.unit, unit), (FigureCell.district, district)):
        if value:
            query = query.where(column == value)
    if group is not None:
        query = query.where(FigureCell.group == group)
    if within is not None:
        query = query.where(within)
    found = db.scalars(query.order_by(FigureCell.month))
    return [Cell(one.month, one.group, one.unit, one.district, Tally.unpacked(one.sums)) for one in found]


def total(cells: Iterable[Cell]) -> Tally:
    """All of them together."""
    whole = Tally()
    for cell in cells:
        whole.join(cell.tally)
    return whole


def totals(cells: Iterable[Cell], place: Callable[[Cell], str]) -> defaultdict[str, Tally]:
    """The sums by place."""
    parts: defaultdict[str, Tally] = defaultdict(Tally)
    for cell in cells:
        parts[place(cell)].join(cell.tally)
    return parts


def count_judged(db: Session, period: Period) -> dict[str, tuple[int, int]]:
    """Group the router chose → (right, judged) of its audit sample in the months of a period."""
    found: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    query = select(FigureCell.group, FigureCell.sums).where(
        FigureCell.month.between(*period.months), FigureCell.unit == "", FigureCell.district == ""
    )
    for group, sums in db.execute(query):
        right, judged = (sums["counts"].get(name, 0) for name in ("right", "judged"))
        found[group] = (found[group][0] + right, found[group][1] + judged)
    return {group: pair for group, pair in found.items() if pair[1]}


def find_run(db: Session) -> FigureRun | None:
    """The newest count; None when there has not been one."""
    return db.get(FigureRun, ONLY)


def stream_rows(db: Session, period: Period, moment: datetime) -> Iterator[Row]:
    """Cases of the base whose promise ended in the period, and not after this moment; for whoever sums them up."""
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
    for row in db.execute(query.execution_options(yield_per=1000)):
        yield Row._make(row)


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


def count_openings(db: Session, since: datetime, until: datetime) -> Counter[tuple[str, str, date]]:
    """Group, district (empty when none was named) and day → cases submitted from one moment to another."""
    query = select(Case.group, func.coalesce(Case.district, ""), Case.submitted_at).where(
        # A promise is never earlier than its case, and the indices that hold the promise begin with the queue.
        Case.queue.in_(QUEUES),
        Case.due_at >= since,
        Case.submitted_at >= since,
        Case.submitted_at < until,
        Case.kind.in_(KINDS),
        Case.state.not_in((State.DRAFT_CONFIRM, State.WITHDRAWN)),
    )
    rows = db.execute(query.execution_options(yield_per=1000))
    return Counter((group, district, local(at).date()) for group, district, at in rows)
