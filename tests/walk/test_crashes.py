"""A killed server, a full disk, a failing disk: what was acknowledged is there, what was not is refused clearly.

The long versions are the programs of tests.simulations. All start real servers, which takes seconds each.
"""

from pathlib import Path

import pytest

from tests.simulations.failing_disk import FAULTS, can_trace, suffer
from tests.simulations.full_disk import run
from tests.simulations.kills import harass, judge
from tests.simulations.servers import killable_server


def test_what_was_acknowledged_survives_a_killed_server(tmp_path: Path) -> None:
    with killable_server(tmp_path) as server:
        receipts = harass(server, kills=3, least=60, threads=6, lull_s=(0.1, 0.6))
        outcome = judge(server, receipts, kills=3)
    assert outcome.acknowledged >= 60
    assert outcome.lost == ()
    assert outcome.doubled == 0
    assert outcome.unreadable_photos == ()
    assert outcome.broken_histories == ()


def test_a_full_disk_refuses_clearly_and_comes_back_by_itself() -> None:
    try:
        seen, outcome = run(rounds=1)
    except OSError as error:
        pytest.skip(f"no small disk can be mounted here: {error}")
    assert outcome.is_whole
    assert {status for each in seen for status in each.refusals} == {503}
    assert [each.home_status for each in seen] == [200]
    # One complaint before the disk was full and one after there was room again, whatever fitted in between.
    assert outcome.acknowledged >= 2


@pytest.mark.parametrize("fault", [FAULTS[0], FAULTS[2]], ids=["fsync", "write"])
def test_a_failing_disk_loses_nothing_that_was_acknowledged(fault: str) -> None:
    if not can_trace():
        pytest.skip("strace is not installed or may not trace here")
    seen = suffer(fault, complaints=30)
    assert seen.struck > 0
    assert seen.outcome.is_whole
    assert set(seen.statuses) == {201, 503}
    assert seen.outcome.acknowledged == 30
