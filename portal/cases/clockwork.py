"""What happens to cases when nobody does anything: sign-off, end of waiting, reminders, supervision."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.closing import expire_rating, recheck
from portal.cases.handling import accept, resume_work, stop_waiting
from portal.cases.lifecycle import Act, as_system, step
from portal.cases.models import Case, CaseEvent
from portal.cases.states import State
from portal.cases.terms import far_overdue_at, next_reminder
from portal.cases.triage import leader_words
from portal.core.clock import now
from portal.core.web import Portal

BATCH = 200
STEPS: dict[State, Callable[[Session, Act, Case], CaseEvent]] = {
    State.DISPATCHED: accept,
    State.NEED_INFO: stop_waiting,
    State.RESOLVED: expire_rating,
    State.DEFERRED: resume_work,
    State.CLOSED: recheck,
}
"""What the clock does in each state it acts on; elsewhere a passed step_due_at only shows as late."""


def take_steps(portal: Portal, at: datetime | None = None) -> int:
    """Do what is due for every case whose state has a clock; returns how many moved."""
    moment, moved = at or now(), 0
    with portal.database.write() as db:
        due = select(Case).where(Case.step_due_at <= moment, Case.state.in_([state.value for state in STEPS]))
        for case in db.scalars(due.order_by(Case.step_due_at).limit(BATCH).with_for_update(skip_locked=True)).all():
            STEPS[case.stands](db, as_system(portal, moment), case)
            moved += 1
    return moved


def remind(portal: Portal, at: datetime | None = None) -> int:
    """Write a reminder at 50 % and 80 % of the promise, supervise from its end on, escalate far behind it."""
    moment, done = at or now(), 0
    with portal.database.write() as db:
        due = select(Case).where(Case.remind_at <= moment).order_by(Case.remind_at).limit(BATCH)
        due = due.with_for_update(skip_locked=True)
        for case in db.scalars(due).all():
            _remind(db, as_system(portal, moment), case)
            case.remind_at = next_reminder(portal.city, case, moment)
            done += 1
    return done


def _remind(db: Session, act: Act, case: Case) -> None:
    if act.at < case.due_at:
        share = (act.at - case.submitted_at) / (case.due_at - case.submitted_at)
        step(db, act, case, "remind", detail={"percent": int(share * 100)})
        return
    if not case.is_supervised:
        case.is_supervised = True
        step(db, act, case, "supervise", reason="overdue", public=leader_words(act.city, case), is_public=True)
    if act.at >= far_overdue_at(act.city, case.due_on):
        step(db, act, case, "escalate", reason="far overdue", public=leader_words(act.city, case), is_public=True)
