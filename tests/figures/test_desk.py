"""The figures at the desk: who sees what, filters, files."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from starlette.testclient import TestClient

from portal.cases import closing
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.tables import read_sheet
from portal.core.web import Portal
from portal.figures.counting import count_again
from tests.cases.factories import GROUP, UNIT, closed, dispatched, do, resolved

Desk = Callable[..., TestClient]
LONG_AGO = timedelta(days=40)


def fill(portal: Portal) -> None:
    """One case of a group and unit, and two of another."""
    closed(portal, now() - LONG_AGO)
    for _number in range(2):
        dispatched(portal, now() - LONG_AGO, group="main_roads", unit="urban_management")
    count_again(portal)


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.SUPERVISOR, Role.ANALYST])
def test_the_office_sees_every_group(portal: Portal, desk: Desk, role: Role) -> None:
    fill(portal)
    page = desk(role).get("/desk/figures").text
    assert "主次干道" in page
    assert "校园周边" in page


def test_a_group_sees_its_own_cases_only(portal: Portal, desk: Desk) -> None:
    fill(portal)
    table = desk(Role.GROUP, groups=(GROUP,)).get("/desk/figures.csv").text
    assert GROUP in table
    assert "main_roads" not in table


def test_a_filter_never_shows_more_than_ones_own(portal: Portal, desk: Desk) -> None:
    fill(portal)
    table = desk(Role.UNIT, unit=UNIT).get("/desk/figures.csv?group=main_roads&by=unit").text
    assert "urban_management" not in table


def test_closed_but_not_solved_is_counted_apart(portal: Portal, desk: Desk) -> None:
    closed(portal, now() - LONG_AGO)
    case_no, later = resolved(portal, now() - LONG_AGO), now() - LONG_AGO + timedelta(hours=1)
    unhappy, words = closing.Rating(1, "no", "还是老样子。"), "现场复核已经整改到位。"
    do(portal, case_no, "citizen", lambda db, act, case: closing.rate(db, act, case, unhappy), later)
    refuse = partial(closing.decide_reopen, is_granted=False, text=words)
    do(portal, case_no, Role.DISPATCHER, lambda db, act, case: refuse(db, act, case), later)
    count_again(portal)
    table = desk(Role.ANALYST).get("/desk/figures.csv").content.decode("utf-8-sig")
    [line] = csv.DictReader(io.StringIO(table))
    assert line["closed_not_solved"] == "1"


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.ADMIN, Role.AUDITOR])
def test_others_have_no_figures(desk: Desk, role: Role) -> None:
    assert desk(role).get("/desk/figures").status_code == 403


def test_filters_narrow_the_table_and_odd_values_are_ignored(portal: Portal, desk: Desk) -> None:
    fill(portal)
    browser = desk(Role.ANALYST)
    assert browser.get("/desk/figures.csv?group=main_roads").text.count("main_roads") == 1
    assert GROUP not in browser.get("/desk/figures.csv?group=main_roads").text
    assert browser.get("/desk/figures?month=2026-99&group=%00&unit=x&district=' or 1=1").status_code == 200
    assert "没有到期的诉求" in browser.get("/desk/figures?district=liyang").text


def test_the_excel_file_opens_and_holds_the_same_lines(portal: Portal, desk: Desk) -> None:
    fill(portal)
    answer = desk(Role.ANALYST).get("/desk/figures.xlsx")
    assert {row[0] for row in read_sheet(answer.content).rows} >= {GROUP, "main_roads"}
