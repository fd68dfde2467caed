"""Open answers: sorted through the router, with the phrases that come most often."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.core.web import Portal
from portal.surveys.models import SurveyText
from portal.surveys.sorting import common_phrases, sort_texts
from tests.surveys.factories import GOOD, make_open_survey


@dataclass
class Known:
    """A router that knows dogs."""

    def model(self) -> object:
        return object()

    def suggest(self, text: str) -> Any:
        return SimpleNamespace(group="pets", topic="dog_leash", outside=0.1 if "狗" in text else 0.9)


def test_open_answers_are_grouped_by_what_the_router_makes_of_them(
    client: TestClient, portal: Portal, db: Session, desk: Any
) -> None:
    survey = make_open_survey(portal)
    for words in ("遛狗不牵绳", "天气不错"):
        client.post("/surveys/test-survey", data={**GOOD, "words": words})
        client.cookies.clear()
    portal.router = Known()
    with portal.database.write() as session:
        assert sort_texts(session, portal) == 2
        assert sort_texts(session, portal) == 0
    groups = {text.text_public: text.group_key for text in db.scalars(select(SurveyText))}
    assert groups == {"遛狗不牵绳": "pets", "天气不错": "other"}
    page = desk(Role.ANALYST).get(f"/desk/surveys/{survey.id}/texts").text
    assert portal.city.group("pets").name in page
    assert "不属于任何专项组" in page


def test_without_a_model_texts_wait_and_the_desk_says_so(client: TestClient, portal: Portal, desk: Any) -> None:
    survey = make_open_survey(portal)
    client.post("/surveys/test-survey", data={**GOOD, "words": "遛狗不牵绳"})
    staff = desk(Role.ANALYST)
    assert "尚未归类" in staff.get(f"/desk/surveys/{survey.id}/texts").text
    staff.post(f"/desk/surveys/{survey.id}/sort")
    assert "派单模型还没有准备好" in staff.get(f"/desk/surveys/{survey.id}/texts").text


def test_common_phrases_are_whole_and_say_each_thing_once() -> None:
    texts = ["停车太难了", "小区停车太难", "停车太难，没位置", "楼道有杂物", "楼道有杂物堆着", "清理楼道有杂物"]
    assert sorted(common_phrases(texts)) == [("停车太难", 3), ("楼道有杂物", 3)]
    assert common_phrases([]) == []
