"""A share of a sample, how far the truth may lie from it, and what may be claimed."""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from statistics import NormalDist


@dataclass(frozen=True)
class Interval:
    """From low to high, both within."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether the value lies within."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Share:
    """`count` of `base` as a share of 0–1 with its 95% interval; value and interval are None when base is 0."""

    count: float
    base: float
    value: float | None
    interval: Interval | None


class Verdict(StrEnum):
    """What a sample says about a target."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    WITHIN_ERROR = "within_error"


@dataclass(frozen=True)
class Claim:
    """Whether a target may be called reached, and how many answers would decide it.

    sample_to_decide: the least sample that decides if the share stays as it is; None when the share is the target.
    """

    target: float
    share: Share
    verdict: Verdict
    sample_to_decide: int | None


@cache
def z_value(confidence: float) -> float:
    """The two-sided normal quantile, 1.959964 for 0.95."""
    if not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _checked(count: float, base: float) -> float:
    if not 0 <= count <= base or base <= 0:
        raise ValueError("a share needs 0 ≤ count ≤ base and a base above 0")
    return count / base


def wilson(count: float, base: float, confidence: float = 0.95) -> Interval:
    """The Wilson score interval of count/base; base may be an effective sample size.

    Raises ValueError when count is not within 0…base or base is 0.
    Source: Wilson 1927; Brown, Cai, DasGupta 2001, Interval estimation for a binomial proportion.
    """
    p, z = _checked(count, base), z_value(confidence)
    scale = 1 + z * z / base
    centre = (p + z * z / (2 * base)) / scale
    half = z * math.sqrt(p * (1 - p) / base + z * z / (4 * base * base)) / scale
    # At the ends the formula gives 0 and 1 but for the last bit.
    return Interval(0.0 if count == 0 else max(centre - half, 0.0), 1.0 if count == base else min(centre + half, 1.0))


def agresti_coull(count: float, base: float, confidence: float = 0.95) -> Interval:
    """The Agresti–Coull interval, clipped to 0–1: a little wider than Wilson's. Source: Agresti, Coull 1998."""
    _checked(count, base)
    z = z_value(confidence)
    size = base + z * z
    p = (count + z * z / 2) / size
    half = z * math.sqrt(p * (1 - p) / size)
    return Interval(max(p - half, 0.0), min(p + half, 1.0))


def share(count: float, base: float, effective: float | None = None) -> Share:
    """count of base with its Wilson interval; `effective` is the effective sample size of weighted answers."""
    if base == 0 and count == 0:
        return Share(count, base, None, None)
    value = _checked(count, base)
    size = base if effective is None else effective
    return Share(count, base, value, wilson(value * size, size) if effective is not None else wilson(count, base))


def share_bounds(count: int, answered: int, missing: int) -> Interval:
    """Between which values the share of all must lie when `missing` answers are unknown, whatever they are.

    Source: Manski 1989, Anatomy of the selection problem (worst-case bounds).
    """
    if not 0 <= count <= answered or missing < 0 or answered + missing == 0:
        raise ValueError("bounds need 0 ≤ count ≤ answered and somebody asked")
    total = answered + missing
    return Interval(count / total, (count + missing) / total)


def check_claim(count: float, base: float, target: float, effective: float | None = None) -> Claim:
    """Whether "at least `target`" may be said: reached only when the whole interval lies at or above the target.

    target: 0–1, ends excluded.
    """
    if not 0 < target < 1:
        raise ValueError("a target lies between 0 and 1")
    found = share(count, base, effective)
    if found.value is None or found.interval is None:
        return Claim(target, found, Verdict.WITHIN_ERROR, None)
    if found.interval.low >= target:
        verdict = Verdict.REACHED
    elif found.interval.high < target:
        verdict = Verdict.NOT_REACHED
    else:
        verdict = Verdict.WITHIN_ERROR
    needed = _sample_to_decide(found.value, target)
    if needed is not None and effective:
        needed = math.ceil(needed * base / effective)
    return Claim(target, found, verdict, needed)


def _sample_to_decide(value: float, target: float) -> int | None:
    # Wilson's interval holds just those targets that the score test does not refuse, so it can be solved for n.
    distance = abs(value - target)
    if distance < 1e-12:
        return None
    z = z_value(0.95)
    return math.ceil(z * z * target * (1 - target) / (distance * distance) - 1e-9)


def sample_size(
    margin: float,
    population: int | None = None,
    expected: float = 0.5,
    design_effect: float = 1.0,
    response_rate: float = 1.0,
) -> int:
    """How many people to ask for a 95% interval of ± margin.

    margin, expected, response_rate: 0–1.  population: None for one without end.  design_effect: at least 1 as a
    rule; multiplied before the only rounding, which goes up.
    Source: Cochran 1977, Sampling techniques, 4.4.
    """
    if not (0 < margin < 1 and 0 < expected < 1 and 0 < response_rate <= 1 and design_effect > 0):
        raise ValueError("margin and expected lie between 0 and 1, the response rate in (0, 1]")
    if population is not None and population < 1:
        raise ValueError("a population has at least one person")
    size = z_value(0.95) ** 2 * expected * (1 - expected) / margin**2
    if population is not None:
        size /= 1 + (size - 1) / population
    return math.ceil(size * design_effect / response_rate - 1e-9)
