"""The queue that is looked at again and again: cheap while nothing happens, never out of date, never another's."""

from collections.abc import Callable

from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.roles import Role
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
