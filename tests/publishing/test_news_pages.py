"""What the public reads of the news, and what it never sees."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.clock import now
from portal.core.pages import moment
from portal.core.roles import Role
from portal.editorial import withdraw
from portal.publishing import list_all_news, list_newest_news
from tests.conftest import Statements
from tests.publishing.factories import find_or_make_staff, make_draft, make_news


def test_an_article_shows_title_source_editor_and_time_to_the_minute(client: TestClient, db: Session) -> None:
    make_news(db, datetime(2026, 3, 4, 1, 5, tzinfo=UTC), slug="path", source="河道组", editor="小宋")
    page = client.get("/news/path").text
    for part in ("河边步道修好了", "河道组", "小宋", "2026-03-04 09:05", "步道全长三公里"):
        assert part in page


def test_the_list_filters_by_column_and_goes_on_by_a_cursor(client: TestClient, db: Session) -> None:
    for number in range(23):
        make_news(db, now() - timedelta(hours=number + 1), title=f"第{number:02}号动态", slug=f"item-{number}")
    make_news(db, title="一则公告", column="notices")
    first = client.get("/news?column=progress").text
    assert "第00号动态" in first
    assert "一则公告" not in first
    assert "第22号动态" not in first
    after = first.split("after=")[1].split('"')[0]
    second = client.get(f"/news?column=progress&after={after}").text
    assert "第22号动态" in second
    assert "第00号动态" not in second


def test_a_pinned_item_stands_first_and_once(client: TestClient, db: Session) -> None:
    make_news(db, now() - timedelta(days=30), title="办事指南", is_pinned=True)
    make_news(db, title="今天的事")
    page = client.get("/news").text
    assert page.index("办事指南") < page.index("今天的事")
    assert page.count("<h3><a") == 2


def test_a_month_has_its_own_list_by_the_citys_clock(client: TestClient, db: Session) -> None:
    make_news(db, datetime(2026, 1, 31, 16, 30, tzinfo=UTC), title="二月第一条")
    make_news(db, datetime(2026, 1, 31, 15, 30, tzinfo=UTC), title="一月最后一条")
    page = client.get("/news?month=2026-02").text
    assert "二月第一条" in page
    assert "一月最后一条" not in page


def test_an_article_leads_to_the_ones_before_and_after_it(client: TestClient, db: Session) -> None:
    for number, title in enumerate(("最早", "中间", "最新")):
        make_news(db, now() - timedelta(days=3 - number), title=title, slug=f"n{number}")
    page = client.get("/news/n1").text
    assert 'href="/news/n0" rel="prev"' in page
    assert 'href="/news/n2" rel="next"' in page


@pytest.mark.parametrize("path", ["/news", "/news/secret-plan", "/news/feed.atom", "/news?column=progress"])
def test_an_unpublished_item_is_on_no_page(client: TestClient, db: Session, path: str) -> None:
    make_draft(db, title="还没发布的计划", slug="secret-plan")
    answer = client.get(path)
    assert "还没发布的计划" not in answer.text
    assert list_newest_news(db) == list_all_news(db) == []
    if path == "/news/secret-plan":
        assert answer.status_code == 404


def test_a_withdrawn_item_answers_410_with_the_reason_and_without_its_text(client: TestClient, db: Session) -> None:
    news = make_news(db, slug="wrong", body="错误的数字一百。")
    withdraw(db, news.piece, find_or_make_staff(db)[1][0], "数字有误，已另行公布")
    db.commit()
    answer = client.get("/news/wrong")
    assert answer.status_code == 410
    assert "数字有误" in answer.text
    assert "错误的数字一百" not in answer.text
    assert "河边步道修好了" not in answer.text
    assert "河边步道修好了" not in client.get("/news").text + client.get("/news/feed.atom").text


def test_colleagues_read_who_withdrew_an_item_when_and_why(desk: Callable[..., TestClient], db: Session) -> None:
    news = make_news(db, slug="wrong", body="错误的数字一百。")
    by = find_or_make_staff(db)[1][0]
    withdraw(db, news.piece, by, "数字有误，已另行公布", "来源单位来电更正")
    db.commit()
    page = desk(Role.EDITOR).get(f"/desk/news/{news.id}").text
    for words in (f"{by.name} {moment(news.piece.ended_at)}", "数字有误，已另行公布", "来源单位来电更正"):
        assert words in page
    draft = make_draft(db, slug="still-written")
    assert "<dt>撤下" not in desk(Role.EDITOR, username="another").get(f"/desk/news/{draft.id}").text


def test_an_expired_item_is_gone_even_before_the_job_runs(client: TestClient, db: Session) -> None:
    make_news(db, now() - timedelta(days=3), now() - timedelta(days=1), slug="old")
    assert client.get("/news/old").status_code == 410
    assert "河边步道修好了" not in client.get("/news").text


def test_the_feed_is_atom_with_absolute_addresses(client: TestClient, db: Session) -> None:
    make_news(db, slug="path")
    make_news(db, column="notices", title="另一栏")
    answer = client.get("/news/feed.atom?column=progress")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert "http://testserver/news/path" in answer.text
    assert "另一栏" not in answer.text


@pytest.mark.parametrize("path", ["/news?column=nothing", "/news/feed.atom?column=nothing", "/news/none"])
def test_what_does_not_exist_is_404(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_damaged_cursor_is_422(client: TestClient) -> None:
    assert client.get("/news?after=rubbish").status_code == 422


def test_an_empty_list_is_calm(client: TestClient) -> None:
    answer = client.get("/news")
    assert answer.status_code == 200
    assert "暂时没有动态" in answer.text


def test_a_longer_list_sends_as_many_statements(client: TestClient, db: Session, statements: Statements) -> None:
    make_news(db)
    statements.clear()
    client.get("/news")
    few = len(statements)
    for _ in range(15):
        make_news(db)
    statements.clear()
    client.get("/news")
    assert len(statements) == few


def test_what_is_shared_has_a_picture_with_a_whole_address(client: TestClient, db: Session) -> None:
    name = "a" * 32
    make_news(db, slug="path", body=f"![步道](/pictures/{name}.jpg)")
    make_news(db, slug="plain")
    assert f'og:image" content="http://testserver/pictures/{name}.jpg"' in client.get("/news/path").text
    assert 'og:image" content="http://testserver/static/img/share.png' in client.get("/news/plain").text


def test_a_column_without_anything_to_read_is_offered_to_nobody(client: TestClient, db: Session) -> None:
    make_news(db, column="progress")
    page = client.get("/news").text
    assert "column=progress" in page
    assert "column=notices" not in page
