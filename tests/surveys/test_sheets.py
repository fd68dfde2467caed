"""Paper questionnaires typed into a table: one row a person, all of them or none."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.core.roles import Role
from portal.core.tables import Imported, write_csv
from portal.core.web import Portal
from portal.surveys.models import Survey, SurveyAnswer, SurveyText
from portal.surveys.sheets import import_answers
from tests.conftest import make_staff
from tests.surveys.factories import make_open_survey

HEADER = [
    *("问卷", "编号", "1. 您知道吗？", "您支持吗？", "参加过哪些？", "总体满意吗？", "为什么？"),
    *(
        "路面",
        "分项满意吗？绿化",
        "住了多少年？",
        "先改哪个？停车",
        "先改哪个？绿化",
        "先改哪个？卫生",
        "还想说什么？",
        "age",
    ),
]
ROW = [
    "test-survey",
    "A-01",
    "是",
    "支持",
    "清洁、劝导",
    "满意",
    "",
    "非常满意",
    "不了解",
    "12",
    "1",
    "3",
    "2",
    "",
    "18–34岁",
]


def take(portal: Portal, *rows: list[str], is_dry_run: bool = False) -> Imported:
    with portal.database.write() as db:
        staff = db.scalar(select(Staff)) or make_staff(db, Role.ANALYST)
        return import_answers(db, portal.secrets, write_csv(HEADER, rows), staff, is_dry_run=is_dry_run)


def row(**values: str) -> list[str]:
    places = {"survey": 0, "sheet": 1, "knows": 2, "overall": 5, "years": 9, "words": 13}
    changed = list(ROW)
    for key, value in values.items():
        changed[places[key]] = value
    return changed


def test_words_on_paper_become_the_values_of_the_questionnaire(portal: Portal, db: Session) -> None:
    make_open_survey(portal)
    assert take(portal, ROW, row(sheet="A-02", words="电话13912345678，路灯坏了")).count == 2
    first, _second = db.query(SurveyAnswer).order_by(SurveyAnswer.id)
    assert first.channel == "paper"
    assert first.values == {
        "knows": "yes",
        "support": "1",
        "did": ["1", "2"],
        "overall": "4",
        "items": {"1": "5", "2": "0"},
        "years": 12,
        "first": ["1", "3", "2"],
        "age": "1",
    }
    words = db.query(SurveyText).one()
    assert "13912345678" not in words.text_staff + words.text_public


def test_faults_are_named_at_their_cells_and_nothing_is_counted(portal: Portal, db: Session) -> None:
    make_open_survey(portal)
    done = take(
        portal, ROW, row(sheet="A-02", knows="也许"), row(sheet="A-03", years="90"), row(sheet="a01", knows="否")
    )
    assert [str(fault) for fault in done.faults] == [
        "第 3 行 C 列“您知道吗？”（也许）：请从列出的选项里选。",
        "第 4 行 J 列“住了多少年？”（90）：请填写 0 到 80 之间的数字。",
        "第 5 行 B 列“答卷编号”（a01）：这个编号的答卷已经录入过，请核对编号。",
    ]
    assert db.query(SurveyAnswer).count() == 0


def test_a_table_taken_in_twice_counts_once(portal: Portal, db: Session) -> None:
    make_open_survey(portal)
    assert take(portal, ROW, is_dry_run=True).count == 1
    assert take(portal, ROW).count == 1
    assert [fault.column for fault in take(portal, ROW).faults] == ["B"]
    assert db.query(SurveyAnswer).count() == 1


def test_an_unknown_or_closed_survey_takes_no_table(portal: Portal, db: Session) -> None:
    survey = make_open_survey(portal)
    assert "没有这个代号的问卷" in str(take(portal, row(survey="other")).faults[0])
    assert "一张表只录一份问卷" in str(take(portal, ROW, row(survey="other", sheet="2")).faults[0])
    with portal.database.write() as writing:
        writing.get_one(Survey, survey.id).is_invited = True
    assert "邀请码" in str(take(portal, ROW).faults[0])
