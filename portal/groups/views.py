"""The figures of the router's desk as lines of tables and words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from portal.core.clock import local
from portal.core.estimates import Agreement, Share, percent_text
from portal.core.i18n import gettext as _
from portal.groups.models import ModelState, ModelVersion
from portal.groups.performance import Bin, Cell, Drift, GroupFigures, Point

Rows = list[list[str]]


def share_text(share: Share) -> str:
    """A share with its interval, e.g. 91.2 %（95% 区间 84.0–95.6）; how many are missing when there is none."""
    if share.value is None or share.interval is None:
        return _("还没有人工结论")
    low, high = percent_text(share.interval.low), percent_text(share.interval.high)
    return _("%(share)s%%（%(count)s / %(base)s，95%% 区间 %(low)s–%(high)s）") % {
        "share": percent_text(share.value),
        "count": round(share.count),
        "base": round(share.base),
        "low": low,
        "high": high,
    }


def kappa_text(agreement: Agreement | None) -> str:
    """Kappa with its interval, e.g. 0.84（95% 区间 0.71–0.97，25 对）; why there is none otherwise."""
    if agreement is None:
        return _("还没有成对的结论")
    if agreement.kappa is None or agreement.interval is None:
        return _("只有一种结论，算不出（%(count)s 对）") % {"count": agreement.n}
    return _("%(kappa)s（95%% 区间 %(low)s–%(high)s，%(count)s 对）") % {
        "kappa": f"{agreement.kappa:.2f}",
        "low": f"{agreement.interval.low:.2f}",
        "high": f"{agreement.interval.high:.2f}",
        "count": agreement.n,
    }


def estimate_text(share: Share) -> str:
    """An estimated share with its interval, e.g. 91.2 %（84.0–95.6）; a dash when too little was judged."""
    if share.value is None or share.interval is None:
        return "—"
    low, high = percent_text(share.interval.low), percent_text(share.interval.high)
    return f"{percent_text(share.value)}%（{low}–{high}）"


def group_rows(figures: Sequence[GroupFigures], names: Mapping[str, str]) -> Rows:
    """The table of groups: how often, how many alone, how many right, what mistakes cost."""
    return [
        [
            names.get(x.group, x.group),
            str(x.n),
            f"{percent_text(x.auto / x.n, 0)}%",
            estimate_text(x.right),
            str(x.late),
            "—" if x.lost_days is None else f"{x.lost_days:.1f}",
        ]
        for x in figures
    ]


def card_items(card: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a model was made of, as pairs of label and value."""
    made = local(datetime.fromisoformat(str(card["created_at"])))
    return [
        (_("名称"), str(card["name"])),
        (_("起步语料"), _("%(rows)s 条") % {"rows": card["rows"]}),
        (_("人工结论"), _("%(count)s 条") % {"count": card["corrections"]}),
        (_("训练时间"), f"{made:%Y-%m-%d %H:%M}"),
        (_("文件校验"), str(card["sha256"])[:12]),
    ]


def bin_rows(bins: Sequence[Bin]) -> Rows:
    """The reliability plot as a table."""
    width = 0.1
    return [
        [f"{x.low:.0%}–{x.low + width:.0%}", f"{percent_text(x.said)}%", estimate_text(x.right), str(x.n)] for x in bins
    ]


def point_rows(points: Sequence[Point]) -> Rows:
    """The coverage–accuracy curve as a table."""
    return [[f"{x.level:.0%}", f"{percent_text(x.coverage)}%", estimate_text(x.right)] for x in points]


def week_table(
    mondays: Sequence[date], weeks: Mapping[str, Sequence[Cell]], names: Mapping[str, str]
) -> tuple[list[str], Rows]:
    """Heads and lines of the table of groups by week."""
    heads = [_("%(month)s月%(day)s日起") % {"month": day.month, "day": day.day} for day in mondays]
    return heads, [[names.get(group, group), *map(_cell, cells)] for group, cells in weeks.items()]


LEAST_IN_CELL = 3
"""Decided predictions that a week's share needs: of fewer a percentage says nothing."""


def _cell(cell: Cell) -> str:
    if not cell.n:
        return "—"
    if cell.right.value is None or cell.right.base < LEAST_IN_CELL:
        return str(cell.n)
    return f"{cell.n}（{percent_text(cell.right.value, 0)}%）"


def drift_rows(drifts: Sequence[Drift]) -> Rows:
    """Words and their shares before and now."""
    return [[x.word, f"{percent_text(x.before)}%", f"{percent_text(x.recent)}%"] for x in drifts]


def version_rows(versions: Sequence[ModelVersion]) -> Rows:
    """Models and where they stand."""
    words = {
        ModelState.LIVE: _("在用"),
        ModelState.CHALLENGER: _("候选"),
        ModelState.RETIRED: _("已退下"),
    }
    return [
        [x.name, words[ModelState(x.state)], x.by, _moment(x), f"{local(x.changed_at):%Y-%m-%d %H:%M} {x.changed_by}"]
        for x in versions
    ]


def _moment(version: ModelVersion) -> str:
    return f"{local(version.at):%Y-%m-%d %H:%M}"
