"""The desk's list: its filters, its pages, what changed in it, and counts that scan nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from portal.cases.desk_models import CaseHelper, CaseShortlist, SavedFilter
from portal.cases.lines import COLUMNS, CaseLine
from portal.cases.models import UNSORTED, Case, CaseCount, CaseEvent
from portal.cases.queries import not_about, own_only
from portal.cases.states import NEVER_LATE, UNCONFIRMED, State
from portal.cases.terms import far_overdue_before
from portal.core.clock import end_of, now, today
from portal.core.paging import Page, make_page, page_statement, read_mark
from portal.core.roles import Person
from portal.groups import City

VIEWS = ("open", "waiting", "overdue", "rating", "mine", "short", "helping", "done", "all")
PROMISES = ("today", "week", "late", "far")
SURENESS = ("strong", "middle", "weak", "none")
STRONG, WEAK = 0.8, 0.5
LAST_SHOWN = 3
"""Cases whose contact is not confirmed come after it: the desk does not see them."""
KEYS = (Case.queue, Case.due_at, Case.id)
MOST_COUNTED = 100
MOST_CHANGES = 50


@dataclass(frozen=True)
class QueueFilter:
    """What the desk's list is narrowed to; every empty value means all.

    view: one of VIEWS.  promise: due today, within seven days, late, far late.  sure: how sure the router was.
    """

    view: str = "open"
    group: str = ""
    unit: str = ""
    district: str = ""
    kind: str = ""
    state: str = ""
    promise: str = ""
    sure: str = ""
    priority: str = ""
    text: str = ""
    is_supervised: bool = False

    def as_query(self) -> dict[str, str]:
        """As it stands in the address; what is not set is left out."""
        names = {"text": "q", "is_supervised": "supervised"}
        found = {names.get(key, key): "1" if value is True else value for key, value in vars(self).items() if value}
        return {key: str(value) for key, value in found.items() if (key, value) != ("view", "open")}


def list_queue(
    db: Session, city: City, person: Person, wanted: QueueFilter, after: str | None = None, size: int = 25
) -> Page[CaseLine]:
    """One page of the desk's list: unsorted first, then by promise; finished ones newest promise first."""
    make = _page_statement if is_steady(wanted) else _page_statement.__wrapped__
    statement, keys = make(city, person, wanted, size, bool(after)), _keys(wanted)
    rows = db.connection().execute(statement, read_mark(keys, after)).all()
    return make_page([CaseLine._make(row) for row in rows], lambda case: [getattr(case, key.key) for key in keys], size)


def is_steady(wanted: QueueFilter) -> bool:
    """Whether the statement of a list is the same at any time, so that it is made once for each person and filter."""
    return wanted.view != "overdue" and not wanted.promise and not wanted.text


def _keys(wanted: QueueFilter) -> tuple[Any, ...]:
    """What a list is ordered by: its place in the queue only where there are several."""
    return KEYS[1:] if wanted.view in _ONE_PLACE and not wanted.state else KEYS


@lru_cache(maxsize=200)
def _page_statement(city: City, person: Person, wanted: QueueFilter, size: int, has_mark: bool) -> Select[Any]:
    is_done = wanted.view == "done"
    return page_statement(_seen(city, person, wanted, is_done and has_mark), _keys(wanted), size, is_done, has_mark)


_ONE_PLACE = {"waiting", "rating"}
_BOUNDED = {"open", "waiting", "overdue", "rating", "helping"}
_VIEWS = {
    "open": Case.queue <= 1,
    "waiting": Case.queue == 0,
    "rating": Case.queue == 2,
    "helping": Case.queue <= 1,
    "done": Case.queue >= 2,
}


def _seen(city: City, person: Person, wanted: QueueFilter, is_marked: bool = False) -> Select[Any]:
    """The cases of a list that the person may see. is_marked: a mark tells where they end, and finds them faster."""
    query = select(*COLUMNS)
    if wanted.view == "helping" and person.unit:
        query = query.join(CaseHelper, and_(CaseHelper.case_id == Case.id, CaseHelper.unit == person.unit))
    else:
        query = own_only(query, person, Case.group, Case.unit)
    if wanted.view == "short":
        mine = CaseShortlist.username == person.username
        query = query.join(CaseShortlist, and_(CaseShortlist.case_id == Case.id, mine))
    if wanted.view == "mine":
        query = query.where(Case.officer == person.username, Case.queue <= 1)
    query = _narrow(city, not_about(query, person), wanted)
    if wanted.view in _BOUNDED and not wanted.state:
        return query  # a second bound would mislead the planner of SQLite
    return query.where((Case.queue + 0 if is_marked else Case.queue) <= LAST_SHOWN)


def _narrow(city: City, query: Select[Any], wanted: QueueFilter) -> Select[Any]:
    if wanted.view == "overdue" and not wanted.state:
        query = query.where(promise_condition(city, "late"))
    elif wanted.view in _VIEWS and not wanted.state:
        query = query.where(_VIEWS[wanted.view])
    if wanted.group:
        query = query.where(Case.group == (UNSORTED if wanted.group == "-" else wanted.group))
    for column, value in (
        (Case.unit, wanted.unit),
        (Case.district, wanted.district),
        (Case.kind, wanted.kind),
        (Case.state, wanted.state),
        (Case.priority, wanted.priority),
    ):
        if value:
            query = query.where(column == value)
    if wanted.promise:
        query = query.where(promise_condition(city, wanted.promise))
    if wanted.sure:
        query = query.where(_sure(wanted.sure))
    if wanted.is_supervised:
        query = query.where(Case.is_supervised)
    return query.where(_says(wanted.text)) if wanted.text else query


def promise_condition(
    city: City, promise: str, moment: datetime | None = None, is_open: ColumnElement[bool] = Case.queue <= 1
) -> ColumnElement[bool]:
    """Open cases by their promise: today, week (seven days), late or far (late by the city's days for the public).

    is_open: another way to say which cases are open, for the sake of the planner.
    """
    at = moment or now()
    runs = and_(is_open, Case.state.not_in(NEVER_LATE))
    if promise == "late":
        return and_(runs, Case.due_at < at)
    if promise == "far":
        return and_(runs, Case.due_at <= far_overdue_before(city, at))
    last = end_of(today() + timedelta(days=0 if promise == "today" else 6))
    return and_(runs, Case.due_at >= at, Case.due_at < last)


def _sure(sure: str) -> ColumnElement[bool]:
    bands = {
        "strong": Case.probability >= STRONG,
        "middle": and_(Case.probability >= WEAK, Case.probability < STRONG),
        "weak": Case.probability < WEAK,
    }
    return bands.get(sure, Case.probability.is_(None))


def _says(text: str) -> ColumnElement[bool]:
    return or_(
        Case.case_no == text.upper(),
        Case.text_raw.contains(text, autoescape=True),
        Case.place.contains(text, autoescape=True),
    )


def count_queue(db: Session, person: Person) -> dict[tuple[str, str], int]:
    """(group, state) → cases, of what the person may see; from the kept counts."""
    query = select(CaseCount.group, CaseCount.state, func.sum(CaseCount.count)).group_by(
        CaseCount.group, CaseCount.state
    )
    rows = db.execute(own_only(query, person, CaseCount.group, CaseCount.unit))
    return {(group, state): int(count) for group, state, count in rows if count and State(state) not in UNCONFIRMED}


def count_promises(db: Session, city: City, person: Person) -> dict[str, int]:
    """today, late, far and mine → open cases, of what the person may see; none is counted beyond MOST_COUNTED."""
    names = ("today", "late", "far", "mine")
    parts = []
    for name in names:
        is_mine = and_(Case.officer == person.username, Case.queue <= 1)
        # Named one by one, both places are searched by their day; a range of places would be read whole.
        condition = is_mine if name == "mine" else promise_condition(city, name, None, Case.queue.in_((0, 1)))
        some = own_only(select(Case.id).where(condition), person, Case.group, Case.unit).limit(MOST_COUNTED).subquery()
        parts.append(select(func.count()).select_from(some).scalar_subquery().label(name))
    return dict(zip(names, db.execute(select(*parts)).one(), strict=True))


Version = tuple[int, int, datetime | None]
_VERSION = select(
    select(func.coalesce(func.max(CaseEvent.id), 0)).scalar_subquery(),
    select(func.count()).select_from(SavedFilter).scalar_subquery(),
    select(func.max(SavedFilter.created_at)).scalar_subquery(),
)


def queue_version(db: Session) -> Version:
    """The newest step of any case, and what tells that saved filters came or went: differs once a list may differ."""
    row = db.connection().execute(_VERSION).one()
    return row[0], row[1], row[2]


@dataclass(frozen=True)
class Changes:
    """What happened to a list since a step. gone: cases that left it.  upto: the newest step."""

    rows: Sequence[CaseLine]
    gone: Sequence[str]
    upto: int


def list_changes(db: Session, city: City, person: Person, wanted: QueueFilter, since: int) -> Changes | None:
    """The cases of a list that changed after this step; None when nothing happened to any case."""
    newest = db.scalar(select(func.max(CaseEvent.id))) or 0
    if newest <= since:
        return None
    steps = select(CaseEvent.case_id).where(CaseEvent.id > since).group_by(CaseEvent.case_id)
    touched = Case.id.in_(db.scalars(steps.order_by(func.max(CaseEvent.id).desc()).limit(MOST_CHANGES)).all())
    rows = [CaseLine._make(row) for row in db.execute(_seen(city, person, wanted).where(touched))]
    here = {case.id for case in rows}
    others = own_only(select(Case.case_no).where(touched, Case.id.not_in(here)), person, Case.group, Case.unit)
    return Changes(rows, db.scalars(others).all(), newest)


_FILTER = (
    SavedFilter.id,
    SavedFilter.owner,
    SavedFilter.owner_name,
    SavedFilter.name,
    SavedFilter.query,
    SavedFilter.is_shared,
)


def list_filters(db: Session, person: Person) -> Sequence[Any]:
    """My saved filters, and those colleagues share: id, owner, owner_name, name, query, is_shared."""
    query = select(*_FILTER).where(or_(SavedFilter.owner == person.username, SavedFilter.is_shared))
    return db.execute(query.order_by(SavedFilter.is_shared, SavedFilter.id).limit(40)).all()
