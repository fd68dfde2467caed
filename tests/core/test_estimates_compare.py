"""Differences, funnels, agreement and waiting times agree with the literature, scipy and scikit-learn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, binom, ecdf
from sklearn.metrics import cohen_kappa_score

from portal.core.estimates import cohen_kappa, difference, funnel_limits, survival


@pytest.mark.parametrize(
    ("later", "earlier", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 10), -0.2775, 0.2775),
    ],
)
def test_the_published_examples_of_differences_come_out(later, earlier, low: float, high: float) -> None:
    found = difference(earlier, later)
    assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (low, high)
    assert found.is_sure == (low > 0)


def test_turning_the_waves_round_turns_the_difference_round() -> None:
    forth, back = difference((48, 80), (56, 70)), difference((56, 70), (48, 80))
    assert forth.value == -back.value
    assert forth.interval.low == pytest.approx(-back.interval.high)


@given(st.floats(0.02, 0.98), st.integers(1, 5000))
def test_funnel_limits_lie_within_one_count_of_the_binomial(target: float, n: int) -> None:
    limits = funnel_limits(target, n)
    for limit, tail in (
        (limits.warning.low, 0.025),
        (limits.warning.high, 0.975),
        (limits.alarm.low, 0.001),
        (limits.alarm.high, 0.999),
    ):
        count = binom.ppf(tail, n, target)
        assert max(count - 1, 0) - 1e-6 <= limit * n <= count + 1e-6
    assert limits.alarm.low <= limits.warning.low <= limits.warning.high <= limits.alarm.high


def test_a_funnel_narrows_with_size() -> None:
    small, large = funnel_limits(0.8, 20).warning, funnel_limits(0.8, 2000).warning
    assert small.low < large.low < 0.8 < large.high < small.high


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=60))
def test_kappa_agrees_with_scikit_learn(pairs) -> None:
    found = cohen_kappa(pairs)
    if found.kappa is None:
        assert len({verdict for pair in pairs for verdict in pair}) == 1
        return
    assert found.kappa == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)), abs=1e-12)


TIMES = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=60)


@given(TIMES)
def test_the_waiting_curve_agrees_with_scipy(pairs) -> None:
    happened = [time for time, done in pairs if done]
    waiting = [time for time, done in pairs if not done]
    if not happened:
        assert survival(pairs).median is None
        return
    expected = ecdf(CensoredData(uncensored=happened, right=waiting)).sf
    found = survival(pairs)
    for time in range(31):
        assert found.waiting_at(time) == pytest.approx(float(expected.evaluate(time)), abs=1e-9)


def test_those_still_waiting_count_towards_the_median() -> None:
    answered = [(1, True), (2, True), (3, True)]
    assert survival(answered).median == 2
    assert survival([*answered, (9, False), (9, False), (9, False)]).median == 3
    assert survival([*answered, *[(9, False)] * 4]).median is None


def test_a_percentile_is_the_time_by_which_that_share_has_happened() -> None:
    ten = survival([(day, True) for day in range(1, 11)])
    assert (ten.quantile(0.1), ten.quantile(0.9)) == (1, 9)


def test_without_cases_nothing_is_known() -> None:
    assert survival([]).median is None
    assert survival([]).waiting_at(5) == 1.0
