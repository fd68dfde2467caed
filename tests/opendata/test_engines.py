"""Every public door that reads several slices answers on both engines."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.core.web import Portal
from tests.search.factories import make_public_case

PATHS = (
    "/groups",
    "/groups/main_roads",
    "/search?q=路灯",
    "/sitemap.xml",
    "/data",
    "/data/figures.json",
    "/data/cases.csv",
    "/data/credit.json",
    "/data/people.json",
    "/data/surveys.json",
    "/open311/v2/requests.xml",
)


@pytest.fixture
def browser(portal_on: Starlette) -> TestClient:
    """A reader of a portal with one public case."""
    portal: Portal = portal_on.state.portal
    make_public_case(portal, group="main_roads")
    return TestClient(portal_on, raise_server_exceptions=False)


def test_every_door_answers(browser: TestClient) -> None:
    assert {path: browser.get(path).status_code for path in PATHS} == dict.fromkeys(PATHS, 200)


def test_a_public_case_is_in_the_table_and_in_the_requests(browser: TestClient) -> None:
    assert len(browser.get("/data/cases.json").json()["rows"]) == 1
    assert len(browser.get("/open311/v2/requests.json?service_code=main_roads").json()) == 1
