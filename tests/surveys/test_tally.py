"""What answers come to: the worked examples of the field, to the digit."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.groups import City
from portal.surveys.definition import Definition, Kind, Part, Question
from portal.surveys.disclosure import show_tally
from portal.surveys.results import check_claims, read_target
from portal.surveys.tally import Tally, tabulate
from portal.surveys.weighing import weigh
from tests.surveys.factories import EVERY_KIND

SATISFIED = Question("overall", Kind.GRADE5, "总体满意吗？", part=Part.SATISFACTION)


def grades(**counts: int) -> list[dict[str, Any]]:
    return [{"overall": grade[1:]} for grade, count in counts.items() for _ in range(count)]


def tally_of(question: Question, answers: list[dict[str, Any]]) -> Tally:
    (found,) = tabulate(Definition((question,)), answers)
    return found


def test_satisfaction_gives_the_figures_of_the_worked_example() -> None:
    answers = grades(g5=212, g4=131, g3=44, g2=9, g1=4)
    found = tally_of(SATISFIED, [*answers, {"overall": "0"}, {}])
    top2, basic, mean, index = found.figures
    assert (found.n, found.missing) == (400, 2)
    assert top2.share is not None
    assert top2.share.interval is not None
    assert top2.share.value == pytest.approx(0.8575)
    assert (round(top2.share.interval.low, 4), round(top2.share.interval.high, 4)) == (0.8198, 0.8884)
    assert basic.share is not None
    assert basic.share.value == pytest.approx(0.9675)
    assert mean.value == pytest.approx(4.345)
    assert index.value == pytest.approx(83.625)


def test_who_does_not_say_whether_they_know_does_not_know() -> None:
    knows = Question("knows", Kind.YES_NO, "您知道吗？", part=Part.AWARENESS)
    found = tally_of(knows, [{"knows": "yes"}] * 30 + [{"knows": "no"}] * 5 + [{}] * 5)
    rate = found.figure("awareness")
    assert rate is not None
    assert rate.share is not None
    assert (rate.share.count, rate.share.base) == (30, 40)


def test_taking_part_means_anything_but_none_of_these() -> None:
    did = Question("did", Kind.MULTIPLE, "参加过？", options=("甲", "乙", "都没有参加过"), part=Part.PARTICIPATION)
    found = tally_of(did, [{"did": ["1", "2"]}, {"did": ["2"]}, {"did": ["3"]}, {}])
    rate = found.figure("participation")
    assert rate is not None
    assert rate.share is not None
    assert (rate.share.count, rate.share.base, found.missing) == (2, 3, 1)


def test_every_type_is_tallied_and_conditions_narrow_the_base() -> None:
    answer = {"knows": "yes", "overall": "2", "why": "1", "items": {"1": "5"}, "years": 4, "first": ["3", "1", "2"]}
    found = {tally.key: tally for tally in tabulate(EVERY_KIND, [answer, {"knows": "no", "overall": "5"}])}
    assert set(found) == {"knows", "support", "did", "overall", "why", "items.1", "items.2", "years", "first", "age"}
    assert (found["why"].n, found["why"].missing) == (1, 0)
    assert (found["items.1"].n, found["items.2"].n) == (1, 0)
    assert [cell.count for cell in found["first"].cells] == [0, 0, 1]


def census_city(city: City) -> tuple[City, Definition, list[dict[str, Any]]]:
    """The three districts of the worked example: shares .46/.33/.21, answers 250/100/50, satisfied 225/80/35."""
    from dataclasses import fields, replace

    margin = replace(
        city.census[0],
        key="district",
        shares={"a": 0.46, "b": 0.33, "c": 0.21},
        labels={"a": "甲区", "b": "乙区", "c": "丙区"},
    )
    values = {field.name: getattr(city, field.name) for field in fields(city) if field.init}
    narrowed = City(**{**values, "census": (margin,)})
    definition = Definition(
        (SATISFIED, Question("where", Kind.SINGLE, "区？", options=("甲区", "乙区", "丙区"), margin="district"))
    )
    answers = []
    for place, (n, satisfied) in enumerate(((250, 225), (100, 80), (50, 35)), 1):
        answers += [{"where": str(place), "overall": "4" if i < satisfied else "2"} for i in range(n)]
    return narrowed, definition, answers


def test_weighting_gives_the_figures_of_the_worked_example(portal: Any) -> None:
    city, definition, answers = census_city(portal.city)
    weighing = weigh(city, definition, answers)
    assert weighing.weights is not None
    assert weighing.weights.design_effect == pytest.approx(1.12696, abs=1e-5)
    assert weighing.weights.effective_size == pytest.approx(354.937, abs=1e-3)
    top2 = tabulate(definition, answers, weighing.weights.values)[0].figures[0].share
    assert top2 is not None
    assert top2.interval is not None
    assert top2.value == pytest.approx(0.825)
    assert (round(top2.interval.low, 4), round(top2.interval.high, 4)) == (0.7820, 0.8610)


def test_a_thin_category_refuses_weights_and_says_why(portal: Any) -> None:
    city, definition, answers = census_city(portal.city)
    thin = [one for one in answers if one["where"] != "3"] + [{"where": "3", "overall": "5"}] * 9
    refused = weigh(city, definition, thin)
    assert refused.weights is None
    assert "丙区" in refused.refusal
    none = weigh(city, Definition((SATISFIED,)), grades(g5=40))
    assert none.weights is None
    assert "不能加权" in none.refusal


@pytest.mark.parametrize(
    ("yes", "n", "word", "sample"),
    [(396, 400, "在误差内，不能下结论", None), (381, 381, "达到", 381), (380, 380, "在误差内，不能下结论", 381),
     (340, 400, "没有达到", None)],
)  # fmt: skip
def test_a_claim_of_99_percent_is_checked_as_the_field_knows_it(
    yes: int, n: int, word: str, sample: int | None
) -> None:
    target = read_target("99%")
    assert target == pytest.approx(0.99)
    row = show_tally(tally_of(SATISFIED, grades(g5=yes, g2=n - yes)), is_weighted=False)
    checked = check_claims([row], target or 0)
    assert checked[0].word == word
    assert sample is None or checked[0].sample == sample
    # Four dissatisfied are too few to be told, so the rate is told by its bounds, and the verdict holds at both.
    assert ("–" in checked[0].share_text) == (yes == 396)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_bounds_of_a_hidden_rate_hold_it_and_follow_from_what_is_printed(good: int, fair: int, bad: int) -> None:
    row = show_tally(tally_of(SATISFIED, grades(g5=good, g3=fair, g1=bad)), is_weighted=False)
    truth = {"top2": good, "basic_or_better": good + fair}
    for bounded in row["bounded"]:
        assert bounded["least"] <= truth[bounded["key"]] <= bounded["most"]
        assert bounded["most"] - bounded["least"] >= 1
    assert not {one["key"] for one in row["bounded"]} & {one["key"] for one in row["figures"]}


@pytest.mark.parametrize("typed", ["", "abc", "0", "100", "150", "-3", "nan", "inf"])
def test_a_target_that_is_none_is_none(typed: str) -> None:
    assert read_target(typed) is None
