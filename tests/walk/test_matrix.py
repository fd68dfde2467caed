"""The table of doors is the access matrix: every door, for nobody and for every role."""

import pytest
from starlette.testclient import TestClient

from portal.app import DOORS
from portal.core.roles import Role
from portal.core.web import Door
from tests.walk.conftest import House
from tests.walk.crawl import Map, fill

NO_ROLE = "您的账号没有这一页的权限。"
UNKNOWN = "9-0"
OWN = {"cases:mine", "cases:receipt"}
OWNERS = OWN | {"cases:export"}
"""Doors that open for the reporter alone, or lead others to the look-up."""
STAFF_DOORS = [door for door in DOORS if door.roles]
PUBLIC_DOORS = [door for door in DOORS if not door.roles]


def say(door: Door) -> str:
    """A door in the list of tests."""
    return f"{door.method} {door.path}"


@pytest.fixture(scope="module")
def browsers(house: House, whole_map: Map) -> dict[Role, TestClient]:
    """One browser for each role, made after the walk."""
    return {role: house.enter(role) for role in Role}


def knock(browser: TestClient, door: Door, address: str) -> tuple[int, str]:
    """Open a door with nothing in hand: the status and the page."""
    answer = browser.get(address) if door.method == "GET" else browser.post(address)
    assert answer.status_code < 500, f"{door.method} {address}: {answer.status_code}"
    return answer.status_code, answer.text if "text/html" in answer.headers.get("content-type", "") else ""


@pytest.mark.parametrize("door", STAFF_DOORS, ids=say)
def test_nobody_is_sent_to_the_sign_in_page(house: House, whole_map: Map, door: Door) -> None:
    answer = house.citizen().request(door.method, whole_map.address(door))
    if door.method == "GET":
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/desk/login?next=/desk")
    else:
        assert answer.status_code == 401


@pytest.mark.parametrize("door", STAFF_DOORS, ids=say)
def test_a_door_opens_for_its_roles_only(
    house: House, whole_map: Map, browsers: dict[Role, TestClient], door: Door
) -> None:
    address = whole_map.address(door)
    for role, browser in browsers.items():
        status, page = knock(browser, door, address)
        if role in door.roles:
            assert NO_ROLE not in page, f"{role} is refused"
        else:
            assert status == 403, f"{role}: {status}"
            assert NO_ROLE in page
        if door.name == "accounts:sign_out_everywhere":
            browsers[role] = house.enter(role)


@pytest.mark.parametrize("door", [door for door in STAFF_DOORS if "{" in door.path], ids=say)
def test_an_unknown_number_at_the_desk_is_not_found(house: House, door: Door, everybody: TestClient) -> None:
    status, _page = knock(everybody, door, fill(door.path, {"action": "accept"}, UNKNOWN))
    assert status in {404, 403, 422, 409}


@pytest.fixture(scope="module")
def everybody(house: House, whole_map: Map) -> TestClient:
    """Somebody who may do everything."""
    return house.enter(*Role)


@pytest.mark.parametrize("door", PUBLIC_DOORS, ids=say)
def test_a_public_door_opens_for_anybody(house: House, whole_map: Map, door: Door, everybody: TestClient) -> None:
    address = whole_map.address(door)
    for browser in (house.citizen(), everybody):
        status, page = knock(browser, door, address)
        assert NO_ROLE not in page
        if door in whole_map.addresses and door.name not in OWNERS:
            assert status in {200, 303}
    if door.name == "accounts:logout":
        everybody.cookies.update(house.enter(*Role).cookies)


@pytest.mark.parametrize("door", [door for door in PUBLIC_DOORS if "{" in door.path], ids=say)
def test_an_unknown_address_is_not_found(house: House, door: Door) -> None:
    known = {"format": "json"} if door.path.count("{") > 1 else {}
    status, _page = knock(house.citizen(), door, fill(door.path, known, UNKNOWN))
    # Pages of one's own case lead a stranger to the page that asks for number and code.
    assert status == 303 if door.name in OWN else status in {403, 404, 410, 422}


def test_the_walk_met_nearly_every_page(whole_map: Map) -> None:
    met = [door for door in DOORS if door.method == "GET" and door in whole_map.addresses]
    assert len(met) > 0.8 * sum(1 for door in DOORS if door.method == "GET")
