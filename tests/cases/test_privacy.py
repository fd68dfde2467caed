"""What a citizen entrusts to the portal is on no public page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.cases.triage import Publication, hide, publish
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import UNIT, closed, do, look, make_case, resolved

SECRETS = ("13812345678", "周国强", "zhou@example.cn", "3栋1单元1201", "苏D12345")
TEXT = "我叫周国强,家住3栋1单元1201,电话13812345678,邮箱zhou@example.cn,车牌苏D12345,楼下垃圾没人收。"


def published(portal: Portal, make: Callable[..., str] = closed, **values: object) -> str:
    """A case of two days ago that everybody may read."""
    mine = {"text": TEXT, "phone": "13812345678", "name": "周国强", "email": "zhou@example.cn", "wants_publish": True}
    number = make(portal, now() - timedelta(days=2), **{**mine, **values})
    do(portal, number, Role.DISPATCHER, lambda db, act, case: publish(db, act, case, Publication()))
    return number


def test_contact_data_is_on_no_public_page(client: TestClient, portal: Portal) -> None:
    number = published(portal, resolved)
    for path in ("/cases", f"/cases/{number}", "/cases?state=resolved", "/", "/cases/track"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert not [secret for secret in SECRETS if secret in page.text], path
    assert number in client.get("/cases").text
    assert "楼下垃圾没人收" in client.get(f"/cases/{number}").text


def test_a_case_is_private_until_its_reporter_agrees_and_the_office_has_looked(
    client: TestClient, desk: Callable[..., TestClient], portal: Portal, db: Session
) -> None:
    unwilling = make_case(portal, now() - timedelta(days=2))
    willing = make_case(portal, now() - timedelta(days=2), wants_publish=True, text=TEXT)
    office = desk(Role.DISPATCHER)
    assert client.get(f"/cases/{willing}").status_code == 404
    assert office.post(f"/desk/cases/{unwilling}/publish", data={"text": "某处垃圾没人收"}).status_code == 409
    assert office.post(f"/desk/cases/{willing}/publish", data={"text": "垃圾没人收,电话13812345678"}).status_code == 303
    assert look(db, willing).text_public == "垃圾没人收,电话［电话］"
    assert client.get(f"/cases/{willing}").status_code == 200
    assert client.get(f"/cases/{unwilling}").status_code == 404


def test_nothing_is_public_on_its_first_day(client: TestClient, portal: Portal) -> None:
    number = make_case(portal, wants_publish=True)
    do(portal, number, Role.DISPATCHER, lambda db, act, case: publish(db, act, case, Publication()))
    assert client.get(f"/cases/{number}").status_code == 404
    assert number not in client.get("/cases").text


def test_a_hidden_case_is_gone_from_every_list(client: TestClient, portal: Portal) -> None:
    number = published(portal)
    do(portal, number, Role.DISPATCHER, lambda db, act, case: hide(db, act, case, "有人认出来了"))
    assert client.get(f"/cases/{number}").status_code == 410
    assert number not in client.get("/cases").text


def test_a_withdrawn_case_disappears_for_good(client: TestClient, app: Starlette, portal: Portal) -> None:
    number = published(portal, make_case)
    assert client.get(f"/cases/{number}").status_code == 200
    owner = TestClient(app, follow_redirects=False)
    owner.headers["Sec-Fetch-Site"] = "same-origin"
    owner.get(f"/cases/open/{portal.secrets.sign('case link', number)}")
    assert owner.post(f"/cases/{number}/withdraw", data={"reason": ""}).status_code == 303
    assert client.get(f"/cases/{number}").status_code == 410


def test_a_report_can_never_be_made_public(desk: Callable[..., TestClient], portal: Portal) -> None:
    number = make_case(portal, now() - timedelta(days=2), kind="report", wants_publish=True)
    answer = desk(Role.DISPATCHER).post(f"/desk/cases/{number}/publish", data={"text": "内容核对过了"})
    assert answer.status_code == 409


def test_a_photo_is_public_only_when_the_office_chose_it(
    client: TestClient, app: Starlette, portal: Portal, db: Session
) -> None:
    from tests.cases.factories import stored_photo

    photos = (stored_photo(portal, "red"), stored_photo(portal, "blue"))
    number = make_case(portal, now() - timedelta(days=2), wants_publish=True, photos=photos)
    chosen = Publication(photos=frozenset({photos[0].name}))
    do(portal, number, Role.DISPATCHER, lambda db, act, case: publish(db, act, case, chosen))
    assert client.get(f"/cases/{number}/photos/{photos[0].name}").status_code == 200
    assert client.get(f"/cases/{number}/photos/{photos[1].name}").status_code == 404


def test_another_units_photo_does_not_exist(desk: Callable[..., TestClient], portal: Portal, db: Session) -> None:
    number = resolved(portal)
    name = look(db, number).photos[0].name
    assert desk(Role.UNIT, unit=UNIT).get(f"/desk/cases/{number}/photos/{name}").status_code == 200
    other = desk(Role.UNIT, unit="traffic_police", username="other")
    assert other.get(f"/desk/cases/{number}/photos/{name}").status_code == 404


def test_supporting_counts_each_device_once(client: TestClient, app: Starlette, portal: Portal, db: Session) -> None:
    number = published(portal, resolved)
    for _turn in range(3):
        assert client.post(f"/cases/{number}/support", data={}).status_code == 303
    assert look(db, number).support_count == 1
    private = make_case(portal)
    assert client.post(f"/cases/{private}/support", data={}).status_code == 404


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.SUPERVISOR])
def test_nobody_but_the_reporter_writes_a_rating(
    desk: Callable[..., TestClient], portal: Portal, db: Session, role: Role
) -> None:
    number = resolved(portal)
    assert desk(role).post(f"/cases/{number}/rating", data={"grade": "5", "solved": "yes"}).status_code == 404
    assert look(db, number).ratings == []
