"""The outbox shows what was sent, and gives nobody the means to act as the reporter."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.mail import Channel, Delivery, OutboxMessage, write_message
from portal.core.roles import Role
from portal.core.web import Portal
from portal.desk.outbox import without_secrets
from tests.conftest import Statements

Desk = Callable[..., TestClient]
TEXT = "您的诉求已办结。查看详情：http://testserver/cases/open/secret-token.abc。验证码 482913。"


def make_message(portal: Portal, db: Session, state: Delivery = Delivery.STUCK) -> OutboxMessage:
    """A message to a phone. Commits."""
    message = write_message(db, portal.secrets, Channel.SMS, "13812345678", "您的诉求 CZ20261123-0001 有新进展", TEXT)
    message.state, message.error = state, "SMTPRecipientsRefused: {'li@example.com': (550, b'no')}"
    db.commit()
    return message


def test_neither_address_nor_link_nor_code_is_shown(desk: Desk, portal: Portal, db: Session) -> None:
    make_message(portal, db)
    page = desk(Role.DISPATCHER).get("/desk/outbox").text
    assert "您的诉求已办结" in page
    for secret in ("13812345678", "secret-token", "482913", "li@example.com"):
        assert secret not in page
    assert "CZ20261123-0001" in page


def test_an_administrator_sees_no_text_at_all(desk: Desk, portal: Portal, db: Session) -> None:
    make_message(portal, db)
    assert "您的诉求已办结" not in desk(Role.ADMIN).get("/desk/outbox").text


@pytest.mark.parametrize("text", ["查询码 7K3QX-9M2TD", "查询码7K3QX9M2TD。"])
def test_a_query_code_is_masked(text: str) -> None:
    assert "7K3QX" not in without_secrets(text)


def test_a_case_number_and_a_day_are_no_secrets() -> None:
    text = "CZ20261123-0001 承诺 2026-11-30 前答复，咨询 12345"
    assert without_secrets(text) == text


def test_a_stuck_message_is_queued_again_and_the_log_says_who(desk: Desk, portal: Portal, db: Session) -> None:
    message = make_message(portal, db)
    answer = desk(Role.DISPATCHER).post(f"/desk/outbox/{message.id}/resend")
    assert answer.status_code == 303
    db.refresh(message)
    assert (message.state, message.attempts, message.error) == (Delivery.DUE, 0, "")


def test_a_sent_message_is_not_sent_twice(desk: Desk, portal: Portal, db: Session) -> None:
    message = make_message(portal, db, Delivery.SENT)
    assert desk(Role.DISPATCHER).post(f"/desk/outbox/{message.id}/resend").status_code == 409


@pytest.mark.parametrize("number", ["0", "x", "99999999999999999999", "１"])
def test_an_unknown_message_is_not_found(desk: Desk, number: str) -> None:
    assert desk(Role.DISPATCHER).post(f"/desk/outbox/{number}/resend").status_code == 404


@pytest.mark.parametrize("role", [Role.GROUP, Role.UNIT, Role.EDITOR, Role.REVIEWER, Role.ANALYST, Role.AUDITOR])
def test_others_do_not_see_the_outbox(desk: Desk, role: Role) -> None:
    assert desk(role).get("/desk/outbox").status_code == 403


def test_the_list_sends_as_many_statements_for_many_messages(
    desk: Desk, portal: Portal, db: Session, statements: Statements
) -> None:
    browser = desk(Role.DISPATCHER)
    counts = []
    for number in (1, 8):
        for _number in range(number):
            make_message(portal, db)
        statements.clear()
        assert browser.get("/desk/outbox?state=stuck").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_what_fails_is_summed_up_in_plain_words_and_without_addresses(desk: Desk, portal: Portal, db: Session) -> None:
    for _number in range(3):
        make_message(portal, db)
    waiting = make_message(portal, db, Delivery.DUE)
    waiting.error, waiting.attempts = "TimeoutError: timed out", 2
    db.commit()
    page = desk(Role.DISPATCHER).get("/desk/outbox").text
    assert "对方不收这个地址（SMTPRecipientsRefused）" in page
    assert "3 条" in page
    assert "服务器没有回应（TimeoutError）" in page
    assert "自动重试中" in page
    assert "li@example.com" not in page


def test_everything_that_is_stuck_is_queued_again_at_once(desk: Desk, portal: Portal, db: Session) -> None:
    stuck = [make_message(portal, db), make_message(portal, db)]
    sent = make_message(portal, db, Delivery.SENT)
    browser = desk(Role.DISPATCHER)
    assert "把停下的全部重新发送" in browser.get("/desk/outbox").text
    assert browser.post("/desk/outbox/resend").status_code == 303
    for message in (*stuck, sent):
        db.refresh(message)
    assert [message.state for message in stuck] == [Delivery.DUE, Delivery.DUE]
    assert sent.state == Delivery.SENT
    assert "把停下的全部重新发送" not in browser.get("/desk/outbox").text


def test_messages_of_one_case_are_found_by_its_number(desk: Desk, portal: Portal, db: Session) -> None:
    write_message(db, portal.secrets, Channel.EMAIL, "a@example.com", "甲事", "甲", about="CZ20261123-0001")
    write_message(db, portal.secrets, Channel.EMAIL, "b@example.com", "乙事", "乙", about="CZ20261123-0002")
    db.commit()
    page = desk(Role.DISPATCHER).get("/desk/outbox?q=cz20261123-0001").text
    assert "甲事" in page
    assert "乙事" not in page


def test_the_doctor_tells_of_messages_that_could_not_be_sent(portal: Portal, db: Session) -> None:
    from portal.commands.upkeep import _check_deployment

    make_message(portal, db)
    assert any("1 message(s) by sms could not be sent" in finding for finding in _check_deployment(portal))
