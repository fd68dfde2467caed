"""The desk of the news: writing, reviewing, correcting, and two people at one text."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import time_machine
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.editorial import Piece, State
from portal.publishing.models import News
from tests.publishing.factories import make_news

Desk = Callable[..., TestClient]
TYPED = {"title": "集市搬进了新大棚", "column": "progress", "body": "大棚有**八十**个摊位。", "source": "市场组"}


def photo() -> bytes:
    """A small picture."""
    buffer = BytesIO()
    Image.new("RGB", (300, 200), "#336699").save(buffer, "JPEG")
    return buffer.getvalue()


def write(browser: TestClient, **values: str) -> str:
    """Save a draft; returns its desk path."""
    answer = browser.post("/desk/news/new", data={**TYPED, **values})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def the_news(db: Session) -> News:
    """The only item, as it is now."""
    db.commit()
    return db.scalars(select(News)).one()


def step(browser: TestClient, db: Session, name: str, **data: str) -> int:
    """Press a button of the panel."""
    piece_id = the_news(db).piece_id
    return browser.post(f"/desk/pieces/{piece_id}/{name}", data=data).status_code


def publish(desk: Desk, db: Session, author: TestClient) -> list[TestClient]:
    """Three reviewers, each in a browser of their own, and out it goes."""
    assert step(author, db, "submit", confidential="y") == 303
    reviewers = [desk(Role.REVIEWER, username=f"r{number}") for number in (1, 2, 3)]
    for reviewer in reviewers:
        assert step(reviewer, db, "approve", version="1") == 303
    assert step(author, db, "schedule") == 303
    return reviewers


def test_an_item_goes_from_the_editor_through_three_reviews_to_the_public(
    desk: Desk, client: TestClient, db: Session
) -> None:
    author = desk(Role.EDITOR)
    path = write(author, slug="new-hall")
    assert client.get("/news/new-hall").status_code == 404
    assert "大棚有<strong>八十</strong>个摊位" in author.get(path).text
    publish(desk, db, author)
    assert "大棚有<strong>八十</strong>个摊位" in client.get("/news/new-hall").text


def test_the_author_cannot_approve_and_nobody_twice(desk: Desk, db: Session) -> None:
    both = desk(Role.EDITOR, Role.REVIEWER, username="both")
    write(both)
    assert step(both, db, "submit", confidential="y") == 303
    assert step(both, db, "approve", version="1") == 403
    reviewer = desk(Role.REVIEWER, username="r1")
    assert step(reviewer, db, "approve", version="1") == 303
    assert step(reviewer, db, "approve", version="1") == 403


def test_the_form_comes_back_with_everything_typed_and_each_error_at_its_field(desk: Desk) -> None:
    answer = desk(Role.EDITOR).post("/desk/news/new", data={**TYPED, "title": "", "slug": "Bad Slug"})
    assert answer.status_code == 422
    assert "大棚有**八十**个摊位" in answer.text
    assert 'id="title-error"' in answer.text
    assert 'id="slug-error"' in answer.text


def test_an_address_is_never_used_twice(desk: Desk) -> None:
    author = desk(Role.EDITOR)
    write(author, slug="hall")
    assert author.post("/desk/news/new", data={**TYPED, "slug": "hall"}).status_code == 422


def test_two_people_at_one_text_lose_nothing(desk: Desk, db: Session) -> None:
    first, second = desk(Role.EDITOR, username="a"), desk(Role.EDITOR, username="b")
    path = write(first)
    assert first.post(f"{path}/edit", data={**TYPED, "body": "甲写的一段。", "version": "1"}).status_code == 303
    answer = second.post(f"{path}/edit", data={**TYPED, "body": "乙写的一段。", "version": "1"})
    assert answer.status_code == 409
    assert "甲写的一段" in answer.text
    assert answer.text.count("乙写的一段") >= 2
    assert 'name="version" value="2"' in answer.text
    assert the_news(db).body == "甲写的一段。"


def test_a_picture_wants_alternative_text_and_is_public_with_its_article_only(
    desk: Desk, client: TestClient, db: Session
) -> None:
    author = desk(Role.EDITOR)
    upload = {"picture": ("x.jpg", photo(), "image/jpeg")}
    refused = author.post("/desk/news/new", data={**TYPED, "act": "picture"}, files=upload)
    assert refused.status_code == 422
    assert 'id="picture_alt-error"' in refused.text
    page = author.post("/desk/news/new", data={**TYPED, "act": "picture", "picture_alt": "新大棚"}, files=upload).text
    name = page.split("![新大棚](/pictures/")[1].split(".jpg")[0]
    assert db.scalar(select(News.id)) is None
    assert client.get(f"/pictures/{name}.jpg").status_code == 404
    assert author.get(f"/pictures/{name}.jpg").status_code == 200
    write(author, body=f"看图：\n\n![新大棚](/pictures/{name}.jpg)", slug="hall")
    assert client.get(f"/pictures/{name}.jpg").status_code == 404
    reviewers = publish(desk, db, author)
    assert client.get(f"/pictures/{name}.jpg").headers["content-type"] == "image/jpeg"
    assert client.get(f"/pictures/{name}-small.jpg").status_code == 200
    assert f"/pictures/{name}-small.jpg" in client.get("/news").text
    assert step(reviewers[0], db, "withdraw", reason="照片有误") == 303
    assert client.get(f"/pictures/{name}.jpg").status_code == 404


def test_pictures_from_elsewhere_and_without_text_are_refused_at_the_field(desk: Desk) -> None:
    author = desk(Role.EDITOR)
    name = "0" * 32
    for body in ("![x](https://example.org/x.jpg)", f"![](/pictures/{name}.jpg)"):
        answer = author.post("/desk/news/new", data={**TYPED, "body": body})
        assert answer.status_code == 422
        assert 'id="body-error"' in answer.text


def test_the_preview_works_with_and_without_script_and_saves_nothing(desk: Desk, db: Session) -> None:
    author = desk(Role.EDITOR)
    assert "<strong>八十</strong>" in author.post("/desk/preview", data=TYPED).text
    assert "<strong>八十</strong>" in author.post("/desk/news/new", data={**TYPED, "act": "preview"}).text
    assert db.scalar(select(News.id)) is None


def test_a_correction_is_seen_after_another_person_agrees(desk: Desk, client: TestClient, db: Session) -> None:
    author = desk(Role.EDITOR)
    path = write(author, slug="hall")
    reviewers = publish(desk, db, author)
    changed = {**TYPED, "body": "大棚有八十二个摊位。", "version": "1"}
    assert author.post(f"{path}/edit", data=changed).status_code == 422
    assert author.post(f"{path}/edit", data={**changed, "note": "摊位数应为八十二"}).status_code == 303
    assert "八十二" not in client.get("/news/hall").text
    assert step(author, db, "correction-approve") == 403
    assert step(reviewers[0], db, "correction-approve") == 303
    page = client.get("/news/hall").text
    assert "大棚有八十二个摊位" in page
    assert "更正" in page
    assert "摊位数应为八十二" in page


def test_an_open_finding_stops_the_submission_until_it_is_overruled(desk: Desk, db: Session) -> None:
    author = desk(Role.EDITOR)
    path = write(author, body="报名请打13812345678。")
    assert step(author, db, "submit", confidential="y") == 422
    key = author.get(path).text.split('name="finding" value="')[1].split('"')[0]
    assert step(author, db, "overrule", finding=key, reason="本人同意公开") == 303
    assert step(author, db, "submit", confidential="y") == 303


def test_hostile_text_stays_text(desk: Desk) -> None:
    author = desk(Role.EDITOR)
    path = write(
        author, title="<script>alert(1)</script>", body='<img src=x onerror="alert(1)">[点](javascript:alert(1))'
    )
    for page in (author.get(path).text, author.get("/desk/news").text):
        assert "<script>alert" not in page
        assert "onerror=" not in page.replace("onerror=&", "")
        assert 'href="javascript' not in page


def test_old_and_new_stand_side_by_side(desk: Desk, db: Session) -> None:
    author = desk(Role.EDITOR)
    path = write(author)
    author.post(f"{path}/edit", data={**TYPED, "body": "大棚有九十个摊位。", "version": "1"})
    page = author.get(f"/desk/pieces/{the_news(db).piece_id}/revisions").text
    assert "<del>大棚有**八十**个摊位。</del>" in page
    assert "<ins>大棚有九十个摊位。</ins>" in page


def test_an_edit_of_an_approved_item_sends_it_back_to_the_start(desk: Desk, db: Session) -> None:
    author = desk(Role.EDITOR)
    path = write(author)
    assert step(author, db, "submit", confidential="y") == 303
    assert step(desk(Role.REVIEWER), db, "approve", version="1") == 303
    author.post(f"{path}/edit", data={**TYPED, "body": "改了一个字。", "version": "1"})
    db.commit()
    assert db.scalars(select(Piece)).one().state == State.DRAFT


def test_other_roles_have_no_business_here(desk: Desk) -> None:
    for role in (Role.DISPATCHER, Role.ANALYST, Role.ADMIN, Role.UNIT):
        assert desk(role).get("/desk/news").status_code == 403


def test_an_empty_column_is_marked_for_the_desk(desk: Desk) -> None:
    page = desk(Role.EDITOR).get("/desk/news").text
    assert "空栏目" in page


def test_the_desk_is_warned_three_days_before_a_column_is_stale(desk: Desk, db: Session) -> None:
    start = datetime(2025, 3, 3, 2, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        make_news(db, column="progress")
        cards, fronts = {}, {}
        for days in (0, 10, 11, 13, 14):
            clock.move_to(start + timedelta(days=days))
            editor = desk(Role.EDITOR, username=f"editor{days}")
            card = editor.get("/desk/news").text.split("<b>动态</b>")[1].split("</p>")[0]
            cards[days] = re.sub("<[^>]+>", "", card).strip()
            fronts[days] = "/news?column=progress" in editor.get("/desk").text
    assert cards == {
        **{0: "今天", 10: "10 天前", 11: "还有 3 天到期", 13: "还有 1 天到期"},
        14: "14 天没有更新，已超期",
    }
    assert fronts == {0: False, 10: False, 11: True, 13: True, 14: True}
