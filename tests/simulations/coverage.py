"""How often the published intervals hold the truth: the long version, run by hand.

    python -m tests.simulations.coverage [--rounds 2000] [--seed 1]

Prints coverage of Wilson's interval for plain shares, exactly, and for post-stratified and raked ones by simulation.
Counts are whole numbers, so the coverage at a single true share jumps with the share (at n = 50 and p = 0.99 it is
91.1%, at p = 0.9895 it is 91.9% …); a city's truth is no round number either, so each figure is the mean over true
shares within half a point of p. docs/estimates.md shows the table, and the single points that fall out.
"""

import argparse
from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.stats import binom

from portal.core.estimates import wilson
from portal.core.weighting import Stratum, WeightingRefused, post_stratify, rake, weighted_share

SIZES = (50, 100, 200, 400, 800, 1600)
SHARES = (0.5, 0.7, 0.85, 0.95, 0.99)


HALF_POINT = 0.005


def band(share: float, generator: np.random.Generator) -> float:
    """A true share within half a point of `share`."""
    return float(share + generator.uniform(-HALF_POINT, HALF_POINT))


@cache
def _intervals(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Low and high ends of Wilson's interval for every count of n."""
    found = [wilson(count, n) for count in range(n + 1)]
    return np.array([one.low for one in found]), np.array([one.high for one in found])


def point_coverage(n: int, share: float) -> float:
    """The exact coverage of Wilson's interval of a simple random sample at one true share."""
    low, high = _intervals(n)
    holds = (low <= share) & (share <= high)
    return float(binom.pmf(np.arange(n + 1), n, share)[holds].sum())


def plain_coverage(n: int, share: float) -> float:
    """The exact coverage, averaged over true shares within half a point."""
    return float(np.mean([point_coverage(n, truth) for truth in share + HALF_POINT * np.linspace(-1, 1, 101)]))


def stratified_coverage(n: int, share: float, rounds: int, generator: np.random.Generator) -> float:
    """Coverage for three districts of unequal size that answer unequally and differ in the true share."""
    population, answering = np.array([0.46, 0.33, 0.21]), np.array([0.6, 0.25, 0.15])
    hits = 0
    for _ in range(rounds):
        truths = np.clip(band(share, generator) + np.array([0.02, 0.0, -0.04]) * (1 - share), 0, 1)
        sizes = np.maximum(np.round(answering * n).astype(int), 10)
        counts = generator.binomial(sizes, truths)
        strata = {str(i): Stratum(float(population[i]), int(sizes[i]), int(counts[i])) for i in range(len(population))}
        hits += post_stratify(strata).wilson.holds(float(population @ truths))
    return hits / rounds


def raked_coverage(n: int, share: float, rounds: int, generator: np.random.Generator) -> float:
    """Coverage for a sample raked to sex and age, where the young answer less and are less content."""
    cells = np.array([["男", "青"], ["男", "长"], ["女", "青"], ["女", "长"]])
    population, answering = np.array([0.27, 0.22, 0.28, 0.23]), np.array([0.18, 0.26, 0.22, 0.34])
    margins = {"sex": {"男": 0.49, "女": 0.51}, "age": {"青": 0.55, "长": 0.45}}
    hits = done = 0
    while done < rounds:
        truths = np.clip(band(share, generator) + np.array([-0.05, 0.03, -0.03, 0.05]) * (1 - share), 0, 1)
        drawn = np.sort(generator.choice(4, n, p=answering))
        answers = [{"sex": str(cells[i, 0]), "age": str(cells[i, 1])} for i in drawn]
        said_yes = generator.random(n) < truths[drawn]
        try:
            weights = rake(answers, margins)
        except WeightingRefused:
            # A sample that is too thin is not published weighted, so it neither hits nor misses.
            continue
        done += 1
        interval = weighted_share(list(said_yes), weights).interval
        hits += interval is not None and interval.holds(float(population @ truths))
    return hits / rounds


KINDS: dict[str, Callable[[int, float, int, np.random.Generator], float]] = {
    "plain": lambda n, share, _rounds, _generator: plain_coverage(n, share),
    "post-stratified": stratified_coverage,
    "raked": raked_coverage,
}


def main() -> None:
    """Print a table of coverages for every size and share."""
    arguments = argparse.ArgumentParser(description="coverage of the published 95% intervals")
    arguments.add_argument("--rounds", type=int, default=2000)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    generator = np.random.default_rng(chosen.seed)
    print(f"{'kind':16} {'n':>5} " + " ".join(f"p={share:<6}" for share in SHARES))
    for kind, coverage in KINDS.items():
        for n in SIZES:
            found = [coverage(n, share, chosen.rounds, generator) for share in SHARES]
            print(f"{kind:16} {n:5} " + " ".join(f"{value:8.3f}" for value in found), flush=True)


if __name__ == "__main__":
    main()
