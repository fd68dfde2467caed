"""Terms in working days: the table of the domain reference, the close of the office, and years nobody knows yet."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest

from portal.groups import calendar
from portal.groups.calendar import (
    SHANGHAI,
    CalendarMissing,
    Term,
    accepted_on,
    add_working_days,
    due_at,
    due_on,
    due_or_provisional,
    is_settled,
    is_workday,
    working_days_between,
)
from portal.groups.settled import SETTLED


@pytest.mark.parametrize(
    ("day", "count", "due"),
    [
        ("2026-09-24", 5, "2026-10-09"),
        ("2026-02-12", 5, "2026-02-26"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-05-08", 1, "2026-05-09"),
        ("2026-09-19", 1, "2026-09-20"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2025-09-29", 5, "2025-10-13"),
        ("2026-09-29", 5, "2026-10-12"),
        ("2026-12-25", 4, "2026-12-31"),
        ("2026-09-19", 0, "2026-09-19"),
    ],
)
def test_a_term_ends_on_the_day_the_official_calendar_says(day: str, count: int, due: str) -> None:
    assert add_working_days(date.fromisoformat(day), count) == date.fromisoformat(due)


def test_a_term_into_a_year_without_a_calendar_is_refused_and_names_the_year() -> None:
    with pytest.raises(CalendarMissing, match="calendar of 2027 missing"):
        add_working_days(date(2026, 12, 25), 5)
    with pytest.raises(CalendarMissing):
        is_workday(date(2027, 3, 1))


def test_a_make_up_day_counts_as_worked_and_a_holiday_in_the_week_does_not() -> None:
    made_up = {2025: "01-26 02-08 04-27 09-28 10-11", 2026: "01-04 02-14 02-28 05-09 09-20 10-10"}
    for year, days in made_up.items():
        found = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
        worked = [f"{day:%m-%d}" for day in found if day.weekday() >= 5 and is_workday(day)]
        assert worked == days.split()
    off = {(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)}
    for month, first, last in off:
        assert not any(is_workday(date(2026, month, day)) for day in range(first, last + 1))


def test_the_same_term_can_be_shown_as_provisional() -> None:
    assert due_or_provisional(date(2026, 12, 25), 5) == Term(date(2027, 1, 4), provisional=True)
    assert due_or_provisional(date(2026, 9, 24), 5) == Term(date(2026, 10, 9), provisional=False)


def test_overrides_with_a_make_up_day_settle_a_year_and_win_over_the_library() -> None:
    own = {date(2027, 1, 4): False, date(2027, 1, 9): True}
    assert is_settled(2027, own)
    assert not is_settled(2027)
    assert add_working_days(date(2026, 12, 31), 1, own) == date(2027, 1, 5)
    assert is_workday(date(2027, 1, 9), own)
    assert not is_workday(date(2026, 11, 23), {date(2026, 11, 23): False})


def test_the_written_out_years_are_what_the_library_says() -> None:
    for year in SETTLED:
        assert calendar._year(year) == calendar._library_year(year)


def test_a_day_of_a_written_out_year_needs_no_library() -> None:
    # A fresh interpreter is the only place where nobody has loaded the library yet: about a second.
    code = "import sys; from datetime import date; from portal.groups.calendar import is_workday; "
    code += "assert is_workday(date(2026, 10, 10)); assert 'holidays' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_single_day_off_does_not_settle_a_year() -> None:
    assert not is_settled(2027, {date(2027, 1, 4): False})


def test_every_day_from_2020_to_2026_is_what_the_second_library_says() -> None:
    first = date(2020, 1, 1).toordinal()
    days = [date.fromordinal(number) for number in range(first, date(2026, 12, 31).toordinal() + 1)]
    assert [day for day in days if is_workday(day) != chinese_calendar.is_workday(day)] == []
    assert sum(is_workday(day) for day in days if (day.year, day.month) == (2026, 2)) == 16


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 23, 17, 30, tzinfo=SHANGHAI), "2026-11-23"),
        (datetime(2026, 11, 23, 17, 30, 1, tzinfo=SHANGHAI), "2026-11-24"),
        (datetime(2026, 11, 23, 0, 0, tzinfo=SHANGHAI), "2026-11-23"),
        (datetime(2026, 11, 22, 12, 0, tzinfo=SHANGHAI), "2026-11-23"),
        (datetime(2026, 9, 19, 10, 0, tzinfo=SHANGHAI), "2026-09-20"),
        (datetime(2026, 9, 30, 18, 0, tzinfo=SHANGHAI), "2026-10-08"),
        (datetime(2026, 11, 22, 23, 0, tzinfo=UTC), "2026-11-23"),
        (datetime(2026, 11, 23, 9, 31, tzinfo=UTC), "2026-11-24"),
        (datetime(2026, 12, 31, 20, 0, tzinfo=SHANGHAI), "2027-01-04"),
    ],
)
def test_a_submission_counts_from_the_working_day_whose_office_hours_it_reached(moment: datetime, day: str) -> None:
    assert accepted_on(moment) == date.fromisoformat(day)


def test_a_saturday_before_a_working_sunday_ends_its_day_on_monday() -> None:
    moment = datetime(2026, 9, 19, 10, 0, tzinfo=SHANGHAI)
    assert due_on(moment, 1) == Term(date(2026, 9, 21), provisional=False)
    assert due_at(moment, 1) == datetime(2026, 9, 21, 17, 30, tzinfo=SHANGHAI)


def test_the_close_of_the_office_belongs_to_the_city() -> None:
    moment = datetime(2026, 11, 23, 17, 10, tzinfo=SHANGHAI)
    assert accepted_on(moment, cutoff=time(17, 0)) == date(2026, 11, 24)
    assert due_at(moment, 1, cutoff=time(17, 0)).time() == time(17, 0)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        accepted_on(datetime(2026, 11, 23, 12, 0))  # noqa: DTZ001


def test_a_negative_term_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_days(date(2026, 11, 23), -1)


def test_days_between_count_the_last_and_not_the_first() -> None:
    assert working_days_between(date(2026, 9, 24), date(2026, 10, 9)) == 5
    assert working_days_between(date(2026, 10, 9), date(2026, 9, 24)) == -5
    assert working_days_between(date(2026, 9, 24), date(2026, 9, 24)) == 0


@pytest.mark.parametrize("count", [1, 2, 5, 15, 60])
def test_between_is_the_inverse_of_adding(count: int) -> None:
    for number in range(0, 250, 7):
        day = date.fromordinal(date(2026, 1, 1).toordinal() + number)
        assert working_days_between(day, calendar.due_or_provisional(day, count).on) == count
