"""What is kept how long: contact data a year after the end, words of withdrawn cases a year, all words five years.

Each rule writes what it deleted into the audit log. What is deleted is overwritten in the file too: SQLite deletes
securely, and the log of writes ahead is emptied after each run.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from portal.cases.lifecycle import Act, as_system, step
from portal.cases.models import Case, CaseEvent, CaseFollower, CaseMessage, CasePhoto, CaseRating
from portal.cases.states import FINAL, State
from portal.core.audit import record
from portal.core.clock import now
from portal.core.mail import forget_messages
from portal.core.photos import small_key
from portal.core.web import Portal
from portal.groups import forget_example

BATCH = 100
GONE = "［已按期删除］"
"""Stands where a text was."""
NO_CODE = "0" * 64
"""The hash of no code: nothing opens the case any more."""
Deed = Callable[[Portal, Session, Act, Case, str], None]


def keep_to_terms(portal: Portal, at: datetime | None = None) -> dict[str, int]:
    """Delete what has been kept long enough; rule → cases. Runs until nothing is left to do."""
    rules, moment = portal.city.deadlines, at or now()
    over = Case.state.in_([state.value for state in FINAL])

    def since(days: int) -> Any:
        return and_(over, Case.closed_at <= moment - timedelta(days=days))

    withdrawn = and_(since(rules.withdrawn_retention_days), Case.state == State.WITHDRAWN, Case.erased_at.is_(None))
    handled = and_(since(rules.text_retention_days), Case.erased_at.is_(None))
    contact = and_(since(rules.contact_retention_days), Case.forgotten_at.is_(None))
    done = {
        "withdrawn": _run(portal, moment, withdrawn, erase, "withdrawn"),
        "handled": _run(portal, moment, handled, erase, "handled"),
        "contact": _run(portal, moment, contact, forget, "contact"),
    }
    with portal.database.write() as db:
        done["messages"] = forget_messages(db)
        if done["messages"]:
            record(db, "portal", "retention.messages", "outbox", messages=done["messages"])
    portal.database.scrub()
    return done


def _run(portal: Portal, moment: datetime, condition: Any, deed: Deed, rule: str) -> int:
    done = 0
    while True:
        with portal.database.write() as db:
            due = select(Case).where(condition).order_by(Case.id).limit(BATCH).with_for_update(skip_locked=True)
            cases = db.scalars(due).all()
            for case in cases:
                deed(portal, db, as_system(portal, moment), case, rule)
        done += len(cases)
        if not cases:
            return done


def forget(portal: Portal, db: Session, act: Act, case: Case, rule: str) -> None:
    """Delete contact data, words as typed, and photos that were not public; the redacted text stays.

    rule: why, for the log: contact, or request when the reporter asked for it.
    """
    counts = {
        "contact": int(drop_contact(db, case)),
        "messages": _delete(db, CaseMessage, case),
        "photos": _delete_photos(portal, db, case, is_all=False),
    }
    case.text_raw, case.place, case.reply = case.text_public, case.place_public, case.reply_public
    case.lat = case.lng = None
    case.answers = [{**one, "raw": one["public"]} for one in case.answers]
    case.forgotten_at = act.at
    db.execute(update(CaseFollower).where(CaseFollower.case_id == case.id).values(contact=None))
    step(db, act, case, "forget", reason=rule)
    record(db, act.username, f"retention.{rule}", f"case {case.case_no}", deleted=counts)


def drop_contact(db: Session, case: Case) -> bool:
    """Delete the contact data and every message written to it; whether there was any."""
    had = case.contact is not None
    case.contact = case.contact_hash = case.email_hash = None
    forget_messages(db, about=case.case_no)
    db.flush()
    return had


def erase(portal: Portal, db: Session, act: Act, case: Case, rule: str) -> None:
    """Delete every word and photo of a case and its history; numbers, days and states stay for the statistics.

    The audit log keeps the end of the history's chain, and one last step follows it. rule: withdrawn or handled.
    """
    counts = {
        "contact": int(drop_contact(db, case)),
        "photos": _delete_photos(portal, db, case, is_all=True),
        "messages": _delete(db, CaseMessage, case),
        "followers": _delete(db, CaseFollower, case),
    }
    db.execute(update(CaseRating).where(CaseRating.case_id == case.id).values(comment_public="", reasons=[]))
    forget_example(db, f"case {case.case_no}")
    case.text_raw = case.text_public = GONE
    case.place = case.place_public = case.question = case.reply = case.reply_public = case.text_hash = ""
    case.answers = []
    case.lat = case.lng = case.submission_hash = case.public_from = case.defer_proposal = None
    case.code_hash, case.is_hidden = NO_CODE, case.is_hidden or case.state != State.WITHDRAWN
    case.forgotten_at, case.erased_at = case.forgotten_at or act.at, act.at
    db.flush()
    counts["steps"] = _delete(db, CaseEvent, case)
    record(
        db, act.username, f"retention.{rule}", f"case {case.case_no}", deleted=counts, history_ended_with=case.last_hash
    )
    step(db, act, case, "erase", reason=rule)


def _delete(db: Session, table: Any, case: Case) -> int:
    done = db.execute(delete(table).where(table.case_id == case.id))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _delete_photos(portal: Portal, db: Session, case: Case, is_all: bool) -> int:
    """The files first: should the commit fail, rows without files are found again tomorrow, files without rows not."""
    query = select(CasePhoto).where(CasePhoto.case_id == case.id)
    photos = db.scalars(query if is_all else query.where(CasePhoto.is_public.is_(False))).all()
    for photo in photos:
        for key in (photo.key, small_key(photo.key)):
            portal.photos.delete(key)
        db.delete(photo)
    db.flush()
    return len(photos)
