"""Plots of published shares as SVG files of their own: bars or points, each with its interval, light or dark.

Drawn by hand: labels stand above their bars, so that a Chinese sentence needs no room beside the plot that nobody
can measure, and a phone shows it at full width.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from xml.sax.saxutils import escape

from portal.surveys.shared import brief

WIDTH = 420
LEFT, RIGHT = 10, 30
HEAD, LINE, FOOT = 30, 48, 30
_STYLE = (
    "text{font:16px 'PingFang SC','HarmonyOS Sans SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;fill:#24201c}"
    ".soft{fill:#5c554c;font-size:14px}.head{font-weight:700}.back{fill:#f4f0e8}.grid{stroke:#e5dfd3}"
    ".bar{fill:#c75b57}.dot{fill:#9b1c1f}.whisker{stroke:#24201c;stroke-width:2;fill:none}"
    ".wide{stroke:#9b1c1f;stroke-width:3}"
    "@media(prefers-color-scheme:dark){text{fill:#f1ece4}.soft{fill:#bdb3a6}.back{fill:#2a2520}.grid{stroke:#3a342d}"
    ".bar{fill:#b3312f}.dot{fill:#ffa79c}.whisker{stroke:#f1ece4}.wide{stroke:#ffa79c}}"
)


@dataclass(frozen=True)
class Line:
    """One line of a plot. share: 0–1, or None for a head, or where only low and high are known."""

    label: str
    text: str = ""
    share: float | None = None
    low: float | None = None
    high: float | None = None


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def height_of(lines: Sequence[Line]) -> int:
    """How high the plot of these lines is, so that a page can keep the room."""
    return sum(HEAD if _is_head(line) else LINE for line in lines) + FOOT


def draw(lines: Sequence[Line], title: str, no_data: str, is_points: bool = False) -> bytes:
    """The SVG of some shares. title: what it shows, for readers of the file alone; no_data: instead of an empty one."""
    height = height_of(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="img"><title>{escape(title)}</title><style>{_STYLE}</style>'
    ]
    if not lines:
        return f'{parts[0]}<text class="soft" x="{LEFT}" y="20">{escape(no_data)}</text></svg>'.encode()
    parts += [
        f'<path class="grid" d="M{_x(tick / 100)} 4V{height - FOOT + 4}"/>'
        f'<text class="soft" x="{_x(tick / 100)}" y="{height - 8}" text-anchor="middle">{tick}%</text>'
        for tick in (0, 25, 50, 75, 100)
    ]
    top = 0
    for line in lines:
        parts.append(_head(line, top) if _is_head(line) else _line(line, top, is_points))
        top += HEAD if _is_head(line) else LINE
    return ("".join(parts) + "</svg>").encode()


def _is_head(line: Line) -> bool:
    return line.share is None and line.low is None


def _head(line: Line, top: int) -> str:
    return f'<text class="head" x="{LEFT}" y="{top + 22}">{escape(_short(line.label))}</text>'


def _line(line: Line, top: int, is_points: bool) -> str:
    words = f'<tspan>{escape(_short(line.label))}</tspan><tspan class="soft" dx="8">{escape(line.text)}</tspan>'
    middle = top + 34
    parts = [f'<text x="{LEFT}" y="{top + 19}">{words}</text>']
    parts.append(f'<rect class="back" x="{LEFT}" y="{top + 26}" width="{_x(1) - LEFT}" height="16" rx="3"/>')
    if line.share is not None and not is_points:
        parts.append(
            f'<rect class="bar" x="{LEFT}" y="{top + 26}" width="{_x(line.share) - LEFT}" height="16" rx="3"/>'
        )
    if line.low is not None and line.high is not None:
        low, high = _x(line.low), _x(line.high)
        is_wide = " wide" if line.share is None or is_points else ""
        parts.append(
            f'<path class="whisker{is_wide}" d="M{low} {middle}H{high}M{low} {middle - 5}v10M{high} {middle - 5}v10"/>'
        )
    if line.share is not None and is_points:
        parts.append(f'<circle class="dot" cx="{_x(line.share)}" cy="{middle}" r="6"/>')
    return "".join(parts)


def _short(label: str, most: int = 44) -> str:
    """The label, cut to so many half widths; a Chinese sign takes two."""
    widths = list(accumulate(1 if sign.isascii() else 2 for sign in label))
    if not widths or widths[-1] <= most:
        return label
    return f"{label[: sum(width < most for width in widths)]}…"


def question_lines(row: Mapping[str, Any], say: Any) -> list[Line]:
    """The bars of one published question."""
    return [
        Line(say(cell["label"]), cell["share_text"], cell["share"], cell["low"], cell["high"])
        for cell in row["cells"]
        if cell["share"] is not None
    ]


def figure_lines(rows: Sequence[Mapping[str, Any]], say: Any) -> list[Line]:
    """The points of every published rate, below the words of its question."""
    lines: list[Line] = []
    for row in rows:
        rates = [figure for figure in (*row["figures"], *row.get("bounded", ())) if figure["is_share"]]
        if rates:
            lines.append(Line(f"{row['number']}. {say(row['label'])}"))
        lines += [
            Line(brief(say(rate["label"])), rate["share_text"], rate["share"], rate["low"], rate["high"])
            for rate in rates
        ]
    return lines


def wave_lines(waves: Sequence[Mapping[str, Any]], say: Any) -> list[Line]:
    """The points of each rate wave by wave."""
    lines: list[Line] = []
    for series in waves:
        lines.append(Line(f"{series.get('number', '')}. {brief(say(series['figure']))}".lstrip(". ")))
        lines += [
            Line(f"{point['from']}—{point['to']}", point["share_text"], point["share"], point["low"], point["high"])
            for point in series["points"]
        ]
    return lines
