"""Figures in words and cells, for pages and for tables to download."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from portal.core.estimates import Share, Survival, percent_text, round_half_up
from portal.core.i18n import gettext as _
from portal.figures.flow import Flow
from portal.figures.measures import Measures
from portal.groups import ScoreRules

HOURS_A_DAY = 24
WAITING_DAYS = (1, 2, 3, 5, 7, 10, 15, 20, 30)


def span(hours: float | None) -> str:
    """A length of time as people say it; None: not even half has happened."""
    if hours is None:
        return _("未过半")
    if hours < 1:
        return _("%(count)s 分钟") % {"count": round(hours * 60)}
    if hours < 2 * HOURS_A_DAY:
        return _("%(count)s 小时") % {"count": f"{hours:.1f}"}
    return _("%(count)s 天") % {"count": f"{hours / HOURS_A_DAY:.1f}"}


def quantile(times: Survival, q: float) -> str:
    """The time by which a share q is done, in words; a dash without cases."""
    if not times.n:
        return "—"
    hours = times.quantile(q)
    return span(hours) if hours is not None else _("未到 %(percent)s%%") % {"percent": f"{q * 100:.0f}"}


def median(times: Survival) -> str:
    """The median in words; a dash without cases."""
    return quantile(times, 0.5)


def both(times: Survival) -> str:
    """Median and nine of ten, for a cell."""
    return f"{median(times)} / {quantile(times, 0.9)}" if times.n else "—"


def weights_text(rules: ScoreRules) -> str:
    """The weights of the score as they stand in the city's profile: 响应 30%、解决 35%、满意 35%."""
    parts = zip((_("响应"), _("解决"), _("满意")), rules.weights, strict=True)
    return "、".join(f"{word} {_plain(weight)}%" for word, weight in parts)


def _plain(weight: str) -> str:
    return f"{float(round_half_up(Fraction(weight) * 100, 2)):g}"


def lost_text(flow: Flow) -> str:
    """Days a returned case took until it was with the right unit."""
    return "—" if flow.lost_days is None else _("%(count)s 天") % {"count": f"{flow.lost_days:.1f}"}


def waiting_rows(contact: Survival, resolve: Survival) -> list[list[str]]:
    """The curve as a table: after so many days, so many of a hundred have been contacted, and are done."""
    rows = []
    for day in WAITING_DAYS:
        shares = [percent_text(1 - curve.waiting_at(day * HOURS_A_DAY)) + "%" for curve in (contact, resolve)]
        rows.append([_("%(count)s 天") % {"count": day}, *shares])
    return rows


def waiting_head() -> list[str]:
    """The head of that table."""
    return [_("提交后"), _("已首次联系"), _("已办结")]


def waiting_sentence(resolve: Survival) -> str:
    """What the curve says in one sentence."""
    waiting = resolve.n - resolve.events
    return _("%(count)s 件里，办结用时的中位数：%(median)s；九成：%(most)s；还没办完的 %(open)s 件也计算在内。") % {
        "count": resolve.n,
        "median": median(resolve),
        "most": quantile(resolve, 0.9),
        "open": waiting,
    }


def share_text(share: Share) -> str:
    """86.2 %, or a dash when there is no base."""
    return "—" if share.value is None else f"{percent_text(share.value)}%"


def interval_text(share: Share) -> str:
    """86.2 % (80.1–90.8), or a dash when there is no base."""
    if share.interval is None:
        return "—"
    return f"{share_text(share)}（{percent_text(share.interval.low)}–{percent_text(share.interval.high)}）"


HEAD = (
    "名称",
    "到期件数",
    "响应率",
    "按期办结率",
    "解决率",
    "满意率",
    "评价覆盖率",
    "核实解决率",
    "退单率",
    "重办率",
    "首次联系：中位 / 九成",
    "办结：中位 / 九成",
    "超期未办结",
    "超期三倍",
    "挂账",
    "归档未解决",
    "综合得分",
)


def page_row(name: str, measures: Measures, deferred: int | None) -> list[str]:
    """One line of the table on the page. deferred: on the ledger now; None where it can't be told."""
    rates, flow = measures.rates, measures.flow
    return [
        name,
        str(measures.base),
        share_text(rates.response),
        share_text(measures.on_time),
        share_text(rates.resolution),
        share_text(rates.satisfaction),
        share_text(rates.coverage),
        share_text(flow.verified),
        share_text(flow.returned),
        share_text(flow.reopened),
        both(measures.contact),
        both(measures.resolve),
        str(measures.overdue),
        str(flow.far_overdue),
        "—" if deferred is None else str(deferred),
        str(measures.not_solved),
        rates.score_text(),
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
    "p90_contact_hours", "p90_resolve_hours", "verified_rate", "return_rate", "lost_days", "reopen_rate",
    "far_overdue", "dispatch_judged", "dispatch_right_rate", "dispatch_right_low", "dispatch_right_high", "score",
)  # fmt: skip


def file_row(
    key: str, name: str, first: Any, last: Any, measures: Measures, counts: Sequence[int | None], right: Share
) -> list[Any]:
    """One line of a table to download. counts: open and deferred now.  right: of the router's audit sample.

    Shares are 0–1 with four decimals.
    """
    rates, flow, missing = measures.rates, measures.flow, measures.missing
    return [
        key, name, first, last, measures.base, _told(rates.response), *_numbers(rates.response),
        _number(measures.on_time.value), measures.rated, missing, _number(rates.coverage.value),
        *_numbers(rates.resolution), *_bounds(measures.resolution_bounds),
        *_numbers(rates.satisfaction), *_bounds(measures.satisfaction_bounds),
        _number(measures.high_satisfaction.value), measures.not_solved, measures.overdue,
        _number(measures.contact.median, 1), _number(measures.resolve.median, 1), *counts,
        _number(measures.contact.quantile(0.9), 1), _number(measures.resolve.quantile(0.9), 1),
        _number(flow.verified.value), _number(flow.returned.value), _number(flow.lost_days, 2),
        _number(flow.reopened.value), flow.far_overdue, int(right.base), *_numbers(right),
        None if rates.score is None else float(rates.score),
    ]  # fmt: skip


def _told(share: Share) -> int | None:
    """The count of a share whose value may be told."""
    return None if share.value is None and share.base else int(share.count)


def _number(value: float | None, places: int = 4) -> float | None:
    return None if value is None else round(value, places)


def _numbers(share: Share) -> list[float | None]:
    return [_number(share.value), *_bounds(share.interval)]


def _bounds(interval: Any) -> list[float | None]:
    return [None, None] if interval is None else [_number(interval.low), _number(interval.high)]
