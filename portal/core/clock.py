"""The one place that asks what time it is: moments are aware UTC, days are the city's."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment on the city's clocks (China has one zone and no summer time)."""
    return moment.astimezone(CITY_ZONE)


def today() -> date:
    """The day it is in the city."""
    return local(now()).date()


def start_of(day: date) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime.combine(day, time.min, CITY_ZONE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment after a local day, in UTC."""
    return start_of(day + timedelta(days=1))


def short_in_chinese(day: date) -> str:
    """11月3日, where the year goes without saying."""
    return f"{day.month}月{day.day}日"


def in_chinese(day: date) -> str:
    """2026年11月3日, for whatever is written down once and read in Chinese."""
    return f"{day.year}年{day.month}月{day.day}日"
