"""Three reviews by three different people, none of them the author."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from portal.core.audit import AuditEvent
from portal.core.errors import BadInput, Conflict, Forbidden
from portal.editorial import (
    State,
    approve,
    list_awaiting,
    reviews_of_round,
    save_revision,
    schedule,
    send_back,
    submit_for_review,
)
from tests.editorial.factories import make_newsroom, make_piece, review_thrice


def test_three_different_reviewers_make_a_piece_ready(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    review_thrice(db, piece, author, reviewers)
    assert piece.state == State.APPROVED
    assert [(review.level, review.reviewer) for review in reviews_of_round(db, piece)] == [
        (1, "reviewer1"),
        (2, "reviewer2"),
        (3, "reviewer3"),
    ]


def test_the_author_may_not_review_even_with_the_role(db: Session) -> None:
    author, _ = make_newsroom(db)
    author.role_names = ["editor", "reviewer"]
    db.commit()
    author.__dict__.pop("roles", None)
    piece = make_piece(db, author)
    submit_for_review(db, piece, author, is_confidential_checked=True)
    with pytest.raises(Forbidden, match="作者不能审核"):
        approve(db, piece, author)


def test_one_person_may_not_review_twice(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    submit_for_review(db, piece, author, is_confidential_checked=True)
    approve(db, piece, reviewers[0])
    with pytest.raises(Forbidden, match="三个人"):
        approve(db, piece, reviewers[0])


def test_who_rewrote_the_text_may_not_review_it(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    save_revision(db, piece, reviewers[0], piece.title, {"body": "改过"}, piece.version)
    submit_for_review(db, piece, author, is_confidential_checked=True)
    with pytest.raises(Forbidden, match="您改过"):
        approve(db, piece, reviewers[0])


def test_nobody_reviews_words_of_their_own_after_the_author_touched_them(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    save_revision(db, piece, reviewers[0], piece.title, {"body": "审核员写的全文"}, piece.version)
    save_revision(db, piece, author, piece.title, {"body": "审核员写的全文。"}, piece.version)
    submit_for_review(db, piece, author, is_confidential_checked=True)
    assert list_awaiting(db, reviewers[0]) == []
    assert list_awaiting(db, reviewers[1]) == [piece]
    with pytest.raises(Forbidden, match="您改过"):
        approve(db, piece, reviewers[0])


def test_nothing_is_submitted_without_the_confidentiality_check(db: Session) -> None:
    author, _ = make_newsroom(db)
    piece = make_piece(db, author)
    with pytest.raises(BadInput, match="保密审查"):
        submit_for_review(db, piece, author, is_confidential_checked=False)


def test_sending_back_wants_a_reason_and_begins_again_at_the_first_review(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    submit_for_review(db, piece, author, is_confidential_checked=True)
    approve(db, piece, reviewers[0])
    with pytest.raises(BadInput, match="理由"):
        send_back(db, piece, reviewers[1], "  ")
    send_back(db, piece, reviewers[1], "数据没有来源")
    assert piece.state == State.DRAFT
    submit_for_review(db, piece, author, is_confidential_checked=True)
    assert piece.state == State.REVIEW1
    approve(db, piece, reviewers[0])


def test_an_edit_after_a_review_resets_to_the_first(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    review_thrice(db, piece, author, reviewers)
    save_revision(db, piece, author, piece.title, {"body": "补了一段"}, piece.version)
    assert piece.state == State.DRAFT
    assert not piece.is_confidential_checked
    assert reviews_of_round(db, piece) == []
    with pytest.raises(Conflict, match="三审"):
        schedule(db, piece, reviewers[2])


def test_a_review_of_an_older_version_is_refused(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    submit_for_review(db, piece, author, is_confidential_checked=True)
    with pytest.raises(Conflict, match="改过"):
        approve(db, piece, reviewers[0], version=piece.version - 1)


def test_a_piece_that_needs_it_is_not_approved_without_a_legal_review(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    piece.needs_legal_review = True
    db.flush()
    submit_for_review(db, piece, author, is_confidential_checked=True)
    approve(db, piece, reviewers[0])
    approve(db, piece, reviewers[1])
    with pytest.raises(BadInput, match="法制审核"):
        approve(db, piece, reviewers[2])
    approve(db, piece, reviewers[2], is_legal=True)
    assert piece.state == State.APPROVED


@pytest.mark.parametrize("table", ["piece_review", "piece_revision"])
def test_reviews_and_revisions_cannot_be_changed_or_deleted(db: Session, table: str) -> None:
    author, reviewers = make_newsroom(db)
    review_thrice(db, make_piece(db, author), author, reviewers)
    for sql in (f"UPDATE {table} SET note = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"):
            db.connection().exec_driver_sql(sql)


def test_every_step_is_in_the_audit_log(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    review_thrice(db, piece, author, reviewers)
    schedule(db, piece, reviewers[2])
    actions = list(db.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert actions == ["board.open", "board.submit", *["board.review"] * 3, "board.publish"]
