"""What the rates count, and what silence does not do to them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from portal.figures.measures import Row, measure

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SENT = NOW - timedelta(days=20)


def row(**values: Any) -> Row:
    """A case that was contacted in time and answered, whose reporter is silent."""
    plain: dict[str, Any] = {
        "state": "closed",
        "outcome": "solved",
        "group": "main_roads",
        "unit": None,
        "is_anonymous": False,
        "has_contact": True,
        "has_reply": True,
        "submitted_at": SENT,
        "due_at": SENT + timedelta(days=7),
        "contact_due_at": SENT + timedelta(days=1),
        "first_contact_at": SENT + timedelta(hours=3),
        "resolved_at": SENT + timedelta(days=4),
        "grade": None,
        "solved": None,
    }
    return Row(**{**plain, **values})


def test_the_worked_example_of_the_rules_gives_its_figures() -> None:
    rows = [
        row(
            first_contact_at=SENT + timedelta(hours=3 if number < 188 else 30),
            solved="yes" if number < 153 else "no",
            grade=4 if number < 160 else 2,
        )
        for number in range(200)
    ]
    found = measure(rows, NOW)
    assert (found.rates.response.value, found.rates.resolution.value, found.rates.satisfaction.value) == (
        0.940,
        0.765,
        0.800,
    )
    assert found.rates.score_text() == "83.0"


def test_silence_is_no_grade_but_widens_the_bounds() -> None:
    found = measure([row(grade=5, solved="yes"), row(grade=1, solved="no"), row(), row()], NOW)
    assert found.rates.satisfaction.base == 2
    assert found.rates.satisfaction.value == 0.5
    assert found.missing == 2
    assert found.satisfaction_bounds is not None
    assert (found.satisfaction_bounds.low, found.satisfaction_bounds.high) == (0.25, 0.75)


def test_nobody_rated_means_no_rate_and_neither_nought_nor_hundred() -> None:
    found = measure([row(), row()], NOW)
    assert found.rates.satisfaction.value is None
    assert found.rates.resolution.value is None
    assert found.rates.score is None
    assert found.rates.is_thin


def test_an_anonymous_case_without_contact_counts_for_response_only_when_its_answer_is_published() -> None:
    hidden = row(is_anonymous=True, has_contact=False, has_reply=False, grade=5, solved="yes")
    shown = hidden._replace(has_reply=True)
    found = measure([hidden, shown], NOW)
    assert found.base == 1
    assert found.rates.response.value == 1.0
    assert found.rated == 0
    assert found.missing == 0


def test_a_case_still_waiting_makes_the_median_longer_not_shorter() -> None:
    quick = measure([row(), row()], NOW)
    waiting = measure([row(), row(resolved_at=None, state="in_progress", outcome=None)], NOW)
    assert quick.resolve.median == 96.0
    assert waiting.resolve.median == 96.0
    assert measure([row(), *[row(resolved_at=None)] * 2], NOW).resolve.median is None
    assert waiting.overdue == 1
    assert waiting.on_time.value == 0.5


def test_closed_but_not_solved_is_counted_on_its_own() -> None:
    assert measure([row(outcome="not_solved"), row(outcome="partly"), row()], NOW).not_solved == 1
