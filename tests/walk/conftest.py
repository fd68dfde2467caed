"""A portal of 常州 with its demo, made once; each module walks through a copy of its own."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.accounts import service as accounts
from portal.app import DOORS, create_app
from portal.core.db import Base
from portal.core.roles import Role
from portal.core.settings import Settings
from portal.core.web import Portal
from portal.demo import load_demo
from portal.migrations import upgrade
from tests.conftest import ROOT, make_postgres_database, make_staff, sign_in
from tests.walk.crawl import WORDS, Finder, Map, walk

STARTS = ("/", "/search?q=路灯", "/desk/login", "/open311/v2/services/public_ads.json", "/open311/v2/requests.json")
DESK_STARTS = ("/desk/cases?view=all", "/desk/surveys", "/desk/board", "/desk/news", "/desk/people", "/desk/credit")


@dataclass
class House:
    """A running portal to walk through."""

    app: Starlette

    @property
    def portal(self) -> Portal:
        """What it consists of."""
        found: Portal = self.app.state.portal
        return found

    def citizen(self) -> TestClient:
        """A browser in which nobody is signed in; faults are answers."""
        browser = TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)
        browser.headers["Sec-Fetch-Site"] = "same-origin"
        return browser

    def owner(self) -> tuple[TestClient, str]:
        """The browser of somebody who has just submitted a case, and its number."""
        browser = self.citizen()
        form = {"kind": "complaint", "text": WORDS, "place": "示例小区北门", "district": "tianning"}
        answer = browser.post("/cases", data=form)
        assert answer.status_code == 303, answer.text
        return browser, answer.headers["location"].split("/")[2]

    def enter(self, *roles: Role) -> TestClient:
        """A browser in which a person with these roles, all groups and the first unit is signed in."""
        city = self.portal.city
        with self.portal.database.unit() as db:
            name = f"walker-{uuid4().hex[:8]}"
            groups, unit = tuple(one.key for one in city.groups), city.units[0].key
            staff = make_staff(db, *roles, username=name, groups=groups, unit=unit)
        return sign_in(self.app, staff)

    def rows(self) -> dict[str, int]:
        """How much is kept in each table."""
        with self.portal.database.read() as db:
            tables = Base.metadata.sorted_tables
            return {table.name: db.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def settings_in(folder: Path) -> Settings:
    """Settings of a portal on this folder, without limits on use."""
    return Settings(
        city_dir=ROOT / "content" / "cities",
        data=folder,
        database_url=f"sqlite:///{folder / 'portal.db'}",
        media_url=str(folder / "media"),
        secret_key=("a secret key for tests only",),
        base_url="http://testserver",
        jobs="worker",
        limits=False,
    )


def furnish(app: Starlette) -> None:
    """Load the demo of the city."""
    with pytest.MonkeyPatch.context() as patch:
        # A dozen real password hashes take longer than all the rest of the demo.
        patch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        load_demo(app.state.portal)


@pytest.fixture(scope="session")
def furnished(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database and the pictures of the demo."""
    folder = tmp_path_factory.mktemp("furnished")
    shutil.copy(prepared, folder / "portal.db")
    app = create_app(settings_in(folder))
    furnish(app)
    with app.state.portal.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    app.state.portal.database.dispose()
    return folder


@pytest.fixture(scope="module")
def house(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The portal with its demo, for one module."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(furnished, folder, dirs_exist_ok=True)
    app = create_app(settings_in(folder))
    yield House(app)
    app.state.portal.database.dispose()


@pytest.fixture(scope="module")
def house_on_postgres(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The portal with its demo on PostgreSQL, for one module."""
    settings = settings_in(tmp_path_factory.mktemp("house_on_postgres"))
    app = create_app(replace(settings, database_url=make_postgres_database(postgres)))
    upgrade(app.state.portal.database)
    furnish(app)
    yield House(app)
    app.state.portal.database.dispose()


def walk_as_citizen(house: House) -> tuple[TestClient, Map]:
    """The browser of a citizen who has submitted a case, and where it gets by following links."""
    browser, case_no = house.owner()
    return browser, walk(browser, Finder(DOORS), [*STARTS, f"/cases/{case_no}/mine", f"/cases/{case_no}/receipt"])


def walk_as_staff(house: House) -> tuple[TestClient, Map]:
    """The browser of somebody with every role, and where it gets by following links."""
    browser = house.enter(*Role)
    return browser, walk(browser, Finder(DOORS), ["/desk", *DESK_STARTS])


@pytest.fixture(scope="module")
def public_map(house: House) -> Map:
    """Where a citizen who has submitted a case gets by following links."""
    return walk_as_citizen(house)[1]


@pytest.fixture(scope="module")
def whole_map(house: House, public_map: Map) -> Map:
    """The same, and where somebody with every role gets."""
    inside = walk_as_staff(house)[1]
    return Map(
        {**inside.addresses, **public_map.addresses},
        {**inside.queries, **public_map.queries},
        {**inside.sheets, **public_map.sheets},
    )
