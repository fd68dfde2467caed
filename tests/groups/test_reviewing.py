"""Labels that the gate doubts: a second person keeps them or puts them right, and the next training heeds it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.core.web import Portal
from portal.groups import Decision, Example, Prediction, keep_decision, keep_example, training
from portal.groups.reviewing import keep_doubts
from tests.groups.router_cases import TEXTS, confirm, submit

Desk = Callable[..., TestClient]


@pytest.fixture
def doubted(portal: Portal) -> int:
    """A label that waits for a second look: lu put dogs to the markets. Its number."""
    subject = f"case {submit(portal, TEXTS[1])}"
    with portal.database.write() as db:
        prediction = db.scalars(select(Prediction).where(Prediction.subject == subject)).one()
        keep_decision(db, prediction, "lu", "markets")
        keep_example(db, subject, TEXTS[1], "markets")
        example = db.scalars(select(Example).where(Example.subject == subject)).one()
        keep_doubts(db, {example.id: "pets"})
        return example.id


def test_a_second_person_sees_the_text_the_label_and_what_it_seems_to_mean(desk: Desk, doubted: int) -> None:
    page = desk(Role.DISPATCHER, username="wang").get("/desk/router/labels").text
    assert TEXTS[1] in page
    assert "保留“集贸市场”" in page
    assert "改为“文明养宠”" in page
    assert "还有 1 条待复核" in page


def test_a_label_that_was_kept_waits_no_more_and_counts_as_reviewed(
    desk: Desk, portal: Portal, db: Session, doubted: int
) -> None:
    browser = desk(Role.DISPATCHER, username="wang")
    answer = browser.post("/desk/router/labels", data={"example": doubted, "group": "markets"})
    assert answer.status_code == 303
    example = db.get(Example, doubted)
    assert example is not None
    assert (example.group, example.seems, example.reviewed_by) == ("markets", "", "wang")
    assert [lesson.is_reviewed for lesson in training.list_lessons(portal)] == [True]
    assert "目前没有要复核的更正" in browser.get("/desk/router/labels").text


def test_a_label_that_was_put_right_is_a_decision_of_its_own(desk: Desk, db: Session, doubted: int) -> None:
    desk(Role.SUPERVISOR, username="wang").post("/desk/router/labels", data={"example": doubted, "group": "pets"})
    example = db.get(Example, doubted)
    assert example is not None
    assert (example.group, example.seems) == ("pets", "")
    decisions = db.scalars(select(Decision).order_by(Decision.id)).all()
    assert [(one.actor, one.group) for one in decisions] == [("lu", "markets"), ("wang", "pets")]


def test_nobody_reviews_an_own_decision(desk: Desk, db: Session, doubted: int) -> None:
    browser = desk(Role.DISPATCHER, username="lu")
    page = browser.get("/desk/router/labels").text
    assert "要由另一个人复核" in page
    assert "保留“集贸市场”" not in page
    assert browser.post("/desk/router/labels", data={"example": doubted, "group": "markets"}).status_code == 409
    example = db.get(Example, doubted)
    assert example is not None
    assert example.seems == "pets"


def test_who_comes_second_is_told_so(desk: Desk, doubted: int) -> None:
    answers = [
        desk(Role.DISPATCHER, username=name).post("/desk/router/labels", data={"example": doubted, "group": "pets"})
        for name in ("wang", "zhao")
    ]
    assert [answer.status_code for answer in answers] == [303, 409]
    assert "可能别人刚复核过" in answers[1].text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "请从复核页面提交"),
        ({"example": "1"}, "请选择一个组"),
        ({"example": "x", "group": "pets"}, "请填写整数"),
        ({"example": "1", "group": "nowhere"}, "请从给出的选项中选一项"),
    ],
)
def test_an_answer_without_sense_is_refused_in_words(
    desk: Desk, doubted: int, data: dict[str, str], words: str
) -> None:
    answer = desk(Role.DISPATCHER, username="wang").post("/desk/router/labels", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert TEXTS[1] in answer.text


def test_a_later_decision_about_a_case_settles_the_doubt(portal: Portal, db: Session, doubted: int) -> None:
    with portal.database.write() as writing:
        row = writing.get(Example, doubted)
        assert row is not None
        keep_example(writing, row.subject, row.text, "pets")
    db.expire_all()
    example = db.get(Example, doubted)
    assert example is not None
    assert (example.group, example.seems) == ("pets", "")


def test_what_the_gate_doubts_can_be_kept_and_the_next_training_doubts_it_no_more(desk: Desk, portal: Portal) -> None:
    """A border that this city draws otherwise than the corpus: refused once, confirmed by a person, then learned."""
    confirm(portal, poisoned="pets", as_group="markets", most=20)
    first = training.train_challenger(portal, "lu")
    browser = desk(Role.SUPERVISOR, username="wang")
    assert f"去复核 {first.verdict['doubtful']} 条更正" in browser.get("/desk/router").text
    with portal.database.read() as db:
        waiting = {row.id: row.group for row in db.scalars(select(Example).where(Example.seems != ""))}
    assert len(waiting) == first.verdict["doubtful"] >= 3
    for example, group in waiting.items():
        browser.post("/desk/router/labels", data={"example": example, "group": group})
    assert "这些更正已经有人复核过" in browser.get("/desk/router").text
    second = training.train_challenger(portal, "lu")
    assert second.verdict["doubtful"] < first.verdict["doubtful"] / 2
    with portal.database.read() as db:
        again = set(db.scalars(select(Example.id).where(Example.seems != "")))
    assert not again & set(waiting)
