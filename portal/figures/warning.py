"""Early warning 未诉先办: which group has more cases than usual in a part of the city, with false alarms held down.

Each group in each district is compared with itself: the newest whole week against the eight before. If nothing changed,
a case of these nine weeks is as likely in one week as in another, so the newest week's count follows a binomial
distribution, whatever the usual level is. Many comparisons would cry wolf; of the alarms that are shown, at most a
tenth are to be false (Benjamini, Hochberg 1995), and when nothing changes anywhere, nine weeks in ten show none.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import comb

BASE_WEEKS = 8
FALSE_SHARE = 0.1
"""Share of false ones among the alarms, on the mean."""
LEAST_CASES = 5
"""Cases a week needs before it can be an alarm: fewer are no pattern, and might be one person."""
Cell = tuple[str, str]
"""A group's key and a district's."""


@dataclass(frozen=True)
class Alarm:
    """A cell with more cases than usual. usual: its mean week.  chance: of as many or more if nothing changed, 0–1."""

    group: str
    district: str
    count: int
    usual: float
    chance: float


def chance_of(count: int, before: int, weeks: int = BASE_WEEKS) -> float:
    """The chance of at least `count` of all cases in the newest of weeks + 1 weeks, if each is as likely in any.

    Source: Przyborowski, Wilenski 1940, comparing two Poisson means by their binomial split.
    """
    whole, share = count + before, 1 / (weeks + 1)
    less = sum(comb(whole, k) * share**k * (1 - share) ** (whole - k) for k in range(count))
    return min(max(1 - less, 0.0), 1.0)


def find_alarms(weeks: Sequence[Mapping[Cell, int]], false_share: float = FALSE_SHARE) -> list[Alarm]:
    """Alarms of the last week in a row of weeks, surest first. weeks: counts by cell, oldest first."""
    newest, before = weeks[-1], weeks[:-1]
    cells = {cell for week in weeks for cell in week}
    tried = []
    for group, district in cells:
        count = newest.get((group, district), 0)
        base = sum(week.get((group, district), 0) for week in before)
        tried.append(Alarm(group, district, count, base / len(before), chance_of(count, base, len(before))))
    tried.sort(key=lambda alarm: (alarm.chance, alarm.group, alarm.district))
    last = max((k for k, one in enumerate(tried, 1) if one.chance <= false_share * k / len(tried)), default=0)
    return [one for one in tried[:last] if one.count >= LEAST_CASES]


def last_monday(day: date) -> date:
    """The Monday after the newest whole week: the first day that is not counted."""
    return day - timedelta(days=day.weekday())


def count_weeks(rows: Sequence[tuple[str, str, date, int]], end: date) -> list[Counter[Cell]]:
    """Cases by cell for the newest nine whole weeks before a Monday, oldest first.

    rows: group, district, day, cases.
    """
    weeks: list[Counter[Cell]] = [Counter() for _ in range(BASE_WEEKS + 1)]
    for group, district, day, count in rows:
        back = (end - day - timedelta(days=1)).days // 7
        if 0 <= back <= BASE_WEEKS:
            weeks[BASE_WEEKS - back][group, district] += count
    return weeks
