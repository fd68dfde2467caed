"""Every address leads to the door that Starlette would have found by asking all of them in turn."""

import pytest
from starlette.routing import Match

from portal.app import DOORS
from portal.core.doorway import make_routes
from portal.core.routing import Doors

ROUTES = make_routes(DOORS)
STRANGE = ("", "/", "//", "/desk/", "/desk//cases", "/news/", "/nowhere", "/desk/nowhere/at/all", "/cases/new/", "/%00")


def _first(scope):
    allowed = set()
    for route in ROUTES:
        match, child = route.matches(scope)
        if match is Match.FULL:
            return match, route.name, child["path_params"]
        if match is Match.PARTIAL:
            allowed |= route.methods
    return (Match.PARTIAL, allowed, None) if allowed else (Match.NONE, None, None)


def _filled(path: str) -> str:
    parts = ("7" if part.startswith("{") and ":int" in part else part for part in path.split("/"))
    return "/".join("a-b" if part.startswith("{") else part.replace("{", "x").replace("}", "y") for part in parts)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
def test_an_address_leads_to_the_first_door_that_fits(method):
    doors = Doors(ROUTES)
    for path in sorted({_filled(door.path) for door in DOORS} | set(STRANGE)):
        scope = {"type": "http", "path": path, "method": method, "root_path": ""}
        match, child = doors.matches(scope)
        name = child["door"].name if "door" in child else child.get("allowed")
        assert (match, name, child.get("path_params")) == _first(scope), path


def test_a_wrong_method_and_a_missing_slash_are_answered_as_before(client):
    assert client.put("/news").status_code == 405
    assert client.get("/news/").status_code == 307
    assert client.head("/news").status_code == 200
