"""The index keeps itself up, and forgets for good."""

from datetime import timedelta

from sqlalchemy import select, text
from starlette.testclient import TestClient
from time_machine import travel

from portal.cases import Case
from portal.core.clock import now
from portal.core.jobs import run_job
from portal.core.web import Portal
from portal.search import index, refresh, reindex
from portal.search.jobs import jobs
from portal.search.models import SearchEntry
from tests.search.factories import make_public_case


def rare_words(portal: Portal) -> int:
    """In how many pages of the index the pair 貔貅 stands."""
    with portal.database.read() as db:
        query = text("SELECT count(*) FROM search_words_data WHERE instr(block, :word) > 0")
        # Words share their first bytes with the word before them; the last ones are always written out.
        return db.scalar(query, {"word": "貔貅".encode()[2:]}) or 0


def test_what_was_taken_out_stays_nowhere_in_the_file_after_the_nightly_tidying(portal: Portal) -> None:
    make_public_case(portal, text="门口的貔貅石像被撞歪了，请来看看。")
    refresh(portal)
    assert rare_words(portal) == 1
    with portal.database.write() as db:
        db.scalars(select(Case)).one().is_hidden = True
    for job in jobs:
        run_job(portal, job)
    assert rare_words(portal) == 0


def test_a_case_is_found_once_its_day_of_publication_has_come(client: TestClient, portal: Portal) -> None:
    case_no = make_public_case(portal)
    with portal.database.write() as db:
        db.scalars(select(Case)).one().public_from = now() + timedelta(hours=5)
    refresh(portal)
    assert case_no not in client.get("/search?q=路灯&kind=case").text
    with travel(now() + timedelta(hours=6), tick=False):
        refresh(portal)
        assert case_no in client.get("/search?q=路灯&kind=case").text


def test_refreshing_twice_changes_nothing(portal: Portal) -> None:
    make_public_case(portal)
    refresh(portal)

    def look() -> list[tuple[int, str, str]]:
        with portal.database.read() as db:
            return [(entry.id, entry.key, entry.stamp) for entry in db.scalars(select(SearchEntry))]

    before = look()
    refresh(portal)
    assert look() == before


def test_an_index_of_another_version_is_built_anew(portal: Portal) -> None:
    make_public_case(portal)
    count = reindex(portal)
    with portal.database.write() as db:
        db.execute(text("UPDATE search_mark SET version = 0"))
        db.execute(text("DELETE FROM search_entry"))
    assert index.last_look(portal) is None
    refresh(portal)
    assert index.last_look(portal) is not None
    assert reindex(portal) == count


def test_where_no_worker_runs_the_search_itself_brings_the_index_up(client: TestClient, portal: Portal) -> None:
    client.get("/search?q=路灯")
    case_no = make_public_case(portal)
    later = now() + timedelta(minutes=10)
    with travel(later, tick=False):
        client.get("/search?q=路灯")
        assert case_no in client.get("/search?q=路灯&kind=case").text
