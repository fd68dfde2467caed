"""The morning letter: once a day, only when something waits, and ended by one click."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.accounts.models import Staff
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.web import Portal
from portal.desk.digest import send_letters
from tests.cases.factories import GROUP, TEXT, UNIT, dispatched, fresh, in_progress, make_case
from tests.conftest import make_staff, sign_in

MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # 08:00 in the city
DAY = timedelta(days=1)
Desk = Callable[..., TestClient]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as found:
        yield found


def reader(portal: Portal, *roles: Role, email: str = "lu@city.example", **limits: object) -> str:
    """An account that wants letters; returns its name."""
    with portal.database.unit() as db:
        staff = make_staff(db, *roles, groups=(GROUP,), unit=UNIT)
        staff.email = portal.secrets.encrypt(email)
        for name, value in limits.items():
            setattr(staff, name, value)
        db.commit()
        return staff.username


def letters(db: Session) -> Sequence[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.about.startswith("staff "))
    return fresh(db).scalars(query.order_by(OutboxMessage.id)).all()


def test_a_dispatcher_reads_what_is_new_overdue_and_waiting(
    portal: Portal, db: Session, clock: time_machine.Traveller
) -> None:
    reader(portal, Role.DISPATCHER)
    late = in_progress(portal, MONDAY - 60 * DAY)
    new = make_case(portal, MONDAY - timedelta(hours=12))
    assert send_letters(portal) == 1
    (letter,) = letters(db)
    assert letter.subject == "早报：昨天以来新到 1、已超期 1、等待分派 1"
    assert portal.secrets.decrypt(letter.recipient) == "lu@city.example"
    assert f"http://testserver/desk/cases/{new}" in letter.body
    assert late in letter.body


def test_the_words_of_a_case_stay_at_the_desk(portal: Portal, db: Session, clock: time_machine.Traveller) -> None:
    reader(portal, Role.DISPATCHER, Role.GROUP)
    make_case(portal, MONDAY)
    send_letters(portal)
    assert TEXT[:6] not in letters(db)[0].body


def test_a_unit_reads_of_its_own_cases_only(portal: Portal, db: Session, clock: time_machine.Traveller) -> None:
    reader(portal, Role.UNIT)
    own = dispatched(portal, MONDAY - timedelta(hours=3))
    other = dispatched(portal, MONDAY - timedelta(hours=3), group="main_roads", unit="urban_management")
    assert send_letters(portal) == 1
    body = letters(db)[0].body
    assert own in body
    assert other not in body
    assert "等待签收" in body


def test_a_letter_is_written_once_a_day(portal: Portal, db: Session, clock: time_machine.Traveller) -> None:
    reader(portal, Role.DISPATCHER)
    make_case(portal, MONDAY)
    assert send_letters(portal) == 1
    clock.shift(timedelta(hours=3))
    assert send_letters(portal) == 0
    clock.shift(timedelta(hours=21))
    assert send_letters(portal) == 1
    assert len(letters(db)) == 2


@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 11, 22, 23, 0, tzinfo=UTC), datetime(2026, 11, 22, 2, 0, tzinfo=UTC)],
    ids=["before half past seven", "on a Sunday"],
)
def test_nobody_is_written_to_before_the_morning_or_on_a_day_off(portal: Portal, moment: datetime) -> None:
    reader(portal, Role.DISPATCHER)
    make_case(portal, moment)
    with time_machine.travel(moment, tick=False):
        assert send_letters(portal) == 0


def test_when_nothing_waits_there_is_no_letter(portal: Portal, db: Session, clock: time_machine.Traveller) -> None:
    reader(portal, Role.DISPATCHER)
    assert send_letters(portal) == 0
    assert letters(db) == []


@pytest.mark.parametrize("limits", [{"wants_digest": False}, {"email": None}, {"is_disabled": True}])
def test_who_does_not_want_it_cannot_get_it_or_has_left_is_spared(
    portal: Portal, clock: time_machine.Traveller, limits: dict[str, object]
) -> None:
    with portal.database.unit() as db:
        staff = make_staff(db, Role.DISPATCHER)
        staff.email = portal.secrets.encrypt("lu@city.example")
        for name, value in limits.items():
            setattr(staff, name, value)
        db.commit()
    make_case(portal, MONDAY)
    assert send_letters(portal) == 0


def test_one_click_ends_the_letters_and_looking_does_not(
    portal: Portal, db: Session, client: TestClient, app: Starlette, clock: time_machine.Traveller
) -> None:
    name = reader(portal, Role.DISPATCHER)
    make_case(portal, MONDAY)
    send_letters(portal)
    path = letters(db)[0].stop_path
    assert "不再发送早报" in client.get(path).text
    programme = TestClient(app, follow_redirects=False)
    assert programme.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 303
    assert "现在不发送早报" in client.get(path).text
    assert fresh(db).scalars(select(Staff.wants_digest).where(Staff.username == name)).one() is False
    clock.shift(DAY)
    assert send_letters(portal) == 0
    assert client.get("/morning-letter/forged").status_code == 404


def test_everybody_sets_their_own_address_which_is_kept_encrypted(portal: Portal, db: Session, app: Starlette) -> None:
    with portal.database.unit() as session:
        staff = make_staff(session, Role.EDITOR)
    browser = sign_in(app, staff)
    answer = browser.post("/desk/me/letter", data={"email": "song@city.example", "wants_digest": "y"})
    assert answer.status_code == 303
    kept = fresh(db).get_one(Staff, staff.id)
    assert kept.email is not None
    assert "song@" not in kept.email
    assert kept.wants_digest
    assert "song@city.example" in browser.get("/desk/me").text
    assert browser.post("/desk/me/letter", data={"email": "song"}).status_code == 422
    browser.post("/desk/me/letter", data={"email": ""})
    kept = fresh(db).get_one(Staff, staff.id)
    assert (kept.email, kept.wants_digest) == (None, False)
