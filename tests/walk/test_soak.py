"""The judge of tests.simulations.soak, which runs for half an hour, finds what it promises to find."""

from collections.abc import Callable

import pytest

from tests.simulations.soak import Course, Reading


def course(resident_mb: Callable[[int], float], files: Callable[[int], int] = lambda _at: 20) -> list[str]:
    """The faults of a day with a reading a minute."""
    readings = tuple(Reading("web 0", at * 60.0, resident_mb(at), files(at), at * 9.0) for at in range(30))
    return Course(readings, 4.2, {("read", 200): 9}).faults()


def test_a_process_that_stays_as_it_is_has_no_fault() -> None:
    assert course(lambda at: 180.0 + at % 3) == []


def test_memory_that_grows_by_more_than_a_tenth_is_a_fault() -> None:
    assert course(lambda at: 180.0 + at) == ["web 0 grew from 182.5 to 206.5 MB"]


def test_files_that_are_never_closed_are_a_fault() -> None:
    assert course(lambda _at: 180.0, lambda at: 20 + at) == ["web 0 had 22 files open, then 46"]


@pytest.mark.parametrize(
    ("log_mb", "status", "fault"),
    [(40.0, 200, "the log of writes ahead reached 40 MB"), (4.0, 503, "submit: 2 × 503")],
)
def test_a_long_log_and_a_broken_answer_are_faults(log_mb: float, status: int, fault: str) -> None:
    assert Course((), log_mb, {("submit", status): 2}).faults() == [fault]
