"""Who is behind a request: the cookie's session, as long as it lasts."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session
from starlette.requests import Request

from portal.accounts.models import StaffSession
from portal.accounts.queries import find_session
from portal.accounts.service import ABSOLUTE, IDLE, session_hash
from portal.core.clock import now
from portal.core.roles import Person
from portal.core.web import Portal

COOKIE = "staff"
TOUCH = timedelta(minutes=1)


def read_session_id(portal: Portal, request: Request) -> str | None:
    """The session id in the cookie, when the signature is ours."""
    token = request.cookies.get(f"__Host-{COOKIE}" if portal.settings.is_https else COOKIE)
    if not token:
        return None
    found = portal.secrets.find(f"cookie {COOKIE}", token, int(ABSOLUTE.total_seconds()))
    return str(found) if found is not None else None


def find_person(portal: Portal, request: Request, db: Session) -> Person | None:
    """The signed-in person; None when nobody is, or the session is over (15 idle minutes, 12 hours at most)."""
    session_id = read_session_id(portal, request)
    if session_id is None:
        return None
    moment, hashed = now(), session_hash(session_id)
    found = find_session(db, hashed)
    if found is None:
        return None
    seen_at, created_at, person = found
    if seen_at + IDLE < moment or created_at + ABSOLUTE < moment:
        return None
    if seen_at + TOUCH < moment:
        with portal.database.write() as writing:
            writing.execute(update(StaffSession).where(StaffSession.id_hash == hashed).values(seen_at=moment))
    return person
