"""Several people, one thing: what many say is supervised, and nobody is lost when the first takes it back."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import fresh, in_progress, look, make_case

Desk = Callable[..., TestClient]


@pytest.fixture
def dispatcher(desk: Desk) -> TestClient:
    """Somebody who joins cases."""
    return desk(Role.DISPATCHER)


def join(dispatcher: TestClient, main: str, *others: str) -> None:
    for number in others:
        assert dispatcher.post(f"/desk/cases/{number}/merge", data={"main": main}).status_code == 303


def own(client: TestClient, portal: Portal, number: str) -> TestClient:
    client.get(f"/cases/open/{portal.secrets.sign('case link', number)}")
    return client


def test_the_third_case_joined_to_one_puts_it_under_supervision(
    dispatcher: TestClient, client: TestClient, portal: Portal, db: Session
) -> None:
    main = in_progress(portal, email="main@example.cn")
    first, second, third = (make_case(portal) for _one in range(3))
    join(dispatcher, main, first, second)
    assert not look(db, main).is_supervised
    join(dispatcher, main, third)
    case = look(db, main)
    assert case.is_supervised
    assert [event.reason for event in case.events if event.action == "supervise"] == ["repeated"]
    assert "督办" in own(client, portal, main).get(f"/cases/{main}/mine").text
    join(dispatcher, main, make_case(portal))
    assert [event.action for event in look(db, main).events].count("supervise") == 1
    letters = fresh(db).scalars(select(OutboxMessage.body).where(OutboxMessage.about == main)).all()
    assert sum("已列入督办" in body for body in letters) == 1


def test_cases_joined_through_another_count_too(dispatcher: TestClient, portal: Portal, db: Session) -> None:
    main, between = in_progress(portal), in_progress(portal)
    join(dispatcher, between, make_case(portal), make_case(portal))
    assert not look(db, between).is_supervised
    join(dispatcher, main, between)
    assert look(db, main).is_supervised


def test_when_the_main_case_is_taken_back_the_joined_ones_go_on_without_it(
    dispatcher: TestClient, client: TestClient, portal: Portal, db: Session
) -> None:
    main = in_progress(portal, email="main@example.cn")
    others = [make_case(portal, email=f"child{number}@example.cn") for number in range(2)]
    join(dispatcher, main, *others)
    assert own(client, portal, main).post(f"/cases/{main}/withdraw").status_code == 303
    assert look(db, main).state == "withdrawn"
    for number in others:
        case = look(db, number)
        assert (case.state, case.merged_into_id, case.outcome) == ("triage", None, None)
        assert "这一件继续单独办理" in own(client, portal, number).get(f"/cases/{number}/mine").text
        letters = fresh(db).scalars(select(OutboxMessage.body).where(OutboxMessage.about == number)).all()
        assert any("已恢复单独办理" in body for body in letters)
        assert f'href="/desk/cases/{number}' in dispatcher.get("/desk/cases?view=waiting").text
