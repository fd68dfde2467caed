"""Kept pages: sent again as long as nothing has changed, gone at the next request when something has."""

import gzip
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text, update
from starlette.testclient import TestClient

from portal.app import DOORS, create_app
from portal.cases import queries
from portal.cases.models import Case
from portal.core.clock import now
from portal.core.db import Database
from portal.core.versions import versions_of
from portal.editorial.models import Piece, live
from portal.surveys.models import Survey
from tests.walk.conftest import settings_in

PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def asked(house, monkeypatch):
    """The addresses that no kept page answered."""
    seen = []
    make = house.portal.answers.make

    def note(reading, answer):
        seen.append(reading.key[0])
        return make(reading, answer)

    monkeypatch.setattr(house.portal.answers, "make", note)
    return seen


@pytest.fixture
def reader(house) -> TestClient:
    house.portal.answers._answers.clear()
    return house.citizen()


def _piece(house, folder):
    """The address of the newest public piece of a kind."""
    with house.portal.database.read() as db:
        query = select(Piece.public_path).where(live(), Piece.public_path.startswith(f"/{folder}/"))
        return db.scalars(query.order_by(Piece.published_at.desc(), Piece.id.desc())).first()


def test_a_page_is_made_once(reader, asked):
    with time_machine.travel(now().replace(second=1), tick=False):
        pages = [reader.get("/news") for _ in range(3)]
    assert asked == ["/news"]
    assert len({page.text for page in pages}) == 1
    assert all("content-security-policy" in page.headers for page in pages)
    assert len({page.headers["x-request-id"] for page in pages}) == 3


def test_a_page_comes_packed_whole_or_not_at_all(reader):
    whole = reader.get("/news", headers=PLAIN)
    packed = reader.get("/news", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == whole.text
    assert int(packed.headers["content-length"]) == len(gzip.compress(whole.content, 6, mtime=0))
    assert "Accept-Encoding" in packed.headers["vary"]
    same = reader.get("/news", headers={"If-None-Match": packed.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == whole.headers["etag"]
    head = reader.head("/news", headers=PLAIN)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))


def test_ways_of_reading_are_kept_apart(reader, asked):
    kinds = [{}, {"mode": "elder"}, {"theme": "dark"}, {"lang": "zh-Hant"}]
    pages = [reader.get("/", headers={"Cookie": "; ".join(f"{k}={v}" for k, v in kind.items())}) for kind in kinds]
    assert len({page.text for page in pages}) == len(kinds)
    assert reader.get("/?x=1").status_code == 200
    assert len(asked) == len(kinds) + 1


@pytest.mark.parametrize(
    "headers",
    [{"Cookie": "mine=abc"}, {"Cookie": "staff=x"}, {"HX-Request": "true"}, {"Accept": "application/json"}],
    ids=str,
)
def test_whoever_is_known_gets_a_page_of_their_own(reader, asked, headers):
    reader.get("/cases")
    asked.clear()
    assert reader.get("/cases", headers=headers).status_code == 200
    assert asked == []
    assert "etag" not in reader.get("/cases", headers=headers).headers


def test_staff_are_never_shown_a_kept_page_nor_leave_one(house, reader, asked):
    staff = house.enter(*{role for door in DOORS for role in door.roles})
    assert staff.get("/news").headers["cache-control"] == "no-store"
    assert asked == []
    assert "no-store" not in reader.get("/news").headers["cache-control"]


def test_what_another_process_changed_is_seen_at_the_next_request(house, reader):
    path = _piece(house, "news")
    assert reader.get(path).status_code == 200
    elsewhere = Database(house.portal.database.url)
    with elsewhere.write() as db:
        slug = path.rpartition("/")[2]
        db.execute(text("UPDATE news SET title = '改过的标题' WHERE slug = :slug"), {"slug": slug})
    assert "改过的标题" in reader.get(path).text
    with elsewhere.write() as db:
        query = update(Piece).where(Piece.public_path == path)
        db.execute(query.values(state="withdrawn", withdrawn_reason="示例理由"))
    assert reader.get(path).status_code == 410
    assert path not in reader.get("/news").text
    elsewhere.dispose()


def test_what_ends_by_the_clock_is_gone_at_that_moment(house, reader):
    path = _piece(house, "credit")
    start = now().replace(second=5, microsecond=0)
    with house.portal.database.write() as db:
        db.execute(update(Piece).where(Piece.public_path == path).values(expires_at=start + timedelta(seconds=20)))
    with time_machine.travel(start, tick=False) as clock:
        assert reader.get(path).status_code == 200
        assert path in reader.get("/credit").text
        clock.shift(19)
        assert reader.get(path).status_code == 200
        clock.shift(1)
        assert reader.get(path).status_code == 410
        assert path not in reader.get("/credit").text


def test_what_begins_by_the_clock_is_there_at_that_moment(house, reader):
    with house.portal.database.read() as db:
        path = f"/cases/{queries.list_public(db).rows[0].case_no}"
    start = now().replace(second=5, microsecond=0)
    with house.portal.database.write() as db:
        query = update(Case).where(Case.case_no == path.rpartition("/")[2])
        db.execute(query.values(public_from=start + timedelta(seconds=20)))
    with time_machine.travel(start, tick=False) as clock:
        assert path not in reader.get("/cases").text
        clock.shift(20)
        assert path in reader.get("/cases").text


def test_a_survey_closes_on_the_list_when_it_closes(house, reader):
    start = now().replace(second=5, microsecond=0)
    with house.portal.database.write() as db:
        db.execute(update(Survey).where(Survey.state == "open").values(closes_at=start + timedelta(seconds=20)))
    with time_machine.travel(start, tick=False) as clock:
        before = reader.get("/surveys").text
        clock.shift(20)
        assert reader.get("/surveys").text != before


def test_a_page_of_this_minute_is_no_page_of_the_next_or_last(reader, asked):
    # Years ahead nothing of the demo is due, so that the clock alone ends a page.
    start = (now() + timedelta(days=1000)).replace(second=30, microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        for seconds in (0, 29, 1, -60):
            clock.shift(seconds)
            reader.get("/pages/about")
    assert len(asked) == 3


def test_kept_pages_are_the_pages_that_would_be_made(house, public_map):
    """Every kept door, read twice, says the same as a portal that keeps nothing."""
    app = create_app(settings_in(house.portal.settings.data))
    app.state.portal.answers._keep = lambda key, answer: None
    keeping, forgetful = house.citizen(), TestClient(app, follow_redirects=False)
    paths = sorted({path for door, path in public_map.addresses.items() if door.is_kept})
    assert len(paths) > 12
    with time_machine.travel(now().replace(second=1), tick=False):
        for path in paths:
            once, twice, fresh = keeping.get(path), keeping.get(path), forgetful.get(path)
            assert once.text == twice.text == fresh.text, path
            assert once.status_code == 200, path
    app.state.portal.database.dispose()


def test_no_kept_door_counts_uses_or_asks_for_a_role():
    for door in DOORS:
        assert not (door.is_kept and (door.limit or door.roles or door.method != "GET")), door.path


def test_a_version_differs_after_every_commit_and_only_then(database):
    versions = versions_of(database.engine, database.url)
    first = versions.now()
    assert first is not None
    assert versions.now() == first
    with database.unit() as db:
        db.execute(text("CREATE TABLE scratch (x INTEGER)"))
        if database.is_sqlite:
            assert versions.now() == first
        db.commit()
    assert versions.now() != first


def test_a_database_that_cannot_be_asked_has_no_version(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/none/portal.db")
    assert versions_of(database.engine, database.url).now() is None
    memory = Database("sqlite://")
    assert versions_of(memory.engine, memory.url).now() is None
