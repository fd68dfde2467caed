"""One life story from level to level: each honour keeps its batch and day, and none is given by one person alone."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.clock import end_of, today
from portal.core.roles import Role
from portal.editorial import newest_revision
from portal.people import honour
from portal.people.later import HonourStep
from portal.people.models import GoodPerson, ObjectionState
from tests.people.factories import find_or_make_staff, make_published

Desk = Callable[..., TestClient]
PROVINCE = {
    "level": "province",
    "honour_title": "江苏好人",
    "batch_year": "2026",
    "batch_no": "2",
    "batch_label": "2026年第二批江苏好人",
    "is_ours": "no",
    "authority": "省文明办（示例）",
    "decision": "苏文明办〔2026〕8号（示例）",
    "honoured_on": "2026-05-06",
}
OURS = {
    **PROVINCE,
    "level": "city",
    "honour_title": "常州好人",
    "batch_label": "2026年第四批",
    "is_ours": "yes",
    "authority": "",
    "decision": "",
    "honoured_on": "",
}


def enter_step(browser: TestClient, person: GoodPerson, **values: str) -> int:
    """Send the form of a further honour."""
    return browser.post(f"/desk/people/{person.id}/steps", data={**PROVINCE, **values}).status_code


def press(browser: TestClient, db: Session, name: str) -> int:
    """Press a button at the newest further honour."""
    db.commit()
    step = db.scalars(select(HonourStep).order_by(HonourStep.id.desc())).first()
    assert step is not None
    return browser.post(f"/desk/people/{step.person_id}/steps/{step.id}/{name}").status_code


@time_machine.travel("2026-06-01 02:00:00Z", tick=True)
def test_the_page_bears_the_highest_honour_and_tells_the_whole_way(client: TestClient, db: Session, desk: Desk) -> None:
    person = make_published(db, "zhou", level="community", honour_title="身边好人", batch_label="2026年第一批")
    editor, reviewer = desk(Role.EDITOR), desk(Role.REVIEWER)
    assert enter_step(editor, person) == 303
    assert "江苏好人" not in client.get("/people/zhou").text
    assert press(reviewer, db, "confirm") == 303
    page = client.get("/people/zhou").text
    assert "荣誉历程" in page
    assert page.index("2026年第二批江苏好人") < page.index("2026年第一批")
    assert "2026年5月6日" in page
    assert "周示例" in client.get("/people?level=province").text
    assert "省文明办（示例）" in client.get("/people/zhou/certificate").text
    national = {"level": "national", "honour_title": "中国好人", "batch_label": "中国好人第二批"}
    assert enter_step(editor, person, **national, honoured_on="2026-05-20") == 303
    assert press(reviewer, db, "confirm") == 303
    page = client.get("/people/zhou").text
    for shown in ("中国好人第二批", "2026年第二批江苏好人", "2026年第一批"):
        assert shown in page
    assert client.get("/people?level=national").text.count("portrait card") == 1


def test_an_honour_is_confirmed_by_another_person_and_only_upwards(db: Session, desk: Desk) -> None:
    person = make_published(db, "zhou", level="city")
    both = desk(Role.EDITOR, Role.REVIEWER)
    assert enter_step(both, person, level="district") == 422
    assert enter_step(both, person, decision="") == 422
    assert enter_step(both, person, honoured_on=(today() + timedelta(days=1)).isoformat()) == 422
    assert enter_step(both, person) == 303
    assert enter_step(both, person) == 409
    assert press(both, db, "confirm") == 403
    assert press(both, db, "drop") == 303
    assert enter_step(both, person) == 303


def test_an_honour_of_ours_is_announced_first_and_an_objection_stops_it(
    client: TestClient, db: Session, desk: Desk
) -> None:
    with time_machine.travel("2026-03-02 02:00:00Z", tick=True) as clock:
        person = make_published(db, "zhou", level="community", honour_title="身边好人")
        reviewer = desk(Role.REVIEWER)
        assert desk(Role.EDITOR).post(f"/desk/people/{person.id}/steps", data=OURS).status_code == 303
        assert press(reviewer, db, "confirm") == 409
        assert press(reviewer, db, "notice") == 303
        assert "拟授：常州好人" in client.get("/people").text
        assert "正在公示：拟授常州好人" in client.get("/people/zhou").text
        client.post("/people/zhou/objection", data={"text": "事迹里有一处不对"})
        step = db.scalars(select(HonourStep)).one()
        assert step.notice_until is not None
        clock.move_to(end_of(step.notice_until) + timedelta(hours=10))
        reviewer = desk(Role.REVIEWER, username="later")
        assert press(reviewer, db, "confirm") == 409
        one = honour.list_objections(db, person)[0]
        honour.decide_objection(db, person, one, find_or_make_staff(db)[1][0], ObjectionState.REJECTED, "已核实")
        assert press(reviewer, db, "confirm") == 303
        assert "常州好人" in client.get("/people/zhou").text
        assert "拟授" not in client.get("/people").text


def test_the_next_editor_begins_with_the_higher_honour(db: Session, desk: Desk) -> None:
    person = make_published(db, "zhou", level="community", honour_title="身边好人")
    enter_step(desk(Role.EDITOR), person)
    press(desk(Role.REVIEWER), db, "confirm")
    db.refresh(person.piece)
    snapshot = newest_revision(db, person.piece).snapshot
    assert (snapshot["level"], snapshot["honour_title"]) == ("province", "江苏好人")


def test_a_correction_gives_no_other_level(db: Session, desk: Desk) -> None:
    person = make_published(db, "zhou", level="community", honour_title="身边好人")
    editor = desk(Role.EDITOR)
    snapshot = newest_revision(db, person.piece).snapshot
    typed = {key: str(value) for key, value in snapshot.items() if value} | {"version": "1", "note": "升了"}
    answer = editor.post(f"/desk/people/{person.id}/edit", data={**typed, "level": "national"})
    assert answer.status_code == 409
    assert "登记新的荣誉" in answer.text


def test_the_honour_is_printed_on_one_sheet_with_the_way_to_its_page(client: TestClient, db: Session) -> None:
    make_published(db, "zhou", award_words="一把扫帚，十年清晨。")
    page = client.get("/people/zhou/certificate").text
    for shown in ("周示例", "常州好人", "一把扫帚，十年清晨。", "2026年第三批", "<svg"):
        assert shown in page
    assert client.get("/people/nobody/certificate").status_code == 404
