"""What waits for whom on the staff's front page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases import handling
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from portal.editorial import submit_for_review
from portal.publishing import News
from portal.publishing.service import Draft, open_news
from tests.cases.factories import GROUP, UNIT, dispatched, do, in_progress, make_case, resolved
from tests.conftest import Statements, make_staff

Desk = Callable[..., TestClient]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_calm_front_page_when_nothing_waits(desk: Desk, role: Role) -> None:
    page = desk(role, unit=UNIT, groups=(GROUP,)).get("/desk")
    assert page.status_code == 200
    if role not in {Role.EDITOR, Role.REVIEWER}:
        assert "现在没有等您处理的事" in page.text


def test_an_editor_learns_that_columns_are_empty(desk: Desk) -> None:
    page = desk(Role.EDITOR).get("/desk").text
    assert "栏目该更新了" in page
    assert "最长 14 天须更新" in page


def test_a_dispatcher_sees_what_nobody_sorted_and_what_is_late(desk: Desk, portal: Portal) -> None:
    make_case(portal)
    in_progress(portal, now() - timedelta(days=60))
    page = desk(Role.DISPATCHER).get("/desk").text
    assert "等待分派" in page
    assert "已超期" in page
    assert "已过承诺" in page


def test_a_resolved_case_is_nobodys_task(desk: Desk, portal: Portal) -> None:
    resolved(portal, now() - timedelta(days=60))
    assert "现在没有等您处理的事" in desk(Role.DISPATCHER).get("/desk").text


def test_a_return_waits_for_the_arbiter(desk: Desk, portal: Portal) -> None:
    case_no = dispatched(portal, now())
    do(portal, case_no, "system", lambda _db, _act, case: setattr(case, "state", "return_asked"))
    page = desk(Role.SUPERVISOR).get("/desk").text
    assert "退单待审" in page
    assert case_no in page


def test_a_unit_learns_whom_to_call_and_what_came_back(desk: Desk, portal: Portal) -> None:
    called, again = dispatched(portal), resolved(portal)
    do(portal, called, Role.UNIT, handling.accept)
    do(portal, again, "system", lambda _db, _act, case: (setattr(case, "state", "reopened"), setattr(case, "queue", 1)))
    page = desk(Role.UNIT, unit=UNIT).get("/desk").text
    for words in ("等待联系反映人", called, "重办中", again):
        assert words in page
    assert "等待联系反映人" not in desk(Role.DISPATCHER).get("/desk").text


def test_a_unit_sees_its_own_cases_and_no_others(desk: Desk, portal: Portal) -> None:
    own = dispatched(portal)
    other = dispatched(portal, group="main_roads", unit="urban_management")
    page = desk(Role.UNIT, unit=UNIT).get("/desk").text
    assert own in page
    assert other not in page


def test_a_case_leaves_the_page_when_it_is_signed(desk: Desk, portal: Portal) -> None:
    case_no = dispatched(portal)
    browser = desk(Role.UNIT, unit=UNIT)
    assert "等待签收" in browser.get("/desk").text
    do(portal, case_no, Role.UNIT, handling.accept)
    assert "等待签收" not in browser.get("/desk").text


def test_a_piece_waits_for_its_reviewer_and_a_draft_for_its_author(desk: Desk, db: Session) -> None:
    author = make_staff(db, Role.EDITOR, username="author")

    def write(title: str) -> News:
        draft = Draft(title=title, column="progress", body="正文一段。", source="市建指办", editor="编辑")
        return open_news(db, draft, author)

    piece = write("市场整治进展公告").piece
    write("还没写完的一篇")
    submit_for_review(db, piece, author, is_confidential_checked=True)
    db.commit()
    page = desk(Role.REVIEWER, username="another").get("/desk").text
    assert "市场整治进展公告" in page
    assert "还没写完的一篇" not in page


def test_the_page_sends_as_many_statements_for_many_cases_as_for_one(
    desk: Desk, portal: Portal, statements: Statements
) -> None:
    browser = desk(Role.DISPATCHER)
    counts = []
    for number in (1, 6):
        for _number in range(number):
            make_case(portal)
        statements.clear()
        assert browser.get("/desk").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_an_administrator_reads_no_case(desk: Desk, portal: Portal) -> None:
    case_no = make_case(portal)
    assert case_no not in desk(Role.ADMIN).get("/desk").text
