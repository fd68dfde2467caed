"""The figures of the router's desk: what is counted, and that they stand for what nobody looked at too."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from portal.groups import performance
from portal.groups.city import OTHER
from portal.groups.ledger import AUDIT_SHARE
from portal.groups.queries import Line
from portal.groups.weighing import share_right


def line(number: int = 0, **values: object) -> Line:
    plain = {
        "id": number,
        "at": datetime(2026, 5, 4, tzinfo=UTC),
        "subject": f"case {number}",
        "group": "pets",
        "probability": 0.9,
        "outside": 0.05,
        "is_auto": True,
        "words": (),
    }
    return Line(**{**plain, **values})  # type: ignore[arg-type]


def test_the_three_shares_are_of_all_and_overlap_nowhere() -> None:
    lines = [line(), line(is_auto=False, probability=0.5), line(is_auto=False, probability=0.1, outside=0.9)]
    shares = performance.count_shares(lines)
    assert (shares.all, shares.auto, shares.doubtful, shares.outside) == (3, 1, 1, 1)


def test_accuracy_comes_from_blind_decisions_only() -> None:
    lines = [line(i, blind="pets") for i in range(9)] + [line(9, blind="markets")]
    lines += [line(i, seen="markets") for i in range(10, 20)]
    found = performance.audit(lines)
    assert (found.right.count, found.right.base) == (9, 10)
    assert found.people is None


def test_agreement_between_people_needs_two_of_them() -> None:
    lines = [line(0, blind="pets", seen="pets"), line(1, blind="markets", seen="markets", group="markets")]
    found = performance.audit(lines)
    assert found.people is not None
    assert found.people.kappa == pytest.approx(1)


def test_a_higher_threshold_covers_less() -> None:
    lines = [line(i, probability=i / 100, blind="pets" if i > 50 else "markets") for i in range(100)]
    points = performance.coverage_curve(lines)
    assert [point.coverage for point in points] == sorted((point.coverage for point in points), reverse=True)
    assert points[0].right.value == pytest.approx(0.49)
    assert points[-3].right.value == 1
    assert points[-1].right.value is None, "two judged predictions say nothing"


def test_a_word_of_one_case_is_never_shown_and_a_common_one_drifts() -> None:
    old, new = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 5, 4, tzinfo=UTC)
    lines = [line(i, at=old, words=("狗叫",)) for i in range(4)]
    lines += [line(i, at=new, words=("飞线", "的")) for i in range(4, 8)] + [line(8, at=new, words=("王某某",))]
    drifts = performance.word_drift(lines, new.date())
    assert {drift.word for drift in drifts} == {"狗叫", "飞线"}


def test_words_that_moved_as_chance_moves_them_do_not_drift() -> None:
    old, new = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 5, 4, tzinfo=UTC)
    lines = [line(i, at=old, words=("狗叫",) if i < 10 else ()) for i in range(100)]
    lines += [line(i, at=new, words=("狗叫",) if i < 113 else ()) for i in range(100, 200)]
    assert performance.word_drift(lines, new.date()) == []


def test_costs_add_looks_and_expected_mistakes() -> None:
    lines = [line(0, probability=0.9, seen="markets"), line(1, probability=0.4)]
    outcome = performance.simulate(lines, lambda _group: 0.75, 4.0)
    assert (outcome.alone, outcome.looks, outcome.known) == (1, 1, 1)
    assert outcome.cost == pytest.approx(0.1 * 4 + 1)


def test_saying_that_no_group_is_meant_is_an_answer_that_can_be_right() -> None:
    outside = line(is_auto=False, probability=0.2, outside=0.7, seen=OTHER)
    assert outside.answer == OTHER
    assert outside.is_right
    assert performance.confusions([outside]) == []
    missed = replace(outside, seen="pets")
    assert [(one.group, one.decided) for one in performance.confusions([missed])] == [(OTHER, "pets")]


def test_corrections_alone_do_not_make_the_router_look_bad() -> None:
    lines = [line(i, seen="markets") for i in range(30)] + [line(i) for i in range(30, 1000)]
    lines = [replace(x, blind="markets" if x.seen else "pets") if x.id % 25 == 0 else x for x in lines]
    found = share_right(lines)
    assert found.value == pytest.approx(38 / 40)
    assert found.interval is not None
    assert found.interval.holds(0.97)


def test_nothing_is_said_of_all_while_what_went_alone_was_never_judged() -> None:
    lines = [line(i) for i in range(90)] + [line(i, is_auto=False, seen="pets") for i in range(90, 100)]
    assert share_right(lines).value is None
    assert performance.audit(lines).all_right.value is None


@pytest.mark.parametrize(("alone", "looked"), [(0.93, 0.6), (0.8, 0.45), (0.985, 0.7)])
def test_the_weighted_estimate_holds_the_truth_as_often_as_it_says(alone: float, looked: float) -> None:
    """Half a second: a fixed quarter's cases, of which the sample is drawn anew 300 times."""
    random = np.random.default_rng(11)
    auto = [line(i) for i in range(1200)]
    right = random.random(1200) < alone
    people = [
        line(i, is_auto=False, probability=0.5, seen="pets" if random.random() < looked else "markets")
        for i in range(1200, 1800)
    ]
    truth = (int(right.sum()) + sum(x.seen == "pets" for x in people)) / 1800
    wrong_only = [replace(x, seen="markets") if not good else x for x, good in zip(auto, right, strict=True)]
    decided = [x for x in [*wrong_only, *people] if x.seen]
    hits = 0
    for _round in range(300):
        drawn = (random.random(1200) < AUDIT_SHARE).nonzero()[0]
        sample = list(wrong_only)
        for i in drawn:
            sample[i] = replace(sample[i], blind="pets" if right[i] else "markets")
        found = share_right([*sample, *people])
        assert found.interval is not None
        hits += found.interval.holds(truth)
    assert hits / 300 >= 0.93
    naive = sum(x.is_right for x in decided) / len(decided)
    assert naive < truth - 0.05, "the share of decided cases alone must be seen to mislead, or nothing is tried here"


def test_a_group_shows_how_long_its_mistakes_took() -> None:
    start = datetime(2026, 5, 4, tzinfo=UTC)
    lines = [line(0, at=start, seen="markets", seen_at=start + timedelta(days=3)), line(1, blind="pets"), line(2)]
    lines.append(line(3, seen="pets", seen_at=start + timedelta(days=9)))
    [found] = performance.by_group(lines)
    assert (found.group, found.n, found.auto, found.late, found.lost_days) == ("pets", 4, 4, 1, 3.0)


def test_what_units_confirmed_is_no_second_opinion() -> None:
    lines = [line(i, blind="pets", seen="pets", is_routing=False) for i in range(5)]
    assert performance.audit(lines).people is None
