"""What waits for a member of staff, by role: cases, reviews, messages, stale columns. Nothing here writes.

Each kind of task is one statement, whatever it finds; none counts further than MOST, so none scans.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from portal.cases import Case, State, mentioned_in, state_name
from portal.core.clock import end_of, now, short_in_chinese, start_of, today
from portal.core.i18n import gettext as _
from portal.core.mail import Delivery, OutboxMessage
from portal.core.pages import day
from portal.core.roles import CASE_STAFF, Person, Role
from portal.editorial import Piece, list_awaiting
from portal.editorial import State as PieceState
from portal.groups import City, working_days_between
from portal.people import list_in_notice
from portal.publishing import list_freshness
from portal.surveys import count_by_survey, list_open

MOST = 100
SHOWN = 5
SUMMARY_LENGTH = 44
ARBITERS = (Role.DISPATCHER, Role.SUPERVISOR)
CONTENT = (Role.EDITOR, Role.REVIEWER)


@dataclass(frozen=True)
class Line:
    """One thing of a task. url may be empty."""

    title: str
    url: str = ""
    state: str = ""
    tone: str = "info"
    notes: Sequence[str] = ()
    is_sample: bool = False


@dataclass(frozen=True)
class Task:
    """A kind of thing that waits. count: how many, MOST for that many or more; url: where all of them are."""

    key: str
    title: str
    count: int
    url: str = ""
    tone: str = ""
    lines: Sequence[Line] = field(default_factory=list)

    @property
    def count_text(self) -> str:
        """12, or 100+."""
        return f"{MOST}+" if self.count >= MOST else str(self.count)


def list_tasks(db: Session, city: City, person: Person) -> list[Task]:
    """Everything that waits for this person, the most pressing first; kinds without anything are left out."""
    found: list[Task] = []
    if person.may(*CASE_STAFF):
        found.append(_mentions(db, city, person))
        found += _case_tasks(db, city, person)
    if person.may(*CONTENT):
        found += _content_tasks(db, city, person)
    if person.may(Role.ANALYST):
        found.append(_open_surveys(db))
    if person.may(Role.DISPATCHER, Role.ADMIN):
        found.append(_stuck_messages(db))
    return [task for task in found if task.count]


def own_cases(person: Person) -> ColumnElement[bool] | None:
    """The condition of the cases that are this person's; None: all of them."""
    if person.may(*ARBITERS):
        return None
    parts: list[ColumnElement[bool]] = []
    if person.may(Role.GROUP):
        parts.append(Case.group.in_(sorted(person.groups)))
    if person.may(Role.UNIT) and person.unit:
        parts.append(Case.unit == person.unit)
    return or_(*parts) if parts else false()


def _case_tasks(db: Session, city: City, person: Person) -> Iterator[Task]:
    moment = now()
    for key, title, tone, condition, url in _questions(city, person, moment):
        query = select(
            Case.case_no, Case.text_public, Case.state, Case.due_at, Case.due_on, Case.group, Case.is_sample
        ).where(condition)
        own = own_cases(person)
        if own is not None:
            query = query.where(own)
        rows = db.execute(query.order_by(Case.queue, Case.due_at, Case.id).limit(MOST)).all()
        yield Task(key, title, len(rows), url, tone, [_case_line(city, row, moment) for row in rows[:SHOWN]])


def _mentions(db: Session, city: City, person: Person) -> Task:
    """Cases with a note that names this person, until they have said that they read it."""
    query = (
        select(Case.case_no, Case.text_public, Case.state, Case.due_at, Case.due_on, Case.group, Case.is_sample)
        .where(Case.id.in_(mentioned_in(person.username)))
        .order_by(Case.queue, Case.due_at, Case.id)
        .limit(MOST)
    )
    rows = db.execute(query).all()
    lines = [_case_line(city, row, now()) for row in rows[:SHOWN]]
    return Task("mentions", _("备注里提到您"), len(rows), "", "accent", lines)


def _questions(
    city: City, person: Person, moment: datetime
) -> Iterator[tuple[str, str, str, ColumnElement[bool], str]]:
    """(key, title, tone, condition, where all of them are) for this person's roles."""
    runs = Case.queue.in_((0, 1))
    listed = "/desk/cases?"
    yield (
        "overdue",
        _("已超期"),
        "accent",
        and_(runs, Case.due_at < moment, Case.state != State.DEFERRED),
        f"{listed}view=overdue",
    )
    if person.may(Role.DISPATCHER):
        yield "waiting", _("等待分派"), "warn", Case.queue == 0, f"{listed}view=waiting"
    if person.may(*ARBITERS):
        for state in (State.RETURN_ASKED, State.EXTENSION_ASKED, State.REOPEN_ASKED):
            yield state.value, state_name(city, state), "warn", Case.state == state, f"{listed}state={state}"
        # The promise runs on while a deferral waits for the second person, so nobody else would remember it.
        proposed = Case.defer_proposal["by"].as_string().is_not(None)
        yield "defer", _("挂账待审"), "warn", and_(Case.state == State.IN_PROGRESS, proposed), ""
        since = _working_days_ago(city, city.deadlines.stuck_working_days)
        stuck = and_(Case.state == State.DISPATCHED, Case.dispatched_at < since)
        yield "stuck", _("派出多日无人签收"), "warn", stuck, f"{listed}state={State.DISPATCHED}"
        outside = and_(Case.state == State.TRANSFERRED, Case.review_on <= today())
        yield "outside", _("转外部，到了回访日期"), "info", outside, f"{listed}state={State.TRANSFERRED}"
    if person.may(Role.GROUP, Role.UNIT):
        signing = and_(Case.queue == 1, Case.state == State.DISPATCHED)
        yield "sign", _("等待签收"), "info", signing, f"{listed}state={State.DISPATCHED}"
        # Reporters are promised a call within a day, and a second try is short of time from the start.
        calling = and_(Case.queue == 1, Case.state == State.ACCEPTED)
        yield "contact", _("等待联系反映人"), "warn", calling, f"{listed}state={State.ACCEPTED}"
        again = and_(Case.queue == 1, Case.state == State.REOPENED)
        yield "again", _("重办中"), "warn", again, f"{listed}state={State.REOPENED}"
    ends = and_(runs, Case.due_at >= moment, Case.due_at < end_of(today()), Case.state != State.DEFERRED)
    yield "today", _("今天到期"), "warn", ends, f"{listed}view=open"
    if person.may(Role.SUPERVISOR):
        supervised = and_(runs, Case.is_supervised)
        yield "supervised", _("正在督办"), "info", supervised, f"{listed}supervised=1"


def _working_days_ago(city: City, days: int) -> datetime:
    """The start of the day from which so many working days have passed."""
    first = today()
    while working_days_between(first, today(), city.calendar) < days and (today() - first).days < 5 * days:
        first -= timedelta(days=1)
    return start_of(first)


def _case_line(city: City, row: Any, moment: datetime) -> Line:
    text = " ".join(row.text_public.split())
    group = city.find_group(row.group)
    state = State(row.state)
    due = _("已过承诺 %(day)s") if row.due_at < moment else _("承诺 %(day)s")
    return Line(
        title=text if len(text) <= SUMMARY_LENGTH else f"{text[: SUMMARY_LENGTH - 1]}…",
        url=f"/desk/cases/{row.case_no}",
        state=state_name(city, state),
        tone="warn" if row.due_at < moment else "info",
        notes=(row.case_no, group.short if group else _("未分组"), due % {"day": short_in_chinese(row.due_on)}),
        is_sample=row.is_sample,
    )


def _content_tasks(db: Session, city: City, person: Person) -> Iterator[Task]:
    awaiting = list_awaiting(db, person)
    lines = [_piece_line(piece) for piece in awaiting[:SHOWN]]
    yield Task("review", _("稿件等您审核或修改"), len(awaiting), "", "warn", lines)
    drafts = db.scalars(
        select(Piece)
        .where(Piece.author == person.username, Piece.state == PieceState.DRAFT)
        # A draft that was sent back stands among what awaits its author already.
        .where(Piece.round == 1, Piece.object_id.is_not(None))
        .order_by(Piece.updated_at.desc())
        .limit(MOST)
    ).all()
    yield Task("drafts", _("我的草稿"), len(drafts), "", "", [_piece_line(piece) for piece in drafts[:SHOWN]])
    yield _notices(db)
    stale = [column for column in list_freshness(db, city) if column.tone != "ok"]
    yield Task(
        "stale",
        _("栏目该更新了"),
        len(stale),
        "/desk/news",
        "warn",
        [
            Line(
                column.name,
                f"/news?column={column.key}",
                _("还没有内容") if column.days is None else _("%(days)s 天前更新") % {"days": column.days},
                column.tone,
                (_("最长 %(days)s 天须更新") % {"days": column.limit},),
            )
            for column in stale
        ],
    )


def _notices(db: Session) -> Task:
    """Good people whose public notice is running: who objects does it now, and the end must not be missed."""
    found = list_in_notice(db)
    lines = [
        Line(
            one.name,
            f"/desk/people/{one.id}",
            _("公示至 %(day)s") % {"day": day(one.notice_until)},
            notes=(one.region,),
            is_sample=one.is_sample,
        )
        for one in found[:SHOWN]
    ]
    return Task("notices", _("好人正在公示"), len(found), "/desk/people", "", lines)


def _open_surveys(db: Session) -> Task:
    """Surveys that are taking answers, with how many there are."""
    found = list_open(db)
    counts = count_by_survey(db, found)
    lines = [
        Line(
            one.title,
            f"/desk/surveys/{one.id}",
            _("%(count)s 份答卷") % {"count": counts.get(one.id, 0)},
            "ok",
            (_("到 %(day)s") % {"day": day(one.closes_at)} if one.closes_at else _("没有截止日期"),),
            one.is_sample,
        )
        for one in found[:SHOWN]
    ]
    return Task("surveys", _("正在进行的问卷"), len(found), "/desk/surveys", "", lines)


def _piece_line(piece: Piece) -> Line:
    return Line(piece.title, piece.desk_path, piece.state_name, piece.tone or "info", (piece.author_name,))


def _stuck_messages(db: Session) -> Task:
    query = select(OutboxMessage.id).where(OutboxMessage.state == Delivery.STUCK).limit(MOST)
    count = len(db.scalars(query).all())
    return Task("messages", _("发不出去的消息"), count, "/desk/outbox?state=stuck", "accent")
