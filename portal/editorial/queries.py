"""Reading pieces for the desk: what waits for whom, the history of one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.paging import Page, list_page
from portal.core.roles import Person, Role
from portal.editorial.models import (
    REVIEW_STATES,
    UNPUBLISHED,
    Comment,
    Kind,
    Overrule,
    Piece,
    Review,
    Revision,
    State,
)
from portal.editorial.reviews import is_returned_late, level_after, why_not_after, why_not_urgent

MOST_AWAITING = 100


def next_moment(db: Session, after: datetime) -> datetime | None:
    """When the next public piece ends by itself."""
    query = select(func.min(Piece.expires_at)).where(Piece.state == State.PUBLISHED, Piece.expires_at > after)
    return db.scalar(query)


def get_piece(db: Session, piece_id: int) -> Piece:
    """The piece; raise NotFound."""
    piece = db.get(Piece, piece_id)
    if piece is None:
        raise NotFound(_("没有这篇内容。"))
    return piece


def list_pieces(
    db: Session, kind: Kind, state: str = "", author: str = "", after: str | None = None, size: int = 30
) -> Page[Piece]:
    """Pieces of a kind for the desk, the one touched last first."""
    query = select(Piece).where(Piece.kind == kind, Piece.object_id.is_not(None))
    if state == "in_review":
        query = query.where(Piece.state.in_(REVIEW_STATES))
    elif state:
        query = query.where(Piece.state == state)
    if author:
        query = query.where(Piece.author == author)
    return list_page(db, query, [Piece.updated_at, Piece.id], lambda piece: [piece.updated_at, piece.id], after, size)


def list_awaiting(db: Session, person: Person) -> list[Piece]:
    """What waits for this person, oldest first: reviews, urgent requests, corrections; drafts that were sent back.

    Three statements, however much waits; at most MOST_AWAITING pieces are looked at.
    """
    waiting = db.scalars(
        select(Piece)
        .where(
            Piece.object_id.is_not(None),
            or_(
                Piece.state.in_(REVIEW_STATES),
                and_(Piece.urgent_by != "", Piece.state.in_(UNPUBLISHED)),
                and_(Piece.state == State.PUBLISHED, or_(Piece.is_urgent, Piece.pending_revision_id.is_not(None))),
                and_(Piece.state == State.DRAFT, Piece.author == person.username, Piece.round > 1),
            ),
        )
        .order_by(Piece.updated_at)
        .limit(MOST_AWAITING)
    ).all()
    reviews, writers = _reviews_by_piece(db, waiting), _writers_by_piece(db, waiting)
    return [
        piece for piece in waiting if _awaits(piece, person, reviews[piece.id], writers.get(piece.id, [piece.author]))
    ]


def _reviews_by_piece(db: Session, pieces: Sequence[Piece]) -> dict[int, list[Review]]:
    """The reviews of each piece's present round."""
    rounds = {piece.id: piece.round for piece in pieces}
    found: dict[int, list[Review]] = {piece_id: [] for piece_id in rounds}
    for review in db.scalars(select(Review).where(Review.piece_id.in_(rounds)).order_by(Review.id)):
        if review.round == rounds[review.piece_id]:
            found[review.piece_id].append(review)
    return found


def _writers_by_piece(db: Session, pieces: Sequence[Piece]) -> dict[int, list[str]]:
    """Who wrote each piece's texts, the writer of the newest last, a waiting correction included."""
    rows = db.execute(
        select(Revision.piece_id, Revision.author)
        .where(Revision.piece_id.in_([piece.id for piece in pieces]))
        .order_by(Revision.number)
    )
    found: dict[int, list[str]] = {}
    for piece_id, author in rows:
        found.setdefault(piece_id, []).append(author)
    return found


def _awaits(piece: Piece, person: Person, reviews: Sequence[Review], writers: Sequence[str]) -> bool:
    if piece.author == person.username and _is_back_with_author(piece, reviews):
        return True
    if not person.may(Role.REVIEWER):
        return False
    if piece.urgent_by and piece.state != State.PUBLISHED and not why_not_urgent(piece, person):
        return True
    if piece.pending_revision_id is not None and writers[-1] != person.username:
        return True
    return level_after(piece, reviews) > 0 and not why_not_after(piece, person, writers, reviews)


def _is_back_with_author(piece: Piece, reviews: Sequence[Review]) -> bool:
    """Sent back before publication, or by a late review and not corrected yet."""
    if piece.state == State.DRAFT:
        return piece.round > 1
    return is_returned_late(piece, reviews) and piece.pending_revision_id is None


def list_revisions(db: Session, piece: Piece) -> Sequence[Revision]:
    """Every saved text, newest first."""
    return db.scalars(select(Revision).where(Revision.piece_id == piece.id).order_by(Revision.number.desc())).all()


def get_revision(db: Session, piece: Piece, number: int) -> Revision:
    """The revision with this number; raise NotFound."""
    revision = db.scalar(select(Revision).where(Revision.piece_id == piece.id, Revision.number == number))
    if revision is None:
        raise NotFound(_("没有这个版本。"))
    return revision


def list_reviews(db: Session, piece: Piece) -> Sequence[Review]:
    """Every review of every round, newest first."""
    return db.scalars(select(Review).where(Review.piece_id == piece.id).order_by(Review.id.desc())).all()


def list_comments(db: Session, piece: Piece) -> Sequence[Comment]:
    """Remarks, open ones first, then by time."""
    return db.scalars(
        select(Comment).where(Comment.piece_id == piece.id).order_by(Comment.settled_at.is_not(None), Comment.id)
    ).all()


def get_comment(db: Session, piece: Piece, comment_id: int) -> Comment:
    """A remark of this piece; raise NotFound."""
    comment = db.scalar(select(Comment).where(Comment.piece_id == piece.id, Comment.id == comment_id))
    if comment is None:
        raise NotFound(_("没有这条意见。"))
    return comment


def list_overrules(db: Session, piece: Piece) -> Sequence[Overrule]:
    """Findings that were let stand, with their reasons."""
    return db.scalars(select(Overrule).where(Overrule.piece_id == piece.id).order_by(Overrule.id)).all()
