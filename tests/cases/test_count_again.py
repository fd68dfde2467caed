"""A promise into a year whose working days nobody knows is provisional, and counted again when they are published."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.history import find_broken_histories
from portal.cases.recounting import count_again
from portal.core.clock import CITY_ZONE
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import UNIT, fresh, in_progress, look, resolved

Desk = Callable[..., TestClient]
DECEMBER = datetime(2026, 12, 25, 10, 0, tzinfo=CITY_ZONE)
PUBLISHED = {date(2027, 1, 4): False, date(2027, 1, 5): False, date(2027, 1, 9): True}
"""Two days after New Year are off, and a Saturday is worked for one of them."""


@pytest.fixture(autouse=True)
def december(time_machine: object) -> None:
    time_machine.move_to(DECEMBER, tick=False)  # type: ignore[attr-defined]


def publish(portal: Portal) -> None:
    """The city enters next year's calendar into its profile and starts again."""
    portal.city = replace(portal.city, calendar={**portal.city.calendar, **PUBLISHED})


def own(client: TestClient, portal: Portal, number: str) -> TestClient:
    client.get(f"/cases/open/{portal.secrets.sign('case link', number)}")
    return client


def letters(db: Session, number: str) -> list[str]:
    bodies = fresh(db).scalars(select(OutboxMessage.body).where(OutboxMessage.about == number)).all()
    return [body for body in bodies if "放假安排" in body]


def test_the_new_date_stands_in_the_history_and_the_reporter_is_told(
    client: TestClient, portal: Portal, db: Session
) -> None:
    number = in_progress(portal, DECEMBER, email="zhou@example.cn")
    before = look(db, number)
    assert (before.is_provisional, before.due_on) == (True, date(2027, 1, 4))
    due_at = before.due_at
    assert "（暂定）" in own(client, portal, number).get(f"/cases/{number}/mine").text
    assert count_again(portal) == 0, "nothing is published yet"
    publish(portal)
    assert count_again(portal) == 1
    case = look(db, number)
    assert (case.is_provisional, case.due_on) == (False, date(2027, 1, 6))
    event = case.events[-1]
    assert (event.action, event.old_due_at, event.new_due_at) == ("count-again", due_at, case.due_at)
    page = own(client, portal, number).get(f"/cases/{number}/mine").text
    assert "放假安排已经公布" in page
    assert "（暂定）" not in page
    (letter,) = letters(db, number)
    assert "改为 2027年1月6日前答复" in letter
    assert count_again(portal) == 0
    assert list(find_broken_histories(fresh(db))) == []


def test_only_provisional_promises_are_counted_again(portal: Portal, db: Session) -> None:
    short, done = in_progress(portal, DECEMBER, kind="inquiry"), resolved(portal, DECEMBER)
    due = look(db, short).due_on
    publish(portal)
    assert count_again(portal) == 0
    assert (look(db, short).due_on, due) == (date(2026, 12, 28), date(2026, 12, 28))
    assert look(db, done).events[-1].action == "resolve"


def test_more_time_that_was_granted_is_kept(desk: Desk, portal: Portal, db: Session) -> None:
    number = in_progress(portal, DECEMBER)
    at = f"/desk/cases/{number}"
    desk(Role.UNIT, unit=UNIT).post(f"{at}/extend", data={"working_days": "5", "reason": "等材料"})
    assert desk(Role.SUPERVISOR).post(f"{at}/grant-extension", data={"text": ""}).status_code == 303
    assert look(db, number).due_on == date(2027, 1, 11)
    publish(portal)
    count_again(portal)
    assert look(db, number).due_on == date(2027, 1, 12)


def test_the_days_of_a_question_are_kept(
    client: TestClient, desk: Desk, portal: Portal, db: Session, time_machine: object
) -> None:
    number = in_progress(portal, DECEMBER)
    desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{number}/ask", data={"text": "是哪个门？"})
    time_machine.move_to(DECEMBER + timedelta(days=3), tick=False)  # type: ignore[attr-defined]
    own(client, portal, number).post(f"/cases/{number}/answer", data={"text": "东门"})
    assert look(db, number).due_on == date(2027, 1, 5)
    publish(portal)
    count_again(portal)
    assert look(db, number).due_on == date(2027, 1, 7)


def test_a_reopened_case_keeps_its_shorter_term(client: TestClient, desk: Desk, portal: Portal, db: Session) -> None:
    number = resolved(portal, DECEMBER)
    own(client, portal, number).post(f"/cases/{number}/reopen", data={"reason": "又堵上了"})
    desk(Role.SUPERVISOR).post(f"/desk/cases/{number}/grant-reopen", data={"text": "请重办"})
    assert look(db, number).due_on == date(2027, 1, 4)
    publish(portal)
    count_again(portal)
    assert look(db, number).due_on == date(2027, 1, 6)


def test_a_deferred_case_taken_up_again_counts_from_the_day_it_was_taken_up(
    desk: Desk, portal: Portal, db: Session, time_machine: object
) -> None:
    number = in_progress(portal, DECEMBER - timedelta(days=10))
    at, overseer = f"/desk/cases/{number}", desk(Role.SUPERVISOR)
    plan = {"reason": portal.city.defer_reasons[0].key, "plan": "等管线迁改。", "review_on": "2027-02-01"}
    assert desk(Role.UNIT, unit=UNIT).post(f"{at}/propose-defer", data=plan).status_code == 303
    assert overseer.post(f"{at}/defer", data={}).status_code == 303
    time_machine.move_to(DECEMBER + timedelta(days=3), tick=False)  # type: ignore[attr-defined]
    later = desk(Role.SUPERVISOR, username="supervisor-later")
    assert later.post(f"{at}/resume-work", data={}).status_code == 303
    before = look(db, number)
    assert (before.state, before.is_provisional) == ("in_progress", True)
    was = before.due_on
    publish(portal)
    assert count_again(portal) == 1
    case = look(db, number)
    assert (case.is_provisional, case.due_on) == (False, was + timedelta(days=2))
    assert case.due_on > date(2027, 1, 6), "counted from when work began again, not from when it was submitted"
