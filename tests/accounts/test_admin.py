"""Accounts made and changed by an administrator, and what each person does with their own."""

from collections.abc import Callable

import pyotp
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.accounts.queries import get_staff, list_audit
from portal.accounts.service import NewStaff, add_staff, check_password
from portal.core.audit import find_breaks, record
from portal.core.roles import Role
from portal.core.web import Portal
from tests.conftest import make_staff, sign_in

PASSWORD = "Kite-over-the-canal-7"
Desk = Callable[..., TestClient]


def test_an_administrator_opens_an_account_that_can_sign_in(desk: Desk, client: TestClient, db: Session) -> None:
    form = {"username": "xiaolu", "display_name": "小陆", "roles": ["unit"], "unit": "", "password": "short"}
    admin = desk(Role.ADMIN)
    refused = admin.post("/desk/staff", data=form)
    assert refused.status_code == 422
    assert "责任单位角色需要选择单位" in refused.text
    assert "密码至少 12 位" in refused.text
    form |= {"roles": ["dispatcher"], "password": PASSWORD}
    assert admin.post("/desk/staff", data=form).status_code == 303
    assert client.post("/desk/login", data={"username": "xiaolu", "password": PASSWORD}).status_code == 303
    assert [event.action for event in list_audit(db).rows][:2] == ["staff.sign_in", "staff.add"]


def test_only_an_administrator_sees_accounts_and_only_an_auditor_the_log(desk: Desk, client: TestClient) -> None:
    for role in Role:
        browser = desk(role)
        assert browser.get("/desk/staff").status_code == (200 if role is Role.ADMIN else 403), role
        assert browser.get("/desk/audit").status_code == (200 if role is Role.AUDITOR else 403), role
    assert client.get("/desk/staff").headers["location"] == "/desk/login?next=/desk/staff"


def test_a_disabled_or_demoted_person_is_out_at_the_next_request(app: Starlette, db: Session, desk: Desk) -> None:
    auditor = make_staff(db, Role.AUDITOR, username="yan")
    browser = sign_in(app, auditor)
    assert browser.get("/desk/audit").status_code == 200
    admin = desk(Role.ADMIN)
    change = {"display_name": "老严", "roles": ["analyst"], "unit": ""}
    assert admin.post("/desk/staff/yan", data=change).status_code == 303
    assert browser.get("/desk/audit").status_code == 403
    assert admin.post("/desk/staff/yan", data={"action": "disable"}).status_code == 303
    assert browser.get("/desk/audit").status_code == 303


def test_everybody_reads_for_whom_they_work(desk: Desk, portal: Portal) -> None:
    page = desk(Role.UNIT, Role.GROUP, unit="education", groups=("main_roads",)).get("/desk/me").text
    assert portal.city.unit("education").name in page
    assert portal.city.group("main_roads").name in page


def test_a_second_factor_is_asked_for_and_a_code_works_once(portal: Portal, app: Starlette, db: Session) -> None:
    staff = add_staff(db, NewStaff("mei", "小梅", PASSWORD, frozenset({Role.EDITOR})), by="test")
    db.commit()
    browser = sign_in(app, staff)
    page = browser.get("/desk/me").text
    secret = page.split("密钥：")[1].split(">")[1].split("<")[0]
    assert browser.post("/desk/me/factor", data={"code": "000000"}).status_code == 422
    assert browser.post("/desk/me/factor", data={"code": pyotp.TOTP(secret).now()}).status_code == 303
    code = pyotp.TOTP(secret).now()
    with portal.database.write() as session:
        assert check_password(session, portal.secrets, "mei", PASSWORD, "") is None
        assert check_password(session, portal.secrets, "mei", PASSWORD, code) is not None
        assert check_password(session, portal.secrets, "mei", PASSWORD, code) is None


def test_a_new_password_ends_the_sessions_of_other_devices(app: Starlette, db: Session) -> None:
    staff = add_staff(db, NewStaff("mei", "小梅", PASSWORD, frozenset({Role.EDITOR})), by="test")
    db.commit()
    here, elsewhere = sign_in(app, staff), sign_in(app, staff)
    wrong = {"old": "not it", "new": "Lantern-by-the-gate-9", "again": "Lantern-by-the-gate-8"}
    answer = here.post("/desk/me/password", data=wrong)
    assert answer.status_code == 422
    assert "现在的密码不对" in answer.text
    assert "两次输入的新密码不一样" in answer.text
    right = {"old": PASSWORD, "new": "Lantern-by-the-gate-9", "again": "Lantern-by-the-gate-9"}
    assert here.post("/desk/me/password", data=right).status_code == 303
    assert here.get("/desk/me").status_code == 200
    assert elsewhere.get("/desk/me").status_code == 303


def test_the_audit_log_cannot_be_changed_and_shows_when_it_was(db: Session, desk: Desk) -> None:
    form = {"username": "a1", "display_name": "甲", "roles": ["editor"], "unit": "", "password": PASSWORD}
    assert desk(Role.ADMIN).post("/desk/staff", data=form).status_code == 303
    for statement in ("UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(IntegrityError, match="append-only"):
            db.connection().exec_driver_sql(statement)
        db.rollback()
    assert list(find_breaks(db)) == []
    db.connection().exec_driver_sql("DROP TRIGGER audit_event_no_update")
    db.connection().exec_driver_sql("UPDATE audit_event SET actor = 'somebody else'")
    db.expire_all()
    assert len(list(find_breaks(db))) == 1
    assert get_staff(db, "a1").name == "甲"


def test_an_auditor_reads_the_log_in_words(desk: Desk, db: Session) -> None:
    record(db, "lu", "case.dispatch", "case CZ20261101-0001", group="pets", unit="", urgent=False)
    record(db, "lu", "case.unheard-of", "thing 3", urgent=True)
    db.commit()
    page = desk(Role.AUDITOR).get("/desk/audit").text
    for words in (
        "诉求：派单",
        "诉求 CZ20261101-0001",
        "专项组：pets",
        "case.dispatch",
        "诉求：unheard-of",
        "thing 3",
        "<td>紧急</td>",
    ):
        assert words in page
    assert "False" not in page
