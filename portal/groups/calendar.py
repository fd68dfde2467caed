"""Working days of mainland China: holidays, make-up days (调休), and terms counted in working days.

The State Council publishes a year's make-up days only in the November before. A year without them is not settled:
counting in it would guess, so it is refused, or marked provisional by the functions that say so. A city's table of
overrides comes first and can settle a year before the library knows it.
`holidays` agrees with `chinesecalendar` on every day of 2020-2026 (see the tests).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from portal.groups.settled import SETTLED

SHANGHAI = ZoneInfo("Asia/Shanghai")
CUTOFF = time(17, 30)
"""Close of the office: what comes later counts as the next working day's, and terms end at this time."""

Overrides = Mapping[date, bool]
"""Days the city decides itself: True is a working day. They win over the library."""


class CalendarMissing(LookupError):
    """The make-up days of this year are not published yet, so no term can be counted in it."""

    def __init__(self, year: int) -> None:
        super().__init__(f"calendar of {year} missing")
        self.year = year


class Term(NamedTuple):
    """The last day of a term; provisional when it lies in a year whose make-up days are not published."""

    on: date
    provisional: bool


class _Year(NamedTuple):
    """One year of the library: days off in the week, working days at the week-end, and whether it is settled."""

    free: frozenset[date]
    made_up: frozenset[date]
    settled: bool


@cache
def _year(year: int) -> _Year:
    if year in SETTLED:
        free, made_up = (frozenset(_day(year, text) for text in days.split()) for days in SETTLED[year])
        return _Year(free, made_up, settled=True)
    return _library_year(year)


def _day(year: int, text: str) -> date:
    return date.fromisoformat(f"{year}-{text}")


def _library_year(year: int) -> _Year:
    """A year as the library has it; a year without make-up days is not settled."""
    # The import takes about half a second and ten megabytes; nobody pays before asking for such a year.
    import holidays

    china = holidays.country_holidays("CN", years=year)
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    days = [day for day in days if day.year == year]
    working = {day for day in days if china.is_working_day(day)}
    made_up = frozenset(day for day in working if day.weekday() >= 5)
    free = frozenset(day for day in days if day.weekday() < 5 and day not in working)
    return _Year(free, made_up, bool(made_up))


def is_settled(year: int, overrides: Overrides | None = None) -> bool:
    """Whether this year's working days are known: from the library, or from a make-up day among the overrides."""
    own = overrides or {}
    return _year(year).settled or any(day.year == year and works and day.weekday() >= 5 for day, works in own.items())


def likely_workday(day: date, overrides: Overrides | None = None) -> bool:
    """Whether this day is worked as far as is known; in a year not settled only fixed holidays are known."""
    if overrides and day in overrides:
        return overrides[day]
    year = _year(day.year)
    return day in year.made_up or (day.weekday() < 5 and day not in year.free)


def is_workday(day: date, overrides: Overrides | None = None) -> bool:
    """Whether this day is worked; raise CalendarMissing when the year is not settled and no override tells."""
    if not (overrides and day in overrides) and not is_settled(day.year, overrides):
        raise CalendarMissing(day.year)
    return likely_workday(day, overrides)


def _add(day: date, count: int, overrides: Overrides | None) -> date:
    """The count-th likely working day after this day."""
    while count > 0:
        day += timedelta(days=1)
        count -= likely_workday(day, overrides)
    return day


def due_or_provisional(day: date, count: int, overrides: Overrides | None = None) -> Term:
    """The count-th working day after this day, never an error: provisional when its year is not settled.

    For showing a promise in December; the case keeps the mark and is counted again when the plan is out.
    """
    on = _add(day, count, overrides)
    return Term(on, not is_settled(on.year, overrides))


def add_working_days(day: date, count: int, overrides: Overrides | None = None) -> date:
    """The count-th working day after this day; 0 is the day itself, whether worked or not.

    Raises CalendarMissing when the way there crosses into a year that is not settled, ValueError below 0.
    """
    if count < 0:
        raise ValueError("a term has no negative number of days")
    on, provisional = due_or_provisional(day, count, overrides)
    if provisional:
        raise CalendarMissing(on.year)
    return on


def accepted_on(moment: datetime, overrides: Overrides | None = None, cutoff: time = CUTOFF) -> date:
    """The working day a submission counts as accepted: the same day until the cutoff, else the next working day.

    moment: aware, any time zone; the office's clock is Asia/Shanghai. A provisional year counts as far as known.
    """
    if moment.tzinfo is None:
        raise ValueError("the moment needs a time zone")
    local = moment.astimezone(SHANGHAI)
    day = local.date()
    if local.time() <= cutoff and likely_workday(day, overrides):
        return day
    return _add(day, 1, overrides)


def due_on(moment: datetime, count: int, overrides: Overrides | None = None, cutoff: time = CUTOFF) -> Term:
    """The last day of a term of `count` working days that starts with a submission at this moment."""
    return due_or_provisional(accepted_on(moment, overrides, cutoff), count, overrides)


def due_at(moment: datetime, count: int, overrides: Overrides | None = None, cutoff: time = CUTOFF) -> datetime:
    """The moment (aware, Asia/Shanghai) a term ends: the close of the office on its last day."""
    return datetime.combine(due_on(moment, count, overrides, cutoff).on, cutoff, SHANGHAI)


def working_days_before(day: date, count: int, overrides: Overrides | None = None) -> date:
    """The latest day that has `count` working days after it, up to and with `day`, as far as the calendar is known."""
    while count > 0:
        count -= likely_workday(day, overrides)
        day -= timedelta(days=1)
    return day


def working_days_between(first: date, last: date, overrides: Overrides | None = None) -> int:
    """How many working days lie after `first` up to and with `last`; negative when `last` is the earlier one."""
    if last < first:
        return -working_days_between(last, first, overrides)
    span = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return sum(likely_workday(day, overrides) for day in span)
