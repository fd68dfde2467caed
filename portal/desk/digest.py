"""The morning letter: what is new, due, overdue and waiting, for each member of staff who has any of it.

It names numbers, days and links; the words of cases stay at the desk, behind the sign-in.
"""

from datetime import date, datetime, time, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.accounts import Staff
from portal.cases import Case
from portal.core.clock import local, now, short_in_chinese, start_of, today
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.mail import Channel, write_message
from portal.core.pages import day as day_text
from portal.core.roles import CASE_STAFF, Person
from portal.core.signing import BadToken
from portal.core.web import Ctx, Portal
from portal.desk.tasks import MOST, SHOWN, Line, Task, list_tasks, own_cases
from portal.groups import CalendarMissing, City

READY = time(7, 30)
PURPOSE = "morning letter"
LINK_S = 400 * 24 * 3600
CASE = "/desk/cases/"


def send_letters(portal: Portal, at: datetime | None = None) -> int:
    """Write today's letters once the morning has come, on days the office works; returns how many.

    Each member of staff is claimed in a transaction of their own, so that a letter is written once whatever stops.
    """
    moment = local(at or now())
    if moment.time() < READY or not _works(portal.city, moment.date()):
        return 0
    wants = and_(Staff.email.is_not(None), Staff.wants_digest, Staff.is_disabled.is_(False))
    due = and_(wants, or_(Staff.digest_on.is_(None), Staff.digest_on < moment.date()))
    with portal.database.read() as db:
        numbers = db.scalars(select(Staff.id).where(due).order_by(Staff.id)).all()
    sent = 0
    for number in numbers:
        with portal.database.write() as db:
            claimed = db.execute(update(Staff).where(Staff.id == number, due).values(digest_on=moment.date()))
            if claimed.rowcount:  # type: ignore[attr-defined]
                sent += _write(portal, db, db.get_one(Staff, number))
    return sent


def _works(city: City, day: date) -> bool:
    try:
        return city.is_workday(day)
    except CalendarMissing:
        return day.weekday() < 5


def _write(portal: Portal, db: Session, staff: Staff) -> bool:
    tasks = list_letter_tasks(db, portal.city, staff)
    if not tasks or staff.email is None:
        return False
    base = portal.settings.base_url
    body = "\n\n".join(_section(task, base) for task in tasks)
    head = _("%(name)s，早上好。今天（%(day)s）等您处理的事：") % {"name": staff.name, "day": day_text(today())}
    write_message(
        db,
        portal.secrets,
        Channel.EMAIL,
        portal.secrets.decrypt(staff.email),
        _("早报：%(what)s") % {"what": "、".join(f"{task.title} {task.count_text}" for task in tasks[:4])},
        f"{head}\n\n{body}\n\n{_('到工作台处理：')}{base}/desk",
        about=f"staff {staff.username}",
        stop_path=f"/morning-letter/{portal.secrets.sign(PURPOSE, staff.username)}",
    )
    return True


def list_letter_tasks(db: Session, city: City, person: Person) -> list[Task]:
    """What waits for this person, and before it what came since yesterday morning."""
    tasks = list_tasks(db, city, person)
    fresh = _new_cases(db, city, person) if person.may(*CASE_STAFF) else None
    return [fresh, *tasks] if fresh is not None and fresh.count else tasks


def _new_cases(db: Session, city: City, person: Person) -> Task:
    since = start_of(today() - timedelta(days=1))
    own = own_cases(person)
    # The office counts what came in; groups and units what came to them.
    arrived = Case.submitted_at >= since if own is None else Case.dispatched_at >= since
    query = select(Case.case_no, Case.group, Case.due_on).where(Case.queue.in_((0, 1)), arrived)
    if own is not None:
        query = query.where(own)
    rows = db.execute(query.order_by(Case.queue, Case.due_at, Case.id).limit(MOST)).all()
    lines = []
    for number, key, due_on in rows[:SHOWN]:
        group = city.find_group(key)
        notes = (number, group.short if group else _("未分组"), _("承诺 %(day)s") % {"day": short_in_chinese(due_on)})
        lines.append(Line("", f"{CASE}{number}", notes=notes))
    return Task("new", _("昨天以来新到"), len(rows), "/desk/cases?view=open", "info", lines)


def _section(task: Task, base: str) -> str:
    lines = [_("%(title)s：%(count)s 件") % {"title": task.title, "count": task.count_text}]
    for line in task.lines:
        words = " · ".join(line.notes) if line.url.startswith(CASE) else line.title
        lines.append(f"· {words}{f' {base}{line.url}' if line.url else ''}")
    if task.count > len(task.lines) and task.url:
        lines.append(f"· {_('全部：')}{base}{task.url}")
    return "\n".join(lines)


def _read(ctx: Ctx) -> str:
    try:
        return str(ctx.secrets.read(PURPOSE, ctx.arg("token"), LINK_S))
    except BadToken as error:
        raise NotFound(_("这个链接已失效。"), _("请登录工作台，在“我的账号”里设置早报。")) from error


def letter(ctx: Ctx) -> Response:
    """One button to end the letters; looking alone ends nothing."""
    username = _read(ctx)
    wants = ctx.db.scalar(select(Staff.wants_digest).where(Staff.username == username))
    return ctx.render("desk/letter.html", wants=bool(wants), here=ctx.request.url.path)


def end_letter(ctx: Ctx) -> Response:
    """End the letters, by the button or by a mail programme's one click."""
    username = _read(ctx)
    ctx.db.execute(update(Staff).where(Staff.username == username).values(wants_digest=False))
    ctx.flash(_("不再发送早报。想恢复时，请在“我的账号”里设置。"))
    return ctx.redirect_to(ctx.request.url.path)
