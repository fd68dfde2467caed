"""A questionnaire of several parts is answered page by page without script: what was said travels along."""

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.web import Portal
from portal.surveys.definition import Condition, Definition, Kind, Question
from portal.surveys.models import SurveyAnswer, SurveyStep, SurveyText
from tests.surveys.factories import make_open_survey

PATH = "/surveys/test-survey"
PARTS = Definition(
    (
        Question("happy", Kind.GRADE5, "满意吗？", is_required=True),
        Question("words", Kind.LONG_TEXT, "想说什么？"),
        Question(
            "bad",
            Kind.MULTIPLE,
            "哪里不好？",
            section="原因",
            options=("慢", "脏"),
            condition=Condition("happy", ("1",)),
        ),
        Question("age", Kind.SINGLE, "年龄？", section="关于您", options=("青", "长"), is_required=True),
    )
)


def hidden(page: str) -> dict[str, list[str]]:
    """The hidden fields of a page."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] not in {"next"}:
            found.setdefault(name[1], []).append(value[1] if value else "")
    return found


def steps(db: Session) -> dict[int, int]:
    db.rollback()
    return {row.step: row.count for row in db.scalars(select(SurveyStep))}


def test_pages_follow_each_other_and_unasked_ones_are_passed_over(
    client: TestClient, portal: Portal, db: Session
) -> None:
    make_open_survey(portal, PARTS)
    first = client.get(PATH).text
    assert "第 1 页，共 3 页" in first
    assert "年龄？" not in first
    second = client.post(PATH, data={**hidden(first), "happy": "5", "words": "第一行\n第二行"})
    assert second.status_code == 200
    assert "第 3 页，共 3 页" in second.text
    assert "哪里不好？" not in second.text
    missing = client.post(PATH, data=hidden(second.text))
    assert missing.status_code == 422
    assert "age-error" in missing.text
    done = client.post(PATH, data={**hidden(missing.text), "age": "1"})
    assert (done.status_code, done.headers["location"]) == (303, f"{PATH}/thanks")
    assert db.scalars(select(SurveyAnswer)).one().values == {"happy": "5", "age": "1"}
    assert db.scalars(select(SurveyText)).one().text_staff == "第一行\n第二行"
    assert steps(db) == {1: 1}


def test_what_the_answer_calls_for_is_asked_on_its_page(client: TestClient, portal: Portal, db: Session) -> None:
    make_open_survey(portal, PARTS)
    second = client.post(PATH, data={**hidden(client.get(PATH).text), "happy": "1"})
    assert "哪里不好？" in second.text
    third = client.post(PATH, data={**hidden(second.text), "bad": ["1", "2"]})
    assert "年龄？" in third.text
    assert client.post(PATH, data={**hidden(third.text), "age": "2"}).status_code == 303
    assert db.scalars(select(SurveyAnswer)).one().values == {"happy": "1", "bad": ["1", "2"], "age": "2"}
    assert steps(db) == {1: 1, 2: 1}


def test_one_can_go_back_and_change_ones_mind(client: TestClient, portal: Portal, db: Session) -> None:
    make_open_survey(portal, PARTS)
    second = client.post(PATH, data={**hidden(client.get(PATH).text), "happy": "1", "words": "想说的"})
    back = client.post(PATH, data={**hidden(second.text), "bad": ["1"], "to": "back"})
    assert back.status_code == 200
    assert "第 1 页，共 3 页" in back.text
    assert re.search(r'<input checked[^>]*name="happy"[^>]*value="1"', back.text)
    assert "想说的" in back.text
    third = client.post(PATH, data={**hidden(back.text), "happy": "4", "words": "想说的"})
    assert "第 3 页，共 3 页" in third.text
    again = client.post(PATH, data={**hidden(third.text), "age": "1", "to": "back"})
    assert "第 1 页，共 3 页" in again.text
    third = client.post(PATH, data={**hidden(again.text), "happy": "4"})
    assert client.post(PATH, data={**hidden(third.text), "age": "1"}).status_code == 303
    # What was ticked before and is asked no more does not count; nobody is counted twice on the way.
    assert db.scalars(select(SurveyAnswer)).one().values == {"happy": "4", "age": "1"}
    assert steps(db) == {1: 1}


def test_an_error_on_an_earlier_page_leads_back_to_it(client: TestClient, portal: Portal, db: Session) -> None:
    make_open_survey(portal, PARTS)
    for sent in ({"step": "3", "age": "1"}, {"step": "2"}, {"step": "1"}):
        answer = client.post(PATH, data=sent)
        assert answer.status_code == 422
        assert "第 1 页，共 3 页" in answer.text
        assert "happy-error" in answer.text
    assert not db.scalars(select(SurveyAnswer)).all()


def test_everything_may_be_sent_at_once(client: TestClient, portal: Portal, db: Session) -> None:
    make_open_survey(portal, PARTS)
    assert client.post(PATH, data={"happy": "5", "age": "1"}).status_code == 303
    assert steps(db) == {}


def test_odd_steps_are_no_errors_of_ours(client: TestClient, portal: Portal) -> None:
    make_open_survey(portal, PARTS)
    for step in ("0", "-1", "99", "x", "１", "1" * 50):
        answer = client.post(PATH, data={"step": step, "reached": step, "to": "back"})
        assert answer.status_code == 422, step


def test_an_author_may_supply_english(client: TestClient, portal: Portal, desk: Any) -> None:
    english = {"满意吗？": "Are you content?", "测试问卷": "Test survey", "青": "Young"}
    make_open_survey(portal, Definition(PARTS.questions, english))
    client.cookies.set("lang", "en")
    page = client.get(PATH).text
    assert "Are you content?" in page
    assert "Test survey" in page
    client.cookies.set("lang", "zh-Hans")
    assert "Are you content?" not in client.get(PATH).text
