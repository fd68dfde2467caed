"""Surveys and answers to test with."""

from typing import Any

from sqlalchemy.orm import Session

from portal.core.web import Portal
from portal.surveys.answering import Sender, keep_answer
from portal.surveys.definition import Condition, Definition, Kind, Part, Question
from portal.surveys.forms import NewAnswer
from portal.surveys.models import Survey, SurveyAnswer
from portal.surveys.service import NewSurvey, make_survey, open_survey

AGES = ("18–34岁", "35–44岁", "45–59岁", "60岁以上")

UNHAPPY = Condition("overall", ("1", "2"))
EVERY_KIND = Definition(
    (
        Question("knows", Kind.YES_NO, "您知道吗？", is_required=True, part=Part.AWARENESS),
        Question("support", Kind.SINGLE, "您支持吗？", options=("支持", "无所谓", "不支持"), part=Part.SUPPORT),
        Question(
            "did", Kind.MULTIPLE, "参加过哪些？", options=("清洁", "劝导", "都没有参加过"), part=Part.PARTICIPATION
        ),
        Question("overall", Kind.GRADE5, "总体满意吗？", is_required=True, part=Part.SATISFACTION),
        Question(
            "why",
            Kind.SINGLE,
            "为什么？",
            options=("慢", "脏"),
            is_required=True,
            condition=Condition("overall", ("1", "2")),
        ),
        Question("items", Kind.MATRIX, "分项满意吗？", rows=("路面", "绿化")),
        Question("years", Kind.NUMBER, "住了多少年？", least=0, most=80),
        Question("first", Kind.RANKING, "先改哪个？", options=("停车", "绿化", "卫生")),
        Question("street", Kind.TEXT, "住在哪条路？"),
        Question("words", Kind.LONG_TEXT, "还想说什么？"),
        Question("age", Kind.SINGLE, "年龄？", options=AGES, margin="age"),
    )
)
GOOD = {"knows": "yes", "overall": "5"}


def make_open_survey(
    portal: Portal, definition: Definition = EVERY_KIND, slug: str = "test-survey", **about: Any
) -> Survey:
    """An open survey; commits."""
    with portal.database.write() as db:
        new = NewSurvey(slug=slug, title="测试问卷", intro="一分钟。", **{"address_limit": 0, **about})
        survey = make_survey(db, new, definition, "test")
        open_survey(db, survey, "test")
    return survey


def add_answers(portal: Portal, survey: Survey, *values: dict[str, Any], times: int = 1, address: str = "") -> None:
    """Answers as the service keeps them, each of the values so many times; commits."""
    with portal.database.write() as db:
        found = db.get_one(Survey, survey.id)
        begin = count(db)
        for number, one in enumerate([value for value in values for _time in range(times)]):
            sender = Sender(address or f"10.0.{number // 250}.{number % 250}", f"form-{begin + number}")
            keep_answer(db, portal.secrets, found, NewAnswer(one, {}), sender)


def count(db: Session) -> int:
    """How many answers there are."""
    return db.query(SurveyAnswer).count()
