"""A portal for each test: a copy of one prepared database file, its own media folder, and people to sign in as."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
import structlog
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.accounts.models import Staff
from portal.accounts.service import begin_session
from portal.app import create_app
from portal.core.clock import now
from portal.core.db import Database
from portal.core.roles import Role
from portal.core.settings import Settings
from portal.core.web import Portal
from portal.migrations import upgrade
from tests.postgres import find_binaries, running_server

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
# What a machine is busy with says nothing about the code.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file; tests get copies."""
    path = tmp_path_factory.mktemp("prepared") / "portal.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture
def settings(prepared: Path, tmp_path: Path) -> Settings:
    """Settings of a portal of 常州 on a database of its own; no router model, no limits on use, jobs by hand."""
    shutil.copy(prepared, tmp_path / "portal.db")
    return Settings(
        city_dir=ROOT / "content" / "cities",
        data=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'portal.db'}",
        media_url=str(tmp_path / "media"),
        secret_key=("a secret key for tests only",),
        base_url="http://testserver",
        jobs="worker",
        limits=False,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Starlette]:
    """The portal."""
    app = create_app(settings)
    yield app
    app.state.portal.database.dispose()


@pytest.fixture
def portal(app: Starlette) -> Portal:
    """What the app consists of."""
    found: Portal = app.state.portal
    return found


@pytest.fixture
def client(app: Starlette) -> TestClient:
    """A citizen's browser; redirects are not followed, faults are answers."""
    browser = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    browser.headers["Sec-Fetch-Site"] = "same-origin"
    return browser


@pytest.fixture
def db(portal: Portal) -> Iterator[Session]:
    """A session to prepare and look at data. It holds no lock between statements and always sees what is there now."""
    engine = portal.database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with Session(engine, expire_on_commit=False, execution_options={"populate_existing": True}) as session:
        yield session


def make_staff(
    db: Session, *roles: Role, username: str = "", groups: tuple[str, ...] = (), unit: str | None = None
) -> Staff:
    """An account without a usable password; tests sign in by session. Commits."""
    name = username or "-".join(roles)
    staff = Staff(
        username=name,
        display_name=f"测试{name}",
        password_hash="unusable",
        password_set_at=now(),
        role_names=sorted(roles),
        group_keys=sorted(groups),
        unit=unit,
        totp_step=0,
        is_disabled=False,
        failures=0,
        created_at=now(),
    )
    db.add(staff)
    db.commit()
    return staff


def sign_in(app: Starlette, staff: Staff) -> TestClient:
    """A browser in which this person is signed in."""
    portal: Portal = app.state.portal
    with portal.database.write() as session:
        session_id = begin_session(session, staff)
    client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    client.cookies.set("staff", portal.secrets.sign("cookie staff", session_id))
    client.headers["Sec-Fetch-Site"] = "same-origin"
    return client


@pytest.fixture
def desk(app: Starlette, portal: Portal) -> Callable[..., TestClient]:
    """desk(Role.DISPATCHER) is a browser in which such a person is signed in; also groups=, unit=, username=."""

    def enter(*roles: Role, username: str = "", groups: tuple[str, ...] = (), unit: str | None = None) -> TestClient:
        with portal.database.unit() as session:
            staff = make_staff(session, *roles, username=username, groups=groups, unit=unit)
        return sign_in(app, staff)

    return enter


class Statements(list[str]):
    """The SQL statements that were sent, in order."""


@pytest.fixture
def statements(portal: Portal) -> Iterator[Statements]:
    """Every SQL statement from now on; clear() it, act, and look at len()."""
    seen = Statements()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            seen.append(statement)

    event.listen(portal.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(portal.database.engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server for this session; tests that need one are skipped by name where it is not installed."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed")
    with running_server(binaries) as address:
        yield address


def make_postgres_database(address: str) -> str:
    """The address of a new, empty database on this server."""
    name = f"portal_{uuid4().hex[:12]}"
    with create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return f"{address}/{name}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, prepared: Path, tmp_path: Path) -> Iterator[Database]:
    """A migrated database of each engine in turn."""
    if request.param == "sqlite":
        shutil.copy(prepared, tmp_path / "both.db")
        database = Database(f"sqlite:///{tmp_path / 'both.db'}")
    else:
        database = Database(make_postgres_database(request.getfixturevalue("postgres")))
        upgrade(database)
    yield database
    database.dispose()


@pytest.fixture
def portal_on(database: Database, settings: Settings) -> Iterator[Starlette]:
    """The portal on each engine in turn, with the same settings."""
    app = create_app(replace(settings, database_url=database.url))
    yield app
    app.state.portal.database.dispose()
