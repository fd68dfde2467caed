"""Answering a questionnaire: every type of question, once for each person, kindly refused the second time."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.web import Portal
from portal.surveys.definition import Definition, Kind, Question
from portal.surveys.inviting import make_invitations, token_of
from portal.surveys.models import Survey, SurveyAnswer, SurveyText
from portal.surveys.service import close_survey
from tests.surveys.factories import GOOD, make_open_survey

PATH = "/surveys/test-survey"


def answers(db: Session) -> list[SurveyAnswer]:
    return list(db.scalars(select(SurveyAnswer).order_by(SurveyAnswer.id)))


def test_every_type_of_question_is_kept_as_it_was_meant(client: TestClient, portal: Portal, db: Session) -> None:
    make_open_survey(portal)
    page = client.get(PATH)
    assert page.status_code == 200
    form_id = re.search(r'name="form" type="hidden" value="([^"]+)"', page.text)
    assert form_id
    sent = {
        **GOOD,
        "support": "1",
        "did": ["1", "2"],
        "items.1": "4",
        "items.2": "0",
        "years": "3",
        "first.1": "2",
        "first.2": "1",
        "first.3": "3",
        "words": "请打 13812345678 找我",
        "form": form_id[1],
    }
    answer = client.post(PATH, data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}/thanks")
    assert client.get(f"{PATH}/thanks").status_code == 200
    (kept,) = answers(db)
    assert kept.values == {
        "knows": "yes",
        "support": "1",
        "did": ["1", "2"],
        "overall": "5",
        "items": {"1": "4", "2": "0"},
        "years": 3,
        "first": ["2", "1", "3"],
    }
    (text,) = db.scalars(select(SurveyText))
    assert "13812345678" not in text.text_staff + text.text_public
    assert text.state == "pending"


def test_a_second_answer_from_the_same_browser_is_refused_kindly(
    client: TestClient, portal: Portal, db: Session
) -> None:
    make_open_survey(portal)
    assert client.post(PATH, data=GOOD).status_code == 303
    second = client.post(PATH, data=GOOD)
    assert second.status_code == 409
    assert "每人只计一次" in second.text
    assert "已经答过" in client.get(PATH).text
    assert len(answers(db)) == 1


def test_the_same_form_sent_twice_counts_once(portal: Portal, client: TestClient, db: Session) -> None:
    make_open_survey(portal)
    sent = {**GOOD, "form": "one-form"}
    assert client.post(PATH, data=sent).status_code == 303
    client.cookies.clear()
    assert client.post(PATH, data=sent).status_code == 409
    assert len(answers(db)) == 1


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(client: TestClient, portal: Portal) -> None:
    make_open_survey(portal)
    answer = client.post(PATH, data={"knows": "yes", "words": "想说的话", "years": "三年"})
    assert answer.status_code == 422
    assert "overall-error" in answer.text
    assert "请填写数字" in answer.text
    assert "想说的话" in answer.text
    assert re.search(r'<input checked[^>]*name="knows"[^>]*value="yes"', answer.text)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("knows", "maybe", "请从列出的选项里选"),
        ("did", ["1", "3"], "不能和其他选项一起选"),
        ("years", "nan", "0 到 80"),
        ("years", "1e400", "0 到 80"),
        ("years", "-1", "0 到 80"),
        ("words", "长" * 2001, "最多 2000 个字"),
        ("first.1", "9", "请选择名次"),
        ("overall", "6", "请从列出的选项里选"),
    ],
)
def test_wrong_answers_are_named_and_never_kept(
    client: TestClient, portal: Portal, db: Session, field: str, value: Any, message: str
) -> None:
    make_open_survey(portal)
    answer = client.post(PATH, data={**GOOD, field: value})
    assert answer.status_code == 422
    assert message in answer.text
    assert not answers(db)


def test_two_options_cannot_share_a_place(client: TestClient, portal: Portal) -> None:
    make_open_survey(portal)
    answer = client.post(PATH, data={**GOOD, "first.1": "1", "first.2": "1", "first.3": "2"})
    assert answer.status_code == 422
    assert "同一个名次只能给一项" in answer.text


def test_a_conditional_question_is_asked_only_when_its_condition_holds(
    client: TestClient, portal: Portal, db: Session
) -> None:
    make_open_survey(portal)
    assert client.post(PATH, data={"knows": "yes", "overall": "1"}).status_code == 422
    # A browser without script sends what was ticked although nobody asked for it.
    assert client.post(PATH, data={**GOOD, "why": "1"}).status_code == 303
    assert "why" not in answers(db)[0].values
    assert "第 4 题选了“不满意”或“非常不满意”" in TestClient(client.app).get(PATH).text


def test_machines_get_json(client: TestClient, portal: Portal) -> None:
    make_open_survey(portal)
    headers = {"Accept": "application/json"}
    assert client.post(PATH, data={"knows": "yes"}, headers=headers).json() == {"errors": {"overall": ["请选择一项。"]}}
    assert client.post(PATH, data=GOOD, headers=headers).status_code == 201
    assert client.post(PATH, data=GOOD, headers=headers).status_code == 409


def test_answers_stop_at_the_limit_of_one_address(portal: Portal, app: Any, time_machine: Any) -> None:
    time_machine.move_to("2027-03-01T12:00:00+08:00", tick=False)
    make_open_survey(portal, address_limit=2)
    codes = [TestClient(app, follow_redirects=False).post(PATH, data=GOOD).status_code for _ in range(3)]
    assert codes == [303, 303, 429]


def test_an_invitation_counts_once_and_a_wrong_one_not_at_all(app: Any, portal: Portal, db: Session) -> None:
    survey = make_open_survey(portal, is_invited=True)
    with portal.database.write() as session:
        make_invitations(session, portal.secrets, session.get_one(Survey, survey.id), 2, "一号社区")
    token = token_of(portal.secrets, survey, 1)

    def send(**data: str) -> int:
        return TestClient(app, follow_redirects=False).post(PATH, data={**GOOD, **data}).status_code

    assert send() == 422
    assert send(token="WRONG") == 422
    assert send(token=token.lower()) == 303
    assert send(token=token) == 409
    assert len(answers(db)) == 1
    assert answers(db)[0].channel == "invitation"


def test_a_poster_stamps_its_place_and_nothing_else_can(app: Any, portal: Portal, db: Session) -> None:
    make_open_survey(portal)
    site = portal.city.sites[0]
    page = TestClient(app).get(f"{PATH}?site={site.key}")
    assert site.name in page.text
    TestClient(app).post(PATH, data={**GOOD, "site": site.key})
    TestClient(app).post(PATH, data={**GOOD, "site": "nowhere"})
    assert [(one.site, one.channel) for one in answers(db)] == [(site.key, "poster"), (None, "link")]


def test_a_full_quota_refuses_its_kind_only(app: Any, portal: Portal, db: Session) -> None:
    survey = make_open_survey(portal)
    with portal.database.write() as session:
        session.get_one(Survey, survey.id).quotas = [{"question": "support", "value": "1", "most": 1}]

    def send(value: str) -> int:
        client = TestClient(app, follow_redirects=False)
        return client.post(PATH, data={**GOOD, "support": value}).status_code

    assert [send("1"), send("1"), send("2")] == [303, 409, 303]


def test_a_closed_survey_takes_nothing_and_forgets_its_salt(client: TestClient, portal: Portal, db: Session) -> None:
    survey = make_open_survey(portal)
    with portal.database.write() as session:
        close_survey(session, session.get_one(Survey, survey.id), "test")
    assert client.post(PATH, data=GOOD).status_code == 409
    assert "已经结束" in client.get(PATH).text
    assert db.get_one(Survey, survey.id).salt is None


def test_a_draft_is_nobodys_business(client: TestClient, portal: Portal) -> None:
    survey = make_open_survey(portal)
    with portal.database.write() as session:
        session.get_one(Survey, survey.id).state = "draft"
    assert client.get(PATH).status_code == 404
    assert client.post(PATH, data=GOOD).status_code == 404


def test_answers_cannot_be_changed_or_deleted(portal: Portal, client: TestClient, db: Session) -> None:
    make_open_survey(portal)
    client.post(PATH, data=GOOD)
    for act in ("UPDATE survey_answer SET channel = 'x'", "DELETE FROM survey_answer"):
        with pytest.raises(DBAPIError, match="append-only"), portal.database.engine.begin() as connection:
            connection.exec_driver_sql(act)


def test_the_order_of_options_is_each_readers_own_and_stays() -> None:
    question = Question("q", Kind.SINGLE, "?", options=("甲", "乙", "丙", "丁", "戊", "其他"), is_random=True)
    orders = {tuple(question.shuffled(seed)) for seed in "abcdefgh"}
    assert len(orders) > 3
    assert all(order[-1] == ("6", "其他") for order in orders)
    assert question.shuffled("a") == question.shuffled("a")


def test_words_of_a_questionnaire_may_hold_a_percent_sign(client: TestClient, portal: Portal) -> None:
    definition = Definition((Question("half", Kind.SINGLE, "满意率 99% 可信吗？", options=("100%", "50% 以下")),))
    make_open_survey(portal, definition)
    assert "99% 可信吗" in client.get(PATH).text


def test_no_page_needs_more_statements_for_more_answers(
    client: TestClient, portal: Portal, statements: list[str]
) -> None:
    make_open_survey(portal)
    client.get("/surveys")
    make_open_survey(portal, slug="one-more")  # so that the page is made anew
    statements.clear()
    client.get("/surveys")
    few = len(statements)
    assert few
    for number in range(5):
        make_open_survey(portal, slug=f"more-{number}")
    statements.clear()
    client.get("/surveys")
    assert len(statements) == few


@pytest.mark.parametrize("words", ["字" * 300_000, "a\x00b", "\u202e倒着", "<script>alert(1)</script>", "=cmd()"])
def test_hostile_words_are_refused_or_kept_harmless(
    client: TestClient, portal: Portal, db: Session, words: str
) -> None:
    make_open_survey(portal)
    answer = client.post(PATH, data={**GOOD, "words": words})
    assert answer.status_code in {303, 413, 422}
    assert "<script>alert" not in answer.text
    assert all("\x00" not in text.text_staff for text in db.scalars(select(SurveyText)))


def test_a_body_in_another_shape_is_an_error_of_the_sender(client: TestClient, portal: Portal) -> None:
    make_open_survey(portal)
    files = {"overall": ("x.png", b"\x89PNG", "image/png"), "form": ("y", b"z")}
    assert client.post(PATH, data={"knows": "yes"}, files=files).status_code == 422
    assert client.post(PATH, content=b"{}", headers={"Content-Type": "application/json"}).status_code == 415
    assert client.post(f"{PATH}/nothing", data=GOOD).status_code in {404, 405}
    assert client.get("/surveys/%E9%97%AE%00%E5%8D%B7").status_code == 404
