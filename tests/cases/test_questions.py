"""Each kind has its promise, its privacy and its questions; answers go with the case, redacted where others read."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.models import Case
from portal.cases.triage import Publication, publish
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from portal.groups import load_city
from tests.cases.factories import TEXT, SureRouter, do, look

FORM = {"kind": "complaint", "text": TEXT, "place": "示例小学东门"}
JSON = {"Accept": "application/json"}
SCHOOL = {
    "asked": "school_surroundings",
    "q_how_long": "几天了",
    "q_school": "示例小学，电话13812345678",
    "q_hours": "放学",
}


@pytest.mark.parametrize("kind", ["complaint", "help_request", "suggestion", "inquiry", "report", "commendation"])
def test_each_kind_says_what_it_promises_who_sees_it_and_asks_its_own_questions(
    client: TestClient, portal: Portal, kind: str
) -> None:
    of_city = portal.city.kind(kind)
    assert of_city.promise
    assert of_city.privacy
    assert of_city.questions
    for answer in (client.get(f"/cases/new?kind={kind}"), client.post("/cases/check", data=FORM | {"kind": kind})):
        assert of_city.promise in answer.text
        assert of_city.privacy in answer.text
        assert all(question.label in answer.text for question in of_city.questions)


def test_the_check_step_asks_the_groups_questions_without_script(client: TestClient, portal: Portal) -> None:
    portal.router = SureRouter()
    page = client.post("/cases/check", data=FORM).text
    assert 'name="q_school"' in page
    assert 'name="asked" value="school_surroundings"' in page
    assert "<html" in page
    portal.router = SureRouter("main_roads")
    assert 'name="q_school"' not in client.post("/cases/check", data=FORM).text


def test_a_question_of_another_topic_is_not_asked(portal: Portal) -> None:
    from portal.cases.questions import list_questions

    bite = [one.key for one in list_questions(portal.city, "complaint", "pets", "dog_bite")]
    leash = [one.key for one in list_questions(portal.city, "complaint", "pets", "dog_leash")]
    assert "bitten" in bite
    assert "bitten" not in leash


def test_what_was_answered_stays_when_the_form_is_checked_or_refused(client: TestClient, portal: Portal) -> None:
    portal.router = SureRouter()
    for address, more in (("/cases/check", {}), ("/cases", {"email": "broken"})):
        page = client.post(address, data=FORM | SCHOOL | more).text
        assert "示例小学，电话13812345678" in page
        assert '<option selected value="放学">' in page


def test_answers_are_kept_for_the_reporter_and_staff_and_redacted_for_everybody(
    client: TestClient, desk: Callable[..., TestClient], portal: Portal, db: Session
) -> None:
    portal.router = SureRouter()
    number = client.post("/cases", data=FORM | SCHOOL | {"publish": "1"}, headers=JSON).json()["case_no"]
    case = look(db, number)
    assert [(one["key"], one["raw"]) for one in case.answers] == [
        ("how_long", "几天了"),
        ("school", "示例小学，电话13812345678"),
        ("hours", "放学"),
    ]
    assert case.answers[1]["public"] == "示例小学，电话［电话］"
    assert "示例小学，电话13812345678" in client.get(f"/cases/{number}/mine").text
    office = desk(Role.DISPATCHER).get(f"/desk/cases/{number}").text
    assert "138****5678" in office
    assert "13812345678" not in office
    do(
        portal,
        number,
        Role.DISPATCHER,
        lambda db, act, case: publish(db, act, case, Publication()),
        now() + timedelta(0),
    )
    with portal.database.write() as session:
        session.scalars(select(Case)).one().public_from = now() - timedelta(hours=1)
    page = TestClient(client.app).get(f"/cases/{number}").text
    assert "示例小学，电话［电话］" in page
    assert "放学" in page
    assert "13812345678" not in page


def test_an_answer_that_was_not_offered_or_is_too_long_is_an_error_at_its_question(
    client: TestClient, db: Session
) -> None:
    bad = SCHOOL | {"q_hours": "午夜", "q_school": "长" * 201}
    answer = client.post("/cases", data=FORM | bad, headers=JSON)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"q_hours", "q_school"}
    page = client.post("/cases", data=FORM | bad)
    assert page.status_code == 422
    assert 'href="#q_hours"' in page.text
    assert db.scalars(select(Case)).all() == []


def test_questions_of_no_or_an_unknown_group_are_ignored(client: TestClient, db: Session) -> None:
    answer = client.post("/cases", data=FORM | SCHOOL | {"asked": "atlantis"}, headers=JSON)
    assert answer.status_code == 201
    assert [one["key"] for one in db.scalars(select(Case)).one().answers] == ["how_long"]


def test_staff_are_asked_the_same_questions(desk: Callable[..., TestClient], db: Session) -> None:
    office = desk(Role.DISPATCHER)
    assert 'name="q_how_long"' in office.get("/desk/cases/new").text
    office.post("/desk/cases/new", data={"channel": "phone", "kind": "inquiry", "text": TEXT, "q_asker": "商户"})
    assert db.scalars(select(Case)).one().answers[0]["raw"] == "商户"


def test_a_unit_named_in_an_answer_does_not_see_the_report(client: TestClient, db: Session) -> None:
    text = "执法的人收了摊主的烟，对占道的摊子不管不问。"
    client.post("/cases", data={"kind": "report", "text": text, "q_reported": "市城管局的一名队员"})
    assert db.scalars(select(Case)).one().about_unit == "urban_management"


@pytest.mark.parametrize("key", ["xuzhou", "huaibei", "shiyan", "jiayuguan"])
def test_every_city_has_its_own_words_for_each_kind(portal: Portal, key: str) -> None:
    city = load_city(portal.settings.city_dir, key)
    assert all(kind.promise and kind.privacy and kind.questions for kind in city.kinds)
