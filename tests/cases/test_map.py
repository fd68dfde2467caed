"""Public cases on a map: gathered by cells, about a hundred metres exact, and the same list below for everybody."""

import re
from datetime import timedelta
from html import unescape
from json import loads

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.cases.chart import Area, list_cells
from portal.cases.models import Case
from portal.cases.queries import PublicFilter
from portal.core.clock import now
from portal.core.middleware import security_headers, tile_source
from portal.core.web import Portal
from tests.cases.factories import dispatched, make_case
from tests.conftest import Statements

MIDDLE = (31.8112, 119.9743)


def public(portal: Portal, lat: float = MIDDLE[0], lng: float = MIDDLE[1], **values: object) -> str:
    """A case with a point that everybody may read."""
    number = dispatched(portal, now() - timedelta(days=2), lat=lat, lng=lng, wants_publish=True, **values)
    with portal.database.write() as db:
        db.scalars(select(Case).where(Case.case_no == number)).one().public_from = now() - timedelta(days=1)
    return number


def points_of(page: str) -> list[list[object]]:
    found = re.search(r"data-points='([^']*)'", page)
    assert found is not None
    points: list[list[object]] = loads(unescape(found[1]))
    return points


def test_a_public_case_stands_on_the_map_and_in_the_list_below(client: TestClient, portal: Portal) -> None:
    number = public(portal, 31.81123456, 119.97456789)
    page = client.get("/cases?view=map").text
    ((lat, lng, title, address, count),) = points_of(page)
    assert (lat, lng, count) == (31.811, 119.975, 1)
    assert address == f"/cases/{number}"
    assert "校门口" in str(title)
    assert page.count(f'href="/cases/{number}"') == 1
    assert "leaflet.js" in page
    assert "leaflet.js" not in client.get("/cases").text


def test_what_is_not_public_or_has_no_point_is_not_on_the_map(client: TestClient, portal: Portal) -> None:
    make_case(portal, lat=MIDDLE[0], lng=MIDDLE[1], wants_publish=True)
    dispatched(portal, wants_publish=True)
    assert client.get("/cases/map.json").json() == {"points": []}
    assert "都没有说明位置" in client.get("/cases?view=map").text


def test_neighbours_are_gathered_and_come_apart_when_one_looks_closer(client: TestClient, portal: Portal) -> None:
    one, other = public(portal), public(portal, MIDDLE[0] + 0.004, MIDDLE[1] + 0.004)
    (far,) = client.get("/cases/map.json?zoom=9").json()["points"]
    assert far[2:] == ["", "", 2]
    near = client.get("/cases/map.json?zoom=16").json()["points"]
    assert {point[3] for point in near} == {f"/cases/{one}", f"/cases/{other}"}


def test_the_map_follows_the_lists_filters_and_the_part_one_looks_at(client: TestClient, portal: Portal) -> None:
    public(portal)
    where = {"south": "31.5", "north": "32", "west": "119.5", "east": "120.5", "zoom": "12"}
    assert len(client.get("/cases/map.json", params=where).json()["points"]) == 1
    assert client.get("/cases/map.json", params=where | {"south": "31.9"}).json()["points"] == []
    for narrowed in ({"group": "pets"}, {"district": "wujin"}, {"state": "resolved"}):
        assert client.get("/cases/map.json", params=where | narrowed).json()["points"] == []
    assert len(client.get("/cases/map.json", params=where | {"group": "school_surroundings"}).json()["points"]) == 1


@pytest.mark.parametrize("odd", ["nan", "inf", "-1e400", "北", "", "9" * 400])
def test_odd_numbers_mean_the_whole_map(client: TestClient, portal: Portal, odd: str) -> None:
    public(portal)
    answer = client.get("/cases/map.json", params={"south": odd, "west": odd, "north": odd, "east": odd, "zoom": odd})
    assert answer.status_code == 200
    if odd != "9" * 400:
        assert len(answer.json()["points"]) == 1


def test_many_cases_cost_one_statement(client: TestClient, portal: Portal, statements: Statements) -> None:
    for place in range(6):
        public(portal, MIDDLE[0] + place / 50)
    statements.clear()
    client.get("/cases/map.json?zoom=14")
    assert len([one for one in statements if "case_file" in one]) == 1


def test_both_engines_gather_alike(portal_on: Starlette) -> None:
    portal: Portal = portal_on.state.portal
    public(portal)
    public(portal)
    with portal.database.read() as db:
        (cell,) = list_cells(db, PublicFilter(), Area())
    assert (cell.lat, cell.lng, cell.count) == (31.811, 119.974, 2)


def test_tiles_of_another_host_are_the_only_thing_the_policy_lets_in() -> None:
    assert tile_source("") == tile_source("/static/tiles/{z}/{x}/{y}.png") == ""
    assert tile_source("https://{s}.tiles.example/{z}/{x}/{y}.png") == "https://*.tiles.example"
    policy = dict(security_headers(False, "https://tiles.example/{z}/{x}/{y}.png"))[b"content-security-policy"].decode()
    assert "img-src 'self' https://tiles.example data: blob:" in policy
    assert "script-src 'self';" in policy
    assert "tiles" not in dict(security_headers(False))[b"content-security-policy"].decode()
