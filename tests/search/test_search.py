"""Searching what is public, and never what is not."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.cases import Case
from portal.core.web import Portal
from portal.editorial import withdraw
from portal.search import refresh, reindex
from portal.search.index import find
from portal.search.models import SearchEntry
from tests.conftest import Statements
from tests.search.factories import make_editors, make_news, make_public_case


def count_entries(portal: Portal, kind: str) -> int:
    """How many things of a kind the index holds."""
    with portal.database.read() as session:
        return session.scalar(select(func.count()).where(SearchEntry.kind == kind)) or 0


@pytest.mark.parametrize("typed", ["路灯", "路燈", "老巷装上", "灯"])
def test_a_published_item_is_found_by_a_piece_of_its_text(client: TestClient, db: Session, typed: str) -> None:
    news = make_news(db, make_editors(db))
    page = client.get("/search", params={"q": typed}).text
    assert f'href="{news.path}"' in page
    assert "<mark>" in page


def test_a_quotation_shows_words_and_no_signs_of_markdown(client: TestClient, db: Session) -> None:
    body = "## 怎么办\n\n**分三步。**先[看清](/pages/help)杆号，再拍照。\n\n- 一盏灯\n- 两盏灯"
    news = make_news(db, make_editors(db), body=body)
    page = client.get("/search", params={"q": "杆号"}).text
    assert f'href="{news.path}"' in page
    assert "分三步。先看清<mark>杆号</mark>，再拍照。" in page


def test_cases_groups_and_pages_are_found_too(client: TestClient, portal: Portal) -> None:
    case_no = make_public_case(portal)
    page = client.get("/search", params={"q": "路灯"}).text
    assert f"/cases/{case_no}" in page
    assert "/groups/main_roads" in client.get("/search", params={"q": "主次干道", "kind": "group"}).text
    assert "/pages/privacy" in client.get("/search", params={"q": "隐私", "kind": "page"}).text


def test_a_private_case_is_never_found(client: TestClient, portal: Portal) -> None:
    make_public_case(portal, text="一处积水很深，请尽快来看。")
    with portal.database.write() as session:
        session.execute(text("UPDATE case_file SET public_from = NULL"))
    assert "没有找到" in client.get("/search", params={"q": "积水很深"}).text


def test_what_was_withdrawn_is_gone_at_once_although_the_index_still_holds_it(
    client: TestClient, db: Session, portal: Portal
) -> None:
    staff = make_editors(db)
    news = make_news(db, staff, title="一则会被撤下的消息")
    refresh(portal)
    withdraw(db, news.piece, staff[1], "内容有误", "")
    db.commit()
    assert count_entries(portal, "news") == 1
    assert news.path not in client.get("/search", params={"q": "会被撤下"}).text
    refresh(portal)
    assert count_entries(portal, "news") == 0


def test_a_hidden_case_leaves_results_and_index(client: TestClient, db: Session, portal: Portal) -> None:
    case_no = make_public_case(portal)
    refresh(portal)
    with portal.database.write() as session:
        case = session.scalars(select(Case)).one()
        case.is_hidden = True
    assert case_no not in client.get("/search", params={"q": "路灯"}).text
    reindex(portal)
    assert count_entries(portal, "case") == 0


def test_a_changed_text_is_found_by_its_new_words_only(client: TestClient, db: Session, portal: Portal) -> None:
    make_public_case(portal)
    refresh(portal)
    with portal.database.write() as session:
        case = session.scalars(select(Case)).one()
        case.text_public = "井盖响了一夜。"
    refresh(portal)
    assert "没有找到" in client.get("/search", params={"q": "路灯", "kind": "case"}).text
    assert "/cases/CZ" in client.get("/search", params={"q": "井盖", "kind": "case"}).text


@pytest.mark.parametrize(
    "typed",
    ["", " ", "灯", "a", '"', "'", "*", "(", '路灯" OR 1', "NEAR(路灯, 2)", "words:路灯", "-路灯", "路灯;--", "%",
     "_", "\x00路灯", "😀", "路" * 500, "<script>alert(1)</script>", "{{ 7*7 }}", "路灯 AND NOT 坏"],
)  # fmt: skip
def test_whatever_is_typed_is_answered_calmly(client: TestClient, db: Session, typed: str) -> None:
    make_news(db, make_editors(db))
    answer = client.get("/search", params={"q": typed})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<h1>搜索</h1>" in answer.text


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=99999999999999", "kind=nothing", "kind=%00"])
def test_odd_parameters_are_ignored(client: TestClient, query: str) -> None:
    assert client.get(f"/search?q=路灯&{query}").status_code == 200


def test_results_go_on_page_by_page_without_a_gap(client: TestClient, portal: Portal) -> None:
    numbers = {make_public_case(portal, text=f"第{number}盏路灯坏了，请来修一修。") for number in range(23)}
    refresh(portal)
    seen: list[str] = []
    path = "/search?q=路灯坏了"
    for _page in range(2):
        page = client.get(path).text
        seen += [number for number in numbers if f'href="/cases/{number}"' in page]
        if 'class="more"' in page:
            path = page.partition('class="more"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert sorted(seen) == sorted(numbers)


def test_a_page_of_results_sends_as_many_statements_for_twenty_as_for_one(
    client: TestClient, portal: Portal, statements: Statements
) -> None:
    counts = []
    for number in (1, 19):
        for _number in range(number):
            make_public_case(portal)
        refresh(portal)
        statements.clear()
        assert client.get("/search?q=路灯坏了").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_both_engines_find_change_and_forget(portal_on: Starlette) -> None:
    portal: Portal = portal_on.state.portal
    case_no = make_public_case(portal)
    client = TestClient(portal_on, raise_server_exceptions=False)
    assert f"/cases/{case_no}" in client.get("/search?q=路灯坏了").text
    assert f"/cases/{case_no}" in client.get("/search?q=灯").text
    with portal.database.write() as session:
        case = session.scalars(select(Case)).one()
        case.text_public = "井盖响了一夜。"
    refresh(portal)
    assert f"/cases/{case_no}" in client.get("/search?q=井盖响&kind=case").text
    assert f"/cases/{case_no}" not in client.get("/search?q=路灯坏了").text
    assert reindex(portal) > 1


def test_a_piece_is_found_behind_newer_texts_that_have_its_pairs_apart(db: Session, portal: Portal) -> None:
    staff = make_editors(db)
    wanted = make_news(db, staff, title="老巷的路灯坏了三天")
    for number in range(5):
        make_news(db, staff, title=f"路灯都亮，灯坏的是另一处，第{number}条")
    refresh(portal)
    with portal.database.read() as session:
        hits = find(session, "路灯坏", most=1)
        keys = session.scalars(select(SearchEntry.key).where(SearchEntry.text.contains(wanted.piece.title))).all()
        assert [hit.key for hit in hits] == list(keys)
