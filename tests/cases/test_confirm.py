"""A contact is checked before the case begins, where the city wants it and can send a message; else it is forgotten."""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.app import create_app
from portal.cases.confirming import FORGOTTEN, forget_unconfirmed
from portal.cases.models import Case, CaseEvent, CasePhoto
from portal.core.clock import now
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.settings import Settings
from portal.core.web import Portal
from portal.groups import City, find_prediction
from tests.cases.factories import TEXT, SureRouter, fresh, look, photo_bytes

JSON = {"Accept": "application/json"}
FORM = {"kind": "complaint", "text": TEXT, "place": "示例小学东门", "email": "Li@example.cn"}


@pytest.fixture
def app(settings: Settings) -> Iterator[Starlette]:
    """A portal whose city checks contacts, with mail and no SMS."""
    app = create_app(replace(settings, mail_url="smtp://127.0.0.1:1"))
    portal: Portal = app.state.portal
    values = {field.name: getattr(portal.city, field.name) for field in fields(portal.city)}
    portal.city = City(**{**values, "confirm_contact": True})
    portal.router = SureRouter(is_auto=True)
    yield app
    portal.database.dispose()


def submit(client: TestClient, **more: str) -> str:
    answer = client.post("/cases", data=FORM | more, headers=JSON)
    assert answer.status_code == 201
    assert set(answer.json()) == {"case_no", "query_code", "group", "due_on", "receipt"}
    return str(answer.json()["case_no"])


def message(db: Session, number: str) -> str:
    return fresh(db).scalars(select(OutboxMessage.body).where(OutboxMessage.about == number)).all()[-1]


def code_in(text: str) -> str:
    found = re.search(r"\b\d{6}\b", text)
    assert found is not None
    return found[0]


def stranger(app: Starlette) -> TestClient:
    other = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    other.headers["Sec-Fetch-Site"] = "same-origin"
    return other


def test_a_case_with_an_unchecked_contact_waits_and_is_on_no_list_of_the_desk(
    client: TestClient, desk: Callable[..., TestClient], db: Session
) -> None:
    number = submit(client)
    case = look(db, number)
    assert (case.state, case.group, case.unit, case.remind_at) == ("draft_confirm", "", None, None)
    assert find_prediction(db, f"case {number}") is None
    office = desk(Role.DISPATCHER)
    for view in ("open", "waiting", "all", "done"):
        assert number not in office.get(f"/desk/cases?view={view}").text
    page = client.get(client.post("/cases", data=FORM).headers["location"]).text
    assert "还差一步" in page
    assert "one-time-code" in page


def test_the_code_begins_the_case_and_its_promise_counts_from_then(
    client: TestClient, portal: Portal, db: Session, time_machine: object
) -> None:
    time_machine.move_to("2026-11-03 02:00 +0000", tick=False)  # type: ignore[attr-defined]
    number = submit(client)
    first = look(db, number).due_on
    time_machine.move_to("2026-11-04 01:00 +0000", tick=False)  # type: ignore[attr-defined]
    code = code_in(message(db, number))
    assert client.post(f"/cases/{number}/confirm", data={"code": f"{code[:3]} {code[3:]}"}).status_code == 303
    case = look(db, number)
    assert (case.state, case.unit, case.contact_checked_at) == ("dispatched", "education", now())
    assert case.submitted_at == now()
    assert case.due_on > first
    assert [event.action for event in case.events] == ["submit", "confirm", "route"]
    assert find_prediction(db, f"case {number}") is not None
    assert number in message(db, number)
    assert client.post(f"/cases/{number}/confirm", data={"code": code}).status_code == 303
    assert len(look(db, number).events) == 3


def test_a_wrong_code_is_an_error_at_its_field_and_guessing_is_limited(
    client: TestClient, portal: Portal, db: Session
) -> None:
    number = submit(client)
    right = code_in(message(db, number))
    wrong = "000000" if right != "000000" else "000001"
    answer = client.post(f"/cases/{number}/confirm", data={"code": wrong})
    assert answer.status_code == 422
    assert 'href="#code"' in answer.text
    assert client.post(f"/cases/{number}/confirm", data={"code": wrong}, headers=JSON).json()["errors"]["code"]
    assert look(db, number).state == "draft_confirm"
    object.__setattr__(portal.settings, "limits", True)
    answers = [client.post(f"/cases/{number}/confirm", data={"code": wrong}).status_code for _turn in range(12)]
    assert answers == [422] * 10 + [429] * 2


def test_nobody_else_can_confirm_with_the_number_alone(client: TestClient, app: Starlette, db: Session) -> None:
    number = submit(client)
    code = code_in(message(db, number))
    assert stranger(app).post(f"/cases/{number}/confirm", data={"code": code}).status_code == 404


def test_the_link_begins_the_case_on_another_device_but_not_by_being_looked_at(
    client: TestClient, app: Starlette, db: Session
) -> None:
    number = submit(client)
    path = re.search(r"http://testserver(/cases/confirm/\S+?) ", message(db, number))
    assert path is not None
    other = stranger(app)
    assert other.get(path[1]).status_code == 200
    assert look(db, number).state == "draft_confirm"
    assert other.post(path[1]).headers["location"] == f"/cases/{number}/mine"
    assert look(db, number).state == "dispatched"
    assert other.get(f"/cases/{number}/mine").status_code == 200
    assert other.post(path[1]).status_code == 303
    assert other.post(f"{path[1][:-2]}xx").status_code == 404


def test_the_code_is_sent_again_when_asked(client: TestClient, db: Session) -> None:
    number = submit(client)
    assert client.post(f"/cases/{number}/confirm", data={"again": "1"}).status_code == 303
    count = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.about == number)
    assert fresh(db).scalar(count) == 2


@pytest.mark.parametrize(
    "more", [{"email": ""}, {"anonymous": "1"}, {"email": "", "phone": "13812345678"}], ids=["none", "anonymous", "sms"]
)
def test_who_leaves_no_contact_or_cannot_get_a_message_is_not_asked(
    client: TestClient, db: Session, more: dict[str, str]
) -> None:
    assert look(db, submit(client, **more)).state == "dispatched"


def test_what_nobody_confirms_is_forgotten_after_a_day_and_only_the_number_stays(
    client: TestClient, portal: Portal, db: Session
) -> None:
    files = [("photos", ("a.jpg", photo_bytes(), "image/jpeg"))]
    number = client.post("/cases", data=FORM, files=files, headers=JSON).json()["case_no"]
    key = db.scalars(select(CasePhoto.key)).one()
    assert forget_unconfirmed(portal, now() + timedelta(hours=23)) == 0
    assert forget_unconfirmed(portal, now() + timedelta(hours=24, minutes=1)) == 1
    case = look(db, number)
    assert (case.state, case.contact, case.email_hash, case.place) == ("withdrawn", None, None, "")
    assert case.text_raw == case.text_public == FORGOTTEN
    assert db.scalars(select(CasePhoto)).all() == []
    assert not portal.photos.exists(key)
    assert db.scalars(select(OutboxMessage).where(OutboxMessage.about == number, OutboxMessage.body != "")).all() == []
    assert [event.action for event in db.scalars(select(CaseEvent).order_by(CaseEvent.id))] == ["submit", "lapse"]
    assert client.post(f"/cases/{number}/confirm", data={"code": "123456"}).status_code == 303
    assert look(db, number).state == "withdrawn"


def test_an_unconfirmed_case_can_be_taken_back(client: TestClient, db: Session) -> None:
    number = submit(client)
    assert client.post(f"/cases/{number}/withdraw", data={"reason": ""}).status_code == 303
    assert look(db, number).state == "withdrawn"


def test_without_the_setting_a_case_runs_at_once(client: TestClient, portal: Portal, db: Session) -> None:
    values = {field.name: getattr(portal.city, field.name) for field in fields(portal.city)}
    portal.city = City(**{**values, "confirm_contact": False})
    assert look(db, submit(client)).state == "dispatched"
    assert db.scalar(select(func.count()).select_from(Case)) == 1
