"""Shares, claims and samples come out as printed, and as scipy has them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from portal.core.estimates import Verdict, agresti_coull, check_claim, sample_size, share, share_bounds, wilson


@pytest.mark.parametrize(
    ("count", "base", "p", "by_wilson", "by_agresti"),
    [
        (412, 430, 0.95814, (0.93481, 0.97336), (0.93439, 0.97378)),
        (396, 400, 0.99000, (0.97457, 0.99610), (0.97362, 0.99706)),
        (1188, 1200, 0.99000, (0.98260, 0.99427), (0.98240, 0.99448)),
        (400, 400, 1.00000, (0.99049, 1.00000), (0.98853, 1.00000)),
        (57, 60, 0.95000, (0.86299, 0.98285), (0.85750, 0.98835)),
        (0, 12, 0.00000, (0.00000, 0.24249), (0.00000, 0.28199)),
        (9, 10, 0.90000, (0.59585, 0.98212), None),
    ],
)
def test_the_table_of_intervals_comes_out(count, base, p, by_wilson, by_agresti) -> None:
    found = share(count, base)
    assert found.value is not None
    assert round(found.value, 5) == p
    assert (round(wilson(count, base).low, 5), round(wilson(count, base).high, 5)) == by_wilson
    if by_agresti:
        other = agresti_coull(count, base)
        assert (round(other.low, 5), round(other.high, 5)) == by_agresti


@given(st.integers(1, 3000), st.data())
def test_wilson_agrees_with_scipy(base: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, base))
    expected = binomtest(count, base).proportion_ci(0.95, "wilson")
    assert wilson(count, base).low == pytest.approx(expected.low, abs=1e-12)
    assert wilson(count, base).high == pytest.approx(expected.high, abs=1e-12)


@given(st.integers(1, 3000), st.data())
def test_an_interval_holds_its_share_and_stays_within_0_and_1(base: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, base))
    for interval in (wilson(count, base), agresti_coull(count, base)):
        assert 0 <= interval.low <= count / base <= interval.high <= 1


@pytest.mark.parametrize(("count", "base"), [(5, 4), (-1, 4), (1, 0)])
def test_an_impossible_share_is_refused(count: int, base: int) -> None:
    with pytest.raises(ValueError, match="share"):
        wilson(count, base)


def test_a_share_of_nobody_is_nothing() -> None:
    assert share(0, 0).value is None
    assert share(0, 0).interval is None


def test_the_effective_size_widens_the_interval() -> None:
    interval = share(0.8250 * 400, 400, effective=354.937).interval
    assert interval is not None
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.7820, 0.8610)


def test_396_of_400_does_not_reach_99_percent() -> None:
    claim = check_claim(396, 400, 0.99)
    assert (claim.verdict, claim.sample_to_decide) == (Verdict.WITHIN_ERROR, None)


def test_without_a_bad_answer_381_reach_99_percent_and_380_do_not() -> None:
    assert round(wilson(380, 380).low, 5) == 0.98999
    assert round(wilson(381, 381).low, 5) == 0.99002
    assert check_claim(380, 380, 0.99).verdict is Verdict.WITHIN_ERROR
    assert check_claim(381, 381, 0.99).verdict is Verdict.REACHED
    assert check_claim(380, 380, 0.99).sample_to_decide == 381


def test_a_claim_is_not_reached_when_the_whole_interval_lies_below() -> None:
    assert check_claim(340, 400, 0.95).verdict is Verdict.NOT_REACHED


@given(st.integers(1, 200), st.data(), st.floats(0.05, 0.995))
def test_the_sample_that_decides_is_the_least_one(base: int, data: st.DataObject, target: float) -> None:
    p = data.draw(st.integers(0, base)) / base
    needed = check_claim(p * base, base, target).sample_to_decide
    if needed is None or needed > 10**7 or abs(p - target) < 1e-6:
        return
    sure = wilson(p * (needed + 1), needed + 1)
    assert not (sure.low < target <= sure.high)
    if needed > 2:
        unsure = wilson(p * (needed - 1), needed - 1)
        assert unsure.low - 1e-12 <= target <= unsure.high + 1e-12


def test_an_effective_size_asks_for_more_answers() -> None:
    plain, weighted = check_claim(380, 400, 0.99), check_claim(380, 400, 0.99, effective=200)
    assert plain.sample_to_decide is not None
    assert weighted.sample_to_decide == plain.sample_to_decide * 2


@pytest.mark.parametrize(
    ("margin", "without_end", "sizes", "with_design"),
    [
        (0.05, 385, (323, 370, 382, 384), 577),
        (0.04, 601, (462, 567, 594, 600), 901),
        (0.03, 1068, (697, 965, 1045, 1064), 1601),
        (0.02, 2401, (1092, 1937, 2291, 2382), 3602),
    ],
)
def test_the_table_of_sample_sizes_comes_out(margin, without_end, sizes, with_design) -> None:
    assert sample_size(margin) == without_end
    assert tuple(sample_size(margin, n) for n in (2_000, 10_000, 50_000, 300_000)) == sizes
    assert sample_size(margin, design_effect=1.5) == with_design


def test_a_low_response_rate_asks_for_more_people() -> None:
    assert sample_size(0.05, response_rate=0.25) == math.ceil(384.146 * 4)


@given(st.lists(st.booleans(), min_size=1, max_size=50), st.lists(st.booleans(), max_size=50))
def test_bounds_hold_the_truth_whatever_the_missing_answers_are(answers, missing) -> None:
    bounds = share_bounds(sum(answers), len(answers), len(missing))
    assert bounds.holds((sum(answers) + sum(missing)) / (len(answers) + len(missing)))
