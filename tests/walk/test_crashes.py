"""A killed server and a full disk: what was acknowledged is there, what was not is refused clearly.

The long versions are tests.simulations.kills and tests.simulations.full_disk. Both start real servers, which takes
seconds each.
"""

from pathlib import Path

import pytest

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
