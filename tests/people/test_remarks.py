"""Readers' words under a profile: nobody sees them before staff agreed, and their writer takes them back."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.core.web import Portal
from portal.people import honour
from portal.people.later import Remark
from tests.people.factories import begin_notice, find_or_make_staff, make_person, make_published, vet

Desk = Callable[..., TestClient]
WORDS = "每天路过都看见他在扫，谢谢。"


@pytest.fixture
def stranger(app: Starlette) -> TestClient:
    """Another reader."""
    browser = TestClient(app, follow_redirects=False)
    browser.headers["Sec-Fetch-Site"] = "same-origin"
    return browser


def say(browser: TestClient, text: str = WORDS, **more: str) -> int:
    """Write under the page of Zhou."""
    return browser.post("/people/zhou/remarks", data={"text": text, **more}).status_code


def decide(browser: TestClient, db: Session, act: str, reason: str = "") -> int:
    """Decide about the newest words."""
    number = db.scalars(select(Remark.id).order_by(Remark.id.desc())).first()
    return browser.post(f"/desk/people/remarks/{number}", data={"act": act, "reason": reason}).status_code


def test_words_are_seen_by_their_writer_alone_until_staff_agreed(
    client: TestClient, stranger: TestClient, db: Session, desk: Desk
) -> None:
    make_published(db, "zhou")
    assert say(client, signature="老邻居") == 303
    assert "待审核，只有您能看到" in client.get("/people/zhou").text
    assert WORDS not in stranger.get("/people/zhou").text
    editor = desk(Role.EDITOR)
    assert "审核留言（1）" in editor.get("/desk/people").text
    assert WORDS in editor.get("/desk/people/remarks").text
    assert decide(editor, db, "show") == 303
    page = stranger.get("/people/zhou").text
    assert WORDS in page
    assert "老邻居" in page


def test_words_are_refused_with_a_reason_and_may_be_hidden_again(
    client: TestClient, stranger: TestClient, db: Session, desk: Desk
) -> None:
    make_published(db, "zhou")
    say(client)
    editor = desk(Role.EDITOR)
    assert decide(editor, db, "refuse") == 422
    decide(editor, db, "show")
    assert decide(editor, db, "refuse", "与事迹无关") == 303
    assert WORDS not in stranger.get("/people/zhou").text
    assert "与事迹无关" in editor.get("/desk/people/remarks").text


def test_the_writer_takes_words_back_and_nobody_else_does(
    client: TestClient, stranger: TestClient, db: Session, desk: Desk
) -> None:
    make_published(db, "zhou")
    say(client)
    decide(desk(Role.EDITOR), db, "show")
    found = re.search(r"/people/zhou/remarks/[0-9]+/withdraw", client.get("/people/zhou").text)
    assert found
    assert found[0] not in stranger.get("/people/zhou").text
    assert stranger.post(found[0]).status_code == 404
    assert client.post(found[0]).status_code == 303
    assert WORDS not in stranger.get("/people/zhou").text
    db.commit()
    assert db.scalars(select(Remark.text)).one() == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "text-error"),
        ("好", "text-error"),
        ("字" * 201, "text-error"),
        ("有事打我电话13800138000", "个人信息"),
        ("看这里 https://spam.example", "请不要写网址"),
    ],
)
def test_what_may_not_stand_there_is_said_at_the_field(client: TestClient, db: Session, text: str, reason: str) -> None:
    make_published(db, "zhou")
    answer = client.post("/people/zhou/remarks", data={"text": text})
    assert answer.status_code == 422
    assert reason in answer.text
    assert text in answer.text
    assert db.scalars(select(Remark)).all() == []


def test_script_in_words_is_shown_as_words(client: TestClient, db: Session, desk: Desk) -> None:
    make_published(db, "zhou")
    say(client, "<script>alert(1)</script>")
    editor = desk(Role.EDITOR)
    decide(editor, db, "show")
    for page in (client.get("/people/zhou").text, editor.get("/desk/people/remarks").text):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_three_may_wait_from_one_browser(client: TestClient, db: Session) -> None:
    make_published(db, "zhou")
    assert [say(client, f"第{number}句话") for number in range(4)] == [303, 303, 303, 409]


def test_a_minors_page_takes_no_words(client: TestClient, db: Session) -> None:
    make_published(db, "zhou", is_minor=True)
    assert say(client) == 409
    assert "写一句话" not in client.get("/people/zhou").text


def test_words_are_taken_during_the_notice_and_go_with_the_honour(
    client: TestClient, db: Session, desk: Desk, portal: Portal
) -> None:
    person = make_person(db, "zhou")
    assert say(client) == 404
    vet(db, person)
    begin_notice(db, person, portal.city)
    assert say(client) == 303
    decide(desk(Role.EDITOR), db, "show")
    assert WORDS in client.get("/people/zhou").text
    published = make_published(db, "li")
    client.post("/people/li/remarks", data={"text": "李家的好邻居"})
    decide(desk(Role.EDITOR, username="e2"), db, "show")
    honour.revoke(db, published, find_or_make_staff(db)[1][0], "不实", "会议纪要 1 号")
    db.commit()
    gone = client.get("/people/li")
    assert gone.status_code == 410
    assert "李家的好邻居" not in gone.text
