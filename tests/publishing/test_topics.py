"""News of one matter on a page of its own, shown once a second person agreed to its words."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.publishing.models import NewsTopic
from tests.publishing.factories import make_draft, make_news

Desk = Callable[..., TestClient]
TYPED = {"title": "老市场换新颜", "key": "markets", "intro": "六个市场的改造，一步一步记下来。", "group": "markets"}


def open_topic(desk: Desk, db: Session) -> str:
    """A topic that a second person agreed to; its desk path."""
    assert desk(Role.EDITOR, username="maker").post("/desk/news/topics", data=TYPED).status_code == 303
    path = f"/desk/news/topics/{db.scalars(select(NewsTopic)).one().id}"
    assert desk(Role.REVIEWER, username="second").post(f"{path}/approve").status_code == 303
    return path


def test_a_topic_shows_its_news_its_group_and_its_own_feed(desk: Desk, client: TestClient, db: Session) -> None:
    open_topic(desk, db)
    make_news(db, title="东门市场开业", slug="east", topic="markets")
    make_news(db, title="别处的事", slug="other")
    make_draft(db, title="还没写完", topic="markets")
    page = client.get("/news/topics/markets").text
    assert "六个市场的改造" in page
    assert "东门市场开业" in page
    assert 'href="/groups/markets"' in page
    assert "别处的事" not in page
    assert "还没写完" not in page
    feed = client.get("/news/feed.atom?topic=markets").text
    assert "东门市场开业" in feed
    assert "别处的事" not in feed
    assert 'href="/news/topics/markets"' in client.get("/news").text
    assert 'href="/news/topics/markets"' in client.get("/news/east").text
    assert "老市场换新颜" in client.get("/news/topics").text


def test_nobody_sees_a_topic_before_another_person_agreed(desk: Desk, client: TestClient, db: Session) -> None:
    both = desk(Role.EDITOR, Role.REVIEWER, username="both")
    both.post("/desk/news/topics", data=TYPED)
    path = f"/desk/news/topics/{db.scalars(select(NewsTopic)).one().id}"
    assert both.post(f"{path}/approve").status_code == 403
    make_news(db, slug="east", topic="markets")
    assert client.get("/news/topics/markets").status_code == 404
    assert client.get("/news/feed.atom?topic=markets").status_code == 404
    for public in ("/news", "/news/east", "/news/topics"):
        assert "老市场换新颜" not in client.get(public).text


def test_changed_words_are_agreed_to_again_and_a_closed_topic_stays_readable(
    desk: Desk, client: TestClient, db: Session
) -> None:
    path = open_topic(desk, db)
    make_news(db, topic="markets")
    maker = desk(Role.EDITOR, username="another")
    maker.post(path, data={**TYPED, "is_closed": "y"})
    assert "已结束" in client.get("/news/topics/markets").text
    assert "老市场换新颜" not in maker.get("/desk/news/new").text
    maker.post(path, data={**TYPED, "intro": "换了说法。"})
    assert client.get("/news/topics/markets").status_code == 404


def test_an_address_is_used_once_and_said_plainly(desk: Desk, db: Session) -> None:
    open_topic(desk, db)
    editor = desk(Role.EDITOR)
    taken = editor.post("/desk/news/topics", data=TYPED)
    assert taken.status_code == 422
    assert "这个网址已经用过" in taken.text
    assert "小写字母、数字和短横线" in editor.post("/desk/news/topics", data={**TYPED, "key": "专题"}).text
