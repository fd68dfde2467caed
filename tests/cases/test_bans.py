"""Who abuses the form is kept off it for a while: said, reasoned, logged, and over by itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.bans import CaseBan, forget_bans
from portal.cases.models import Case
from portal.core.audit import AuditEvent
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import fresh, make_case
from tests.cases.test_handling import FORM, JSON

Desk = Callable[..., TestClient]
PHONE, MAIL = "13812345678", "spam@example.cn"
WHY = {"days": "7", "reason": "一天内提交二十条广告。"}


def send(client: TestClient, **more: str) -> Any:
    return client.post("/cases", data={**FORM, "email": "", **more}, headers=JSON)


def test_a_banned_contact_is_refused_with_the_day_and_another_way(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    number = make_case(portal, phone=PHONE, email=MAIL)
    office = desk(Role.DISPATCHER)
    assert "停用这个联系方式" in office.get(f"/desk/cases/{number}").text
    assert "停用多久" in office.get(f"/desk/cases/bans?case={number}").text
    assert office.post(f"/desk/cases/{number}/ban", data=WHY).status_code == 303
    until = now() + timedelta(days=7, hours=8)
    for contact in ({"phone": "138 1234 5678"}, {"email": "SPAM@example.cn"}):
        refused = send(client, **contact)
        assert refused.status_code == 422, contact
        (words,) = next(iter(refused.json()["errors"].values()))
        assert f"{until.year}年{until.month}月{until.day}日" in words
        assert "12345" in words
    assert send(client).status_code == 201, "without the contact nobody is known, and limits hold"
    assert send(client, phone="13900000000").status_code == 201
    page = client.post("/cases", data={**FORM, "email": MAIL})
    assert page.status_code == 422
    assert FORM["text"] in page.text, "nothing typed is lost"
    entry = fresh(db).scalars(select(AuditEvent).where(AuditEvent.action == "case.ban")).one()
    assert entry.detail == {"days": 7, "reason": WHY["reason"]}
    kept = " ".join(fresh(db).scalars(select(CaseBan.reach_hash)))
    assert PHONE not in kept
    assert MAIL not in kept


def test_it_ends_by_itself_and_can_be_lifted_before(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    number = make_case(portal, email=MAIL)
    office = desk(Role.SUPERVISOR)
    office.post(f"/desk/cases/{number}/ban", data=WHY)
    assert WHY["reason"] in office.get("/desk/cases/bans").text
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        assert send(client, email=MAIL).status_code == 201
        assert forget_bans(portal) >= 1
    office.post(f"/desk/cases/{number}/ban", data=WHY)
    assert send(client, email=MAIL).status_code == 422
    assert office.post(f"/desk/cases/{number}/ban/lift").status_code == 303
    assert send(client, email=MAIL).status_code == 201
    assert office.post(f"/desk/cases/{number}/ban/lift").status_code == 404
    assert "现在没有停用的联系方式" in office.get("/desk/cases/bans").text


def test_staff_may_still_take_down_what_a_banned_caller_says(desk: Desk, portal: Portal, db: Session) -> None:
    number = make_case(portal, email=MAIL)
    office = desk(Role.DISPATCHER)
    office.post(f"/desk/cases/{number}/ban", data=WHY)
    form = {**FORM, "email": MAIL, "channel": "phone"}
    assert office.post("/desk/cases/new", data=form).status_code == 303
    assert fresh(db).scalar(select(func.count()).select_from(Case)) == 2


def test_a_reason_is_needed_and_a_contact_and_the_office(desk: Desk, portal: Portal, db: Session) -> None:
    number, silent = make_case(portal, email=MAIL), make_case(portal)
    office = desk(Role.DISPATCHER)
    for wrong in ({"days": "7", "reason": ""}, {"days": "9999", "reason": "广告"}, {}):
        assert office.post(f"/desk/cases/{number}/ban", data=wrong).status_code == 422
    assert office.post(f"/desk/cases/{silent}/ban", data=WHY).status_code == 409
    assert desk(Role.UNIT).post(f"/desk/cases/{number}/ban", data=WHY).status_code == 403
    assert fresh(db).scalar(select(func.count()).select_from(CaseBan)) == 0
