"""Compare shares: two waves, one unit with all others, two judges of the same things."""

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from portal.core.estimates.shares import Interval, wilson, z_value


@dataclass(frozen=True)
class Difference:
    """Later minus earlier share, with its 95% interval; is_sure when the interval leaves 0 out."""

    value: float
    interval: Interval
    is_sure: bool


def difference(earlier: tuple[float, float], later: tuple[float, float], confidence: float = 0.95) -> Difference:
    """How much a share changed between two independent waves, each given as (count, base).

    The base may be an effective sample size with the count weighted to match.
    Source: Newcombe 1998, Interval estimation for the difference between independent proportions, method 10.
    """
    before, after = earlier[0] / earlier[1], later[0] / later[1]
    low_then, low_now = wilson(*earlier, confidence), wilson(*later, confidence)
    value = after - before
    interval = Interval(
        value - math.hypot(after - low_now.low, low_then.high - before),
        value + math.hypot(low_now.high - after, before - low_then.low),
    )
    return Difference(value, interval, not interval.holds(0.0))


@dataclass(frozen=True)
class Limits:
    """Between which shares a unit of this size is expected when it is like all others (95% and 99.8%)."""

    warning: Interval
    alarm: Interval


def funnel_limits(target: float, n: int) -> Limits:
    """The limits of a funnel plot at sample size n around the common share `target`.

    Exact binomial limits, interpolated between whole counts, so that small units are treated fairly.
    Source: Spiegelhalter 2005, Funnel plots for comparing institutional performance, appendix A.1.1.
    """
    if not 0 < target < 1 or n < 1:
        raise ValueError("a funnel needs a target between 0 and 1 and at least one case")
    low, high, lowest, highest = (_binomial_limit(target, n, tail) for tail in (0.025, 0.975, 0.001, 0.999))
    return Limits(Interval(low, high), Interval(lowest, highest))


def binomial_tails(count: int, n: int, p: float) -> tuple[float, float]:
    """How probable a count this low, and one this high, is by chance: mid-p, half of the count itself in each.

    For small n this and not a limit on a line must decide: all of ten cases right is no wonder at p = 0.9.
    Source: Lancaster 1961, Significance tests in discrete distributions.
    """
    if not (0 < p < 1 and 0 <= count <= n and n >= 1):
        raise ValueError("tails need 0 < p < 1 and 0 ≤ count ≤ n")
    spread = math.sqrt(n * p * (1 - p))
    itself = _binomial(p, n, count)
    # Beyond forty standard deviations nothing is left to sum.
    first, last = max(0, math.floor(n * p - 40 * spread)), min(n, math.ceil(n * p + 40 * spread))
    below = math.fsum(_binomial(p, n, one) for one in range(first, min(count, last + 1)))
    above = math.fsum(_binomial(p, n, one) for one in range(max(count + 1, first), last + 1))
    return below + itself / 2, above + itself / 2


def _binomial_limit(p: float, n: int, tail: float) -> float:
    """The count at which the binomial distribution reaches `tail`, between whole counts, as a share."""
    spread = math.sqrt(n * p * (1 - p))
    # Ten standard deviations below the mean nothing is left to sum.
    count = max(0, math.floor(n * p - 10 * spread - 10))
    below, total = 0.0, _binomial(p, n, count)
    while total < tail and count < n:
        count += 1
        below, total = total, total + _binomial(p, n, count)
    part = (total - tail) / (total - below)
    return min(max((count - part) / n, 0.0), 1.0)


def _binomial(p: float, n: int, count: int) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(count + 1) - math.lgamma(n - count + 1)
    return math.exp(ways + count * math.log(p) + (n - count) * math.log1p(-p))


@dataclass(frozen=True)
class Agreement:
    """How far two judges agree: share of equal verdicts, the share by chance, and kappa (None if undefined)."""

    n: int
    observed: float
    expected: float
    kappa: float | None
    interval: Interval | None


def cohen_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> Agreement:
    """Agreement of two judges beyond chance, with a 95% interval.

    Raises ValueError without pairs. Source: Cohen 1960, A coefficient of agreement for nominal scales.
    """
    verdicts = list(pairs)
    if not verdicts:
        raise ValueError("agreement needs at least one pair")
    n = len(verdicts)
    ones, others = [one for one, _ in verdicts], [other for _, other in verdicts]
    observed = sum(one == other for one, other in verdicts) / n
    expected = sum(ones.count(verdict) * others.count(verdict) for verdict in set(ones)) / n**2
    if expected == 1:
        return Agreement(n, observed, expected, None, None)
    kappa = (observed - expected) / (1 - expected)
    half = z_value(0.95) * math.sqrt(observed * (1 - observed) / n) / (1 - expected)
    return Agreement(n, observed, expected, kappa, Interval(max(kappa - half, -1.0), min(kappa + half, 1.0)))
