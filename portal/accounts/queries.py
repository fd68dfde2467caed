"""Reading accounts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.accounts.models import SIGNED_IN, SignedIn, Staff, StaffSession, known_roles
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


def staff_names(db: Session, usernames: Iterable[str]) -> dict[str, str]:
    """What people call these accounts, by user name."""
    rows = db.execute(select(Staff.username, Staff.display_name).where(Staff.username.in_(sorted(set(usernames)))))
    return {username: name for username, name in rows}  # noqa: C416 - rows are no pairs to the type checker


def list_staff(db: Session) -> Sequence[Staff]:
    """Every account, open ones first."""
    return db.scalars(select(Staff).order_by(Staff.is_disabled, Staff.username)).all()


def list_active(db: Session) -> list[SignedIn]:
    """Everybody who can sign in, by name: for lists to choose from."""
    return [_make_person(row) for row in db.connection().execute(_ACTIVE)]


def _make_person(row: Sequence[Any]) -> SignedIn:
    number, username, name, roles, groups, unit = row
    return SignedIn(number, username, name, known_roles(roles), frozenset(groups), unit)


# Whoever is signed in is looked up at every request: tables and no objects, a third of the cost.
_SESSION, _STAFF = StaffSession.__table__.c, Staff.__table__.c
_SIGNED_IN = (
    select(_SESSION.seen_at, _SESSION.created_at, *(_STAFF[name] for name in SIGNED_IN))
    .join_from(StaffSession.__table__, Staff.__table__, _SESSION.staff_id == _STAFF.id)
    .where(_SESSION.id_hash == bindparam("id_hash"), _SESSION.ended_at.is_(None), _STAFF.is_disabled.is_(False))
)
_ACTIVE = select(*(_STAFF[name] for name in SIGNED_IN)).where(_STAFF.is_disabled.is_(False)).order_by(_STAFF.username)


def find_session(db: Session, id_hash: str) -> tuple[datetime, datetime, SignedIn] | None:
    """When a session was seen last and began, and whose it is; None when it was ended or the account is disabled."""
    row = db.connection().execute(_SIGNED_IN, {"id_hash": id_hash}).one_or_none()
    if row is None:
        return None
    return row[0], row[1], _make_person(row[2:])


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
