"""Reporters get a copy of their data, take back what they agreed to, and have it deleted: by number and code."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.intake import open_case
from portal.cases.lifecycle import as_citizen
from portal.cases.triage import Publication, publish
from portal.core.audit import AuditEvent
from portal.core.clock import now
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import do, fresh, look, new_case

PHONE = "13812345678"
TYPED = f"楼下垃圾没人收，已经三天了，电话{PHONE}。"


def opened(portal: Portal, client: TestClient, **values: object) -> str:
    """A case whose number and code this browser has typed."""
    with portal.database.write() as db:
        mine = {"text": TYPED, "phone": PHONE, "name": "周国强", "wants_publish": True}
        found = open_case(db, as_citizen(portal, now() - timedelta(days=2)), new_case(**{**mine, **values}), None)
        number, code = found.case.case_no, found.query_code
    answer = client.post("/cases/track", data={"case_no": number, "query_code": code})
    assert answer.headers["location"] == f"/cases/{number}/mine"
    return number


def end(portal: Portal, number: str) -> None:
    do(portal, number, "system", lambda _db, _act, case: _close(case))


def _close(case: object) -> None:
    for name, value in (("state", "closed"), ("queue", 3), ("closed_at", now())):
        setattr(case, name, value)


def test_the_copy_holds_everything_the_portal_keeps_about_the_reporter(client: TestClient, portal: Portal) -> None:
    number = opened(portal, client)
    answer = client.get(f"/cases/{number}/data.json")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    copy = answer.json()
    assert copy["text"] == TYPED
    assert copy["contact"] == {"name": "周国强", "phone": PHONE}
    assert copy["steps"][0]["what"]
    assert copy["kept_until"]["contact_days_after_the_end"] == 365
    assert PHONE not in copy["text_public"]


@pytest.mark.parametrize(("method", "path"), [("GET", "data.json"), ("POST", "consent"), ("POST", "erase")])
def test_nobody_else_gets_at_it(client: TestClient, portal: Portal, app: object, method: str, path: str) -> None:
    number = opened(portal, client)
    stranger = TestClient(app, follow_redirects=False)  # type: ignore[arg-type]
    assert stranger.request(method, f"/cases/{number}/{path}").status_code == 404


def test_consent_is_taken_back_as_easily_as_given(client: TestClient, portal: Portal, db: Session) -> None:
    number = opened(portal, client)
    do(portal, number, Role.DISPATCHER, lambda db, act, case: publish(db, act, case, Publication()))
    assert client.get(f"/cases/{number}").status_code == 200
    assert client.post(f"/cases/{number}/consent", data={"publish": "no"}).status_code == 303
    assert client.get(f"/cases/{number}", follow_redirects=True).url.path.endswith("/mine")
    client.cookies.clear()
    assert client.get(f"/cases/{number}").status_code == 410
    assert number not in client.get("/cases").text
    case = look(db, number)
    assert (case.wants_publish, case.public_from) == (False, None)
    assert case.events[-1].reason == "withdrawn"


def test_consent_can_be_given_later_and_the_office_still_looks_first(
    client: TestClient, portal: Portal, db: Session
) -> None:
    number = opened(portal, client, wants_publish=False)
    assert "同意公开" in client.get(f"/cases/{number}/mine").text
    client.post(f"/cases/{number}/consent", data={"publish": "yes"})
    case = look(db, number)
    assert case.wants_publish
    assert case.public_from is None


def test_a_report_cannot_be_made_public_even_by_its_reporter(client: TestClient, portal: Portal) -> None:
    number = opened(portal, client, kind="report")
    assert client.post(f"/cases/{number}/consent", data={"publish": "yes"}).status_code == 409


def test_contact_data_goes_at_once_while_the_case_goes_on(client: TestClient, portal: Portal, db: Session) -> None:
    number = opened(portal, client)
    page = client.post(f"/cases/{number}/erase", follow_redirects=True).text
    assert "已删除您的联系方式" in page
    case = look(db, number)
    assert (case.contact, case.contact_hash) == (None, None)
    assert case.text_raw == TYPED
    assert fresh(db).scalars(select(OutboxMessage).where(OutboxMessage.about == number)).all() == []
    assert client.post(f"/cases/{number}/erase").status_code == 409


def test_after_the_end_the_words_as_typed_go_too(client: TestClient, portal: Portal, db: Session) -> None:
    number = opened(portal, client)
    end(portal, number)
    page = client.post(f"/cases/{number}/erase", follow_redirects=True).text
    assert "只留下隐去个人信息的文字" in page
    assert PHONE not in page
    case = look(db, number)
    assert PHONE not in case.text_raw
    assert case.forgotten_at is not None
    log = fresh(db).scalars(select(AuditEvent).where(AuditEvent.action == "retention.request")).one()
    assert log.subject == f"case {number}"
    assert client.post(f"/cases/{number}/erase").status_code == 409


def test_the_own_page_offers_copy_consent_messages_and_deletion(client: TestClient, portal: Portal) -> None:
    number = opened(portal, client)
    page = client.get(f"/cases/{number}/mine").text
    for words in ("下载我的数据", "消息设置", "不再同意公开", "删除个人信息"):
        assert words in page
