"""The campaign of a city as values: its phases, its goals with figures, what it has named, and what comes back.

Frozen and free of files, like `values.py`; the days are asked of a year or a day that the caller names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal


@dataclass(frozen=True)
class Phase:
    """A stretch of the campaign. Dates are either whole dates or a month and day that come back every year."""

    name: str
    starts_on: date | tuple[int, int]
    ends_on: date | tuple[int, int]
    note: str = ""
    placeholder: bool = False

    def span(self, year: int) -> tuple[date, date]:
        """First and last day; `year` fills in for a phase that comes back every year."""
        return _in_year(self.starts_on, year), _in_year(self.ends_on, year)

    def contains(self, day: date) -> bool:
        """Whether the day lies in the phase, both ends included."""
        first, last = self.span(day.year)
        return first <= day <= last


@dataclass(frozen=True)
class Goal:
    """A promise with a number. `actual` stays None until the office reports one; `source` says where it stands."""

    key: str
    name: str
    target: float
    unit: str
    source: str
    direction: Literal["at_least", "at_most"] = "at_least"
    year: int | None = None
    actual: float | None = None
    as_of: date | None = None
    group: str | None = None
    topics: tuple[str, ...] = ()
    placeholder: bool = False

    @property
    def progress(self) -> float | None:
        """How much of the target is reached, 0–1; None until something was reported, or where less is better."""
        if self.actual is None or self.direction == "at_most" or self.target <= 0:
            return None
        return min(self.actual / self.target, 1.0)


@dataclass(frozen=True)
class Programme:
    """What a city has named and numbered (十大行动, 六个之城 …), in the words of its papers; `source` says where."""

    name: str
    items: tuple[str, ...]
    source: str
    note: str = ""
    placeholder: bool = False


@dataclass(frozen=True)
class Rhythm:
    """Something that comes back all year. every: friday, last_friday, month, quarter or year."""

    name: str
    every: Literal["friday", "last_friday", "month", "quarter", "year"]
    source: str
    note: str = ""
    placeholder: bool = False

    def next_on(self, day: date) -> date:
        """Its next day from this one on: the Friday meant, or the last day of the month, quarter or year."""
        if self.every == "friday":
            return day + timedelta(days=(4 - day.weekday()) % 7)
        months = {"quarter": 3, "year": 12}.get(self.every, 1)
        last = _end_of_months(day, months)
        if self.every != "last_friday":
            return last
        friday = last - timedelta(days=(last.weekday() - 4) % 7)
        return friday if friday >= day else self.next_on(last + timedelta(days=1))


def _end_of_months(day: date, months: int) -> date:
    """The last day of the stretch of so many months, counted from January, in which the day lies."""
    month = (day.month - 1) // months * months + months
    return date(day.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _in_year(when: date | tuple[int, int], year: int) -> date:
    """A whole date as it is, a month and day placed in the year."""
    return when if isinstance(when, date) else date(year, *when)
