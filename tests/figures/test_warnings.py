"""Early warnings: a rise is seen soon, and when nothing changes almost nothing is shown."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
import time_machine

from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from portal.figures.counting import count_again
from portal.figures.warning import BASE_WEEKS, FALSE_SHARE, chance_of, count_weeks, find_alarms
from tests.cases.factories import make_case

CELLS = [(f"g{group}", f"d{district}") for group in range(11) for district in range(7)]
ROUNDS = 150


def drawn(random: np.random.Generator, usual: np.ndarray) -> Counter[tuple[str, str]]:
    """One week of a city where each cell has its own usual level."""
    return Counter(dict(zip(CELLS, random.poisson(usual).tolist(), strict=True)))


def test_when_nothing_changes_at_most_one_week_in_ten_shows_an_alarm() -> None:
    random = np.random.default_rng(5)
    weeks_with_alarm = 0
    for _round in range(ROUNDS):
        usual = random.gamma(1.5, 4.0, len(CELLS))
        weeks_with_alarm += bool(find_alarms([drawn(random, usual) for _ in range(BASE_WEEKS + 1)]))
    assert weeks_with_alarm / ROUNDS <= FALSE_SHARE + 0.03


def weeks_until_seen(random: np.random.Generator, weeks: list[Counter[tuple[str, str]]], level: np.ndarray) -> int:
    """How many weeks of the new level it takes until the first cell is an alarm; 7 when it never is."""
    for delay in range(1, 7):
        weeks.append(drawn(random, level))
        if CELLS[0] in {(one.group, one.district) for one in find_alarms(weeks[-BASE_WEEKS - 1 :])}:
            return delay
    return 7


@pytest.mark.parametrize(("usual", "times", "most_weeks"), [(4.0, 4.0, 1.5), (8.0, 2.5, 2.0), (20.0, 2.0, 1.5)])
def test_a_rise_is_seen_within_weeks(usual: float, times: float, most_weeks: float) -> None:
    """The delay is counted in weeks from the rise on; 1 is the first week."""
    random = np.random.default_rng(6)
    delays = []
    for _round in range(40):
        level = random.gamma(1.5, 4.0, len(CELLS))
        level[0] = usual
        weeks = [drawn(random, level) for _ in range(BASE_WEEKS)]
        level[0] = usual * times
        delays.append(weeks_until_seen(random, weeks, level))
    assert sum(delays) / len(delays) <= most_weeks


def test_most_alarms_are_true_where_some_cells_rise() -> None:
    random, false, shown = np.random.default_rng(7), 0, 0
    for _round in range(ROUNDS):
        level = random.gamma(2.0, 4.0, len(CELLS))
        weeks = [drawn(random, level) for _ in range(BASE_WEEKS)]
        level[:8] = level[:8] * 3 + 5
        found = find_alarms([*weeks, drawn(random, level)])
        shown += len(found)
        false += sum((one.group, one.district) not in CELLS[:8] for one in found)
    assert shown > 4 * ROUNDS
    assert false / shown <= FALSE_SHARE


def test_the_chance_is_that_of_the_binomial_split() -> None:
    assert chance_of(0, 40) == 1
    assert chance_of(1, 0) == pytest.approx(1 / 9)
    assert chance_of(3, 0) == pytest.approx((1 / 9) ** 3)
    assert chance_of(5, 40) == pytest.approx(0.5699, abs=1e-4)


def test_weeks_run_from_monday_to_sunday_and_the_running_one_is_not_counted() -> None:
    monday = date(2026, 5, 11)
    rows = [("g", "d", monday - timedelta(days=back), 1) for back in (0, 1, 7, 8, 63, 64)]
    weeks = count_weeks(rows, monday)
    assert len(weeks) == BASE_WEEKS + 1
    assert [week.total() for week in (weeks[-1], weeks[-2], weeks[0])] == [2, 1, 1]
    assert sum(week.total() for week in weeks) == 4


def test_the_page_names_group_and_district_and_leads_to_the_cases(desk: object, portal: Portal) -> None:
    with time_machine.travel("2026-05-13T10:00:00+08:00"):
        for number in range(12):
            make_case(portal, now() - timedelta(days=4), text=f"第{number}次：村口垃圾堆成山没人收。")
        count_again(portal)
        page = desk(Role.SUPERVISOR).get("/desk/warnings")  # type: ignore[operator]
    assert page.status_code == 200
    assert portal.city.district("tianning").name in page.text
    assert "<b>12</b>" in page.text
    assert "district=tianning" in page.text
    assert desk(Role.EDITOR, username="ed").get("/desk/warnings").status_code == 403  # type: ignore[operator]


def test_a_quiet_week_says_so(desk: object) -> None:
    assert "没有哪个组" in desk(Role.ANALYST).get("/desk/warnings").text  # type: ignore[operator]
