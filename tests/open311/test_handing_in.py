"""Other systems hand cases in with a key, follow their own, and get no further than that."""

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases import Case, CaseEvent
from portal.core.roles import Role
from portal.core.web import Portal
from portal.open311.models import ApiKey
from tests.cases.factories import photo_bytes
from tests.search.factories import make_public_case

BASE = "/open311/v2/requests"
SENT = {
    "service_code": "main_roads",
    "description": "人行道地砖翘起来三块，老人绊了一跤。",
    "address_string": "示例路与样板路口东北角",
    "lat": "31.77",
    "long": "119.95",
    "last_name": "示例",
    "phone": "13900000000",
}


@pytest.fixture
def key(desk: Callable[..., TestClient]) -> str:
    """The key of a system, as the administrator sees it once."""
    page = desk(Role.ADMIN).post("/desk/keys", data={"name": "智慧城管（示例）"})
    assert page.status_code == 200
    return page.text.split("<code>")[1].split("</code>")[0]


def test_a_system_with_a_key_hands_a_case_in_with_photos(client: TestClient, db: Session, key: str) -> None:
    files = [("media", ("a.jpg", photo_bytes(), "image/jpeg"))]
    answer = client.post(f"{BASE}.json", data={**SENT, "api_key": key}, files=files)
    assert answer.status_code == 200, answer.text
    (told,) = answer.json()
    case = db.scalar(select(Case).where(Case.case_no == told["service_request_id"]))
    assert case is not None
    assert (case.channel, case.text_raw, case.place) == ("open311", SENT["description"], SENT["address_string"])
    assert (case.lat, case.lng) == (31.77, 119.95)
    assert "13900000000" not in (case.contact or "")
    assert case.due_on.isoformat() in told["service_notice"]
    first = db.scalar(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id))
    assert first is not None
    assert first.detail["wanted_group"] == "main_roads"


def test_the_answer_comes_as_xml_too(client: TestClient, key: str) -> None:
    answer = client.post(f"{BASE}.xml", data={**SENT, "api_key": key})
    root = ElementTree.fromstring(answer.content)
    assert root.findtext("request/service_request_id")


@pytest.mark.parametrize("given", ["", "WRONG", "密钥"])
def test_without_a_key_nothing_is_taken(client: TestClient, db: Session, key: str, given: str) -> None:
    answer = client.post(f"{BASE}.json", data={**SENT, "api_key": given})
    assert answer.status_code == 403
    assert answer.json()[0]["code"] == 403
    assert db.scalar(select(Case)) is None


def test_each_fault_is_named_by_the_field_that_was_sent(client: TestClient, db: Session, key: str) -> None:
    sent = {**SENT, "api_key": key}
    assert client.post(f"{BASE}.json", data={**sent, "service_code": "unheard_of"}).status_code == 404
    assert client.post(f"{BASE}.json", data={**sent, "service_code": ""}).status_code == 400
    faults = client.post(f"{BASE}.json", data={**sent, "description": "短", "long": "999"})
    assert faults.status_code == 400
    assert sorted(one["description"].split(":")[0] for one in faults.json()) == ["description", "long"]
    assert db.scalar(select(Case)) is None


def test_the_same_number_of_a_system_never_makes_two_cases(client: TestClient, key: str) -> None:
    sent = {**SENT, "api_key": key, "submission_id": "7"}
    numbers = {client.post(f"{BASE}.json", data=sent).json()[0]["service_request_id"] for _ in range(2)}
    assert len(numbers) == 1
    other = client.post(f"{BASE}.json", data={**sent, "description": "另一件事，路灯不亮了三天。"})
    assert other.status_code == 400


def test_a_system_follows_its_own_case_and_nobody_elses(
    client: TestClient, desk: Callable[..., TestClient], key: str
) -> None:
    number = client.post(f"{BASE}.json", data={**SENT, "api_key": key}).json()[0]["service_request_id"]
    assert client.get(f"{BASE}/{number}.json").status_code == 404
    page = desk(Role.ADMIN, username="admin-two").post("/desk/keys", data={"name": "另一个系统"})
    other = page.text.split("<code>")[1].split("</code>")[0]
    assert client.get(f"{BASE}/{number}.json", params={"api_key": other}).status_code == 404
    (own,) = client.get(f"{BASE}/{number}.json", params={"api_key": key, "extensions": "true"}).json()
    assert own["status"] == "open"
    assert [step["action"] for step in own["extended_attributes"]["history"]][0] == "submit"


def test_anybody_reads_the_history_of_a_public_case(client: TestClient, portal: Portal) -> None:
    number = make_public_case(portal)
    plain = client.get(f"{BASE}/{number}.json").json()[0]
    assert "extended_attributes" not in plain
    page = client.get(f"{BASE}/{number}.xml", params={"extensions": "true"})
    steps = ElementTree.fromstring(page.content).findall("request/extended_attributes/history/event")
    assert [step.findtext("state_name") for step in steps]


def test_a_closed_key_is_refused_and_the_key_is_kept_nowhere(
    client: TestClient, desk: Callable[..., TestClient], db: Session, key: str
) -> None:
    kept = db.scalar(select(ApiKey))
    assert kept is not None
    assert key not in kept.key_hash
    admin = desk(Role.ADMIN, username="admin-two")
    assert key not in admin.get("/desk/keys").text
    assert admin.post(f"/desk/keys/{kept.id}/close").status_code == 303
    assert admin.post(f"/desk/keys/{kept.id}/close").status_code == 404
    assert client.post(f"{BASE}.json", data={**SENT, "api_key": key}).status_code == 403


def test_two_systems_have_two_names(desk: Callable[..., TestClient], key: str) -> None:
    again = desk(Role.ADMIN, username="admin-two").post("/desk/keys", data={"name": "智慧城管（示例）"})
    assert again.status_code == 422
    assert "已经用过" in again.text
