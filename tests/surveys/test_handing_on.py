"""An open answer whose writer asked for it becomes a case with one click; without consent it never does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases import Case
from portal.core.clock import now
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.web import Portal
from portal.surveys.handing_on import forget_old_contacts
from portal.surveys.models import Survey, SurveyText
from portal.surveys.service import close_survey
from tests.surveys.factories import GOOD, make_open_survey

Desk = Callable[..., TestClient]
PATH = "/surveys/test-survey"
WILLING = {
    **GOOD,
    "words": "三号楼楼道灯坏了一个月",
    "contact_consent": "y",
    "contact_phone": "13812345678",
    "contact_name": "李示例",
}


def test_one_click_makes_a_case_and_a_second_finds_it(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    survey = make_open_survey(portal, asks_contact=True)
    assert client.post(PATH, data=WILLING).status_code == 303
    text = db.scalars(select(SurveyText)).one()
    assert "13812345678" not in (text.contact or "")
    staff = desk(Role.ANALYST)
    page = staff.get(f"/desk/surveys/{survey.id}/texts").text
    assert "愿转为诉求" in page
    assert "13812345678" not in page
    path = f"/desk/surveys/{survey.id}/texts/{text.id}/case"
    assert path in page
    assert staff.post(path).status_code == 303
    assert staff.post(path).status_code == 303
    db.rollback()
    case = db.scalars(select(Case)).one()
    assert (case.text_raw, case.channel) == ("三号楼楼道灯坏了一个月", "survey")
    assert case.case_no in staff.get(f"/desk/surveys/{survey.id}/texts").text
    # The contact moved: the writer is told number and link, and the survey keeps nothing of it.
    assert db.get_one(SurveyText, text.id).contact is None
    (told,) = [one for one in db.scalars(select(OutboxMessage)) if one.about == case.case_no]
    assert portal.secrets.decrypt(told.recipient) == "13812345678"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"contact_consent": ""}, "请勾选这一项"),
        ({"contact_phone": ""}, "请留手机号或邮箱"),
        ({"contact_phone": "123"}, "11 位手机号"),
        ({"contact_phone": "", "contact_email": "no-address"}, "邮箱地址不完整"),
        ({"words": ""}, "还没有写意见"),
    ],
)
def test_contact_and_consent_go_together(
    client: TestClient, portal: Portal, db: Session, change: dict[str, str], message: str
) -> None:
    make_open_survey(portal, asks_contact=True)
    answer = client.post(PATH, data={**WILLING, **change})
    assert answer.status_code == 422
    assert message in answer.text
    assert db.scalars(select(SurveyText)).all() == []


def test_who_leaves_no_contact_answers_as_before_and_gets_no_case(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    survey = make_open_survey(portal, asks_contact=True)
    assert client.post(PATH, data={**GOOD, "words": "多种几棵树"}).status_code == 303
    text = db.scalars(select(SurveyText)).one()
    staff = desk(Role.ANALYST)
    assert staff.post(f"/desk/surveys/{survey.id}/texts/{text.id}/case").status_code == 409
    assert staff.post(f"/desk/surveys/{survey.id}/texts/999/case").status_code == 404
    assert desk(Role.EDITOR).post(f"/desk/surveys/{survey.id}/texts/{text.id}/case").status_code == 403
    assert db.scalars(select(Case)).all() == []


def test_a_survey_that_does_not_ask_takes_no_contact(client: TestClient, portal: Portal, db: Session) -> None:
    make_open_survey(portal)
    assert client.post(PATH, data=WILLING).status_code == 303
    assert db.scalars(select(SurveyText)).one().contact is None


def test_contacts_nobody_used_are_deleted_a_month_after_the_end(
    client: TestClient, portal: Portal, db: Session, time_machine: Any
) -> None:
    survey = make_open_survey(portal, asks_contact=True)
    client.post(PATH, data=WILLING)
    with portal.database.write() as session:
        close_survey(session, session.get_one(Survey, survey.id), "test")
    for days, is_kept in ((29, True), (31, False)):
        time_machine.move_to(now() + timedelta(days=days), tick=False)
        with portal.database.write() as session:
            forget_old_contacts(session)
        db.rollback()
        assert (db.scalars(select(SurveyText)).one().contact is not None) == is_kept
