"""What is kept how long, and that what was deleted is not in the file any more."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.cases import closing, undo
from portal.cases.history import find_broken_histories
from portal.cases.models import Case, CaseEvent, CaseMessage, CasePhoto, CaseRating
from portal.cases.retention import GONE, keep_to_terms
from portal.cases.triage import Publication, publish
from portal.core.audit import AuditEvent, find_breaks
from portal.core.clock import now
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.settings import Settings
from portal.core.web import Portal
from portal.groups import Example
from tests.cases.factories import (
    closed,
    do,
    fresh,
    in_progress,
    look,
    make_case,
    resolved,
    stored_photo,
)

PHONE = "13812345678"
TYPED = f"校门口放学堵得走不动，孩子从车缝里穿，电话{PHONE}，盼早日疏导。"
YEAR, FIVE_YEARS = timedelta(days=366), timedelta(days=5 * 366)


def in_the_files(settings: Settings, words: str) -> bool:
    """Whether these words stand anywhere in the database's files."""
    files = [path for path in Path(settings.data).glob("portal.db*") if path.is_file()]
    assert files
    return any(words.encode() in path.read_bytes() for path in files)


def ended(portal: Portal, age: timedelta, **values: object) -> str:
    """A case with contact, photo, comment and messages that ended that long ago."""
    at = now() - age
    mine = {"text": TYPED, "phone": PHONE, "photos": (stored_photo(portal, "yellow"),), "wants_publish": True}
    number = resolved(portal, at, **{**mine, **values})
    rating = closing.Rating(5, "yes", f"谢谢，有事打{PHONE}")
    do(portal, number, "citizen", lambda db, act, case: closing.rate(db, act, case, rating), at + timedelta(hours=1))
    return number


def test_contact_data_and_words_as_typed_go_after_a_year_and_the_redacted_text_stays(
    portal: Portal, db: Session, settings: Settings
) -> None:
    number = ended(portal, YEAR)
    assert in_the_files(settings, PHONE)
    assert keep_to_terms(portal)["contact"] == 1
    case = look(db, number)
    assert (case.contact, case.contact_hash) == (None, None)
    assert case.text_raw == case.text_public
    assert "校门口放学堵得走不动" in case.text_public
    assert case.messages == []
    assert case.events[-1].action == "forget"
    assert [photo.kind for photo in case.photos] == ["proof"]
    assert fresh(db).scalar(select(func.count()).select_from(OutboxMessage)) == 0
    db.connection().close()
    portal.database.scrub()
    assert not in_the_files(settings, PHONE)
    assert in_the_files(settings, "校门口放学堵得走不动")


def test_photos_that_were_not_public_leave_the_disk_too(portal: Portal, db: Session) -> None:
    number = ended(portal, YEAR)
    key = next(photo.key for photo in look(db, number).photos if photo.kind == "report")
    assert portal.photos.exists(key)
    keep_to_terms(portal)
    assert not portal.photos.exists(key)


@pytest.mark.parametrize(("make", "age"), [(closed, timedelta(days=300)), (in_progress, timedelta(days=2000))])
def test_nothing_is_deleted_before_its_time_nor_while_it_is_open(
    portal: Portal, db: Session, make: Callable[..., str], age: timedelta
) -> None:
    number = make(portal, now() - age, phone=PHONE, text=TYPED)
    assert keep_to_terms(portal)["contact"] == 0
    assert look(db, number).contact is not None
    assert PHONE in look(db, number).text_raw


def test_a_withdrawn_case_loses_every_word_after_a_year(portal: Portal, db: Session, settings: Settings) -> None:
    number = make_case(portal, now() - YEAR, text=TYPED, phone=PHONE, place="青枫公园北门")
    act_at = now() - YEAR
    do(portal, number, "citizen", lambda db, act, case: undo.withdraw_case(db, act, case, "不想说了"), act_at)
    assert keep_to_terms(portal)["withdrawn"] == 1
    case = look(db, number)
    assert (case.text_raw, case.text_public, case.place, case.contact) == (GONE, GONE, "", None)
    assert [event.action for event in case.events] == ["erase"]
    db.connection().close()
    portal.database.scrub()
    for words in (PHONE, "校门口放学堵得走不动", "青枫公园北门", "不想说了"):
        assert not in_the_files(settings, words), words


def test_a_handled_case_keeps_numbers_and_loses_its_text_after_five_years(
    portal: Portal, db: Session, client: TestClient
) -> None:
    number = ended(portal, FIVE_YEARS)
    do(portal, number, Role.DISPATCHER, lambda db, act, case: publish(db, act, case, Publication()))
    assert client.get(f"/cases/{number}").status_code == 200
    assert fresh(db).scalar(select(func.count()).select_from(Example)) == 1
    assert keep_to_terms(portal)["handled"] == 1
    case = look(db, number)
    assert case.text_public == GONE
    assert (case.state, case.outcome, case.group) == ("closed", "solved", "school_surroundings")
    rating = fresh(db).scalars(select(CaseRating)).one()
    assert (rating.grade, rating.comment_public) == (5, "")
    for table in (CasePhoto, CaseMessage, Example):
        assert db.scalar(select(func.count()).select_from(table)) == 0
    page = client.get(f"/cases/{number}")
    assert page.status_code == 410
    assert "校门口" not in page.text
    assert keep_to_terms(portal)["handled"] == 0


def test_a_log_says_what_was_deleted_by_which_rule_and_holds_no_personal_data(portal: Portal, db: Session) -> None:
    year, five = ended(portal, YEAR), ended(portal, FIVE_YEARS, text=f"另一件：{TYPED}")
    end = look(db, five).last_hash
    keep_to_terms(portal)
    lines = fresh(db).scalars(select(AuditEvent).where(AuditEvent.action.startswith("retention."))).all()
    by_subject = {line.subject: line for line in lines}
    assert by_subject[f"case {year}"].action == "retention.contact"
    assert by_subject[f"case {year}"].detail["deleted"] == {"contact": 1, "messages": 1, "photos": 1}
    assert by_subject[f"case {five}"].action == "retention.handled"
    assert by_subject[f"case {five}"].detail["history_ended_with"] == end
    assert not [line for line in lines if PHONE in str(line.detail)]
    assert list(find_breaks(db)) == []


def test_histories_are_whole_after_deletion_and_a_step_that_is_cut_off_still_shows(portal: Portal, db: Session) -> None:
    five, other = ended(portal, FIVE_YEARS), closed(portal)
    keep_to_terms(portal)
    assert list(find_broken_histories(fresh(db))) == []
    with portal.database.write() as session:
        session.execute(update(Case).where(Case.case_no == other).values(last_hash="0" * 64))
    assert list(find_broken_histories(fresh(db))) == [other]
    with portal.database.write() as session:
        session.execute(delete(CaseEvent).where(CaseEvent.case_id == look(db, five).id))
    assert set(find_broken_histories(fresh(db))) == {five, other}


def test_the_database_refuses_to_delete_steps_of_a_case_that_is_not_erased(portal_on: Starlette) -> None:
    """On both engines."""
    portal: Portal = portal_on.state.portal
    number = make_case(portal)
    with pytest.raises(DBAPIError, match="append-only"), portal.database.write() as session:
        session.execute(delete(CaseEvent))
    at = now() - YEAR
    with portal.database.write() as session:
        values = {"state": "withdrawn", "closed_at": at}
        session.execute(update(Case).where(Case.case_no == number).values(**values))
    assert keep_to_terms(portal)["withdrawn"] == 1
    with portal.database.read() as session:
        assert session.scalars(select(CaseEvent.action)).all() == ["erase"]
        assert list(find_broken_histories(session)) == []
    with pytest.raises(DBAPIError, match="append-only"), portal.database.write() as session:
        session.execute(text("UPDATE case_event SET reason = 'x'"))


def test_a_great_many_are_done_in_one_night(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.cases.retention.BATCH", 2)
    for _number in range(5):
        closed(portal, now() - YEAR, phone=PHONE)
    assert keep_to_terms(portal)["contact"] == 5
