"""The queue that is looked at again and again: cheap while nothing happens, never out of date, never another's."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.models import Case
from portal.cases.queue import LAST_SHOWN
from portal.core.roles import Role
from portal.core.web import Portal
from tests.conftest import Statements

Desk = Callable[..., TestClient]


def test_a_second_look_asks_two_questions_and_shows_the_same(
    desk: Desk, client: TestClient, statements: Statements
) -> None:
    client.post("/cases", data={"kind": "complaint", "text": "路口的护栏倒了一截，尖头朝外。"})
    dispatcher = desk(Role.DISPATCHER)
    first = dispatcher.get("/desk/cases")
    statements.clear()
    again = dispatcher.get("/desk/cases")
    assert again.text == first.text
    assert again.headers["cache-control"] == "no-store"
    assert len(statements) <= 2


def test_what_happens_to_a_case_is_seen_at_the_next_look(desk: Desk, client: TestClient) -> None:
    dispatcher = desk(Role.DISPATCHER)
    assert "护栏" not in dispatcher.get("/desk/cases").text
    client.post("/cases", data={"kind": "complaint", "text": "路口的护栏倒了一截，尖头朝外。"})
    assert "护栏" in dispatcher.get("/desk/cases").text


def test_nobody_gets_the_page_kept_for_another(desk: Desk, client: TestClient, db: Session) -> None:
    client.post("/cases", data={"kind": "complaint", "text": "路口的护栏倒了一截，尖头朝外。"})
    assert "护栏" in desk(Role.DISPATCHER).get("/desk/cases").text
    assert "护栏" not in desk(Role.UNIT, unit="urban_management").get("/desk/cases").text
    assert client.get("/desk/cases").status_code == 303


def _first_looks() -> "Callable[[], str]":
    """Addresses of the list that nobody has asked for yet, so that no whole page is kept for them."""
    numbers = iter(range(100))
    return lambda: f"/desk/cases?look={next(numbers)}"


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("text_public", "井盖没有盖好。", "井盖没有盖好"),
        ("priority", "high", "优先"),
        ("is_supervised", True, "督办"),
        ("support_count", 41, "+41"),
        ("unit", "education", "教育局"),
        ("probability", 0.37, "37%"),
    ],
)
def test_a_row_kept_from_another_page_is_written_anew_when_its_case_differs(
    desk: Desk, client: TestClient, portal: Portal, column: str, value: object, shown: str
) -> None:
    client.post("/cases", data={"kind": "complaint", "text": "路口的护栏倒了一截，尖头朝外。"})
    dispatcher, look = desk(Role.DISPATCHER), _first_looks()
    before = dispatcher.get(look()).text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "护栏" in before
    assert shown not in before
    with portal.database.write() as db:
        db.execute(update(Case).values({column: value}))
    after = dispatcher.get(look()).text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert shown in after


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (timedelta(minutes=-1), "今天到期"),
        (timedelta(), "今天到期"),
        (timedelta(seconds=1), "今天已超期"),
        (timedelta(days=2), "超期 2 天"),
    ],
)
def test_a_row_kept_shortly_before_its_promise_ends_says_how_it_stands_later(
    desk: Desk, client: TestClient, db: Session, time_machine: object, later: timedelta, words: str
) -> None:
    client.post("/cases", data={"kind": "complaint", "text": "路口的护栏倒了一截，尖头朝外。"})
    due_at = db.scalars(select(Case.due_at)).one()
    time_machine.move_to(due_at - timedelta(minutes=2), tick=False)  # type: ignore[attr-defined]
    assert "今天到期" in desk(Role.DISPATCHER, username="first").get("/desk/cases").text.partition("<tbody>")[2]
    time_machine.move_to(due_at + later, tick=False)  # type: ignore[attr-defined]
    assert words in desk(Role.DISPATCHER, username="second").get("/desk/cases").text.partition("<tbody>")[2]


def test_a_row_kept_in_one_language_is_not_shown_in_another(desk: Desk, client: TestClient) -> None:
    client.post("/cases", data={"kind": "complaint", "text": "路口的护栏倒了一截，尖头朝外。"})
    dispatcher, look = desk(Role.DISPATCHER), _first_looks()
    assert "系统建议" in dispatcher.get(look()).text
    dispatcher.cookies.set("lang", "zh-Hant")
    page = dispatcher.get(look()).text
    assert "系統建議" in page
    assert "未分組" in page
    dispatcher.cookies.set("lang", "zh-Hans")
    assert "系统建议" in dispatcher.get(look()).text


@pytest.mark.parametrize(
    ("view", "place"),
    [
        ("all", {}),
        ("open", {}),
        ("waiting", {}),
        ("rating", {"state": "resolved", "queue": 2}),
        ("done", {"state": "closed", "queue": 3}),
    ],
)
def test_the_second_page_of_a_list_begins_after_the_first(
    desk: Desk, client: TestClient, portal: Portal, view: str, place: dict[str, object]
) -> None:
    for number in range(28):
        client.post("/cases", data={"kind": "complaint", "text": f"第{number:02}号路灯不亮，晚上看不清。"})
    with portal.database.write() as db:
        if place:
            db.execute(update(Case).values(place))
        unconfirmed = db.scalars(select(Case).order_by(Case.id).limit(1)).one()
        unconfirmed.state, unconfirmed.queue = "draft_confirm", LAST_SHOWN + 1
        hidden = unconfirmed.case_no
    dispatcher = desk(Role.DISPATCHER)
    seen: list[str] = []
    address = f"/desk/cases?view={view}"
    for _page in range(2):
        page = dispatcher.get(address).text
        seen += [part.partition('"')[0] for part in page.split('data-no="')[1:]]
        address = next((part.partition('"')[0] for part in page.split('href="') if "after=" in part[:300]), "")
        address = address.replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 27
    assert hidden not in seen


def test_the_page_kept_around_the_rows_is_for_one_way_of_reading(desk: Desk, client: TestClient) -> None:
    client.post("/cases", data={"kind": "complaint", "text": "路口的护栏倒了一截，尖头朝外。"})
    dispatcher, look = desk(Role.DISPATCHER), _first_looks()
    assert 'class="elder"' not in dispatcher.get(look()).text
    dispatcher.cookies.set("mode", "elder")
    assert 'class="elder"' in dispatcher.get(look()).text
    dispatcher.cookies.set("theme", "dark")
    assert 'data-theme="dark"' in dispatcher.get(look()).text


def test_the_page_kept_around_the_rows_is_for_one_person(desk: Desk, client: TestClient) -> None:
    client.post("/cases", data={"kind": "complaint", "text": "路口的护栏倒了一截，尖头朝外。"})
    lu, wang, look = desk(Role.DISPATCHER, username="lu"), desk(Role.DISPATCHER, username="wang"), _first_looks()
    name = _name_on(lu.get(look()).text)
    assert name
    assert name not in wang.get(look()).text
    assert name == _name_on(lu.get(look()).text)


def _name_on(page: str) -> str:
    return page.partition('class="desk-person"')[2].partition("<b>")[2].partition("</b>")[0]


def test_the_page_kept_around_the_rows_counts_what_has_happened_since(desk: Desk, client: TestClient) -> None:
    dispatcher, look = desk(Role.DISPATCHER), _first_looks()
    empty = dispatcher.get(look()).text
    assert "这里没有要办的诉求" in empty
    assert 'id="bulk"' not in empty
    client.post("/cases", data={"kind": "complaint", "text": "路口的护栏倒了一截，尖头朝外。"})
    filled = dispatcher.get(look()).text
    assert 'id="bulk"' in filled
    assert _waiting(filled) == _waiting(empty) + 1


def _waiting(page: str) -> int:
    tab = page.partition("待分派")[2].partition("</a>")[0]
    return int(tab.partition('class="num">')[2].partition("<")[0])


def test_a_list_kept_with_rows_has_nothing_to_do_when_another_page_of_it_is_empty(
    desk: Desk, client: TestClient, portal: Portal
) -> None:
    client.post("/cases", data={"kind": "complaint", "text": "路口的护栏倒了一截，尖头朝外。"})
    dispatcher, look = desk(Role.DISPATCHER), _first_looks()
    assert 'id="bulk"' in dispatcher.get(look()).text
    with portal.database.write() as db:
        db.execute(update(Case).values(queue=LAST_SHOWN + 1))
    assert 'id="bulk"' not in dispatcher.get(look()).text


def test_a_message_is_shown_once_and_on_no_kept_page(desk: Desk, client: TestClient) -> None:
    client.post("/cases", data={"kind": "complaint", "text": "路口的护栏倒了一截，尖头朝外。"})
    dispatcher, look = desk(Role.DISPATCHER), _first_looks()
    dispatcher.get(look())
    dispatcher.post("/desk/cases/filters", data={"name": "我的一类", "back": "/desk/cases"})
    assert "已保存" in dispatcher.get(look()).text
    after = dispatcher.get(look()).text
    assert "已保存" not in after
    assert "我的一类" in after


def test_a_first_look_after_the_first_asks_for_person_version_and_rows(
    desk: Desk, client: TestClient, statements: Statements
) -> None:
    client.post("/cases", data={"kind": "complaint", "text": "路口的护栏倒了一截，尖头朝外。"})
    dispatcher, look = desk(Role.DISPATCHER), _first_looks()
    dispatcher.get(look())
    statements.clear()
    dispatcher.get(look())
    assert len(statements) <= 3
