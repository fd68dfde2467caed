"""My cases: those this device knows, and a link that brings back all of a phone or an address."""

import re
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.core.clock import now
from portal.core.mail import OutboxMessage
from portal.core.web import Portal
from tests.cases.factories import TEXT, fresh, make_case
from tests.cases.test_confirm import stranger

FORM = {"kind": "complaint", "text": TEXT}
SENT = "链接已经发出"


def links(db: Session) -> list[str]:
    bodies = fresh(db).scalars(select(OutboxMessage.body).where(OutboxMessage.about == "my cases")).all()
    return [found[0] for body in bodies if (found := re.search(r"/cases/link/\S+", body))]


def test_this_device_lists_its_cases_with_their_state_and_forgets_them_when_asked(client: TestClient) -> None:
    numbers = [
        client.post("/cases", data=FORM, headers={"Accept": "application/json"}).json()["case_no"] for _n in "12"
    ]
    page = client.get("/cases/track").text
    assert all(f"/cases/{number}/mine" in page for number in numbers)
    assert page.index(numbers[1]) < page.index(numbers[0])
    assert "正在确定承办组" in page
    client.post("/cases/forget")
    assert numbers[0] not in client.get("/cases/track").text


def test_a_link_opens_all_cases_of_an_address_on_a_new_device(app: Starlette, portal: Portal, db: Session) -> None:
    both = make_case(portal, email="li@example.cn", phone="138 1234 5678")
    mail = make_case(portal, email="Li@example.cn")
    foreign = make_case(portal, email="other@example.cn")
    other = stranger(app)
    assert other.post("/cases/link", data={"reach": "LI@example.cn"}).status_code == 303
    assert SENT in other.get("/cases/track").text
    (link,) = links(db)
    assert "example.cn" not in link
    assert other.get(link).headers["location"] == "/cases/track"
    page = other.get("/cases/track").text
    assert both in page
    assert mail in page
    assert foreign not in page
    assert other.get(f"/cases/{both}/mine").status_code == 200
    assert other.get(f"/cases/{foreign}/mine").status_code == 303


def test_a_telephone_number_is_known_however_it_is_written(app: Starlette, portal: Portal, db: Session) -> None:
    make_case(portal, phone="138 1234 5678")
    stranger(app).post("/cases/link", data={"reach": "+86 138-1234-5678"})
    assert len(links(db)) == 1
    assert fresh(db).scalar(select(OutboxMessage.channel).where(OutboxMessage.about == "my cases")) == "sms"


def test_an_unknown_address_gets_the_same_answer_and_no_message(app: Starlette, portal: Portal, db: Session) -> None:
    make_case(portal, email="li@example.cn")
    known, unknown = stranger(app), stranger(app)
    first = known.post("/cases/link", data={"reach": "li@example.cn"})
    second = unknown.post("/cases/link", data={"reach": "nobody@example.cn"})
    assert (first.status_code, first.headers["location"]) == (second.status_code, second.headers["location"])
    assert known.get("/cases/track").text == unknown.get("/cases/track").text
    assert len(links(db)) == 1


def test_nonsense_is_refused_at_its_field(client: TestClient, db: Session) -> None:
    answer = client.post("/cases/link", data={"reach": "张三"})
    assert answer.status_code == 422
    assert 'href="#reach"' in answer.text
    assert "张三" in answer.text
    assert client.post("/cases/link", data={}).status_code == 422


def test_a_changed_or_old_link_opens_nothing(app: Starlette, portal: Portal, db: Session, time_machine: object) -> None:
    make_case(portal, email="li@example.cn")
    stranger(app).post("/cases/link", data={"reach": "li@example.cn"})
    (link,) = links(db)
    assert stranger(app).get(f"{link[:-2]}xx").status_code == 404
    time_machine.move_to(now() + timedelta(hours=25), tick=False)  # type: ignore[attr-defined]
    assert stranger(app).get(link).status_code == 404


def test_asking_for_links_is_limited(app: Starlette, portal: Portal, db: Session) -> None:
    object.__setattr__(portal.settings, "limits", True)
    make_case(portal, email="li@example.cn")
    other = stranger(app)
    answers = [other.post("/cases/link", data={"reach": "li@example.cn"}).status_code for _turn in range(5)]
    assert answers == [303] * 3 + [429] * 2
    assert fresh(db).scalar(select(func.count()).select_from(OutboxMessage)) == 3 + 1
