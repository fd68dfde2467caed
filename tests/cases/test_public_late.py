"""Promises broken by more than some days stand on a list for everybody, who waits longest first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from re import search

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from portal.cases.models import Case
from portal.cases.terms import far_overdue_at, promise_from
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import UNIT, in_progress, resolved

Desk = Callable[..., TestClient]


def late(portal: Portal, days: int, make: Callable[..., str] = in_progress, **changed: object) -> str:
    """A public case whose promise ended some days ago."""
    number = make(portal, text="校门口堵得走不动，请联系王小明，电话13812345678。")
    promise = promise_from(portal.city, now() - timedelta(days=days), 0)
    values = {"public_from": now() - timedelta(days=30), "due_on": promise.on, "due_at": promise.at, **changed}
    with portal.database.write() as db:
        db.execute(update(Case).where(Case.case_no == number).values(**values))
    return number


def test_it_is_linked_from_the_public_list_and_shows_no_more_than_that_list(client: TestClient, portal: Portal) -> None:
    number = late(portal, 40)
    address = search(r'href="([^"]*)"[^>]*>超期较多', client.get("/cases").text)
    assert address is not None
    page = client.get(unescape(address[1])).text
    assert f'href="/cases/{number}"' in page
    assert "13812345678" not in page
    assert "超期" in page.split(f'href="/cases/{number}"')[1]


def test_only_far_overdue_open_public_cases_stand_there(client: TestClient, desk: Desk, portal: Portal) -> None:
    far, little, done = late(portal, 40), late(portal, 1), late(portal, 40, resolved)
    hidden, own = late(portal, 40), late(portal, 40, public_from=None)
    desk(Role.DISPATCHER).post(f"/desk/cases/{hidden}/hide", data={"text": "有人举报"})
    asked = late(portal, 40)
    desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{asked}/ask", data={"text": "是哪个门？"})
    page = client.get("/cases?state=late").text
    assert [number for number in (far, little, done, hidden, own, asked) if f"/cases/{number}" in page] == [far]


@pytest.mark.parametrize(("moment", "is_there"), [(-1, False), (1, True)], ids=["before", "after"])
def test_a_case_comes_there_at_the_close_of_the_fifth_working_day(
    client: TestClient, portal: Portal, time_machine: object, moment: int, is_there: bool
) -> None:
    ends = datetime(2026, 9, 24, 9, 30, tzinfo=now().tzinfo)
    number = late(portal, 0, due_on=ends.date(), due_at=ends, public_from=ends)
    far = far_overdue_at(portal.city, ends.date())
    assert far.date().isoformat() == "2026-10-09", "the holidays between are not counted"
    time_machine.move_to(far + timedelta(minutes=moment), tick=False)  # type: ignore[attr-defined]
    assert (f"/cases/{number}" in client.get("/cases?state=late").text) is is_there


def test_who_waits_longest_comes_first_and_pages_go_on_from_there(client: TestClient, portal: Portal) -> None:
    numbers = [late(portal, 100 - place) for place in range(22)]
    page = client.get("/cases?state=late").text
    places = [page.index(f'href="/cases/{number}"') for number in numbers[:20]]
    assert places == sorted(places)
    more = search(r'href="(/cases\?[^"]*after=[^"]*)"', page)
    assert more is not None
    following = client.get(unescape(more[1])).text
    assert [number for number in numbers if f'href="/cases/{number}"' in following] == numbers[20:]


def test_when_nobody_waits_so_long_it_says_so(client: TestClient) -> None:
    assert "没有超期较多的公开诉求" in client.get("/cases?state=late").text
