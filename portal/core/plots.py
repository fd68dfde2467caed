"""What plots share: one look, and an SVG that runs nothing."""

import re
from typing import Any

from starlette.responses import Response

FONTS = "PingFang SC, HarmonyOS Sans SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, sans-serif"
INK, SOFT, ACCENT = "#24201c", "#8c8377", "#a4302a"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
_SCRIPT = re.compile(rb"<script.*?</script>", re.DOTALL)


def curves(**options: Any) -> Any:
    """An empty chart of pygal with two axes of numbers."""
    import pygal  # takes longer to load than any page without a plot to make

    return pygal.XY(**options)


def style(*colours: str) -> Any:
    """The portal's look with these colours, one for each series."""
    from pygal.style import Style

    return Style(
        font_family=FONTS,
        background="#ffffff",
        plot_background="#ffffff",
        foreground=INK,
        foreground_strong=INK,
        foreground_subtle=SOFT,
        colors=colours,
        label_font_size=16,
        major_label_font_size=16,
        value_font_size=16,
        value_label_font_size=16,
        legend_font_size=16,
        title_font_size=18,
        no_data_font_size=22,
        opacity="1",
        stroke_width=2,
        guide_stroke_color="#e5dfd3",
        major_guide_stroke_color="#e5dfd3",
    )


def draw(chart: Any) -> bytes:
    """The SVG of a pygal chart; pygal writes its settings as a script even when no script is wanted."""
    return _SCRIPT.sub(b"", bytes(chart.render()))


def svg(content: bytes, is_private: bool = False) -> Response:
    """An SVG file that runs nothing."""
    headers = {**HEADERS, "Cache-Control": "no-store" if is_private else "no-cache"}
    return Response(content, media_type="image/svg+xml", headers=headers)
