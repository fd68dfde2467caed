"""Weights that bring a sample to known margins of the population, or a refusal to weight."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portal.core.estimates.shares import Interval, Share, share, wilson, z_value
from portal.core.i18n import lazy

Floats = npt.NDArray[np.float64]

LEAST_IN_CATEGORY = 10
LOWEST_WEIGHT, HIGHEST_WEIGHT = 0.3, 3.0
# In answers, not in shares.
_CLOSE = 1e-9
_ROUNDS = 500
_TRIMS = 50

REASONS = {
    "empty": lazy("样本里没有“%(category)s”的答卷，不能加权。请公布未加权结果，并注明样本缺少这一类。"),
    "small": lazy("“%(category)s”只有 %(n)d 份答卷（至少要 10 份），不能加权。请合并类别或补充样本。"),
    "unknown": lazy("城市资料里没有“%(category)s”的人口占比，不能加权。请先补全人口资料。"),
    "margins": lazy("“%(category)s”的人口占比相加不等于 100%%，请核对城市资料。"),
    "far": lazy("样本与人口结构相差太大，加权后仍对不上。请公布未加权结果。"),
}


class WeightingRefused(Exception):
    """Weights that would promise too much; `str()` of it is a sentence for staff.

    key: one of REASONS.  category: the variable or category at fault.  n: answers in it.
    """

    def __init__(self, key: str, category: str = "", n: int = 0) -> None:
        super().__init__(key, category, n)
        self.key, self.category, self.n = key, category, n

    def __str__(self) -> str:
        return str(REASONS[self.key] % {"category": self.category, "n": self.n})


@dataclass(frozen=True)
class Weights:
    """One weight for each answer, with mean 1.

    design_effect: how much larger the sample would have to be than an even one.  effective_size: n divided by it;
    use it in intervals.  rounds: of raking.  trimmed: weights held at a limit.  largest_miss: how far a margin is
    still off, as a share of 0–1; above 0 only where weights were trimmed.
    """

    values: Floats
    design_effect: float
    effective_size: float
    rounds: int
    trimmed: int
    largest_miss: float


@dataclass(frozen=True)
class Stratum:
    """A part of the city: its share of the population (any unit), its answers, and how many of them said yes."""

    population: float
    n: int
    count: int


@dataclass(frozen=True)
class PostStratified:
    """A share weighted by strata.

    raw, value: 0–1, before and after.  normal: value ± 1.96 standard errors.  wilson: with the effective size, to be
    preferred near 0 and 1.  weights: one for each stratum, in the order given.
    """

    raw: float
    value: float
    standard_error: float
    normal: Interval
    wilson: Interval
    weights: tuple[float, ...]
    design_effect: float
    effective_size: float


def design_effect(weights: Sequence[float] | Floats) -> float:
    """n·Σw² / (Σw)². Source: Kish 1965, Survey sampling, 11.7."""
    values = np.asarray(weights, dtype=float)
    if values.size == 0 or values.sum() <= 0:
        raise ValueError("a design effect needs weights above 0")
    return float(values.size * (values**2).sum() / values.sum() ** 2)


def effective_size(weights: Sequence[float] | Floats) -> float:
    """How many evenly drawn answers would tell as much as these weighted ones."""
    return len(weights) / design_effect(weights)


def post_stratify(strata: Mapping[str, Stratum]) -> PostStratified:
    """The share of yes in the city from its strata.

    Raises WeightingRefused when a stratum of the population has fewer than 10 answers.
    Source: Holt, Smith 1979, Post stratification.
    """
    for name, stratum in strata.items():
        if stratum.population > 0:
            _enough(name, stratum.n)
    parts = [stratum for stratum in strata.values() if stratum.population > 0]
    if not parts:
        raise WeightingRefused("margins")
    n = sum(part.n for part in parts)
    whole = sum(part.population for part in parts)
    shares = [part.population / whole for part in parts]
    weights = tuple(size * n / part.n for size, part in zip(shares, parts, strict=True))
    means = [part.count / part.n for part in parts]
    value = sum(size * mean for size, mean in zip(shares, means, strict=True))
    variance = sum(
        size**2 * mean * (1 - mean) / (part.n - 1) for size, mean, part in zip(shares, means, parts, strict=True)
    )
    error = math.sqrt(variance)
    half = z_value(0.95) * error
    effect = design_effect(np.repeat(weights, [part.n for part in parts]))
    return PostStratified(
        raw=sum(part.count for part in parts) / n,
        value=value,
        standard_error=error,
        normal=Interval(max(value - half, 0.0), min(value + half, 1.0)),
        wilson=wilson(min(value, 1.0) * n / effect, n / effect),
        weights=weights,
        design_effect=effect,
        effective_size=n / effect,
    )


def _enough(category: str, n: int) -> None:
    if n == 0:
        raise WeightingRefused("empty", category)
    if n < LEAST_IN_CATEGORY:
        raise WeightingRefused("small", category, n)


def rake(
    answers: Sequence[Mapping[str, str | None]],
    margins: Mapping[str, Mapping[str, float]],
    lowest: float = LOWEST_WEIGHT,
    highest: float = HIGHEST_WEIGHT,
) -> Weights:
    """Weights for the answers so that each variable has the population's shares.

    answers: for each answer its category by variable; None or absent where it was not told (such an answer is left
    alone by that variable).  margins: by variable, category → share of the population, summing to 1.
    Weights outside lowest…highest are held there and the others raked again.
    Raises WeightingRefused for a category without a margin, with no answers or fewer than 10, and when margins
    contradict each other or cannot be come near to.
    Source: Deming, Stephan 1940; Deville, Särndal, Sautory 1993, Generalized raking procedures.
    """
    if not answers or not margins:
        raise WeightingRefused("margins")
    variables = [_codes(answers, variable, shares) for variable, shares in margins.items()]
    weights, rounds = _fit(np.ones(len(answers)), variables, np.zeros(len(answers), dtype=bool))
    held = np.zeros(len(answers), dtype=bool)
    for _ in range(_TRIMS):
        outside = ~held & ((weights < lowest) | (weights > highest))
        if not outside.any():
            break
        held |= outside
        weights, more = _fit(np.clip(weights, lowest, highest), variables, held)
        rounds += more
    weights = np.clip(weights, lowest, highest)
    miss = max(_miss(weights, *variable) for variable in variables)
    if miss > (0.05 if held.any() else 1e-4):
        raise WeightingRefused("far")
    effect = design_effect(weights)
    return Weights(weights, effect, len(answers) / effect, rounds, int(held.sum()), miss if held.any() else 0.0)


_Variable = tuple[npt.NDArray[np.intp], Floats]


def _codes(answers: Sequence[Mapping[str, str | None]], variable: str, shares: Mapping[str, float]) -> _Variable:
    """The category number of each answer (−1: not told) and the shares to reach, after all refusals."""
    if abs(sum(shares.values()) - 1) > 1e-3 or min(shares.values(), default=-1) < 0:
        raise WeightingRefused("margins", variable)
    told = [answer.get(variable) for answer in answers]
    counts = Counter(category for category in told if category is not None)
    for category, n in counts.items():
        if shares.get(category, 0) <= 0:
            raise WeightingRefused("unknown", category, n)
    categories = [category for category, size in shares.items() if size > 0]
    for category in categories:
        _enough(category, counts[category])
    place = {category: number for number, category in enumerate(categories)}
    codes = np.array([-1 if category is None else place[category] for category in told])
    targets = np.array([shares[category] for category in categories])
    return codes, targets / targets.sum()


def _fit(weights: Floats, variables: list[_Variable], held: npt.NDArray[np.bool_]) -> tuple[Floats, int]:
    """Multiply to each margin in turn until all fit; held weights stay. Returns weights and rounds."""
    weights = weights.copy()
    rounds, before = 0, np.zeros_like(weights)
    while rounds < _ROUNDS and np.abs(weights - before).max() > 1e-12:
        rounds, before = rounds + 1, weights.copy()
        for codes, targets in variables:
            told = codes >= 0
            free = told & ~held
            fixed = np.bincount(codes[told & held], weights[told & held], len(targets))
            moving = np.bincount(codes[free], weights[free], len(targets))
            # Where held weights alone exceed a margin the free ones keep a trace, and trimming sees to it.
            wanted = np.maximum(targets * told.sum() - fixed, 1e-9)
            weights[free] *= (wanted / np.where(moving > 0, moving, 1.0))[codes[free]]
        if max(_miss(weights, *variable) for variable in variables) * len(weights) < _CLOSE:
            break
    return weights, rounds


def _miss(weights: Floats, codes: npt.NDArray[np.intp], targets: Floats) -> float:
    told = codes >= 0
    reached = np.bincount(codes[told], weights[told], len(targets)) / weights[told].sum()
    return float(np.abs(reached - targets).max())


def weighted_share(said_yes: Sequence[bool], weights: Weights) -> Share:
    """The weighted share of yes with the Wilson interval of its effective size."""
    values = np.asarray(said_yes, dtype=float)
    count = float((values * weights.values).sum() / weights.values.sum() * len(values))
    return share(min(count, float(len(values))), len(values), weights.effective_size)
