"""Plots of the router's desk, drawn by pygal as SVG files of their own."""

from collections.abc import Sequence
from typing import Any

from portal.core.estimates import Share
from portal.core.i18n import gettext as _
from portal.core.plots import curves, draw, style
from portal.groups.performance import Bin, Point

# pygal darkens what goes beyond the list; one thing keeps its colour, however many lines draw it.
RED, GREY = ("#c75b57",) * 24, ("#8c8377",)


def _chart(x_title: str, y_title: str, colors: tuple[str, ...], **options: Any) -> Any:
    return curves(
        js=(),
        style=style(*colors),
        width=800,
        height=400,
        x_title=x_title,
        y_title=y_title,
        margin=16,
        legend_at_bottom=True,
        explicit_size=False,
        disable_xml_declaration=False,
        no_data_text=_("还没有足够的人工结论"),
        dots_size=5,
        value_formatter=lambda value: f"{value:.0f}%",
        x_value_formatter=lambda value: f"{value:.0f}%",
        **options,
    )


def plot_reliability(bins: Sequence[Bin]) -> bytes:
    """Said probability against share right; the diagonal is what a router that knows itself would draw."""
    chart = _chart(_("模型给出的概率"), _("实际正确的比例"), GREY + RED, range=(0, 100), xrange=(0, 100))
    if bins:
        chart.add(_("完全可信"), [(0, 0), (100, 100)], show_dots=False, stroke_style={"dasharray": "6, 6"})
        _add_intervals(chart, [(x.said, x.right) for x in bins])
        chart.add(_("实际"), [(x.said * 100, (x.right.value or 0) * 100) for x in bins])
    return draw(chart)


def plot_coverage(points: Sequence[Point]) -> bytes:
    """Share of cases above a threshold against how many of them are right."""
    known = [x for x in points if x.right.value is not None]
    chart = _chart(_("自动派单的比例"), _("其中正确的比例"), RED, range=(0, 100), xrange=(0, 100))
    if known:
        _add_intervals(chart, [(x.coverage, x.right) for x in known])
        chart.add(_("不同门槛"), [(x.coverage * 100, (x.right.value or 0) * 100) for x in known])
    return draw(chart)


def _add_intervals(chart: Any, shares: Sequence[tuple[float, Share]]) -> None:
    for place, right in shares:
        if right.interval is not None:
            ends = [(place * 100, end * 100) for end in (right.interval.low, right.interval.high)]
            chart.add(None, ends, show_dots=False)
