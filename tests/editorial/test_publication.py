"""Times, urgency, correction, withdrawal: what becomes of an approved piece."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.audit import AuditEvent
from portal.core.clock import now
from portal.core.errors import BadInput, Conflict, Forbidden
from portal.core.web import Portal
from portal.editorial import (
    EditClash,
    Piece,
    State,
    approve,
    approve_correction,
    ask_urgent,
    check_texts,
    confirm_urgent,
    correct,
    list_awaiting,
    list_revisions,
    live,
    newest_revision,
    overrule,
    save_revision,
    schedule,
    send_back,
    submit_for_review,
    withdraw,
)
from portal.editorial.jobs import publish_and_end
from portal.editorial.publication import publish_due, refuse_correction
from tests.conftest import Statements
from tests.editorial.factories import make_newsroom, make_piece, publish, review_thrice

NOON = "2026-03-04 04:00:00Z"


def public(db: Session) -> list[Piece]:
    """What a public query finds now."""
    db.commit()
    return list(db.scalars(select(Piece).where(live())))


def test_a_scheduled_piece_appears_by_itself_and_ends_by_itself(db: Session, portal: Portal) -> None:
    author, reviewers = make_newsroom(db)
    with time_machine.travel(NOON, tick=False) as clock:
        piece = make_piece(db, author)
        review_thrice(db, piece, author, reviewers)
        start, end = now() + timedelta(hours=2), now() + timedelta(days=3)
        schedule(db, piece, reviewers[2], start, end)
        db.commit()
        publish_and_end(portal)
        assert public(db) == []
        clock.move_to(start + timedelta(seconds=20))
        publish_and_end(portal)
        assert [one.published_at for one in public(db)] == [start]
        clock.move_to(end)
        assert public(db) == []
        publish_and_end(portal)
        db.commit()
        db.refresh(piece)
        assert piece.state == State.EXPIRED


def test_an_end_before_the_beginning_is_refused(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    review_thrice(db, piece, author, reviewers)
    with pytest.raises(BadInput, match="晚于"):
        schedule(db, piece, reviewers[2], now() + timedelta(days=2), now() + timedelta(days=1))


def test_an_edit_of_a_scheduled_piece_takes_it_off_the_schedule(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    with time_machine.travel(NOON, tick=False) as clock:
        piece = make_piece(db, author)
        review_thrice(db, piece, author, reviewers)
        schedule(db, piece, reviewers[2], now() + timedelta(hours=1))
        save_revision(db, piece, author, piece.title, {"body": "改"}, piece.version)
        clock.shift(timedelta(hours=2))
        assert publish_due(db) == []
        assert piece.state == State.DRAFT


def test_urgent_publication_takes_two_people_and_three_reviews_afterwards(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    ask_urgent(db, piece, author, "暴雨预警", is_confidential_checked=True)
    with pytest.raises(Forbidden):
        confirm_urgent(db, piece, author)
    confirm_urgent(db, piece, reviewers[0])
    assert piece.is_live
    assert list_awaiting(db, reviewers[1]) == [piece]
    for reviewer in reviewers:
        assert approve(db, piece, reviewer).is_late
    assert list_awaiting(db, reviewers[1]) == []
    assert piece.is_live


def test_the_one_who_asked_for_urgency_does_not_confirm_it(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    ask_urgent(db, piece, reviewers[0], "暴雨预警", is_confidential_checked=True)
    with pytest.raises(Forbidden, match="以外的人"):
        confirm_urgent(db, piece, reviewers[0])


def test_an_edit_takes_the_request_for_urgency_back(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    ask_urgent(db, piece, author, "暴雨预警", is_confidential_checked=True)
    save_revision(db, piece, author, piece.title, {"body": "另一段话"}, piece.version)
    with pytest.raises(Forbidden, match="还没有人申请"):
        confirm_urgent(db, piece, reviewers[0])
    assert list_awaiting(db, reviewers[0]) == []


def test_the_second_person_publishes_what_they_read(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    save_revision(db, piece, author, piece.title, {"body": "第二稿"}, piece.version)
    ask_urgent(db, piece, author, "暴雨预警", is_confidential_checked=True)
    with pytest.raises(Conflict, match="改过"):
        confirm_urgent(db, piece, reviewers[0], version=1)
    confirm_urgent(db, piece, reviewers[0], version=2)


def test_haste_excuses_nothing_that_the_checks_found(db: Session) -> None:
    author, _reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    findings = check_texts({"body": "联系人电话 13800138000"}, now().date())
    with pytest.raises(BadInput, match="1 处检查意见"):
        ask_urgent(db, piece, author, "暴雨预警", findings, is_confidential_checked=True)
    overrule(db, piece, author, findings[0], "这是值班电话")
    ask_urgent(db, piece, author, "暴雨预警", findings, is_confidential_checked=True)


def test_a_late_review_that_sends_back_waits_for_a_correction_and_begins_anew(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    ask_urgent(db, piece, author, "暴雨预警", is_confidential_checked=True)
    confirm_urgent(db, piece, reviewers[0])
    approve(db, piece, reviewers[1])
    send_back(db, piece, reviewers[0], "时间写错了")
    assert piece.is_live
    assert list_awaiting(db, author) == [piece]
    with pytest.raises(Conflict, match="不在审核中"):
        approve(db, piece, reviewers[2])
    correct(db, piece, author, piece.title, {"body": "今晚九时"}, "更正时间", piece.version)
    assert list_awaiting(db, author) == []
    with pytest.raises(Conflict, match="不在审核中"):
        approve(db, piece, reviewers[2])
    approve_correction(db, piece, reviewers[2])
    for reviewer in reviewers:
        assert approve(db, piece, reviewer).is_late
    assert all(list_awaiting(db, one) == [] for one in (author, *reviewers))


def test_a_public_text_is_not_edited_but_corrected_by_two(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    publish(db, piece, author, reviewers)
    with pytest.raises(Conflict, match="不能直接改"):
        save_revision(db, piece, author, piece.title, {"body": "偷改"}, piece.version)
    correct(db, piece, reviewers[0], "新标题", {"body": "新正文"}, "数字有误", piece.version)
    assert piece.title == "市场整治进展"
    with pytest.raises(Forbidden, match="另一个人"):
        approve_correction(db, piece, reviewers[0])
    approve_correction(db, piece, reviewers[1])
    assert (piece.title, piece.correction_note) == ("新标题", "数字有误")


def test_a_correction_can_be_dropped_and_stays_among_the_revisions(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    publish(db, piece, author, reviewers)
    correct(db, piece, author, "新标题", {"body": "新正文"}, "数字有误", piece.version)
    refuse_correction(db, piece, reviewers[0])
    assert piece.title == "市场整治进展"
    assert [(one.number, one.is_correction) for one in list_revisions(db, piece)] == [(2, True), (1, False)]


def test_a_withdrawal_says_why_to_the_public(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    publish(db, piece, author, reviewers)
    with pytest.raises(BadInput, match="理由"):
        withdraw(db, piece, reviewers[0], " ")
    withdraw(db, piece, reviewers[0], "内容有误", "内部：来源不实")
    assert piece.is_over
    assert public(db) == []
    with pytest.raises(Conflict):
        withdraw(db, piece, reviewers[0], "再撤一次")


def test_the_second_editor_learns_of_the_first_and_nothing_is_overwritten(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    save_revision(db, piece, author, piece.title, {"body": "甲"}, 1)
    with pytest.raises(EditClash) as clash:
        save_revision(db, piece, reviewers[0], piece.title, {"body": "乙"}, 1)
    assert clash.value.theirs.snapshot == {"body": "甲"}
    assert newest_revision(db, piece).snapshot == {"body": "甲"}


def test_saving_the_same_text_makes_no_revision(db: Session) -> None:
    author, _ = make_newsroom(db)
    piece = make_piece(db, author)
    assert save_revision(db, piece, author, piece.title, {"body": "正文"}, 1) is None
    assert piece.version == 1


def test_everybody_sees_what_waits_for_them(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    piece = make_piece(db, author)
    assert list_awaiting(db, author) == []
    submit_for_review(db, piece, author, is_confidential_checked=True)
    assert list_awaiting(db, reviewers[0]) == [piece]
    assert list_awaiting(db, author) == []
    send_back(db, piece, reviewers[0], "请补来源")
    assert list_awaiting(db, author) == [piece]
    assert list_awaiting(db, reviewers[0]) == []


def test_what_the_clock_does_is_logged_as_the_clocks(db: Session) -> None:
    author, reviewers = make_newsroom(db)
    with time_machine.travel(NOON, tick=False) as clock:
        piece = make_piece(db, author)
        review_thrice(db, piece, author, reviewers)
        schedule(db, piece, reviewers[2], now() + timedelta(minutes=1))
        clock.shift(timedelta(minutes=2))
        publish_due(db)
    newest = db.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (newest.actor, newest.action) == ("clock", "board.publish")


def test_the_list_of_what_waits_sends_as_many_statements_for_many(db: Session, statements: Statements) -> None:
    author, reviewers = make_newsroom(db)

    def submit_one() -> None:
        submit_for_review(db, make_piece(db, author), author, is_confidential_checked=True)

    submit_one()
    statements.clear()
    assert len(list_awaiting(db, reviewers[0])) == 1
    few = len(statements)
    for _ in range(10):
        submit_one()
    statements.clear()
    assert len(list_awaiting(db, reviewers[0])) == 11
    assert len(statements) == few
