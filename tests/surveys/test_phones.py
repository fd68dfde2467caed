"""One phone, one answer: a code by SMS, limits, and nothing that can be recovered once the survey is over."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.clock import now
from portal.core.mail import OutboxMessage
from portal.core.settings import Settings
from portal.core.web import Portal
from portal.surveys.models import Survey, SurveyAnswer, SurveyPhone
from portal.surveys.phones import phone_hash
from portal.surveys.service import close_survey
from tests.surveys.factories import GOOD, make_open_survey

PATH = "/surveys/test-survey"
PHONE = "13812345678"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With limits, as a real portal has them."""
    return replace(settings, limits=True)


def ask(browser: TestClient, phone: str = PHONE) -> Any:
    return browser.post(f"{PATH}/phone", data={"phone": phone})


def sent_code(portal: Portal, db: Session, phone: str = PHONE) -> str:
    """The code in the newest message to this phone."""
    db.rollback()
    for message in db.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())):
        if portal.secrets.decrypt(message.recipient) == phone:
            found = re.search(r"验证码 ([0-9]{6})", message.body)
            assert found
            return found[1]
    raise AssertionError("no message")


def enter(app: Any, portal: Portal, db: Session, phone: str = PHONE) -> TestClient:
    """A browser whose phone is confirmed."""
    browser = TestClient(app, follow_redirects=False)
    assert ask(browser, phone).status_code == 303
    answer = browser.post(f"{PATH}/code", data={"code": sent_code(portal, db, phone)})
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    return browser


def test_a_phone_answers_once_from_whatever_browser(app: Any, portal: Portal, db: Session) -> None:
    make_open_survey(portal, asks_phone=True)
    browser = TestClient(app, follow_redirects=False)
    assert "先收一条短信验证码" in browser.get(PATH).text
    refused = browser.post(PATH, data=GOOD)
    assert refused.status_code == 422
    assert "手机号" in refused.text
    assert enter(app, portal, db).post(PATH, data=GOOD).status_code == 303
    again = enter(app, portal, db).post(PATH, data=GOOD)
    assert again.status_code == 409
    assert "这个手机号已经答过" in again.text
    assert enter(app, portal, db, "13900000000").post(PATH, data=GOOD).status_code == 303
    assert db.scalar(select(func.count(SurveyAnswer.id))) == 2


@pytest.mark.parametrize("phone", ["", "12345678901", "1381234567", "张三", "１３８１２３４５６７８x"])
def test_what_is_no_phone_is_said_at_the_field(client: TestClient, portal: Portal, db: Session, phone: str) -> None:
    make_open_survey(portal, asks_phone=True)
    answer = ask(client, phone)
    assert answer.status_code == 422
    assert "phone-error" in answer.text
    assert db.scalar(select(func.count(OutboxMessage.id))) == 0


def test_a_phone_may_be_written_with_blanks_and_in_full_width(client: TestClient, portal: Portal, db: Session) -> None:
    make_open_survey(portal, asks_phone=True)
    assert ask(client, "138 1234-5678").status_code == 303
    assert sent_code(portal, db)


def test_a_wrong_code_opens_nothing_and_guessing_ends(client: TestClient, portal: Portal, db: Session) -> None:
    make_open_survey(portal, asks_phone=True)
    ask(client)
    right = sent_code(portal, db)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _time in range(5):
        answer = client.post(f"{PATH}/code", data={"code": wrong})
        assert answer.status_code == 422
        assert "验证码不对" in answer.text
    assert client.post(f"{PATH}/code", data={"code": right}).status_code == 429
    assert client.post(PATH, data=GOOD).status_code == 422


def test_a_code_serves_once_and_ten_minutes(client: TestClient, portal: Portal, db: Session, time_machine: Any) -> None:
    make_open_survey(portal, asks_phone=True)
    ask(client)
    code = sent_code(portal, db)
    time_machine.move_to(now().timestamp() + 601, tick=False)
    late = client.post(f"{PATH}/code", data={"code": code})
    assert late.status_code == 422
    ask(client)
    assert client.post(f"{PATH}/code", data={"code": sent_code(portal, db)}).status_code == 303


def test_a_code_of_another_phone_is_refused(app: Any, portal: Portal, db: Session) -> None:
    make_open_survey(portal, asks_phone=True)
    first, second = (TestClient(app, follow_redirects=False) for _one in range(2))
    ask(first)
    ask(second, "13900000000")
    assert second.post(f"{PATH}/code", data={"code": sent_code(portal, db)}).status_code == 422


def test_a_phone_gets_three_codes_an_hour(client: TestClient, portal: Portal, time_machine: Any) -> None:
    time_machine.move_to("2027-03-01T12:01:00+08:00", tick=False)
    make_open_survey(portal, asks_phone=True)
    assert [ask(client).status_code for _time in range(4)] == [303, 303, 303, 429]
    assert ask(client, "13900000000").status_code == 303


def test_nobody_learns_from_the_pages_whether_a_phone_took_part(app: Any, portal: Portal, db: Session) -> None:
    make_open_survey(portal, asks_phone=True)
    enter(app, portal, db).post(PATH, data=GOOD)
    known, fresh = TestClient(app, follow_redirects=False), TestClient(app, follow_redirects=False)
    answers = [ask(known), ask(fresh, "13900000000")]
    assert [(one.status_code, one.headers["location"]) for one in answers] == [(303, f"{PATH}/code")] * 2


def test_after_the_end_no_number_can_be_recovered(
    app: Any, portal: Portal, db: Session, settings: Any, tmp_path: Path
) -> None:
    """Not even with the portal's key and every number to try: the salt and all that hung on it are deleted."""
    survey = make_open_survey(portal, asks_phone=True)
    salt = db.get_one(Survey, survey.id).salt
    assert salt
    enter(app, portal, db).post(PATH, data=GOOD)
    waiting = TestClient(app, follow_redirects=False)
    ask(waiting, "13900000000")
    hashes = [phone_hash(portal.secrets, survey, phone) for phone in (PHONE, "13900000000")]
    db.rollback()
    assert {row.phone_hash for row in db.scalars(select(SurveyPhone))} == set(hashes)
    answers = db.scalars(select(SurveyAnswer)).all()
    assert not {one.client_hash for one in answers} & set(hashes)
    db.rollback()
    with portal.database.write() as session:
        close_survey(session, session.get_one(Survey, survey.id), "test")
    assert db.scalar(select(func.count(SurveyPhone.id))) == 0
    assert db.scalar(select(func.count(OutboxMessage.id))) == 0
    db.rollback()
    portal.database.dispose()
    with portal.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    kept = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    for secret in (PHONE, "13900000000", salt, *hashes, *(one[:24] for one in hashes)):
        assert secret.encode() not in kept


def test_a_survey_without_codes_sends_none(client: TestClient, portal: Portal) -> None:
    make_open_survey(portal)
    assert ask(client).status_code == 409
    assert client.get(f"{PATH}/code").status_code == 409
