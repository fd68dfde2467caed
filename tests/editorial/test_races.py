"""Many hands at one piece: nothing counts twice, nothing is overwritten."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from portal.accounts.models import Staff
from portal.core.errors import Refusal
from portal.core.web import Portal
from portal.editorial import (
    EditClash,
    Piece,
    approve,
    get_piece,
    newest_revision,
    reviews_of_round,
    save_revision,
    submit_for_review,
)
from tests.editorial.factories import make_newsroom, make_piece


def begin(portal: Portal) -> int:
    """A piece that waits for its first review."""
    with portal.database.write() as db:
        author, _ = make_newsroom(db)
        piece = make_piece(db, author)
        submit_for_review(db, piece, author, is_confidential_checked=True)
        return piece.id


def staff(db: Session, username: str) -> Staff:
    """An account by its name."""
    return db.scalars(select(Staff).where(Staff.username == username)).one()


def test_a_reviewer_who_clicks_eight_times_at_once_gives_one_review(portal_on: Starlette) -> None:
    portal: Portal = portal_on.state.portal
    piece_id = begin(portal)

    def click(_number: int) -> bool:
        try:
            with portal.database.write() as db:
                approve(db, get_piece(db, piece_id), staff(db, "reviewer1"))
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(click, range(8))) == 1
    with portal.database.read() as db:
        piece = db.get_one(Piece, piece_id)
        assert [review.level for review in reviews_of_round(db, piece)] == [1]


def test_of_eight_editors_at_once_one_saves_and_seven_are_shown_it(portal_on: Starlette) -> None:
    portal: Portal = portal_on.state.portal
    piece_id = begin(portal)

    def save(number: int) -> str:
        try:
            with portal.database.write() as db:
                piece = get_piece(db, piece_id)
                save_revision(db, piece, staff(db, "author"), piece.title, {"body": f"第 {number} 人"}, 1)
        except EditClash as clash:
            return str(clash.theirs.snapshot["body"])
        return "saved"

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(save, range(8)))
    assert results.count("saved") == 1
    with portal.database.read() as db:
        kept = newest_revision(db, db.get_one(Piece, piece_id)).snapshot["body"]
    assert set(results) == {"saved", kept}
