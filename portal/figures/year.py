"""The year at a glance: where the campaign stands, what comes back, what was promised and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.core.clock import today
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.figures.queries import find_run
from portal.groups import City, Goal, Phase, Rhythm


@dataclass(frozen=True)
class Stretch:
    """A phase within a year. start, length: days from the first of January; first, last: its own whole span."""

    phase: Phase
    first: date
    last: date
    start: int
    length: int
    is_now: bool
    is_over: bool


def stretches(phases: Sequence[Phase], year: int, day: date) -> list[Stretch]:
    """The phases that touch a year, in their order, as parts of it."""
    begin, end = date(year, 1, 1), date(year, 12, 31)
    found = []
    for phase in phases:
        first, last = phase.span(year)
        if first <= end and last >= begin:
            start = (max(first, begin) - begin).days
            length = (min(last, end) - begin).days - start + 1
            found.append(Stretch(phase, first, last, start, length, first <= day <= last, last < day))
    return found


def list_years(city: City, day: date) -> list[int]:
    """This year and every year that a goal or a dated phase names, newest first."""
    years = {day.year} | {goal.year for goal in city.goals if goal.year}
    for phase in city.phases:
        if isinstance(phase.starts_on, date) and isinstance(phase.ends_on, date):
            years |= set(range(phase.starts_on.year, min(phase.ends_on.year, day.year) + 1))
    return sorted(years, reverse=True)


def count_concerns(db: Session, goals: Sequence[Goal]) -> dict[str, int]:
    """Goal -> how many complaints of late are about what it is to mend.

    Goals without topics are left out, and of one goal set year after year all but the newest.
    """
    newest = {goal.name: goal for goal in sorted(goals, key=lambda goal: goal.year or 0)}
    mine = [goal for goal in newest.values() if goal.topics]
    run = find_run(db) if mine else None
    counts = run.topics if run else {}
    return {goal.key: sum(counts.get(topic, 0) for topic in goal.topics) for goal in mine}


def rhythm_words(rhythm: Rhythm, day: date) -> str:
    """How often it comes back, and when next."""
    often = {
        "friday": _("每周五"),
        "last_friday": _("每月最后一个周五"),
        "month": _("每月"),
        "quarter": _("每季度"),
        "year": _("每年"),
    }[rhythm.every]
    after = rhythm.next_on(day)
    until = _("下一次 %(month)s月%(day)s日") if "friday" in rhythm.every else _("这一期到 %(month)s月%(day)s日")
    return f"{often} · {until % {'month': after.month, 'day': after.day}}"


def year(ctx: Ctx) -> Response:
    """One year: its phases along the months, its goals with figures, the rhythm, and what the city has named."""
    city: City = ctx.city
    day = today()
    years = list_years(city, day)
    chosen = next((one for one in years if str(one) == ctx.query("year")), day.year)
    goals = [goal for goal in city.goals if goal.year in {None, chosen}]
    return ctx.render(
        "figures/year.html",
        year=chosen,
        years=years,
        year_links=[(str(one), ctx.url("figures:year", year=one), one == chosen) for one in years],
        stretches=stretches(city.phases, chosen, day),
        days=(date(chosen, 12, 31) - date(chosen, 1, 1)).days + 1,
        today_at=(day - date(chosen, 1, 1)).days if chosen == day.year else None,
        is_this_year=chosen == day.year,
        goals=goals,
        concerns=count_concerns(ctx.db, goals),
        rhythms=[(one, rhythm_words(one, day)) for one in city.rhythms] if chosen == day.year else [],
        groups_of={action: [group for group in city.groups if group.action == action] for action in _actions(city)},
        names={group.key: group for group in city.groups},
        day=day,
    )


def _actions(city: City) -> set[str]:
    return {group.action for group in city.groups}
