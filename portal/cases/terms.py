"""When things are due: the promise in working days, and the clock of each state."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from portal.cases.models import Case
from portal.cases.states import PAUSED, State
from portal.core.clock import CITY_ZONE, local, now, start_of
from portal.groups import City, Term, accepted_on, due_or_provisional, working_days_before, working_days_between


@dataclass(frozen=True)
class Promise:
    """A last day, the moment it ends (close of the office), and whether its year's calendar is settled."""

    on: date
    at: datetime
    is_provisional: bool


def _promise(city: City, term: Term) -> Promise:
    ends = datetime.combine(term.on, city.deadlines.cutoff, CITY_ZONE).astimezone(UTC)
    return Promise(term.on, ends, term.provisional)


def promise_from(city: City, moment: datetime, working_days: int) -> Promise:
    """The promise of a term that starts with what came in at this moment."""
    first = accepted_on(moment, city.calendar, city.deadlines.cutoff)
    return _promise(city, due_or_provisional(first, working_days, city.calendar))


def first_promise(city: City, kind: str, moment: datetime | None = None) -> Promise:
    """The promise for a new case of this kind."""
    return promise_from(city, moment or now(), city.kind(kind).working_days)


def longer_promise(city: City, due_on: date, working_days: int) -> Promise:
    """A promise moved by some working days."""
    return _promise(city, due_or_provisional(due_on, working_days, city.calendar))


def promise_on(city: City, day: date) -> Promise:
    """The promise that ends on this very day, such as a review."""
    return _promise(city, Term(day, False))


def paused_days(city: City, since: datetime, until: datetime) -> int:
    """How many working days a pause took."""
    return max(0, working_days_between(local(since).date(), local(until).date(), city.calendar))


def most_extension(city: City, case: Case) -> int:
    """How many working days an extension may add: at most the original term, never beyond the city's limit in all."""
    term = city.kind(case.kind).working_days
    return max(0, min(term, city.deadlines.extension_max_working_days - term))


def step_due(city: City, case: Case, state: State, moment: datetime) -> datetime | None:
    """When the clock acts on a case that has just come into this state; None when it waits for people only."""
    rules = city.deadlines
    if state is State.DRAFT_CONFIRM:
        return moment + timedelta(hours=rules.confirm_hours)
    if state is State.DISPATCHED:
        return moment + timedelta(hours=rules.acknowledge_hours)
    if state is State.NEED_INFO:
        return moment + timedelta(days=rules.need_info_days) - timedelta(seconds=case.paused_s)
    if state is State.RESOLVED:
        return moment + timedelta(days=rules.rating_window_days)
    if state is State.DEFERRED and case.review_on:
        return start_of(case.review_on)
    if state is State.CLOSED and case.resolved_at:
        return case.resolved_at + timedelta(days=rules.recheck_days)
    if state is State.TRIAGE:
        hours = rules.urgent_triage_hours if case.is_urgent else rules.triage_hours
        return moment + timedelta(hours=hours)
    if state in {State.RETURN_ASKED, State.REOPEN_ASKED}:
        days = rules.arbitration_working_days if state is State.RETURN_ASKED else rules.reopen_decide_working_days
        return promise_from(city, moment, days).at
    return None


def far_overdue_at(city: City, due_on: date) -> datetime:
    """From when a broken promise is far broken: it is escalated, and open to everybody where the case is public."""
    return longer_promise(city, due_on, city.deadlines.public_overdue_working_days).at


def far_overdue_before(city: City, moment: datetime) -> datetime:
    """A promise that ended at or before this moment is far broken: `far_overdue_at` turned round, for the database."""
    day = local(moment).date()
    if local(moment).time() < city.deadlines.cutoff:
        day -= timedelta(days=1)
    return promise_on(city, working_days_before(day, city.deadlines.public_overdue_working_days, city.calendar)).at


def next_reminder(city: City, case: Case, moment: datetime) -> datetime | None:
    """The next of: 50 % and 80 % of the promise, its end, far behind it; None when the clock stands or all passed."""
    if case.stands in PAUSED:
        return None
    span = case.due_at - case.submitted_at
    marks = [case.submitted_at + span * percent / 100 for percent in city.deadlines.remind_at_percent]
    last = (case.due_at, far_overdue_at(city, case.due_on))
    return next((mark for mark in (*marks, *last) if mark > moment), None)
