"""Reading accounts."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.models import Staff, StaffSession
from portal.core.audit import AuditEvent
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.paging import Page, list_page


def find_staff(db: Session, username: str) -> Staff | None:
    """The account of this name."""
    return db.scalar(select(Staff).where(Staff.username == username))


def get_staff(db: Session, username: str) -> Staff:
    """The account of this name; raise NotFound."""
    staff = find_staff(db, username)
    if staff is None:
        raise NotFound(_("没有这个账号。"))
    return staff


def list_staff(db: Session) -> Sequence[Staff]:
    """Every account, open ones first."""
    return db.scalars(select(Staff).order_by(Staff.is_disabled, Staff.username)).all()


def find_session(db: Session, id_hash: str) -> StaffSession | None:
    """A session with its account."""
    return db.scalar(
        select(StaffSession).where(StaffSession.id_hash == id_hash).options(joinedload(StaffSession.staff))
    )


def list_audit(
    db: Session, actor: str = "", action: str = "", subject: str = "", after: str | None = None
) -> Page[AuditEvent]:
    """The audit log, newest first; actor exact, action and subject by their beginning."""
    query = select(AuditEvent)
    if actor:
        query = query.where(AuditEvent.actor == actor)
    if action:
        query = query.where(AuditEvent.action.startswith(action, autoescape=True))
    if subject:
        query = query.where(AuditEvent.subject.startswith(subject, autoescape=True))
    return list_page(db, query, [AuditEvent.id], lambda event: [event.id], after, 50)
