"""Entries of the credit lists end everywhere at once: search, tables, site map."""

from datetime import timedelta

from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from time_machine import travel

from portal.core.clock import now
from portal.core.web import Portal
from portal.credit.models import Status
from portal.search import refresh
from tests.credit.factories import FIRM, make_entry

LONG = timedelta(days=800)


def surfaces(client: TestClient) -> dict[str, bool]:
    """Where the firm's name can be read."""
    paths = ("/search?q=云溪虚构商贸&kind=credit", "/data/credit.csv", "/data/credit.json")
    return {path: FIRM in client.get(path).text.replace("<mark>", "").replace("</mark>", "") for path in paths}


def test_a_public_entry_is_found_and_given(client: TestClient, db: Session, portal: Portal) -> None:
    make_entry(db, portal)
    assert all(surfaces(client).values())


def test_an_entry_that_ended_is_nowhere_although_no_job_has_run(
    client: TestClient, db: Session, portal: Portal
) -> None:
    make_entry(db, portal)
    refresh(portal)
    with travel(now() + LONG, tick=False):
        assert not any(surfaces(client).values())


def test_a_disputed_entry_is_hidden_while_it_is_looked_into(client: TestClient, db: Session, portal: Portal) -> None:
    entry = make_entry(db, portal)
    refresh(portal)
    entry.status = Status.DISPUTED
    db.commit()
    assert not any(surfaces(client).values())


def test_no_entry_is_in_the_site_map(client: TestClient, db: Session, portal: Portal) -> None:
    entry = make_entry(db, portal)
    assert entry.entry_no not in client.get("/sitemap.xml").text


def test_a_natural_person_is_not_given_in_bulk(client: TestClient, db: Session, portal: Portal) -> None:
    entry = make_entry(db, portal)
    entry.subject_type = "natural_person"
    db.commit()
    assert FIRM not in client.get("/data/credit.json").text
