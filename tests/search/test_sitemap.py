"""The site map names what is public."""

from xml.etree import ElementTree

from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.web import Portal
from portal.search import list_public_pages
from tests.search.factories import make_editors, make_news, make_public_case

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def test_public_pages_are_named_with_their_last_change(client: TestClient, db: Session, portal: Portal) -> None:
    news = make_news(db, make_editors(db))
    case_no = make_public_case(portal)
    answer = client.get("/sitemap.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    pages = {
        url.findtext("s:loc", "", NAMES): url.findtext("s:lastmod", "", NAMES)
        for url in ElementTree.fromstring(answer.content).findall("s:url", NAMES)
    }
    assert pages[f"http://testserver{news.path}"].startswith("20")
    assert f"http://testserver/cases/{case_no}" in pages
    assert "http://testserver/groups/main_roads" in pages
    assert all("/desk" not in page for page in pages)


def test_the_front_page_comes_first_and_nothing_twice(db: Session, portal: Portal) -> None:
    paths = [path for path, _changed in list_public_pages(db, portal)]
    assert paths[0] == "/"
    assert len(set(paths)) == len(paths)
