"""Plots of the figures as SVG files of their own: how long people wait, and units compared fairly."""

from collections.abc import Sequence

from portal.core.estimates import Survival, funnel_limits
from portal.core.i18n import gettext as _
from portal.core.plots import ACCENT, INK, SOFT, curves, draw, style
from portal.figures.fair import Funnel, Verdict
from portal.figures.words import HOURS_A_DAY

LONGEST_DAYS = 30
STEPS = 24
QUARTERS = [0, 25, 50, 75, 100]
OUTSIDE = {Verdict.FAR_BELOW, Verdict.FAR_ABOVE}


def plot_waiting(contact: Survival, resolve: Survival) -> bytes:
    """The share still waiting for a first contact and for the result, day by day; open cases count as waiting."""
    chart = curves(
        js=(), style=style(SOFT, ACCENT), width=640, height=320, range=(0, 100), xrange=(0, LONGEST_DAYS),
        x_title=_("提交后的天数"), y_title=_("还在等的比例"), margin=16, legend_at_bottom=True, show_dots=False,
        explicit_size=False, disable_xml_declaration=False, no_data_text=_("还没有到期的诉求"),
        value_formatter=lambda value: f"{value:.0f}%", x_value_formatter=lambda value: f"{value:.0f}",
        stroke_style={"width": 4},
    )  # fmt: skip
    if resolve.n:
        # Marks on the axes of an empty chart are more than pygal can bear.
        chart.y_labels, chart.x_labels = QUARTERS, list(range(0, LONGEST_DAYS + 1, 5))
        # Told apart by dashes too, not by colour alone.
        chart.add(_("等首次联系"), _stairs(contact), stroke_style={"width": 4, "dasharray": "8, 6"})
        chart.add(_("等办结"), _stairs(resolve))
    return draw(chart)


def _stairs(curve: Survival) -> list[tuple[float, float]]:
    """The curve as corners of stairs, in days and per cent, up to the end of the plot."""
    corners, before = [(0.0, 100.0)], 100.0
    for hours, waiting in zip(curve.times, curve.waiting, strict=True):
        days = hours / HOURS_A_DAY
        if days > LONGEST_DAYS:
            break
        corners += [(days, before), (days, waiting * 100)]
        before = waiting * 100
    return [*corners, (float(LONGEST_DAYS), before)]


def plot_funnel(funnel: Funnel | None, name: str) -> bytes:
    """Each unit's share over its number of cases, with the limits that chance sets; those beyond are named."""
    most = max((place.share.base for place in funnel.places), default=1) if funnel else 1
    chart = curves(
        js=(), style=style(SOFT, SOFT, SOFT, SOFT, INK, INK, ACCENT), width=800, height=400, range=(0, 100),
        x_title=_("件数"), y_title=name, margin=16, margin_right=60, show_legend=False, print_labels=True,
        explicit_size=False, disable_xml_declaration=False, no_data_text=_("可以比较的单位还不够"), dots_size=6,
        xrange=(0, most * 1.05), value_formatter=lambda value: f"{value:.0f}%",
        x_value_formatter=lambda value: f"{value:.0f}",
    )  # fmt: skip
    if funnel is not None and funnel.common.value is not None:
        chart.y_labels = QUARTERS
        common = funnel.common.value
        sizes = _sizes(int(most))
        limits = [funnel_limits(common, size) for size in sizes]
        dashed = {"width": 2, "dasharray": "4, 5"}
        for values, stroke in (
            ([one.warning.low for one in limits], dashed),
            ([one.warning.high for one in limits], dashed),
            ([one.alarm.low for one in limits], {"width": 2}),
            ([one.alarm.high for one in limits], {"width": 2}),
        ):
            line = [(size, value * 100) for size, value in zip(sizes, values, strict=True)]
            chart.add("", line, show_dots=False, stroke_style=stroke)
        chart.add("", [(0, common * 100), (most * 1.05, common * 100)], show_dots=False)
        plain = [place for place in funnel.places if place.verdict not in OUTSIDE]
        chart.add("", [(place.share.base, place.value * 100) for place in plain], stroke=False)
        named = [
            {"value": (place.share.base, place.value * 100), "label": place.name}
            for place in funnel.places
            if place.verdict in OUTSIDE
        ]
        chart.add("", named, stroke=False)
    return draw(chart)


def _sizes(most: int) -> Sequence[int]:
    """Numbers of cases at which the limits are drawn: close together where they bend most."""
    return sorted({max(1, round(most * 1.05 * (step / STEPS) ** 2)) for step in range(1, STEPS + 1)} | {1})
