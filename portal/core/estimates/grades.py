"""Five grades of satisfaction (5 非常满意 … 1 非常不满意) and the indices made of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.core.estimates.shares import Interval, Share, share, z_value

GRADES = (5, 4, 3, 2, 1)
LOCAL_VECTOR = (100.0, 80.0, 60.0, 30.0, 0.0)


@dataclass(frozen=True)
class Grades:
    """What n answers on five grades come to.

    top2: grades 5 and 4; basic_or_better: grades 5 to 3 (many offices call this 满意率: print which one).
    mean: 1–5; index100: (mean − 1)/4·100; vector_score: the local scoring; all three None without answers.
    mean_interval, index100_interval: normal 95% intervals, None for fewer than two answers.
    """

    counts: Mapping[int, float]
    n: float
    top2: Share
    basic_or_better: Share
    mean: float | None
    mean_interval: Interval | None
    index100: float | None
    index100_interval: Interval | None
    vector_score: float | None


def grades(
    counts: Mapping[int, float], vector: Sequence[float] = LOCAL_VECTOR, effective: float | None = None
) -> Grades:
    """The indices of `counts` (grade → answers, whole or weighted).

    vector: the score of grades 5, 4, 3, 2, 1.  effective: the effective sample size of weighted answers.
    "不了解" and refusals are no grades: leave them out. Raises ValueError for other grades than 1–5.
    """
    if set(counts) - set(GRADES) or any(count < 0 for count in counts.values()) or len(vector) != len(GRADES):
        raise ValueError("grades are 1 to 5, counts not negative, and the vector has five scores")
    full = {grade: counts.get(grade, 0) for grade in GRADES}
    n = sum(full.values())
    top2 = share(full[5] + full[4], n, effective if n else None)
    basic = share(n - full[2] - full[1], n, effective if n else None)
    if not n:
        return Grades(full, n, top2, basic, None, None, None, None, None)
    mean = sum(grade * count for grade, count in full.items()) / n
    interval = _mean_interval(full, n, mean, n if effective is None else effective)
    return Grades(
        counts=full,
        n=n,
        top2=top2,
        basic_or_better=basic,
        mean=mean,
        mean_interval=interval,
        index100=_index(mean),
        index100_interval=interval and Interval(_index(interval.low), _index(interval.high)),
        vector_score=sum(score * full[grade] for score, grade in zip(vector, GRADES, strict=True)) / n,
    )


def _index(mean: float) -> float:
    return (mean - 1) / 4 * 100


def _mean_interval(counts: Mapping[int, float], n: float, mean: float, size: float) -> Interval | None:
    if size < 2:
        return None
    variance = sum(count * (grade - mean) ** 2 for grade, count in counts.items()) / n * size / (size - 1)
    half = z_value(0.95) * math.sqrt(variance / size)
    return Interval(max(mean - half, 1.0), min(mean + half, 5.0))


def grade_bounds(counts: Mapping[int, float], missing: int) -> tuple[Grades, Grades]:
    """The indices if every missing answer were the worst grade, and if every one were the best."""
    if missing < 0:
        raise ValueError("the number of missing answers is not negative")
    worst = {**counts, 1: counts.get(1, 0) + missing}
    best = {**counts, 5: counts.get(5, 0) + missing}
    return grades(worst), grades(best)
