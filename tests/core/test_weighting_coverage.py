"""The published intervals hold the truth as often as they promise; seeded, the short version of the simulation."""

import numpy as np
import pytest

from tests.simulations.coverage import plain_coverage, raked_coverage, stratified_coverage

ROUNDS = 1200
# Three standard errors of a simulated coverage of 95%, so that only a real fault can fail the test.
NOISE = 3 * (0.95 * 0.05 / ROUNDS) ** 0.5


@pytest.mark.parametrize("share", [0.5, 0.85, 0.99])
@pytest.mark.parametrize("n", [50, 400, 1600])
def test_wilson_covers_between_93_and_97_percent(n: int, share: float) -> None:
    coverage = plain_coverage(n, share, ROUNDS, np.random.default_rng(7))
    assert 0.93 - NOISE <= coverage <= 0.97 + NOISE


@pytest.mark.parametrize(("n", "share"), [(200, 0.7), (400, 0.95)])
def test_weighted_intervals_cover_between_93_and_97_percent(n: int, share: float) -> None:
    coverage = stratified_coverage(n, share, ROUNDS, np.random.default_rng(7))
    assert 0.93 - NOISE <= coverage <= 0.97 + NOISE


@pytest.mark.parametrize(("n", "share"), [(200, 0.7), (400, 0.95)])
def test_raked_intervals_cover_between_93_and_97_percent(n: int, share: float) -> None:
    # Slower than half a second: each round rakes a sample of its own.
    rounds = 400
    coverage = raked_coverage(n, share, rounds, np.random.default_rng(7))
    assert 0.93 - NOISE * (ROUNDS / rounds) ** 0.5 <= coverage <= 0.97 + NOISE * (ROUNDS / rounds) ** 0.5
