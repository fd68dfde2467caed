"""Provisional promises: counted again, once the working days of their year are published."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.cases.joined import tell_reporters
from portal.cases.lifecycle import Act, as_system, step
from portal.cases.models import Case
from portal.cases.terms import Promise, first_promise, longer_promise, most_extension, paused_days, promise_from
from portal.core.clock import in_chinese, now
from portal.core.i18n import gettext as _
from portal.core.web import Portal
from portal.groups import City, is_settled

BATCH = 200


def count_again(portal: Portal, at: datetime | None = None) -> int:
    """Count the promises of open cases again that were made before their year was settled; returns how many."""
    moment, done, last = at or now(), 0, 0
    while True:
        with portal.database.write() as db:
            query = select(Case).where(Case.is_provisional, Case.queue <= 1, Case.id > last).order_by(Case.id)
            query = query.options(selectinload(Case.events)).limit(BATCH).with_for_update(skip_locked=True)
            cases = db.scalars(query).all()
            for case in cases:
                done += _count_again(db, as_system(portal, moment), case)
        if not cases:
            return done
        last = cases[-1].id


def _count_again(db: Session, act: Act, case: Case) -> bool:
    """Do it for one case, where its year is settled by now; a paused one gets the rest of its time afterwards."""
    if not is_settled(case.due_on.year, act.city.calendar):
        return False
    promise = promise_again(act.city, case)
    if promise.is_provisional:
        return False
    was = case.due_on
    values = {"day": in_chinese(promise.on)}
    words = _("这一年的放假安排已经公布，承诺日期不再是暂定，仍是 %(day)s前答复。")
    if promise.on != was:
        words = _("这一年的放假安排已经公布，承诺日期按工作日重新计算，改为 %(day)s前答复。")
    step(db, act, case, "count-again", public=words % values, is_public=True, promise=promise)
    tell_reporters(db, act, case, words % values)
    return True


def promise_again(city: City, case: Case) -> Promise:
    """The promise as its history makes it, with the working days that are known now. The events must be loaded."""
    promise = first_promise(city, case.kind, case.submitted_at)
    asked_at, asked_days, pause_left = case.submitted_at, 0, timedelta(days=city.deadlines.need_info_days)
    for event in case.events:
        if event.action == "ask":
            asked_at = event.at
        elif event.action == "extend":
            asked_days = int(event.detail["working_days"])
        elif event.action in {"answer", "resume"}:
            # As when it happened: a pause ends when it may last no longer, however late that was noticed.
            until = min(event.at, asked_at + pause_left)
            pause_left -= until - asked_at
            promise = longer_promise(city, promise.on, paused_days(city, asked_at, until))
        elif event.action == "grant-extension":
            promise = longer_promise(city, promise.on, min(asked_days, most_extension(city, case)))
        elif event.action in {"reopen", "grant-reopen"}:
            promise = promise_from(city, event.at, city.deadlines.reopened_working_days)
        elif event.action == "resume-work":
            promise = promise_from(city, event.at, city.kind(case.kind).working_days)
    return promise
