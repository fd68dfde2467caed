"""Every page and every form of the demo on PostgreSQL: no statement that only SQLite understands."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from starlette.testclient import TestClient

from portal.app import DOORS, JOBS
from portal.core.web import Door
from tests.walk.conftest import House, walk_as_citizen, walk_as_staff
from tests.walk.crawl import Map

pytestmark = pytest.mark.postgres

WALKS = {"citizen": walk_as_citizen, "staff": walk_as_staff}


@pytest.mark.parametrize("who", WALKS)
def test_no_page_or_form_fails_on_postgresql(house_on_postgres: House, who: str) -> None:
    browser, found = WALKS[who](house_on_postgres)
    doors = [door for door in DOORS if bool(door.roles) == (who == "staff")]
    failed = [*_failed_pages(browser, found, doors), *_failed_forms(browser, found, doors)]
    assert not failed, chr(10).join(failed)
    assert len(found.addresses) > 25
    assert len(found.sheets) > 5


@pytest.mark.parametrize("days", [0, 45, 800])
def test_every_job_does_its_work_on_postgresql(house_on_postgres: House, days: int) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True):
        for job in JOBS:
            job.run(house_on_postgres.portal)


def _failed_pages(browser: TestClient, found: Map, doors: list[Door]) -> Iterator[str]:
    for door in doors:
        if door.method != "GET":
            continue
        address = found.address(door)
        joint = "&" if "?" in address else "?"
        asked = [f"{address}{joint}{name}=1" for name in sorted(found.queries.get(door, ()))]
        for one in [address, *asked]:
            if browser.get(one).status_code >= 500:
                yield f"GET {one}"


def _failed_forms(browser: TestClient, found: Map, doors: list[Door]) -> Iterator[str]:
    for door in doors:
        if door.method == "POST" and "logout" not in door.path:
            typed = found.sheets[door].filled() if door in found.sheets else {}
            if browser.post(found.address(door), data=typed).status_code >= 500:
                yield f"POST {found.address(door)}"
