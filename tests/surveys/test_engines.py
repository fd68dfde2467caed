"""The same on SQLite and PostgreSQL: quotas inside JSON, single-use links, one answer under a race, publishing."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.core.mail import Channel, OutboxMessage
from portal.core.pages import routing_by
from portal.core.web import Portal
from portal.surveys.answering import count_step
from portal.surveys.inviting import Invitee, invite, list_batches, make_invitations, remind, token_of
from portal.surveys.models import State, Survey, SurveyAnswer, SurveyPhone, SurveyStep
from portal.surveys.phones import check_code, send_code, use_phone
from portal.surveys.publication import Choice, publish_result
from portal.surveys.queries import list_results
from portal.surveys.service import close_survey
from tests.surveys.factories import GOOD, add_answers, make_open_survey


def test_a_survey_lives_on_both_engines(portal_on: Starlette) -> None:
    portal: Portal = portal_on.state.portal
    survey = make_open_survey(portal)
    add_answers(portal, survey, GOOD, times=40)
    with portal.database.write() as db:
        found = db.get_one(Survey, survey.id)
        found.quotas = [{"question": "support", "value": "1", "most": 1}]
        make_invitations(db, portal.secrets, found, 1, "")
    token = token_of(portal.secrets, survey, 1)

    def send(**data: str) -> int:
        browser = TestClient(portal_on, follow_redirects=False)
        return browser.post("/surveys/test-survey", data={**GOOD, **data}).status_code

    assert [send(support="1"), send(support="1")] == [303, 409]
    with ThreadPoolExecutor(8) as pool:
        codes = sorted(pool.map(lambda _number: send(token=token), range(8)))
    assert codes == [303] + [409] * 7
    with portal.database.write() as db, routing_by(portal.paths):
        found = db.get_one(Survey, survey.id)
        assert db.scalar(select(func.count(SurveyAnswer.id))) == 42
        close_survey(db, found, "test")
        publish_result(db, portal.city, found, Choice(frozenset({"knows", "words"}), False), "test")
        assert found.stands is State.PUBLISHED
    assert TestClient(portal_on).get("/surveys/test-survey/results").status_code == 200


def test_codes_lists_and_pages_work_on_both_engines(portal_on: Starlette) -> None:
    portal: Portal = portal_on.state.portal
    survey = make_open_survey(portal, asks_phone=True)
    with portal.database.write() as db:
        found = db.get_one(Survey, survey.id)
        hashed = send_code(db, portal.secrets, found, "13812345678", "示例")
        send_code(db, portal.secrets, found, "13812345678", "示例")
        assert not check_code(db, portal.secrets, found, hashed, "no code")
        assert use_phone(db, found, hashed)
        assert not use_phone(db, found, hashed)
        people = [Invitee(Channel.EMAIL, "li@example.org", "示例社区"), Invitee(Channel.SMS, "13900000000", "")]
        assert invite(db, portal.secrets, found, people, "http://testserver/surveys/test-survey", "示例") == 2
        assert remind(db, portal.secrets, found, "http://testserver/surveys/test-survey", "示例") == 2
        assert {(one.label, one.made, one.reminded) for one in list_batches(db, found)} == {
            ("示例社区", 1, 1),
            ("", 1, 1),
        }
        for _time in range(2):
            count_step(db, found, 1)
    with portal.database.write() as db:
        found = db.get_one(Survey, survey.id)
        assert db.scalars(select(SurveyStep.count)).all() == [2]
        close_survey(db, found, "test")
        left = (SurveyPhone.id, OutboxMessage.id)
        assert [db.scalar(select(func.count(column))) for column in left] == [0, 0]
        assert list_results(db) == []
