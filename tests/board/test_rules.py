"""The board's arithmetic: draws, ranks, periods."""

import hashlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.board.rules import Rate, Standing, draw, issue_no, rank, span

KEYS = [f"site_{number}" for number in range(20)]


def test_the_same_seed_draws_the_same_sites_whoever_asks_and_in_whatever_order() -> None:
    assert draw("2026113", KEYS, 5) == draw("2026113", reversed(KEYS), 5)
    assert draw("2026113", KEYS, 5) != draw("2026114", KEYS, 5)


def test_a_draw_can_be_repeated_with_nothing_but_sha256() -> None:
    lots = sorted(KEYS, key=lambda key: hashlib.sha256(f"abc:{key}".encode()).hexdigest())
    assert draw("abc", KEYS, 3) == lots[:3]


@given(st.text(max_size=10), st.integers(1, 20), st.sets(st.sampled_from(KEYS), max_size=6))
def test_must_check_sites_are_always_in_and_nothing_is_drawn_twice(seed: str, wanted: int, always: set[str]) -> None:
    drawn = draw(seed, KEYS, wanted, always)
    assert always <= set(drawn)
    assert len(drawn) == len(set(drawn)) == max(wanted, len(always))


def test_ties_share_a_rank_and_the_next_one_is_skipped() -> None:
    rows = [Standing("丁", 70), Standing("乙", 90), Standing("甲", 95), Standing("丙", 90)]
    assert [(place, row.name) for place, row in rank(rows)] == [(1, "甲"), (2, "丙"), (2, "乙"), (4, "丁")]


def test_of_equal_scores_the_one_with_fewer_overdue_stands_first() -> None:
    ranked = rank([Standing("甲", 80, 1), Standing("乙", 80, 0)])
    assert [(place, row.name) for place, row in ranked] == [(1, "乙"), (2, "甲")]


def test_nothing_to_rank_is_an_empty_ranking() -> None:
    assert rank([]) == []


@pytest.mark.parametrize(
    ("period", "number", "first", "last", "no"),
    [
        ("month", 2, date(2024, 2, 1), date(2024, 2, 29), "2024-02"),
        ("month", 12, date(2024, 12, 1), date(2024, 12, 31), "2024-12"),
        ("quarter", 1, date(2024, 1, 1), date(2024, 3, 31), "2024-q1"),
        ("quarter", 4, date(2024, 10, 1), date(2024, 12, 31), "2024-q4"),
    ],
)
def test_a_period_has_its_first_and_last_day_and_its_number(
    period: str, number: int, first: date, last: date, no: str
) -> None:
    assert span(period, 2024, number) == (first, last)
    assert issue_no(period, first) == no


def test_every_period_ends_the_day_before_the_next_begins() -> None:
    for period, most in (("month", 12), ("quarter", 4)):
        for number in range(1, most):
            gap = span(period, 2025, number + 1)[0] - span(period, 2025, number)[1]
            assert gap.days == 1
    with pytest.raises(ValueError, match="5"):
        span("quarter", 2025, 5)


def test_the_rate_is_verified_over_found_and_nothing_when_nothing_was_found() -> None:
    assert Rate(1032, 963, 0).share == pytest.approx(0.93314, abs=1e-5)
    assert Rate(0, 0, 0).share is None
