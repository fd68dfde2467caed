"""Indices, rates and rounding come out as printed."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.estimates import agresti_coull, grade_bounds, grades, percent_text, round_half_up, three_rates

EXAMPLE = {5: 212, 4: 131, 3: 44, 2: 9, 1: 4}


def test_the_worked_example_of_five_grades_comes_out() -> None:
    found = grades(EXAMPLE)
    assert found.n == 400
    assert found.top2.value == 0.8575
    assert found.basic_or_better.value == 0.9675
    assert found.mean == 4.345
    assert found.index100 == pytest.approx(83.625, abs=1e-12)
    assert found.vector_score == 86.475
    assert found.top2.interval is not None
    assert (round(found.top2.interval.low, 4), round(found.top2.interval.high, 4)) == (0.8198, 0.8884)
    other = agresti_coull(343, 400)
    assert (round(other.low, 4), round(other.high, 4)) == (0.8197, 0.8885)


def test_the_interval_of_the_mean_is_the_normal_one() -> None:
    values = np.repeat(list(EXAMPLE), list(EXAMPLE.values()))
    half = 1.959964 * values.std(ddof=1) / 20
    interval = grades(EXAMPLE).mean_interval
    assert interval is not None
    assert interval.low == pytest.approx(4.345 - half, abs=1e-6)
    assert interval.high == pytest.approx(4.345 + half, abs=1e-6)


def test_without_answers_there_is_no_index() -> None:
    found = grades({})
    assert (found.mean, found.index100, found.top2.value) == (None, None, None)


def test_other_grades_are_refused() -> None:
    with pytest.raises(ValueError, match="grades"):
        grades({6: 1})


@given(st.lists(st.integers(1, 5), min_size=1, max_size=40), st.lists(st.integers(1, 5), max_size=40))
def test_bounds_hold_the_truth_whatever_the_missing_grades_are(answers: list[int], missing: list[int]) -> None:
    counts = {grade: answers.count(grade) for grade in range(1, 6)}
    worst, best = grade_bounds(counts, len(missing))
    truth = grades({grade: (answers + missing).count(grade) for grade in range(1, 6)})
    for name in ("mean", "index100", "vector_score"):
        assert getattr(worst, name) - 1e-9 <= getattr(truth, name) <= getattr(best, name) + 1e-9
    for name in ("top2", "basic_or_better"):
        assert getattr(worst, name).value <= getattr(truth, name).value <= getattr(best, name).value


def test_the_worked_example_of_three_rates_comes_out() -> None:
    rates = three_rates(base=200, contacted=188, followed_up=200, solved=153, satisfied=160)
    assert (rates.response.value, rates.resolution.value, rates.satisfaction.value) == (0.94, 0.765, 0.8)
    assert rates.score == Decimal("82.975")
    assert rates.score_text() == "83.0"
    assert str(round_half_up(rates.score, 2)) == "82.98"
    assert not rates.is_thin


def test_a_rate_without_a_base_is_neither_0_nor_100() -> None:
    rates = three_rates(base=10, contacted=9, followed_up=0, solved=0, satisfied=0)
    assert rates.resolution.value is None
    assert rates.score is None
    assert rates.score_text() == "—"
    assert rates.is_thin


def test_partly_solved_counts_as_the_city_says() -> None:
    rates = three_rates(100, 100, 100, 60, 80, partly_solved=20, partly_weight=0.5)
    assert rates.resolution.value == 0.7


def test_weights_must_sum_to_one() -> None:
    with pytest.raises(ValueError, match="weights"):
        three_rates(1, 1, 1, 1, 1, weights=("0.3", "0.3", "0.3"))


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (82.975, 2, "82.98"),
        (0.25, 1, "0.3"),
        (2.5, 0, "3"),
        (-0.25, 1, "-0.3"),
        (Fraction(1, 3), 1, "0.3"),
        (Fraction(5, 100), 1, "0.1"),
        (1.005, 2, "1.01"),
    ],
)
def test_half_is_rounded_up(value, places: int, text: str) -> None:
    assert str(round_half_up(value, places)) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.8575, "85.8"), (1.0, "100.0"), (0.0, "0.0"), (None, "—"), (0.99949, "99.9")]
)
def test_a_share_is_printed_to_a_tenth_of_a_point(value, text: str) -> None:
    assert percent_text(value) == text
