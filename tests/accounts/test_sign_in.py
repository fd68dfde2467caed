"""Signing in and out."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.accounts.queries import get_staff
from portal.accounts.service import NewStaff, add_staff
from portal.core.roles import Role

PASSWORD = "Kite-over-the-canal-7"


@pytest.fixture
def mei(db: Session) -> str:
    add_staff(db, NewStaff("mei", "小梅", PASSWORD, frozenset({Role.EDITOR})), by="test")
    db.commit()
    return "mei"


def test_the_right_password_opens_the_page_that_was_asked_for(client: TestClient, mei: str) -> None:
    answer = client.post("/desk/login", data={"username": mei, "password": PASSWORD, "next": "/desk/news?after=x"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/desk/news?after=x"
    assert client.cookies.get("staff")


def test_no_redirect_leaves_the_portal(client: TestClient, mei: str) -> None:
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = client.post("/desk/login", data={"username": mei, "password": PASSWORD, "next": target})
        assert answer.headers["location"] == "/desk"


def test_five_failures_lock_the_account_and_say_nothing_about_why(client: TestClient, db: Session, mei: str) -> None:
    pages = {client.post("/desk/login", data={"username": mei, "password": f"wrong {n}"}).status_code for n in range(5)}
    assert pages == {422}
    assert get_staff(db, mei).locked_until is not None
    assert client.post("/desk/login", data={"username": mei, "password": PASSWORD}).status_code == 422


def test_signing_out_ends_the_session_itself_and_not_only_the_cookie(
    client: TestClient, desk: Callable[..., TestClient]
) -> None:
    staff = desk(Role.EDITOR)
    stolen = staff.cookies.get("staff")
    assert staff.post("/desk/logout").status_code == 303
    client.cookies.set("staff", stolen or "")
    assert client.get("/desk/login").status_code == 200
