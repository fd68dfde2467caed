"""Figures in words and cells, for pages and for tables to download."""

from collections.abc import Sequence
from typing import Any

from portal.core.estimates import Share, Survival, percent_text
from portal.core.i18n import gettext as _
from portal.figures.measures import Measures

HOURS_A_DAY = 24


def span(hours: float | None) -> str:
    """A length of time as people say it; None: not even half has happened."""
    if hours is None:
        return _("未过半")
    if hours < 1:
        return _("%(count)s 分钟") % {"count": round(hours * 60)}
    if hours < 2 * HOURS_A_DAY:
        return _("%(count)s 小时") % {"count": f"{hours:.1f}"}
    return _("%(count)s 天") % {"count": f"{hours / HOURS_A_DAY:.1f}"}


def median(times: Survival) -> str:
    """The median in words; a dash without cases."""
    return span(times.median) if times.n else "—"


def share_text(share: Share) -> str:
    """86.2 %, or a dash when there is no base."""
    return "—" if share.value is None else f"{percent_text(share.value)}\u202f%"


HEAD = (
    "名称",
    "到期件数",
    "响应率",
    "按期办结率",
    "解决率",
    "满意率",
    "评价覆盖率",
    "首次联系中位",
    "办结中位",
    "尚未办结",
)


def page_row(name: str, measures: Measures) -> list[str]:
    """One line of the table on the page."""
    rates = measures.rates
    return [
        name,
        str(measures.base),
        share_text(rates.response),
        share_text(measures.on_time),
        share_text(rates.resolution),
        share_text(rates.satisfaction),
        share_text(rates.coverage),
        median(measures.contact),
        median(measures.resolve),
        str(measures.overdue),
    ]


def page_head() -> list[str]:
    """The head of the table on the page."""
    return [_(word) for word in HEAD]


FILE_HEAD = (
    "key", "name", "first_day", "last_day", "base", "contacted_in_time", "response_rate", "response_low",
    "response_high", "on_time_rate", "rated", "missing", "coverage", "resolution_rate", "resolution_low",
    "resolution_high", "resolution_least", "resolution_most", "satisfaction_rate", "satisfaction_low",
    "satisfaction_high", "satisfaction_least", "satisfaction_most", "high_satisfaction_rate", "closed_not_solved",
    "not_resolved", "median_contact_hours", "median_resolve_hours", "open_now", "deferred_now",
)  # fmt: skip


def file_row(key: str, name: str, first: Any, last: Any, measures: Measures, counts: Sequence[int]) -> list[Any]:
    """One line of a table to download. counts: open and deferred now. Shares are 0–1 with four decimals."""
    rates = measures.rates
    missing = measures.missing
    return [
        key, name, first, last, measures.base, int(rates.response.count), *_numbers(rates.response),
        _number(measures.on_time.value), measures.rated, missing, _number(rates.coverage.value),
        *_numbers(rates.resolution), *_bounds(measures.resolution_bounds),
        *_numbers(rates.satisfaction), *_bounds(measures.satisfaction_bounds),
        _number(measures.high_satisfaction.value), measures.not_solved, measures.overdue,
        _number(measures.contact.median, 1), _number(measures.resolve.median, 1), *counts,
    ]  # fmt: skip


def _number(value: float | None, places: int = 4) -> float | None:
    return None if value is None else round(value, places)


def _numbers(share: Share) -> list[float | None]:
    return [_number(share.value), *_bounds(share.interval)]


def _bounds(interval: Any) -> list[float | None]:
    return [None, None] if interval is None else [_number(interval.low), _number(interval.high)]
