"""The sums that figures are read from follow the cases, and never drift from a count of all of them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.cases import closing, handling
from portal.core.clock import now
from portal.core.jobs import tick
from portal.core.roles import Role
from portal.core.web import Portal
from portal.figures.counting import count_again
from portal.figures.jobs import jobs
from portal.figures.measures import Tally, figures_of, measure, rounded_wait
from portal.figures.models import FigureCell
from portal.groups import ScoreRules
from tests.cases.factories import closed, do, fresh, in_progress, look, resolved
from tests.figures.test_measures import NOW, row

LONG_AGO = timedelta(days=40)


def sums(db: Session) -> dict[tuple[str, ...], Any]:
    """Every cell that says something."""
    cells = fresh(db).scalars(select(FigureCell))
    return {(one.month, one.group, one.unit, one.district): one.sums["counts"] for one in cells if one.sums["counts"]}


def test_counting_what_changed_gives_what_counting_everything_gives(portal: Portal, db: Session) -> None:
    """Also where a promise moves to another month, a case to another unit, and a reporter changes their mind."""
    early = in_progress(portal, now() - LONG_AGO)
    late = in_progress(portal, now() - LONG_AGO + timedelta(days=3))
    graded = resolved(portal, now() - LONG_AGO, phone="13812345678")
    count_again(portal)
    before = sums(db)
    do(portal, early, Role.UNIT, lambda session, act, case: handling.reply(session, act, case, "正在处理。"))
    do(portal, late, Role.UNIT, lambda session, act, case: closing.resolve(
        session, act, case, closing.Resolution("已核实，不属实。", closing.Outcome.UNFOUNDED)
    ))  # fmt: skip
    do(portal, graded, "citizen", lambda session, act, case: closing.rate(session, act, case, closing.Rating(5, "yes")))
    count_again(portal)
    after = sums(db)
    count_again(portal, is_whole=True)
    assert after == sums(db)
    assert after != before


def test_a_promise_moved_to_another_month_leaves_the_month_it_was_in(portal: Portal, db: Session) -> None:
    with time_machine.travel("2026-03-24T10:00:00+08:00"):
        case_no = in_progress(portal)
        do(portal, case_no, Role.UNIT, lambda s, act, case: handling.ask_extension(s, act, case, "要等配件到货。", 5))
    with time_machine.travel("2026-04-20T10:00:00+08:00"):
        count_again(portal)
        month = f"{look(db, case_no).due_at:%Y-%m}"
        assert {key[0] for key in sums(db)} == {month}
        do(portal, case_no, Role.SUPERVISOR, lambda s, act, case: handling.decide_extension(s, act, case, True, 5, ""))
        count_again(portal)
        moved = f"{look(db, case_no).due_at:%Y-%m}"
        assert moved > month
    with time_machine.travel("2026-06-20T10:00:00+08:00"):
        count_again(portal)
        assert {key[0] for key in sums(db)} == {moved}


def test_nothing_is_written_where_nothing_changed(portal: Portal, db: Session) -> None:
    closed(portal, now() - LONG_AGO)
    assert len(count_again(portal)) == 12
    assert count_again(portal) == [f"{now() + timedelta(hours=8):%Y-%m}"]


def test_the_clock_counts_by_itself(portal: Portal, db: Session) -> None:
    closed(portal, now() - LONG_AGO)
    assert "figures:count" in tick(portal, jobs)
    assert fresh(db).scalar(select(func.count()).select_from(FigureCell)) == 1


def test_sums_kept_and_read_again_give_the_same_figures() -> None:
    rows = [row(grade=5, solved="yes"), row(grade=2, solved="no"), row(resolved_at=None, state="in_progress"), row()]
    parts = [Tally(), Tally()]
    for number, one in enumerate(rows):
        parts[number % 2].add(one, NOW, ScoreRules(), 28)
    whole = Tally()
    for part in parts:
        whole.join(Tally.unpacked(part.packed()))
    assert figures_of(whole) == measure(rows, NOW)


@pytest.mark.parametrize(
    ("minutes", "kept"), [(0, 0), (-5, 0), (4, 3), (61, 60), (1451, 1440), (3000, 3000), (50_000, 50_040)]
)
def test_a_wait_is_kept_to_a_step_that_grows_with_it(minutes: float, kept: int) -> None:
    assert rounded_wait(minutes) == kept
