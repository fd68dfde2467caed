"""The desk of surveys: made without training, frozen when opened, invited, printed."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.qr import qr
from portal.core.roles import Role
from portal.core.web import Portal
from portal.surveys.fieldwork import left_out, list_came
from portal.surveys.jobs import end_due
from portal.surveys.models import State, Survey
from tests.surveys.factories import GOOD, add_answers, make_open_survey

Desk = Callable[..., TestClient]
NEW = {
    "title": "小区满意度",
    "intro": "一分钟，不留姓名。",
    "slug": "compound-1",
    "variant": "residents",
    "address_limit": "30",
    "starter": "indices",
}


def begin(staff: TestClient, **data: str) -> str:
    answer = staff.post("/desk/surveys/new", data={**NEW, **data})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removesuffix("/questions")


def test_a_survey_is_built_opened_and_answered_without_script(desk: Desk, client: TestClient, db: Session) -> None:
    staff = desk(Role.ANALYST)
    path = begin(staff, starter="empty")
    assert "还没有题目" in staff.get(path).text
    assert staff.post(f"{path}/open").status_code == 409
    answer = staff.post(f"{path}/questions", data={"kind": "single"})
    question = answer.headers["location"]
    assert "第 1 题：请写题目" in staff.get(path).text
    page = staff.get(question)
    assert page.status_code == 200
    typed = {"label": "停车好找吗？", "kind": "single", "options": "好找\n不好找", "part": "none", "is_required": "y"}
    assert staff.post(question, data={**typed, "options": "只有一项"}).status_code == 422
    assert staff.post(question, data=typed).status_code == 303
    assert staff.get(f"{path}/preview").status_code == 200
    assert staff.post(f"{path}/open").status_code == 303
    page_of_citizen = client.get("/surveys/compound-1").text
    assert "停车好找吗？" in page_of_citizen
    assert client.post("/surveys/compound-1", data={"q1": "2"}).status_code == 303
    assert staff.post(question, data=typed).status_code == 409
    assert db.scalars(select(Survey)).one().stands is State.OPEN


def test_questions_are_moved_copied_conditioned_and_removed(desk: Desk, db: Session) -> None:
    staff = desk(Role.ANALYST)
    path = begin(staff)

    def keys() -> list[str]:
        db.rollback()
        return [question.key for question in db.scalars(select(Survey)).one().questions]

    assert keys()[:4] == ["awareness", "support", "participation", "overall"]
    staff.post(f"{path}/questions/support/move", data={"to": "up"})
    assert keys()[:2] == ["support", "awareness"]
    staff.post(f"{path}/questions/overall/copy")
    assert keys()[-1] == "q1"
    typed = {
        "label": "为什么不支持？",
        "kind": "long_text",
        "part": "none",
        "condition_question": "support",
        "condition_values": ["support:3", "support:2"],
    }
    assert staff.post(f"{path}/questions/q1", data=typed).status_code == 303
    page = staff.get(f"{path}/questions").text
    assert "第 1 题选了“无所谓”或“不支持”" in page
    # What a condition points to must stand before it.
    for _step in range(12):
        staff.post(f"{path}/questions/support/move", data={"to": "down"})
    assert "不在它前面" in staff.get(f"{path}/questions").text
    staff.post(f"{path}/questions/support/remove")
    assert "support" not in keys()
    assert "不在它前面" not in staff.get(f"{path}/questions").text


def test_every_starter_can_be_opened_as_it_is(desk: Desk, portal: Portal) -> None:
    staff = desk(Role.ANALYST)
    for number, key in enumerate(("indices", "group", "site", "case", "pupils", "staff")):
        path = begin(staff, slug=f"starter-{key}", starter=key, group_key=portal.city.groups[number].key)
        assert staff.get(f"{path}/questions").status_code == 200
        assert staff.post(f"{path}/open").status_code == 303, key


def test_an_address_is_taken_once_and_must_be_plain(desk: Desk) -> None:
    staff = desk(Role.ANALYST)
    begin(staff)
    again = staff.post("/desk/surveys/new", data=NEW)
    assert again.status_code == 422
    assert "已经有问卷在用" in again.text
    assert staff.post("/desk/surveys/new", data={**NEW, "slug": "问卷"}).status_code == 422


def test_an_open_survey_is_succeeded_not_changed(desk: Desk, client: TestClient, db: Session) -> None:
    staff = desk(Role.ANALYST)
    path = begin(staff)
    staff.post(f"{path}/open")
    assert staff.post(f"{path}/questions", data={"kind": "text"}).status_code == 409
    draft = staff.post(f"{path}/succeed").headers["location"].removesuffix("/questions")
    assert staff.post(f"{path}/succeed").headers["location"] == f"{draft}/questions"
    assert staff.post(f"{draft}/open").status_code == 303
    old, new = db.scalars(select(Survey).order_by(Survey.id))
    assert (old.stands, new.stands, new.version, new.slug) == (State.CLOSED, State.OPEN, 2, "compound-1-v2")
    assert "/surveys/compound-1-v2" in client.get("/surveys/compound-1").text


def test_invitations_are_listed_and_printed_until_they_are_used(desk: Desk, portal: Portal, client: TestClient) -> None:
    survey = make_open_survey(portal, is_invited=True)
    staff = desk(Role.ANALYST)
    path = f"/desk/surveys/{survey.id}/invitations"
    assert staff.post(path, data={"count": "0"}).status_code == 422
    assert staff.post(path, data={"count": "3", "label": "一号社区"}).status_code == 303
    rows = list(csv.reader(io.StringIO(staff.get(f"{path}.csv").content.decode("utf-8-sig"))))[1:]
    links = [row[2] for row in rows]
    assert len(set(links)) == 3
    assert all(link.isascii() for link in links)
    page = client.get(links[0].removeprefix("http://testserver"))
    token = re.search(r'name="token" type="hidden" value="([^"]+)"', page.text)
    assert token
    assert client.post("/surveys/test-survey", data={**GOOD, "token": token[1]}).status_code == 303
    printed = staff.get(f"{path}/print").text
    assert links[0] not in printed
    assert links[1] in printed.replace("&amp;", "&")


def test_a_poster_holds_a_code_of_an_ascii_address_for_its_place(desk: Desk, portal: Portal) -> None:
    survey = make_open_survey(portal)
    site = portal.city.sites[0]
    page = desk(Role.ANALYST).get(f"/desk/surveys/{survey.id}/poster?site={site.key}").text
    assert site.name in page
    assert str(qr(f"http://testserver/surveys/test-survey?site={site.key}", error="q")) in page
    with pytest.raises(ValueError, match="ASCII"):
        qr("http://testserver/问卷")


def test_fieldwork_shows_what_came_and_what_was_left_out(desk: Desk, portal: Portal) -> None:
    survey = make_open_survey(portal)
    staff = desk(Role.ANALYST)
    assert "还没有收到答卷" in staff.get(f"/desk/surveys/{survey.id}/fieldwork").text
    add_answers(portal, survey, GOOD, {**GOOD, "years": 3})
    path = f"/desk/surveys/{survey.id}"
    assert staff.post(f"{path}/quotas", data={"answer": "support:1", "most": "50"}).status_code == 303
    assert staff.post(f"{path}/quotas", data={"answer": "support:9", "most": "50"}).status_code == 422
    page = staff.get(f"{path}/fieldwork").text
    assert "您支持吗？：支持" in page
    assert "50.0%" in page


def test_fieldwork_tells_refusals_from_doubts_and_where_people_stop(desk: Desk, portal: Portal) -> None:
    survey = make_open_survey(portal)
    add_answers(portal, survey, {"knows": "yes", "support": "1", "did": ["1"], "overall": "0"}, times=3)
    add_answers(portal, survey, {**GOOD, "support": "1", "did": ["3"], "items": {"1": "5"}, "years": 2, "age": "1"})
    with portal.database.read() as db:
        left = {one.number: one for one in left_out(survey.questions, list_came(db, survey))}
    assert (left[4].asked, left[4].missing, left[4].unsure, left[4].stopped) == (4, 0, 3, 3)
    assert (left[7].missing, left[7].stopped, left[11].stopped) == (3, 0, 0)
    page = desk(Role.ANALYST).get(f"/desk/surveys/{survey.id}/fieldwork")
    assert 'hx-trigger="every 30s"' in page.text
    part = desk(Role.ANALYST, username="other").get(
        f"/desk/surveys/{survey.id}/fieldwork", headers={"HX-Request": "true"}
    )
    assert part.text.lstrip().startswith('<div id="live"')


def test_the_english_of_a_draft_is_typed_beside_each_text_and_frozen_when_it_opens(
    desk: Desk, client: TestClient
) -> None:
    staff = desk(Role.ANALYST)
    path = begin(staff)
    page = staff.get(f"{path}/english").text
    number = re.search(r'<label for="text(\d+)">总体来说，您满意吗？</label>', page)
    assert number
    typed = {f"text{number[1]}": "All in all, are you content?", "text0": "Our compound"}
    assert staff.post(f"{path}/english", data=typed).status_code == 303
    assert "All in all, are you content?" in staff.get(f"{path}/english").text
    staff.post(f"{path}/open")
    client.cookies.set("lang", "en")
    read = client.get("/surveys/compound-1").text
    assert "Our compound" in read
    assert "All in all, are you content?" in read
    assert staff.post(f"{path}/english", data=typed).status_code == 409


def test_after_a_case_each_grade_has_reasons_of_its_own(desk: Desk, client: TestClient) -> None:
    staff = desk(Role.ANALYST)
    path = begin(staff, starter="case", slug="after-a-case")
    staff.post(f"{path}/open")
    for grade, reason, other in (("5", "最满意的是什么？", "互相推诿"), ("1", "互相推诿", "最满意的是什么？")):
        page = client.post("/surveys/after-a-case", data={"step": "1", "overall": grade}).text
        assert reason in page
        assert other not in page


def test_answers_are_exported_without_text_time_or_address_after_the_end(desk: Desk, portal: Portal) -> None:
    survey = make_open_survey(portal)
    add_answers(portal, survey, GOOD, times=3)
    staff = desk(Role.ANALYST)
    path = f"/desk/surveys/{survey.id}"
    assert staff.get(f"{path}/answers.xlsx").status_code == 422
    assert staff.post(f"{path}/close").status_code == 303
    assert staff.post(f"{path}/close").status_code == 409
    assert staff.get(f"{path}/answers.xlsx").content[:2] == b"PK"


def test_surveys_end_on_their_day_by_the_clock(desk: Desk, portal: Portal, db: Session, time_machine: object) -> None:
    from datetime import timedelta

    from portal.core.clock import now

    survey = make_open_survey(portal, closes_at=now() + timedelta(days=1))
    end_due(portal)
    assert db.get_one(Survey, survey.id).stands is State.OPEN
    db.rollback()
    time_machine.move_to(now() + timedelta(days=2), tick=False)  # type: ignore[attr-defined]
    end_due(portal)
    found = db.get_one(Survey, survey.id)
    assert (found.stands, found.salt) == (State.CLOSED, None)


def test_only_analysts_make_surveys_and_supervisors_look_on(desk: Desk, portal: Portal) -> None:
    survey = make_open_survey(portal)
    supervisor, editor = desk(Role.SUPERVISOR), desk(Role.EDITOR)
    for page in ("", "/questions", "/fieldwork", "/texts", "/analysis", "/preview"):
        assert supervisor.get(f"/desk/surveys/{survey.id}{page}").status_code == 200, page
        assert editor.get(f"/desk/surveys/{survey.id}{page}").status_code == 403
    assert supervisor.post(f"/desk/surveys/{survey.id}/close").status_code == 403
    assert supervisor.get(f"/desk/surveys/{survey.id}/invitations").status_code == 403


def test_an_odd_number_in_the_address_is_not_found(desk: Desk, portal: Portal) -> None:
    staff = desk(Role.ANALYST)
    for number in ("0", "x", "-1", "9" * 30, "１"):
        assert staff.get(f"/desk/surveys/{number}").status_code == 404


def test_only_who_may_make_a_survey_is_offered_to(desk: Desk) -> None:
    assert "/desk/surveys/new" in desk(Role.ANALYST).get("/desk/surveys").text
    assert "/desk/surveys/new" not in desk(Role.SUPERVISOR).get("/desk/surveys").text
