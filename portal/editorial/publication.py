"""From approved to public and back: schedule, publish, expire, correct, withdraw."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.errors import BadInput, Conflict, Forbidden
from portal.core.i18n import gettext as _
from portal.core.roles import Person, Role
from portal.editorial.history import as_of, now, working_back
from portal.editorial.laws import law_of
from portal.editorial.models import Piece, Revision, State
from portal.editorial.reviews import approve, count_late_left, demand_urgent, reviews_of_round
from portal.editorial.service import EditClash, keep_revision, lock, log, newest_revision, submit_for_review

CLOCK = "clock"
"""The name under which the audit log keeps what the clock did."""


def schedule(
    db: Session,
    piece: Piece,
    by: Person,
    publish_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Publish an approved piece: at once, or at a moment to come; and, when given, end it at another.

    Also changes or lifts (publish_at=None publishes at once) a time that was set before.
    Raises Conflict when it is not approved or its law forbids, BadInput for impossible times.
    """
    lock(db, piece)
    if piece.state not in {State.APPROVED, State.SCHEDULED}:
        raise Conflict(_("这篇内容还没有通过三审，不能发布。"), _("请先完成初审、复审和终审。"))
    start = publish_at or now()
    if expires_at is not None and expires_at <= start:
        raise BadInput(_("到期时间应晚于发布时间。"))
    faults = law_of(piece).before_publishing(db, piece)
    if faults:
        raise Conflict(faults[0], " ".join(faults[1:]))
    piece.expires_at = expires_at
    if start <= now():
        _publish(db, piece, by)
        return
    piece.state = State.SCHEDULED
    piece.publish_at = start
    piece.updated_at = now()
    db.flush()
    log(db, by, "schedule", piece, publish_at=start.isoformat())


def unschedule(db: Session, piece: Piece, by: Person) -> None:
    """Take back the time of publication; the reviews stay good."""
    lock(db, piece)
    if piece.state != State.SCHEDULED:
        raise Conflict(_("这篇内容没有设定发布时间。"))
    piece.state = State.APPROVED
    piece.publish_at = None
    db.flush()
    log(db, by, "unschedule", piece)


def _publish(db: Session, piece: Piece, by: Person | str) -> None:
    piece.state = State.PUBLISHED
    # A scheduled piece bears the time it was promised for, though the clock's job comes some seconds later.
    piece.published_at = piece.publish_at or now()
    piece.publish_at = None
    piece.updated_at = now()
    db.flush()
    law_of(piece).published(db, piece)
    log(db, by, "publish", piece, version=piece.version, urgent=piece.is_urgent)


def confirm_urgent(db: Session, piece: Piece, by: Person, version: int | None = None) -> None:
    """Publish at once as the second person; the three reviews are then still to be given.

    version: the version this person read.
    """
    demand_urgent(db, piece, by, version)
    piece.is_urgent = True
    piece.urgent_confirmed_by = by.username
    piece.publish_at = None
    _publish(db, piece, by)


def publish_due(db: Session) -> list[Piece]:
    """Publish every scheduled piece whose time has come; the clock calls it each minute.

    What its law forbids in the meantime goes back to approved, for a person to look at.
    """
    due = db.scalars(
        select(Piece)
        .where(Piece.state == State.SCHEDULED, Piece.publish_at <= now())
        .order_by(Piece.publish_at)
        .with_for_update()
    ).all()
    published = []
    for piece in due:
        if law_of(piece).before_publishing(db, piece):
            piece.state, piece.publish_at = State.APPROVED, None
            log(db, CLOCK, "publish_refused", piece)
            continue
        _publish(db, piece, CLOCK)
        published.append(piece)
    return published


def end_due(db: Session) -> list[Piece]:
    """End every piece whose last moment has passed. Readers no longer see it before: `live()` asks the clock."""
    due = db.scalars(
        select(Piece).where(Piece.state == State.PUBLISHED, Piece.expires_at <= now()).with_for_update()
    ).all()
    for piece in due:
        _end(db, piece, State.EXPIRED, CLOCK, "expire")
    return list(due)


def _end(db: Session, piece: Piece, state: State, by: Person | str, action: str) -> None:
    piece.state = state
    piece.ended_at = now()
    piece.pending_revision_id = None
    piece.updated_at = now()
    db.flush()
    law_of(piece).ended(db, piece)
    log(db, by, action, piece)


def withdraw(db: Session, piece: Piece, by: Person | str, reason: str, note: str = "") -> None:
    """Take a public piece down for good; its page answers 410 with the reason.

    reason: for the public.  note: for staff only.  by: a person, or the name of a job.
    """
    lock(db, piece)
    if piece.state != State.PUBLISHED:
        raise Conflict(_("只有已发布的内容才能撤下。"))
    if not reason.strip():
        raise BadInput(_("请写明撤下的理由，读者会看到。"))
    piece.withdrawn_reason = reason.strip()[:500]
    piece.withdrawn_note = note.strip()
    piece.withdrawn_by = by if isinstance(by, str) else by.username
    _end(db, piece, State.WITHDRAWN, by, "withdraw")


def correct(
    db: Session, piece: Piece, by: Person, title: str, snapshot: Mapping[str, Any], note: str, version: int
) -> Revision:
    """Propose a correction of a public text; readers see it, with the note, once another person agrees.

    note: what was corrected, for the public.  version: as in save_revision.
    """
    lock(db, piece)
    if piece.version != version:
        raise EditClash(newest_revision(db, piece))
    if not piece.is_live:
        raise Conflict(_("只有已发布的内容才能更正。"))
    if not note.strip():
        raise BadInput(_("请写明更正了什么，读者会看到。"))
    piece.version += 1
    revision = keep_revision(db, piece, by, title, snapshot, note.strip(), is_correction=True)
    piece.pending_revision_id = revision.id
    piece.updated_at = now()
    db.flush()
    log(db, by, "correct", piece, version=piece.version)
    return revision


def follow_up(db: Session, piece: Piece, by: Person, title: str, snapshot: Mapping[str, Any], note: str) -> Revision:
    """Keep what a slice decided about a public piece by a step of its own, so that its next editor begins with it.

    It is no correction: readers are told in the slice's own words. A waiting correction is dropped, since it was
    made from the text before.
    """
    lock(db, piece)
    if not piece.is_live:
        raise Conflict(_("只有已发布的内容才能更正。"))
    piece.version += 1
    revision = keep_revision(db, piece, by, title, snapshot, note)
    piece.pending_revision_id = None
    piece.updated_at = now()
    db.flush()
    log(db, by, "follow_up", piece, version=piece.version)
    return revision


def why_not_correction(db: Session, piece: Piece, by: Person) -> str:
    """Why this person may not agree to the waiting correction; empty when they may."""
    if piece.pending_revision_id is None:
        return _("没有等待确认的更正。")
    if not by.may(Role.REVIEWER):
        return _("您的账号没有审核权限。")
    if db.get_one(Revision, piece.pending_revision_id).author == by.username:
        return _("更正须由另一个人确认。")
    return ""


def approve_correction(db: Session, piece: Piece, by: Person) -> Revision:
    """Put a waiting correction before the readers; the kind's law brings it into the slice's tables."""
    lock(db, piece)
    reason = why_not_correction(db, piece, by)
    if reason:
        raise Forbidden(reason)
    if not piece.is_live:
        raise Conflict(_("只有已发布的内容才能更正。"))
    revision = db.get_one(Revision, piece.pending_revision_id)
    piece.pending_revision_id = None
    piece.title = revision.title
    piece.corrected_at = piece.updated_at = now()
    piece.correction_note = revision.note
    if count_late_left(piece, reviews_of_round(db, piece)):
        # The late reviews are about what is public now, so a corrected text gets all three anew.
        piece.round += 1
    db.flush()
    law_of(piece).apply(db, piece, revision.snapshot)
    log(db, by, "approve_correction", piece, version=revision.number)
    return revision


def refuse_correction(db: Session, piece: Piece, by: Person) -> None:
    """Drop a waiting correction; the public text stays, the proposal remains among the revisions."""
    lock(db, piece)
    if piece.pending_revision_id is None:
        raise Conflict(_("没有等待确认的更正。"))
    piece.pending_revision_id = None
    piece.updated_at = now()
    db.flush()
    log(db, by, "refuse_correction", piece)


def carry_through(
    db: Session,
    piece: Piece,
    by: Person,
    reviewers: Sequence[Person],
    published_at: datetime,
    expires_at: datetime | None = None,
    *,
    is_legal: bool = False,
) -> None:
    """Take a draft through three reviews to publication with times of the past, for demos and imports.

    by: who submits, usually the author.  reviewers: three different people, none the author.
     is_legal: the second review is the legal one.
    """
    times = working_back(published_at, len(reviewers) + 1)
    with as_of(times[0]):
        submit_for_review(db, piece, by, is_confidential_checked=True)
    for number, (reviewer, moment) in enumerate(zip(reviewers, times[1:], strict=True)):
        with as_of(moment):
            approve(db, piece, reviewer, is_legal=is_legal and number == 1)
    with as_of(published_at):
        schedule(db, piece, reviewers[-1], expires_at=expires_at)
