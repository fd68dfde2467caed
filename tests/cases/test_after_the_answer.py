"""What comes after an answer: another look by somebody else, the question of four weeks, word from outside."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.clockwork import take_steps
from portal.cases.models import CaseRating
from portal.core.clock import local, now, today
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import UNIT, closed, dispatched, fresh, look, make_case, photo_bytes, resolved, stored_photo

Desk = Callable[..., TestClient]
PROOF = [("photos", ("after.jpg", photo_bytes("green"), "image/jpeg"))]


def own(client: TestClient, portal: Portal, number: str) -> TestClient:
    client.get(f"/cases/open/{portal.secrets.sign('case link', number)}")
    return client


def test_a_reporter_reads_what_comes_next_and_until_when(client: TestClient, portal: Portal, db: Session) -> None:
    number = resolved(portal)
    citizen = own(client, portal, number)
    assert "评价开放到 " in citizen.get(f"/cases/{number}/mine").text
    citizen.post(f"/cases/{number}/reopen", data={"reason": "周末又堵上了"})
    page = citizen.get(f"/cases/{number}/mine").text
    until = local(look(db, number).step_due_at or now())
    assert f"正在看要不要重办，{until.month}月{until.day}日前告诉您。" in page
    assert 'href="/cases/track" aria-current' in page, "one's own case belongs to where one looked it up"


def test_a_reopened_case_goes_to_somebody_of_the_unit_who_has_not_called_it_done(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    number = resolved(portal)
    desk(Role.UNIT, unit=UNIT, username="wang")
    own(client, portal, number).post(f"/cases/{number}/reopen", data={"reason": "周末又堵上了"})
    arbiter = desk(Role.SUPERVISOR)
    assert arbiter.post(f"/desk/cases/{number}/grant-reopen", data={"text": "请重新办理"}).status_code == 303
    case = look(db, number)
    assert (case.state, case.officer) == ("reopened", "wang")
    assert "经办人：测试wang" in arbiter.get(f"/desk/cases/{number}").text


def test_where_a_unit_has_one_officer_only_a_reopened_case_stays_with_them(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    number = resolved(portal)
    was = look(db, number).officer
    own(client, portal, number).post(f"/cases/{number}/reopen", data={"reason": "周末又堵上了"})
    assert desk(Role.SUPERVISOR).post(f"/desk/cases/{number}/grant-reopen", data={"text": "重办"}).status_code == 303
    case = look(db, number)
    assert (case.state, case.officer) == ("reopened", was)


def test_who_was_asked_after_four_weeks_says_that_it_has_not_come_back(
    client: TestClient, portal: Portal, db: Session
) -> None:
    number = closed(portal, now() - timedelta(days=28, hours=1), email="zhou@example.cn")
    citizen = own(client, portal, number)
    assert "没有再出现" not in citizen.get(f"/cases/{number}/mine").text
    assert citizen.post(f"/cases/{number}/fixed").status_code == 409, "nobody has asked yet"
    take_steps(portal)
    assert "没有再出现" in citizen.get(f"/cases/{number}/mine").text
    assert citizen.post(f"/cases/{number}/fixed").status_code == 303
    case = look(db, number)
    assert (case.state, case.confirmed) == ("closed", "yes")
    assert "反映人表示没有再出现" in citizen.get(f"/cases/{number}/mine").text
    assert len(db.scalars(select(CaseRating)).all()) == 1, "an answer is no grade"
    assert citizen.post(f"/cases/{number}/fixed").status_code == 409


def test_a_transferred_case_comes_back_to_the_office_on_its_day(
    client: TestClient, desk: Desk, portal: Portal, db: Session, time_machine: object
) -> None:
    number = make_case(portal, email="zhou@example.cn")
    at, dispatcher = f"/desk/cases/{number}", desk(Role.DISPATCHER)
    day = today() + timedelta(days=7)
    past = {"channel": "12345 热线", "follow_up_on": today().isoformat()}
    assert dispatcher.post(f"{at}/transfer", data=past).status_code == 422
    assert look(db, number).state == "triage"
    assert dispatcher.post(f"{at}/transfer", data=past | {"follow_up_on": day.isoformat()}).status_code == 303
    case = look(db, number)
    assert (case.state, case.review_on) == ("transferred", day)
    assert "已转12345 热线办理" in own(client, portal, number).get(f"/cases/{number}/mine").text
    assert "转外部，到了回访日期" not in dispatcher.get("/desk").text
    time_machine.move_to(now() + timedelta(days=7), tick=False)  # type: ignore[attr-defined]
    again = desk(Role.DISPATCHER, username="sun")
    assert "转外部，到了回访日期" in again.get("/desk").text
    told = {"text": "热线答复：路灯已经修好。", "again_on": ""}
    assert again.post(f"{at}/follow-up", data=told).status_code == 303
    assert look(db, number).review_on is None
    assert "转外部，到了回访日期" not in again.get("/desk").text
    letters = fresh(db).scalars(select(OutboxMessage.body).where(OutboxMessage.about == number)).all()
    assert sum("路灯已经修好" in body for body in letters) == 1


def test_at_closing_the_photos_before_and_after_stand_side_by_side(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    number = dispatched(portal, photos=(stored_photo(portal, "red"),))
    at, unit = f"/desk/cases/{number}", desk(Role.UNIT, unit=UNIT)
    for action, data in (("accept", {}), ("contact", {"text": "电话说明"})):
        assert unit.post(f"{at}/{action}", data=data).status_code == 303
    assert 'class="compare"' not in own(client, portal, number).get(f"/cases/{number}/mine").text
    done = {"text": "已划定接送区，安排护学岗。", "outcome": "solved"}
    assert unit.post(f"{at}/resolve", data=done, files=PROOF).status_code == 303
    before, after = look(db, number).photos
    assert (before.kind, after.kind) == ("report", "proof")
    for reader, page in ((client, f"/cases/{number}/mine"), (unit, at)):
        html = reader.get(page).text
        both = html.split('class="compare"')[1].split("</div>")[0]
        assert both.index(before.name) < both.index("整改前") < both.index(after.name) < both.index("整改后")
