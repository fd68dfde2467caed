"""The public pages of the groups and their figures."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from portal.cases import closing
from portal.cases.closing import Outcome
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from portal.figures.counting import count_again
from tests.cases.factories import GROUP, closed, do, in_progress, make_case, resolved
from tests.conftest import Statements
from tests.search.factories import make_public_case

LONG_AGO = timedelta(days=40)


def test_every_group_of_the_city_has_a_tile_that_leads_to_its_page(client: TestClient, portal: Portal) -> None:
    page = client.get("/groups")
    assert page.status_code == 200
    for group in portal.city.groups:
        assert f'href="/groups/{group.key}"' in page.text
        assert client.get(f"/groups/{group.key}").status_code == 200


def test_a_group_without_cases_shows_no_rate_at_all(client: TestClient) -> None:
    page = client.get(f"/groups/{GROUP}").text
    assert "近半年还没有到期的诉求" in page
    assert "100.0" not in page


def test_an_unknown_group_is_not_found(client: TestClient) -> None:
    assert client.get("/groups/nothing").status_code == 404


def test_the_page_shows_rates_with_base_interval_and_bounds(client: TestClient, portal: Portal) -> None:
    for _number in range(10):
        closed(portal, now() - LONG_AGO, phone="13812345678")
    for _number in range(2):
        resolved(portal, now() - LONG_AGO, phone="13812345678")
    in_progress(portal, now() - LONG_AGO, phone="13812345678")
    count_again(portal)
    page = client.get(f"/groups/{GROUP}").text
    assert "到期的 13 件" in page
    assert "95% 区间" in page
    assert "10 / 13 件" in page
    assert "另有 2 件反映人没有评价" in page
    assert "83.3–100.0" in page


def test_a_phone_number_is_on_no_page_of_a_group(client: TestClient, portal: Portal) -> None:
    make_case(
        portal, now() - LONG_AGO, phone="13812345678", text="路灯坏了，请打我电话13812345678。", wants_publish=True
    )
    assert "13812345678" not in client.get(f"/groups/{GROUP}").text


def test_pages_send_as_many_statements_for_many_cases_as_for_one(
    client: TestClient, portal: Portal, statements: Statements
) -> None:
    closed(portal, now() - LONG_AGO)
    make_public_case(portal, group=GROUP)
    counts = []
    for _round in range(2):
        count_again(portal)
        for path in ("/groups", f"/groups/{GROUP}"):
            statements.clear()
            assert client.get(path).status_code == 200
            counts.append(len(statements))
        for _number in range(3):
            in_progress(portal, now() - LONG_AGO)
            make_public_case(portal, group=GROUP)
    assert counts[:2] == counts[2:]


@pytest.mark.parametrize(
    "path", [f"/groups/{GROUP}", "/data/figures.csv", "/desk/figures", "/desk/figures.csv?by=unit", "/desk/warnings"]
)
def test_no_figure_reads_more_rows_in_a_large_city_than_in_a_small_one(
    client: TestClient, desk: Callable[..., TestClient], portal: Portal, rows_read: list[str], path: str
) -> None:
    """What is read are sums of places, not cases: the same rows for 3 cases as for 12 in the same places."""
    browser = desk(Role.ANALYST) if path.startswith("/desk") else client
    found = []
    for cases in (3, 9):
        for _number in range(cases):
            in_progress(portal, now() - LONG_AGO)
        count_again(portal)
        rows_read.clear()
        assert browser.get(path).status_code == 200
        found.append(len(rows_read))
    assert found[0] == found[1]
    assert found[0] > 0


def test_a_page_says_until_when_its_cases_were_counted(client: TestClient, portal: Portal) -> None:
    closed(portal, now() - LONG_AGO)
    count_again(portal)
    assert "统计到" in client.get(f"/groups/{GROUP}").text


def test_a_deferred_case_leaves_the_rates_and_stands_on_its_own(client: TestClient, portal: Portal) -> None:
    case_no = closed(portal, now() - LONG_AGO)
    do(portal, case_no, "system", lambda _db, _act, case: setattr(case, "state", "deferred"))
    assert "近半年还没有到期的诉求" in client.get(f"/groups/{GROUP}").text


def test_figures_come_as_a_table_for_machines(client: TestClient, portal: Portal) -> None:
    for _number in range(10):
        closed(portal, now() - LONG_AGO)
    count_again(portal)
    table = client.get("/data/figures.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert "attachment" in table.headers["content-disposition"]
    rows = {row["key"]: row for row in client.get("/data/figures.json").json()["rows"]}
    assert rows[GROUP]["base"] == 10
    assert rows[GROUP]["satisfaction_rate"] == pytest.approx(1.0)
    assert rows["main_roads"]["satisfaction_rate"] is None


def test_an_answer_without_any_grade_leaves_the_rate_open(client: TestClient, portal: Portal) -> None:
    for _number in range(10):
        case_no = in_progress(portal, now() - LONG_AGO)
    how = closing.Resolution("已核实，不属实。", Outcome.UNFOUNDED)
    do(portal, case_no, "system", lambda db, act, case: closing.resolve(db, _handler(act), case, how))
    count_again(portal)
    page = client.get(f"/groups/{GROUP}").text
    assert "还没有可以计算的件数" in page


def _handler(act: closing.Act) -> closing.Act:
    from dataclasses import replace

    from portal.cases.states import Who

    return replace(act, who=frozenset({Who.HANDLER}))
