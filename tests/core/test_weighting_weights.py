"""Weights bring a sample to the city's margins, come out as printed, and refuse a sample that is too thin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.weighting import (
    Stratum,
    WeightingRefused,
    design_effect,
    effective_size,
    post_stratify,
    rake,
    weighted_share,
)

DISTRICTS = {"甲区": Stratum(0.46, 250, 225), "乙区": Stratum(0.33, 100, 80), "丙区": Stratum(0.21, 50, 35)}
MARGINS = {"sex": {"男": 0.49, "女": 0.51}, "age": {"45岁以下": 0.55, "45岁及以上": 0.45}}


def sample(cells: dict[tuple[str | None, str | None], int]) -> list[dict[str, str | None]]:
    return [{"sex": sex, "age": age} for (sex, age), n in cells.items() for _ in range(n)]


EXAMPLE = sample({("男", "45岁以下"): 60, ("男", "45岁及以上"): 90, ("女", "45岁以下"): 110, ("女", "45岁及以上"): 140})


def test_the_worked_example_of_three_districts_comes_out() -> None:
    found = post_stratify(DISTRICTS)
    assert found.raw == 0.85
    assert tuple(round(weight, 3) for weight in found.weights) == (0.736, 1.320, 1.680)
    assert round(found.value, 4) == 0.8250
    assert round(found.standard_error, 5) == 0.02101
    assert (round(found.normal.low, 4), round(found.normal.high, 4)) == (0.7838, 0.8662)
    assert round(found.design_effect, 5) == 1.12696
    assert round(found.effective_size, 3) == 354.937
    assert (round(found.wilson.low, 4), round(found.wilson.high, 4)) == (0.7820, 0.8610)


def test_the_worked_example_of_raking_comes_out() -> None:
    found = rake(EXAMPLE, MARGINS)
    each = [found.values[place] for place in (0, 60, 150, 260)]
    assert [round(weight, 5) for weight in each] == [1.72895, 1.02515, 1.05694, 0.62669]
    fitted = [weight * n for weight, n in zip(each, (60, 90, 110, 140), strict=True)]
    assert [round(cell, 4) for cell in fitted] == [103.7368, 92.2632, 116.2632, 87.7368]
    assert found.rounds == 5
    assert found.trimmed == 0
    assert found.largest_miss == 0


def test_even_weights_cost_nothing_and_uneven_ones_do() -> None:
    assert design_effect([1.0] * 50) == 1.0
    assert effective_size([1.0] * 50) == 50
    assert design_effect([1.0, 3.0]) == 1.25


@pytest.mark.parametrize(("n", "key"), [(0, "empty"), (9, "small")])
def test_a_thin_stratum_is_refused_with_a_sentence(n: int, key: str) -> None:
    with pytest.raises(WeightingRefused, match="丙区") as refused:
        post_stratify({**DISTRICTS, "丙区": Stratum(0.21, n, 0)})
    assert refused.value.key == key
    answers = sample({("男", "45岁以下"): 60, ("男", "45岁及以上"): 90, ("女", "45岁以下"): n})
    with pytest.raises(WeightingRefused, match="女") as refused:
        rake(answers, MARGINS)
    assert refused.value.key == key


def test_a_category_without_a_margin_and_false_margins_are_refused() -> None:
    with pytest.raises(WeightingRefused, match="人口占比"):
        rake([*EXAMPLE, *sample({("其他", "45岁以下"): 20})], MARGINS)
    with pytest.raises(WeightingRefused, match="100%"):
        rake(EXAMPLE, {"sex": {"男": 0.49, "女": 0.61}})
    with pytest.raises(WeightingRefused):
        rake([], MARGINS)


def test_a_sample_that_cannot_be_brought_to_its_margins_is_refused() -> None:
    answers = sample({("男", "45岁以下"): 100, ("女", "45岁及以上"): 100})
    with pytest.raises(WeightingRefused, match="对不上"):
        rake(answers, {"sex": {"男": 0.2, "女": 0.8}, "age": {"45岁以下": 0.8, "45岁及以上": 0.2}})


def test_extreme_weights_are_held_and_the_margins_still_fit() -> None:
    answers = sample(
        {("男", "45岁以下"): 12, ("男", "45岁及以上"): 100, ("女", "45岁以下"): 30, ("女", "45岁及以上"): 258}
    )
    margins = {"sex": {"男": 0.35, "女": 0.65}, "age": {"45岁以下": 0.28, "45岁及以上": 0.72}}
    found = rake(answers, margins)
    assert found.trimmed >= 12
    assert found.values.min() >= 0.3
    assert found.values.max() <= 3.0
    assert found.largest_miss < 0.01


def test_an_answer_without_a_sex_is_left_alone_by_that_margin() -> None:
    answers = [*EXAMPLE, *sample({(None, "45岁以下"): 40})]
    found = rake(answers, MARGINS)
    told = np.array([answer["sex"] is not None for answer in answers])
    men = np.array([answer["sex"] == "男" for answer in answers])
    young = np.array([answer["age"] == "45岁以下" for answer in answers])
    assert found.values[men].sum() / found.values[told].sum() == pytest.approx(0.49, abs=1e-6)
    assert found.values[young].sum() / found.values.sum() == pytest.approx(0.55, abs=1e-6)
    assert found.values.mean() == pytest.approx(1, abs=1e-6)


@given(st.lists(st.integers(10, 80), min_size=4, max_size=4), st.floats(0.3, 0.7), st.floats(0.3, 0.7))
def test_raked_margins_fit_or_say_how_far_they_are_off(cells: list[int], men: float, young: float) -> None:
    places = [("男", "45岁以下"), ("男", "45岁及以上"), ("女", "45岁以下"), ("女", "45岁及以上")]
    answers = sample(dict(zip(places, cells, strict=True)))
    margins = {"sex": {"男": men, "女": 1 - men}, "age": {"45岁以下": young, "45岁及以上": 1 - young}}
    try:
        found = rake(answers, margins)
    except WeightingRefused:
        # Only where holding a weight costs more than five points.
        cells_wanted = [men * young, men * (1 - young), (1 - men) * young, (1 - men) * (1 - young)]
        factors = [wanted * sum(cells) / n for wanted, n in zip(cells_wanted, cells, strict=True)]
        assert max(factors) > 2 or min(factors) < 0.5
        return
    is_man = np.array([answer["sex"] == "男" for answer in answers])
    reached = found.values[is_man].sum() / found.values.sum()
    assert abs(reached - men) <= found.largest_miss + 1e-6
    assert found.design_effect >= 1 - 1e-9
    assert found.effective_size <= len(answers) + 1e-6


def test_a_weighted_share_has_the_interval_of_its_effective_size() -> None:
    said_yes = [place % 4 != 0 for place in range(len(EXAMPLE))]
    weights = rake(EXAMPLE, MARGINS)
    found = weighted_share(said_yes, weights)
    assert found.value == pytest.approx(float((weights.values * said_yes).sum() / 400))
    plain = weighted_share(said_yes, rake(EXAMPLE, {"sex": {"男": 0.375, "女": 0.625}}))
    assert found.interval is not None
    assert plain.interval is not None
    assert found.interval.high - found.interval.low > plain.interval.high - plain.interval.low
