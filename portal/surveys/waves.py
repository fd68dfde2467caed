"""Published results side by side: what changed since the wave before, with its interval, and the trend so far.

Everything here is made of figures that were published anyway, so it tells nothing that was hidden.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.core.estimates import difference, round_half_up

Payload = Mapping[str, Any]


def join_waves(earlier: Payload, rows: Sequence[Mapping[str, Any]], about: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For each rate that both waves have under the same key: its points, the earliest first, and the last change.

    earlier: the published result of the wave before, whose own waves are carried on.  rows: questions as they are
    published now.  about: survey, title, from, to of this wave.
    """
    before = {
        (row["key"], figure["key"]): (row, figure)
        for row in earlier["questions"]
        for figure in row["figures"]
        if figure["is_share"]
    }
    carried = {series["key"]: series["points"] for series in earlier.get("waves", ())}
    found = []
    for row in rows:
        for figure in row["figures"]:
            then = before.get((row["key"], figure["key"])) if figure["is_share"] else None
            if then is None:
                continue
            key = f"{row['key']}.{figure['key']}"
            points = [*carried.get(key, [_point(*then, earlier)]), _point(row, figure, about)]
            change = difference(_counted(*then), _counted(row, figure))
            found.append(
                {
                    "key": key,
                    "number": row["number"],
                    "label": row["label"],
                    "figure": figure["label"],
                    "points": points[-8:],
                    "change": {
                        "value": _points_of(change.value),
                        "low": _points_of(change.interval.low),
                        "high": _points_of(change.interval.high),
                        "is_sure": change.is_sure,
                    },
                }
            )
    return found


def _points_of(value: float) -> float:
    """A difference of shares in percentage points, to the tenth."""
    return float(round_half_up(value * 100, 1))


def _counted(row: Mapping[str, Any], figure: Mapping[str, Any]) -> tuple[float, float]:
    """Count and base on the effective size."""
    size = min(float(row["effective"]), float(figure["base"]))
    return min(figure["count"] / figure["base"] * size, size), size


def _point(row: Mapping[str, Any], figure: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: about[name] for name in ("survey", "title", "from", "to")},
        "n": row["n"],
        **{name: figure[name] for name in ("share", "low", "high", "share_text", "interval_text")},
    }
