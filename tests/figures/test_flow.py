"""Returned, reopened, late, verified: what these figures count, and what the router's sample says."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from portal.cases import Case, State, handling
from portal.cases.triage import Assignment, redispatch
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.tables import read_sheet
from portal.core.web import Portal
from portal.figures.counting import count_again
from portal.figures.measures import measure
from portal.groups import ScoreRules, keep_decision, keep_prediction
from tests.cases.factories import GROUP, SureRouter, closed, dispatched, do, in_progress
from tests.figures.test_desk import Desk
from tests.figures.test_measures import NOW, SENT, row

LONG_AGO = timedelta(days=40)
DAY = timedelta(days=1)


def test_a_return_counts_once_and_its_days_run_to_the_unit_that_kept_the_case() -> None:
    twice = row(return_count=2, dispatched_at=SENT + 4 * DAY)
    once = row(return_count=1, dispatched_at=SENT + 2 * DAY)
    plain = row(dispatched_at=SENT)
    found = measure([twice, once, plain, row(dispatched_at=None)], NOW).flow
    assert (found.returned.count, found.returned.base) == (2, 3)
    assert found.lost_days == 3.0


def test_a_return_that_waits_for_its_arbiter_goes_on_costing() -> None:
    waiting = row(state="return_asked", return_count=1, dispatched_at=SENT, resolved_at=None)
    assert measure([waiting], NOW).flow.lost_days == pytest.approx(20)


def test_without_a_return_no_day_is_lost_and_none_is_claimed() -> None:
    assert measure([row(dispatched_at=SENT)], NOW).flow.lost_days is None


@pytest.mark.parametrize(
    ("values", "is_verified"),
    [
        ({"solved": "yes", "grade": 5}, True),
        ({"solved": "no", "grade": 1, "outcome": "not_solved"}, False),
        ({"solved": "no", "grade": 1}, False),
        ({"solved": "partly", "grade": 3}, False),
        ({"has_proof": True}, False),
        ({"has_proof": True, "resolved_at": NOW - timedelta(days=29), "submitted_at": NOW - timedelta(days=40)}, True),
        ({"has_proof": False, "resolved_at": NOW - timedelta(days=29)}, False),
        ({"has_proof": True, "resolved_at": NOW - timedelta(days=29), "outcome": "unfounded"}, False),
    ],
)
def test_solved_is_verified_by_the_reporter_or_by_proof_nobody_refuted(
    values: dict[str, object], is_verified: bool
) -> None:
    found = measure([row(**values)], NOW).flow
    assert (found.verified.count, found.verified.base) == (is_verified, 1)


def test_reopened_is_a_share_of_what_was_resolved_once() -> None:
    again = row(state="reopened", resolved_at=None, reopen_count=1, outcome=None)
    found = measure([again, row(), row(), row(state="in_progress", resolved_at=None)], NOW).flow
    assert (found.reopened.count, found.reopened.base) == (1, 3)


def test_far_overdue_is_three_times_the_promised_span() -> None:
    late = row(state="in_progress", resolved_at=None)
    found = measure([late, late._replace(due_at=SENT + 6 * DAY), row()], NOW)
    assert found.overdue == 2
    assert found.flow.far_overdue == 1


def test_the_citys_weights_and_least_grade_are_used() -> None:
    rows = [row(grade=3, solved="yes"), row(grade=5, solved="partly")]
    plain = measure(rows, NOW)
    strict = measure(rows, NOW, ScoreRules(0.2, 0.4, 0.4, 4, 0.5))
    assert plain.rates.satisfaction.value == 1.0
    assert strict.rates.satisfaction.value == 0.5
    assert strict.rates.resolution.value == 0.75
    assert strict.rates.score_text() == "70.0"


def test_nine_of_ten_is_not_known_while_too_many_wait() -> None:
    done = [row() for _number in range(8)]
    waiting = [row(state="in_progress", resolved_at=None) for _number in range(2)]
    found = measure([*done, *waiting], NOW)
    assert found.resolve.median == 96.0
    assert found.resolve.quantile(0.9) is None


def fill(portal: Portal) -> None:
    """A returned case, a satisfied one, and one that waits."""
    case_no = dispatched(portal, now() - LONG_AGO)
    why = handling.Return("ownership", "应属城管", "urban_management")
    do(portal, case_no, Role.UNIT, lambda db, act, case: handling.ask_return(db, act, case, why), now() - LONG_AGO)
    to = Assignment("main_roads", "urban_management")
    later = now() - LONG_AGO + 2 * DAY
    do(portal, case_no, Role.SUPERVISOR, lambda db, act, case: redispatch(db, act, case, to), later)
    closed(portal, now() - LONG_AGO)
    in_progress(portal, now() - LONG_AGO)
    count_again(portal)


def cells(desk: Desk, path: str) -> dict[str, dict[str, str]]:
    """Key → the line of the file."""
    rows = read_sheet(desk(Role.ANALYST, username=f"reader{abs(hash(path))}").get(path).content).rows
    return {str(line[0]): dict(zip(map(str, rows[0]), map(str, line), strict=True)) for line in rows[1:]}


def test_the_desk_counts_returns_and_days_lost_by_every_kind_of_line(portal: Portal, desk: Desk) -> None:
    fill(portal)
    by_group = cells(desk, "/desk/figures.xlsx")
    assert float(by_group["main_roads"]["return_rate"]) == 1.0
    assert float(by_group["main_roads"]["lost_days"]) == pytest.approx(2.0)
    assert float(by_group[GROUP]["return_rate"]) == 0.0
    assert int(float(by_group[GROUP]["far_overdue"])) == 1
    assert "urban_management" in cells(desk, "/desk/figures.xlsx?by=unit")
    assert list(cells(desk, "/desk/figures.xlsx?by=district")) == ["tianning"]
    months = cells(desk, "/desk/figures.xlsx?by=month")
    assert all(len(month) == 7 for month in months)
    assert sum(int(float(one["base"])) for one in months.values()) == 3


def test_the_page_shows_the_same_with_plots_and_a_fair_comparison(portal: Portal, desk: Desk) -> None:
    fill(portal)
    browser = desk(Role.ANALYST)
    page = browser.get("/desk/figures?by=unit&fair=on_time").text
    for words in ("退单", "公平比较", "漏斗图", "等了多久", "件挂账", "响应 30%、解决 35%、满意 35%", "1 / 3 件"):
        assert words in page, words
    assert "%%" not in page
    for plot in ("waiting", "funnel"):
        answer = browser.get(f"/desk/figures/{plot}.svg?by=unit&fair=on_time")
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert "<svg" in answer.text
        assert "<script" not in answer.text
    assert browser.get("/desk/figures/funnel.svg?by=month&fair=nothing").status_code == 200


def test_deferred_cases_stand_beside_and_not_in_the_rates(portal: Portal, desk: Desk) -> None:
    fill(portal)
    case_no = in_progress(portal, now() - LONG_AGO)
    do(portal, case_no, "system", lambda db, _act, case: db.execute(
        update(Case).where(Case.id == case.id).values(state=State.DEFERRED.value)
    ))  # fmt: skip
    count_again(portal, is_whole=True)
    line = cells(desk, "/desk/figures.xlsx")[GROUP]
    assert int(float(line["base"])) == 2
    assert int(float(line["deferred_now"])) == 1


def test_the_routers_accuracy_comes_from_blind_judgements_alone(portal: Portal, desk: Desk, client: TestClient) -> None:
    fill(portal)
    router = SureRouter(GROUP, is_auto=True)
    with portal.database.write() as db:
        for number, judged in enumerate((GROUP, GROUP, GROUP, "main_roads")):
            routing = router.suggest("校门口堵")
            assert routing is not None
            prediction = keep_prediction(db, f"case X-{number}", "校门口堵", routing)
            keep_decision(db, prediction, "seen", "markets")
            keep_decision(db, prediction, "blind", judged, is_blind=True)
    count_again(portal)
    line = cells(desk, "/desk/figures.xlsx")[GROUP]
    assert int(float(line["dispatch_judged"])) == 4
    assert float(line["dispatch_right_rate"]) == 0.75
    assert float(line["dispatch_right_low"]) < 0.75 < float(line["dispatch_right_high"])
    assert "已随机抽查 4 件，满 10 件再公布" in client.get(f"/groups/{GROUP}").text
    assert "抽查 4 件，3 件正确" in desk(Role.ANALYST).get("/desk/figures").text


def test_a_group_counts_nobody_elses_sample(portal: Portal, desk: Desk) -> None:
    fill(portal)
    router = SureRouter("main_roads", is_auto=True)
    with portal.database.write() as db:
        routing = router.suggest("路面坑洼")
        assert routing is not None
        keep_decision(db, keep_prediction(db, "case X-9", "路面坑洼", routing), "blind", "main_roads", is_blind=True)
    count_again(portal)
    assert "抽查还没有结论" in desk(Role.GROUP, groups=(GROUP,)).get("/desk/figures").text


def test_everybody_sees_the_curve_of_a_group_and_thin_lines_are_not_printed(client: TestClient, portal: Portal) -> None:
    fill(portal)
    page = client.get(f"/groups/{GROUP}").text
    assert "不足 10 件" in page
    assert f"/groups/{GROUP}/waiting.svg" not in page
    assert "按月、按单位、按区分开看" not in page
    assert "等办结" not in client.get(f"/groups/{GROUP}/waiting.svg").text
    assert client.get("/groups/nothing/waiting.svg").status_code == 404
    for _number in range(9):
        in_progress(portal, now() - LONG_AGO)
    count_again(portal)
    page = client.get(f"/groups/{GROUP}").text
    assert "还没办完的 10 件也计算在内" in page
    assert "按月、按单位、按区分开看" in page
    assert "等办结" in client.get(f"/groups/{GROUP}/waiting.svg").text


def test_a_handful_of_cases_gives_nobody_a_percentage(client: TestClient, portal: Portal) -> None:
    """One satisfied reporter is not 100 %: neither on the page, nor in the files, nor by subtraction."""
    closed(portal, now() - LONG_AGO, phone="13812345678")
    count_again(portal)
    page = client.get(f"/groups/{GROUP}").text
    figures = page[page.index("到期的 1 件") : page.index("最新公开的诉求")]
    assert "不足 10 件" in figures
    assert "响应率" not in figures
    assert re.search(r"[0-9]\.[0-9]\s*(%|&#8239;%)", figures) is None
    line = next(row for row in client.get("/data/figures.json").json()["rows"] if row["key"] == GROUP)
    assert line["base"] == 1
    rates = [name for name in line if name.endswith(("rate", "low", "high", "least", "most", "score"))]
    assert {name for name in rates if line[name] is not None} == set()
    assert line["contacted_in_time"] is None
    assert line["median_resolve_hours"] is None
