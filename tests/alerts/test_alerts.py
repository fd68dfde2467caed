"""Whoever follows a group or a district hears of it once a day, after saying yes by their own address."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.alerts.models import Alert
from portal.alerts.service import tell
from portal.cases.triage import Publication, publish
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import GROUP, dispatched, do, fresh, in_progress, resolved

MONDAY = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MAIL = "wang@example.com"
ATOM = "{http://www.w3.org/2005/Atom}"


def letters(db: Session) -> Sequence[OutboxMessage]:
    return (
        fresh(db).scalars(select(OutboxMessage).where(OutboxMessage.about == "alerts").order_by(OutboxMessage.id)).all()
    )


def ask(client: TestClient, **values: str) -> int:
    return client.post("/alerts", data={"email": MAIL, "group": GROUP, "district": "", **values}).status_code


def link_in(letter: OutboxMessage) -> str:
    return letter.body.partition("http://testserver")[2].split()[0]


def subscribe(client: TestClient, db: Session, **values: str) -> None:
    assert ask(client, **values) == 303
    path = link_in(letters(db)[-1])
    assert client.post(path).status_code == 303


def published(portal: Portal, make: object = in_progress, **values: object) -> str:
    """A case everybody may read from now on."""
    at = datetime.now(UTC) - 2 * DAY
    number: str = make(portal, at, wants_publish=True, **values)  # type: ignore[operator]
    do(portal, number, Role.DISPATCHER, lambda db, act, case: publish(db, act, case, Publication()))
    return number


def test_nothing_is_sent_before_the_address_said_yes_by_its_own_link(
    client: TestClient, portal: Portal, db: Session
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        assert ask(client) == 303
        (letter,) = letters(db)
        assert portal.secrets.decrypt(letter.recipient) == MAIL
        path = link_in(letter)
        assert "确认订阅" in client.get(path).text
        assert fresh(db).scalars(select(Alert.confirmed_at)).one() is None
        published(portal)
        clock.shift(DAY)
        assert tell(portal) == 0
        assert client.post(path).status_code == 303
        assert "已经订阅" in client.get(path).text


def test_news_of_the_group_come_once_a_day_and_nothing_else(client: TestClient, portal: Portal, db: Session) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        subscribe(client, db)
        clock.shift(timedelta(hours=1))
        number = published(portal)
        other = published(portal, dispatched, group="main_roads", unit="urban_management")
        assert tell(portal) == 0
        clock.shift(DAY)
        assert tell(portal) == 1
        letter = letters(db)[-1]
        assert f"http://testserver/cases/{number}" in letter.body
        assert other not in letter.body
        assert "新公开 1 件" in letter.subject
        assert tell(portal) == 0
        clock.shift(DAY)
        assert tell(portal) == 0
        clock.shift(timedelta(hours=1))
        answered = published(portal, resolved)
        clock.shift(DAY)
        assert tell(portal) == 1
        assert answered in letters(db)[-1].body


def test_a_district_can_be_followed_too(client: TestClient, portal: Portal, db: Session) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        subscribe(client, db, group="", district="zhonglou")
        clock.shift(timedelta(hours=1))
        here, there = published(portal, district="zhonglou"), published(portal, district="tianning")
        clock.shift(DAY)
        assert tell(portal) == 1
        assert here in letters(db)[-1].body
        assert there not in letters(db)[-1].body


def test_one_click_ends_it_and_the_address_is_gone(
    client: TestClient, portal: Portal, db: Session, app: Starlette
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        subscribe(client, db)
        clock.shift(timedelta(hours=1))
        published(portal)
        clock.shift(DAY)
        tell(portal)
        path = letters(db)[-1].stop_path
        assert "取消订阅" in client.get(path).text
        assert fresh(db).scalars(select(Alert)).all()
        programme = TestClient(app, follow_redirects=False)
        assert programme.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 303
        assert fresh(db).scalars(select(Alert)).all() == []
        assert "已经取消" in client.get(path).text


def test_an_alert_nobody_confirmed_is_forgotten_after_two_days(client: TestClient, portal: Portal, db: Session) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        ask(client)
        path = link_in(letters(db)[0])
        clock.shift(3 * DAY)
        tell(portal)
        assert fresh(db).scalars(select(Alert)).all() == []
        assert client.get(path).status_code == 404


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(client: TestClient, db: Session) -> None:
    subscribe(client, db)
    known = client.post("/alerts", data={"email": MAIL.upper(), "group": GROUP, "district": ""})
    new = client.post("/alerts", data={"email": "li@example.com", "group": GROUP, "district": ""})
    assert (known.status_code, known.headers["location"]) == (new.status_code, new.headers["location"])
    assert len(fresh(db).scalars(select(Alert)).all()) == 2


@pytest.mark.parametrize("values", [{"email": ""}, {"email": "nobody"}, {"group": "nothing"}, {"district": "nowhere"}])
def test_what_is_wrong_is_said_at_its_field(client: TestClient, db: Session, values: dict[str, str]) -> None:
    assert ask(client, **values) == 422
    assert letters(db) == []


@pytest.mark.parametrize("path", ["/alerts/confirm/x", "/alerts/stop/x"])
def test_forged_links_open_nothing(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_a_link_to_end_does_not_confirm(client: TestClient, portal: Portal) -> None:
    assert client.post(f"/alerts/confirm/{portal.secrets.sign('end an alert', 1)}").status_code == 404


def test_the_feed_holds_what_is_public_of_a_group_and_a_district(client: TestClient, portal: Portal) -> None:
    here = published(portal, district="zhonglou")
    there = published(portal, district="tianning")
    hidden = in_progress(portal, datetime.now(UTC) - 2 * DAY)
    answer = client.get(f"/alerts/feed.atom?group={GROUP}&district=zhonglou")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    links = [link.get("href") for link in feed.findall(f"{ATOM}entry/{ATOM}link")]
    assert links == [f"http://testserver/cases/{here}"]
    whole = client.get("/alerts/feed.atom").text
    assert there in whole
    assert hidden not in whole
    assert client.get("/alerts/feed.atom?group=nothing&district=' or 1").status_code == 200


def test_pages_of_groups_and_cases_lead_there(client: TestClient) -> None:
    assert f"/alerts?group={GROUP}" in client.get(f"/groups/{GROUP}").text
    assert "/alerts" in client.get("/cases").text
    assert "订阅公开办理" in client.get(f"/alerts?group={GROUP}").text
