"""What people think of a group: grades of finished cases and published surveys, side by side and never added up."""

from collections.abc import Sequence

from portal.core.estimates import percent_text
from portal.core.i18n import gettext as _
from portal.figures.measures import Measures
from portal.surveys import Headline


def head() -> list[str]:
    """The heads of the table."""
    return [
        _("来源"),
        _("满意率"),
        _("95% 区间"),
        _("份数"),
        _("没有评价的全算差或全算好"),
        _("怎么收的"),
    ]


def side_by_side(measures: Measures, headlines: Sequence[Headline]) -> list[list[str]]:
    """Rows of a table: the cases' grades first, with the bounds that missing grades leave, then each survey."""
    rows = []
    share, bounds = measures.rates.satisfaction, measures.satisfaction_bounds
    if share.value is not None and share.interval is not None:
        between = _("%(low)s%%–%(high)s%%")
        limits = {"low": percent_text(bounds.low), "high": percent_text(bounds.high)} if bounds else {}
        rows.append(
            [
                _("诉求办结后的评价"),
                f"{percent_text(share.value)}%",
                between % {"low": percent_text(share.interval.low), "high": percent_text(share.interval.high)},
                f"{share.base:.0f}",
                between % limits if limits else "—",
                _("反映人自己评；没有评的不算满意"),
            ]
        )
    rows += [_row(one) for one in headlines]
    return rows


def _row(one: Headline) -> list[str]:
    how = _("受邀样本") if one.survey.is_invited else _("自愿参与样本")
    return [
        f"{one.survey.title}（{one.figure}）",
        f"{percent_text(one.value)}%",
        f"{percent_text(one.low)}%–{percent_text(one.high)}%",
        str(one.n),
        "—",
        _("%(how)s，按人口加权") % {"how": how} if one.is_weighted else _("%(how)s，未加权") % {"how": how},
    ]
