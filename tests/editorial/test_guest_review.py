"""A reviewer without an account: one mailed link for one text, used once, for a week."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.accounts.models import Staff
from portal.core.clock import now
from portal.core.mail import OutboxMessage
from portal.core.photos import check_and_shrink
from portal.core.roles import Role
from portal.core.web import Portal
from portal.editorial import (
    Piece,
    State,
    keep_picture,
    picture_path,
    reviews_of_round,
    save_revision,
    submit_for_review,
    use_pictures,
)
from tests.editorial.factories import make_newsroom, make_piece
from tests.publishing.test_news_desk import photo as jpeg

Desk = Callable[..., TestClient]


@pytest.fixture
def waiting(db: Session) -> Piece:
    """A piece that waits for its first review."""
    author, _ = make_newsroom(db)
    piece = make_piece(db, author, body="未公开的正文")
    submit_for_review(db, piece, author, is_confidential_checked=True)
    db.commit()
    return piece


def invite(desk: Desk, db: Session, piece: Piece, username: str = "inviter") -> str:
    """Send the link; returns its path, read from the mail, since no page shows it."""
    answer = desk(Role.REVIEWER, username=username).post(
        f"/desk/pieces/{piece.id}/invite", data={"name": "王处长", "email": "wang@example.org"}
    )
    assert answer.status_code == 303
    assert "/review/" not in answer.headers["location"]
    db.commit()
    body = db.scalars(select(OutboxMessage.body).order_by(OutboxMessage.id.desc())).first() or ""
    found = re.search(r"/review/[^\s]+", body)
    assert found
    return found[0]


def test_a_guest_reads_and_approves_and_the_link_is_used_up(
    desk: Desk, client: TestClient, db: Session, waiting: Piece
) -> None:
    link = invite(desk, db, waiting)
    for _ in range(2):
        assert "未公开的正文" in client.get(link).text
    assert client.post(link, data={"result": "approved"}).status_code == 200
    db.commit()
    db.refresh(waiting)
    assert waiting.state == State.REVIEW2
    assert reviews_of_round(db, waiting)[0].reviewer_name == "王处长"
    assert client.get(link).status_code == 410
    assert client.post(link, data={"result": "approved"}).status_code == 410


def test_a_guest_sends_back_only_with_a_reason(desk: Desk, client: TestClient, db: Session, waiting: Piece) -> None:
    link = invite(desk, db, waiting)
    assert client.post(link, data={"result": "returned"}).status_code == 422
    assert " checked" not in client.get(link).text
    undecided = client.post(link, data={"note": "第二段要核对"})
    assert undecided.status_code == 422
    assert "第二段要核对" in undecided.text
    assert client.post(link, data={"result": "returned", "note": "缺来源"}).status_code == 200
    db.commit()
    db.refresh(waiting)
    assert waiting.state == State.DRAFT


def test_a_link_dies_with_the_text_it_was_for(
    desk: Desk, client: TestClient, db: Session, portal: Portal, waiting: Piece
) -> None:
    link = invite(desk, db, waiting)
    with portal.database.write() as session:
        piece = session.get_one(Piece, waiting.id)
        author = session.scalars(select(Staff).where(Staff.username == "author")).one()
        save_revision(session, piece, author, piece.title, {"body": "改过"}, piece.version)
    assert client.get(link).status_code == 410


def test_a_link_is_good_for_a_week(desk: Desk, client: TestClient, db: Session, waiting: Piece) -> None:
    link = invite(desk, db, waiting)
    with time_machine.travel(now() + timedelta(days=7, minutes=1), tick=False):
        assert client.get(link).status_code == 410


def test_a_changed_or_foreign_token_opens_nothing(client: TestClient, portal: Portal) -> None:
    for token in ("nonsense", portal.secrets.sign("another purpose", 1), portal.secrets.sign("review link", "1")):
        assert client.get(f"/review/{token}").status_code == 410


def test_only_one_guest_reviews_a_round(desk: Desk, client: TestClient, db: Session, waiting: Piece) -> None:
    client.post(invite(desk, db, waiting), data={"result": "approved"})
    answer = desk(Role.REVIEWER, username="another").post(
        f"/desk/pieces/{waiting.id}/invite", data={"name": "李处长", "email": "li@example.org"}
    )
    assert answer.status_code == 409


def test_a_guest_sees_the_pictures_of_the_text_until_the_review_is_given(
    desk: Desk, client: TestClient, db: Session, portal: Portal, waiting: Piece
) -> None:
    photo = check_and_shrink(jpeg())
    picture = keep_picture(db, portal.photos, photo, "新大棚", "author")
    use_pictures(db, waiting, [], [picture.name])
    db.commit()
    path = picture_path(picture.name)
    assert client.get(path).status_code == 404
    link = invite(desk, db, waiting)
    client.get(link)
    assert client.get(path).status_code == 200
    client.post(link, data={"result": "approved"})
    assert client.get(path).status_code == 404
