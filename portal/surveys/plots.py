"""Plots of published shares: horizontal bars with their intervals, drawn by pygal as SVG files of their own."""

import re
from collections.abc import Mapping
from typing import Any

import pygal
from pygal.style import Style
from starlette.responses import Response

FONTS = "PingFang SC, HarmonyOS Sans SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, sans-serif"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
_STYLE = Style(
    font_family=FONTS,
    background="#ffffff",
    plot_background="#ffffff",
    foreground="#24201c",
    foreground_strong="#24201c",
    foreground_subtle="#8c8377",
    colors=("#c75b57",),
    ci_colors=("#24201c",),
    label_font_size=16,
    major_label_font_size=16,
    value_font_size=16,
    value_label_font_size=16,
    no_data_font_size=22,
    opacity="1",
    stroke_width=2,
    guide_stroke_color="#e5dfd3",
    major_guide_stroke_color="#e5dfd3",
)
_LONGEST = 9
_SCRIPT = re.compile(rb"<script.*?</script>", re.DOTALL)


def plot_question(row: Mapping[str, Any], no_data: str) -> bytes:
    """The SVG of one published question. no_data: what to say when nothing may be shown."""
    cells = [cell for cell in row["cells"] if cell["share"] is not None]
    chart = pygal.HorizontalBar(
        js=(),
        style=_STYLE,
        show_legend=False,
        width=520,
        height=100 + 46 * max(len(cells), 2),
        range=(0, 100),
        margin=16,
        # pygal measures every sign as a Latin one, so a Chinese label needs room it does not know of.
        margin_left=16 + 7 * max((len(_short(cell["label"])) for cell in cells), default=0),
        margin_right=28,
        y_labels=[0, 25, 50, 75, 100],
        spacing=16,
        truncate_label=60,
        no_data_text=no_data,
        show_y_guides=True,
        explicit_size=False,
        disable_xml_declaration=False,
        value_formatter=lambda value: f"{value:.0f}%",
    )
    # pygal draws from below; readers read from above.
    cells.reverse()
    chart.x_labels = [f"{_short(cell['label'])} {cell['share_text']}" for cell in cells]
    chart.add("", [_bar(cell) for cell in cells])
    # pygal writes its settings as a script even when no script is wanted.
    return _SCRIPT.sub(b"", bytes(chart.render()))


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


def _bar(cell: Mapping[str, Any]) -> dict[str, Any]:
    bar: dict[str, Any] = {"value": cell["share"] * 100}
    if cell["low"] is not None:
        bar["ci"] = {"low": cell["low"] * 100, "high": cell["high"] * 100}
    return bar


def svg(content: bytes) -> Response:
    """An SVG file that runs nothing."""
    return Response(content, media_type="image/svg+xml", headers=HEADERS)
