"""Units that are the same in all but size are flagged as often as chance says; a rank by raw rate is not fair."""

import random
from collections.abc import Sequence

import pytest
from scipy.stats import binom

from portal.core.estimates import binomial_tails, share
from portal.figures.fair import Verdict, compare, judge

COMMON = 0.88
FLAGGED = {Verdict.BELOW, Verdict.ABOVE, Verdict.FAR_BELOW, Verdict.FAR_ABOVE}
FAR = {Verdict.FAR_BELOW, Verdict.FAR_ABOVE}
SIZES = {"small": (15, 40), "middle": (80, 200), "large": (400, 900)}


def draw(sizes: tuple[int, int], units: int, rng: random.Random) -> list[tuple[int, int]]:
    """(solved, cases) of units that all solve with the same probability."""
    numbers = [rng.randint(*sizes) for _unit in range(units)]
    return [(sum(rng.random() < COMMON for _case in range(n)), n) for n in numbers]


@pytest.fixture(scope="module")
def same_units() -> dict[str, list[tuple[int, int]]]:
    """Three times a thousand units that differ in volume only; about two seconds of drawing."""
    rng = random.Random(20261127)
    return {name: draw(sizes, 1000, rng) for name, sizes in SIZES.items()}


@pytest.mark.parametrize("size", SIZES)
def test_identical_units_of_any_size_are_flagged_at_the_nominal_rate(
    same_units: dict[str, list[tuple[int, int]]], size: str
) -> None:
    verdicts = [judge(count, n, COMMON) for count, n in same_units[size]]
    assert 0.03 < sum(one in FLAGGED for one in verdicts) / 1000 < 0.07
    assert sum(one in FAR for one in verdicts) / 1000 < 0.006


def test_a_rank_by_raw_rate_fails_the_same_test(same_units: dict[str, list[tuple[int, int]]]) -> None:
    """The first and last 2.5 % of the rank: small units stand there far too often, large ones hardly ever."""
    everybody = [(count / n, size) for size, units in same_units.items() for count, n in units]
    ranked = sorted(everybody)
    ends = [*ranked[:75], *ranked[-75:]]
    rates = {size: sum(one == size for _rate, one in ends) / 1000 for size in SIZES}
    assert rates["small"] > 0.07
    assert rates["large"] < 0.03


def test_a_unit_that_is_really_worse_is_found_the_sooner_the_more_cases_it_has() -> None:
    assert judge(7, 10, COMMON) is Verdict.EXPECTED
    assert judge(70, 100, COMMON) is Verdict.FAR_BELOW
    assert judge(99, 100, COMMON) is Verdict.FAR_ABOVE


@pytest.mark.parametrize("n", [1, 3, 10, 20])
def test_a_small_unit_without_a_fault_is_no_wonder(n: int) -> None:
    assert judge(n, n, COMMON) is Verdict.EXPECTED


@pytest.mark.parametrize(
    ("count", "n", "p"), [(0, 1, 0.5), (7, 10, 0.9), (880, 1000, 0.85), (0, 500, 0.3), (500, 500, 0.3)]
)
def test_the_tails_are_those_of_the_binomial_distribution(count: int, n: int, p: float) -> None:
    low, high = binomial_tails(count, n, p)
    half = binom.pmf(count, n, p) / 2
    assert low == pytest.approx(binom.cdf(count - 1, n, p) + half, rel=1e-9, abs=1e-15)
    assert high == pytest.approx(binom.sf(count, n, p) + half, rel=1e-9, abs=1e-15)


def named(*units: tuple[str, int, int]) -> Sequence[tuple[str, object]]:
    return [(name, share(count, n)) for name, count, n in units]


def test_what_stands_out_is_named_and_the_rest_is_not() -> None:
    found = compare(named(("甲", 880, 1000), ("乙", 870, 1000), ("丙", 600, 1000), ("丁", 4, 4)))  # type: ignore[arg-type]
    assert found is not None
    assert {place.name for place in found.standing_out} == {"甲", "乙", "丙"}
    alike = compare(named(("甲", 880, 1000), ("乙", 870, 1000), ("丁", 2, 4)))  # type: ignore[arg-type]
    assert alike is not None
    assert alike.standing_out == []


@pytest.mark.parametrize("units", [[], [("甲", 3, 4)], [("甲", 4, 4), ("乙", 9, 9)], [("甲", 0, 0), ("乙", 1, 2)]])
def test_nothing_to_compare_is_no_funnel(units: list[tuple[str, int, int]]) -> None:
    assert compare(named(*units)) is None  # type: ignore[arg-type]
