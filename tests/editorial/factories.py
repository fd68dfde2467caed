"""Pieces for tests, by the real services."""

from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.core.roles import Role
from portal.editorial import Kind, Piece, approve, attach, open_piece, schedule, submit_for_review
from tests.conftest import make_staff


def make_newsroom(db: Session) -> tuple[Staff, list[Staff]]:
    """An author and three reviewers."""
    author = make_staff(db, Role.EDITOR, username="author")
    return author, [make_staff(db, Role.REVIEWER, username=f"reviewer{number}") for number in (1, 2, 3)]


def make_piece(db: Session, author: Staff, kind: Kind = Kind.BOARD, **values: Any) -> Piece:
    """A draft of a kind without a law of its own in these tests."""
    piece = open_piece(db, kind, values.pop("title", "市场整治进展"), author, {"body": "正文", **values})
    attach(db, piece, piece.id, f"/board/{piece.id}")
    return piece


def review_thrice(db: Session, piece: Piece, author: Staff, reviewers: list[Staff]) -> None:
    """Submit and approve at all three levels."""
    submit_for_review(db, piece, author, is_confidential_checked=True)
    for reviewer in reviewers:
        approve(db, piece, reviewer)


def publish(db: Session, piece: Piece, author: Staff, reviewers: list[Staff]) -> None:
    """Take a draft through three reviews to the public."""
    review_thrice(db, piece, author, reviewers)
    schedule(db, piece, reviewers[-1])
