"""Invitations by e-mail and SMS: from a list, once, reminded once, forgotten after the answer."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.clock import local, now
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.tables import write_xlsx
from portal.core.web import Portal
from portal.surveys.inviting import forget_expired
from portal.surveys.models import Survey, SurveyAnswer, SurveyInvitation
from portal.surveys.service import close_survey
from tests.surveys.factories import GOOD, make_open_survey

Desk = Callable[..., TestClient]
LIST = "手机或邮箱,社区\n13812345678,示例一社区\nLi@Example.org,示例二社区\n138-1234-5678,重复\n"


def send(staff: TestClient, survey: Survey, content: bytes | str = LIST, **data: str) -> Any:
    return staff.post(
        f"/desk/surveys/{survey.id}/invitations/send",
        data={"is_lawful": "y", **data},
        files={"listed": ("list.csv", content if isinstance(content, bytes) else content.encode(), "text/csv")},
    )


def messages(portal: Portal, db: Session) -> dict[str, list[str]]:
    """Texts in the outbox by recipient."""
    db.rollback()
    found: dict[str, list[str]] = {}
    for one in db.scalars(select(OutboxMessage).order_by(OutboxMessage.id)):
        found.setdefault(f"{one.channel}:{portal.secrets.decrypt(one.recipient)}", []).append(one.body)
    return found


def link(text: str) -> str:
    found = re.search(r"http://testserver(\S+)", text)
    assert found
    return found[1]


def test_a_list_is_written_to_once_each_by_sms_or_mail(desk: Desk, portal: Portal, db: Session) -> None:
    survey = make_open_survey(portal, is_invited=True)
    staff = desk(Role.ANALYST)
    assert send(staff, survey).status_code == 303
    first = messages(portal, db)
    assert set(first) == {"sms:13812345678", "email:li@example.org"}
    assert all(len(texts) == 1 and link(texts[0]).isascii() for texts in first.values())
    assert send(staff, survey).status_code == 303
    assert messages(portal, db) == first
    page = staff.get(f"/desk/surveys/{survey.id}/invitations").text
    assert "示例一社区" in page
    assert "13812345678" not in page
    # What was sent belongs to its addressee: it is on no list to print.
    assert link(first["sms:13812345678"][0]) not in staff.get(f"/desk/surveys/{survey.id}/invitations.csv").text


def test_an_answer_ends_reminders_and_forgets_the_address(app: Any, desk: Desk, portal: Portal, db: Session) -> None:
    survey = make_open_survey(portal, is_invited=True)
    staff = desk(Role.ANALYST)
    send(staff, survey)
    address = link(messages(portal, db)["sms:13812345678"][0])
    browser = TestClient(app, follow_redirects=False)
    token = re.search(r'name="token" type="hidden" value="([^"]+)"', browser.get(address).text)
    assert token
    assert browser.post("/surveys/test-survey", data={**GOOD, "token": token[1]}).status_code == 303
    assert set(messages(portal, db)) == {"email:li@example.org"}
    assert "还有 1 人没有答" in staff.get(f"/desk/surveys/{survey.id}/invitations").text
    assert staff.post(f"/desk/surveys/{survey.id}/invitations/remind").status_code == 303
    assert staff.post(f"/desk/surveys/{survey.id}/invitations/remind").status_code == 303
    assert len(messages(portal, db)["email:li@example.org"]) == 2
    used = db.scalars(select(SurveyInvitation).where(SurveyInvitation.used_at.is_not(None))).one()
    answer = db.scalars(select(SurveyAnswer)).one()
    assert used.contact is None
    # Neither the moment nor the token leads from the invitation to the answer.
    assert used.used_at is not None
    assert (local(used.used_at).hour, local(used.used_at).minute) == (0, 0)
    assert answer.token_hash not in {one.token_hash for one in db.scalars(select(SurveyInvitation))}


def test_the_end_of_a_survey_forgets_everybody_it_was_sent_to(desk: Desk, portal: Portal, db: Session) -> None:
    survey = make_open_survey(portal)
    send(desk(Role.ANALYST), survey)
    db.rollback()
    with portal.database.write() as session:
        close_survey(session, session.get_one(Survey, survey.id), "test")
    assert messages(portal, db) == {}
    assert all(one.contact is None for one in db.scalars(select(SurveyInvitation)))


def test_a_link_that_ran_out_is_refused_and_its_address_forgotten(
    app: Any, desk: Desk, portal: Portal, db: Session, time_machine: Any
) -> None:
    survey = make_open_survey(portal, is_invited=True)
    staff = desk(Role.ANALYST)
    day = (local(now()) + timedelta(days=2)).date().isoformat()
    assert send(staff, survey, until="2020-01-01").status_code == 422
    assert send(staff, survey, until=day).status_code == 303
    token = link(messages(portal, db)["sms:13812345678"][0]).partition("token=")[2]
    time_machine.move_to(now() + timedelta(days=3), tick=False)
    late = TestClient(app, follow_redirects=False).post("/surveys/test-survey", data={**GOOD, "token": token})
    assert late.status_code == 422
    assert "已经过期" in late.text
    with portal.database.write() as session:
        forget_expired(session)
    assert all(one.contact is None for one in db.scalars(select(SurveyInvitation)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("手机或邮箱\n不是号码\n", "第 2 行"),
        ("姓名\n张三\n", "第 2 行 A 列（张三）"),
        ("手机或邮箱\n", "没有可以发送"),
        (b"PK\x03\x04broken", "损坏"),
        ("手机或邮箱\n=cmd|' /C calc'!A0\n", "没有手机号，也没有邮箱"),
    ],
)
def test_a_list_with_faults_sends_nothing_and_names_row_and_column(
    desk: Desk, portal: Portal, db: Session, content: bytes | str, message: str
) -> None:
    survey = make_open_survey(portal)
    answer = send(desk(Role.ANALYST), survey, content)
    assert answer.status_code == 422
    assert message in answer.text
    assert messages(portal, db) == {}


def test_excel_lists_are_read_and_the_source_must_be_confirmed(desk: Desk, portal: Portal, db: Session) -> None:
    survey = make_open_survey(portal)
    staff = desk(Role.ANALYST)
    sheet = write_xlsx(["手机号", "社区"], [["13900000000", "示例社区"]], "名单")
    assert send(staff, survey, sheet, is_lawful="").status_code == 422
    assert send(staff, survey, sheet).status_code == 303
    assert set(messages(portal, db)) == {"sms:13900000000"}


def test_a_draft_sends_nothing(desk: Desk, portal: Portal, db: Session) -> None:
    survey = make_open_survey(portal)
    with portal.database.write() as session:
        session.get_one(Survey, survey.id).state = "draft"
    assert send(desk(Role.ANALYST), survey).status_code == 409
    assert messages(portal, db) == {}


def test_the_page_sends_as_many_statements_for_many_invitations(
    desk: Desk, portal: Portal, statements: list[str]
) -> None:
    survey = make_open_survey(portal)
    staff = desk(Role.ANALYST)
    path = f"/desk/surveys/{survey.id}/invitations"
    staff.get(path)
    statements.clear()
    staff.get(path)
    few = len(statements)
    staff.post(path, data={"count": "200", "label": "一号社区"})
    staff.get(path)  # shows the message once
    statements.clear()
    staff.get(path)
    assert len(statements) == few
