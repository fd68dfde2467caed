"""Compare units fairly: each with what chance alone gives a unit of its size, never by rank.

A rank puts small units first and last, because their rates swing widest. A funnel asks of each whether its rate could
be that of all others at its number of cases.
Source: Spiegelhalter 2005, Funnel plots for comparing institutional performance.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.core.estimates import Limits, Share, binomial_tails, funnel_limits, share
from portal.core.i18n import lazy
from portal.figures.measures import Measures

LEAST = 2
"""A comparison needs so many units."""
TAIL, FAR_TAIL = 0.025, 0.001
"""What is left on each side outside the inner limits (95 %) and the outer ones (99.8 %)."""


class Verdict(StrEnum):
    """Where a unit lies: far below or above is beyond 99.8 %, below or above beyond 95 %."""

    FAR_BELOW = "far_below"
    BELOW = "below"
    EXPECTED = "expected"
    ABOVE = "above"
    FAR_ABOVE = "far_above"


VERDICT_WORDS = {
    Verdict.FAR_BELOW: lazy("明显低于整体"),
    Verdict.BELOW: lazy("可能低于整体"),
    Verdict.EXPECTED: lazy("与整体没有差别"),
    Verdict.ABOVE: lazy("可能高于整体"),
    Verdict.FAR_ABOVE: lazy("明显高于整体"),
}
COMPARED: dict[str, tuple[object, Callable[[Measures], Share]]] = {
    "response": (lazy("响应率"), lambda measures: measures.rates.response),
    "on_time": (lazy("按期办结率"), lambda measures: measures.on_time),
    "resolution": (lazy("解决率"), lambda measures: measures.rates.resolution),
    "satisfaction": (lazy("满意率"), lambda measures: measures.rates.satisfaction),
}
"""What units may be compared in: its name, and where it stands among the figures."""


@dataclass(frozen=True)
class Place:
    """One unit in the funnel."""

    name: str
    share: Share
    limits: Limits
    verdict: Verdict

    @property
    def value(self) -> float:
        """Its share, 0–1."""
        return self.share.value or 0.0


@dataclass(frozen=True)
class Funnel:
    """The common share of all, and each unit beside what its size lets expect."""

    common: Share
    places: Sequence[Place]

    @property
    def standing_out(self) -> Sequence[Place]:
        """Units beyond the outer limits: worth a look; one in 500 gets there by chance."""
        return [place for place in self.places if place.verdict in {Verdict.FAR_BELOW, Verdict.FAR_ABOVE}]


def compare(named: Sequence[tuple[str, Share]]) -> Funnel | None:
    """The funnel of these units around their common share; None when there is nothing to compare.

    named: names with counts over whole bases.
    """
    known = [(name, one) for name, one in named if one.base]
    count, base = sum(one.count for _name, one in known), sum(one.base for _name, one in known)
    if len(known) < LEAST or not 0 < count < base:
        return None
    common = count / base
    places = []
    for name, one in known:
        limits = funnel_limits(common, int(one.base))
        places.append(Place(name, one, limits, judge(round(one.count), int(one.base), common)))
    return Funnel(share(count, base), sorted(places, key=lambda place: -place.share.base))


def judge(count: int, n: int, common: float) -> Verdict:
    """Where a unit of n cases lies when all others have this common share, by the exact binomial distribution."""
    low, high = binomial_tails(count, n, common)
    if low < FAR_TAIL:
        return Verdict.FAR_BELOW
    if high < FAR_TAIL:
        return Verdict.FAR_ABOVE
    if low < TAIL:
        return Verdict.BELOW
    return Verdict.ABOVE if high < TAIL else Verdict.EXPECTED
