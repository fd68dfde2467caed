"""The demo of news and good people loads, reads and moves on SQLite and on PostgreSQL alike."""

from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.accounts.demo import load_demo as load_accounts
from portal.core.web import Portal
from portal.editorial.jobs import publish_and_end
from portal.people.demo import load_demo as load_people
from portal.people.jobs import forget
from portal.publishing.demo import load_demo as load_news

# Loading a year of reviewed content takes about a second; one test looks at all of it.
PAGES = (
    "/news",
    "/news?column=progress&month=2026-11",
    "/news/eleven-actions",
    "/news/feed.atom",
    "/people",
    "/people?q=许&batch=2026-3&level=city",
    "/people/xu-heping",
    "/people/notice-barbers",
    "/people/feed.atom",
)
DESK = ("/desk/news", "/desk/news/1", "/desk/people", "/desk/people/1", "/desk/pieces/1/revisions")


def test_the_demo_goes_its_way_on_both_engines(portal_on: Starlette) -> None:
    portal: Portal = portal_on.state.portal
    assert load_accounts(portal)
    for load in (load_news, load_people):
        assert load(portal)
        assert not load(portal)
    publish_and_end(portal)
    forget(portal)
    client = TestClient(portal_on, follow_redirects=False)
    client.headers["Sec-Fetch-Site"] = "same-origin"
    assert [client.get(path).status_code for path in PAGES] == [200] * len(PAGES)
    for hidden in ("/news/draft-market-parking", "/news/review-school-guard", "/news/back-cables"):
        assert client.get(hidden).status_code == 404
    likes = client.post("/people/xu-heping/like", headers={"Accept": "application/json"}).json()["likes"]
    assert client.post("/people/xu-heping/like", headers={"Accept": "application/json"}).json()["likes"] == likes
    signed_in = client.post("/desk/login", data={"username": "reviewer2", "password": "demo-reviewer2"})
    assert signed_in.status_code == 303
    assert [client.get(path).status_code for path in DESK] == [200] * len(DESK)
