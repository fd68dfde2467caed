"""Accounts: made, changed, signed in and out; every act leaves a line in the audit log."""

import hashlib
import secrets
import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.models import Staff, StaffSession
from portal.accounts.queries import find_staff
from portal.core.audit import record
from portal.core.clock import now
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.roles import Person, Role
from portal.core.signing import Secrets

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
FAILURES = 5
LOCK = timedelta(minutes=5)
PASSWORD_LEAST = 12

_hasher = PasswordHasher()
# One hash takes 64 MiB; two at a time keep a small server alive.
_hashing = threading.BoundedSemaphore(2)
# Verified for unknown names, so that the time of an answer tells nobody which names exist.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b1dWRWJTmaaJObG1fO2mWX3pCo"


@dataclass(frozen=True)
class NewStaff:
    """What an account is made of."""

    username: str
    display_name: str
    password: str
    roles: frozenset[Role]
    groups: frozenset[str] = frozenset()
    unit: str | None = None


def hash_password(password: str) -> str:
    """An argon2id hash with its parameters."""
    with _hashing:
        return _hasher.hash(password)


def is_password(password_hash: str, password: str) -> bool:
    """True when the password belongs to the hash."""
    try:
        with _hashing:
            return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def weakness(password: str, username: str) -> str | None:
    """Why a password is too weak, for the field; None when it will do (12 signs, 3 of 4 kinds, not the name)."""
    kinds = sum(
        any(test(sign) for sign in password)
        for test in (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    )
    if len(password) < PASSWORD_LEAST or kinds < 3:
        return _("密码至少 12 位，并包含大写字母、小写字母、数字、符号中的三种。")
    return _("密码里不要包含账号名。") if username.lower() in password.lower() else None


def add_staff(db: Session, new: NewStaff, by: Person | str) -> Staff:
    """Open an account; Conflict when the name is taken."""
    if find_staff(db, new.username):
        raise Conflict(_("账号名 %(name)s 已经有人使用，请换一个。") % {"name": new.username})
    staff = Staff(
        username=new.username,
        display_name=new.display_name,
        password_hash=hash_password(new.password),
        password_set_at=now(),
        role_names=sorted(new.roles),
        group_keys=sorted(new.groups),
        unit=new.unit,
        totp_step=0,
        is_disabled=False,
        failures=0,
        created_at=now(),
    )
    db.add(staff)
    db.flush()
    record(
        db, by, "staff.add", f"staff {staff.username}", roles=staff.role_names, groups=staff.group_keys, unit=new.unit
    )
    return staff


def change_staff(
    db: Session, staff: Staff, roles: Collection[Role], groups: Collection[str], unit: str | None, by: Person
) -> None:
    """Give an account other roles and limits; they hold at its next request."""
    staff.role_names, staff.group_keys, staff.unit = sorted(roles), sorted(groups), unit
    staff.__dict__.pop("roles", None)
    record(
        db, by, "staff.change", f"staff {staff.username}", roles=staff.role_names, groups=staff.group_keys, unit=unit
    )


def set_disabled(db: Session, staff: Staff, is_disabled: bool, by: Person | str) -> None:
    """Close an account, or open it again; closing ends its sessions."""
    staff.is_disabled = is_disabled
    if is_disabled:
        end_sessions(db, staff)
    record(db, by, "staff.disable" if is_disabled else "staff.enable", f"staff {staff.username}")


def set_password(db: Session, staff: Staff, password: str, by: Person | str) -> None:
    """Set a new password; every other session of the account ends."""
    staff.password_hash = hash_password(password)
    staff.password_set_at = now()
    staff.failures, staff.locked_until = 0, None
    end_sessions(db, staff)
    record(db, by, "staff.password", f"staff {staff.username}")


def set_totp(db: Session, secrets_: Secrets, staff: Staff, secret: str | None, by: Person | str) -> None:
    """Turn the second factor on (with a secret the person has proved to hold) or off."""
    staff.totp_secret = secrets_.encrypt(secret) if secret else None
    staff.totp_step = 0
    record(db, by, "staff.totp_on" if secret else "staff.totp_off", f"staff {staff.username}")


def set_letter(db: Session, secrets_: Secrets, staff: Staff, email: str, wants_digest: bool, by: Person | str) -> None:
    """Set where an account's morning letter goes, and whether it is wanted. The log says that, not where."""
    staff.email = secrets_.encrypt(email) if email else None
    staff.wants_digest = wants_digest
    record(db, by, "staff.letter", f"staff {staff.username}", has_email=bool(email), wants=wants_digest)


def totp_step(secret: str, code: str) -> int | None:
    """The 30-second step a code belongs to, give or take one; None when it is wrong."""
    moment = int(now().timestamp())
    for step in (moment // 30, moment // 30 - 1, moment // 30 + 1):
        if secrets.compare_digest(pyotp.TOTP(secret).at(step * 30), code.strip()):
            return step
    return None


def check_password(db: Session, secrets_: Secrets, username: str, password: str, code: str) -> Staff | None:
    """The account when name, password and second factor are right and it is neither locked nor closed.

    A failure is counted; the fifth in a row locks the account for five minutes. None tells nothing about why.
    """
    staff = find_staff(db, username)
    is_right = is_password(staff.password_hash if staff else _NOBODY, password)
    if staff is None:
        return None
    is_locked = staff.locked_until is not None and staff.locked_until > now()
    if is_right and not is_locked and not staff.is_disabled and _passes_factor(secrets_, staff, code):
        staff.failures, staff.locked_until = 0, None
        return staff
    if not is_locked:
        staff.failures += 1
        if staff.failures >= FAILURES:
            staff.failures, staff.locked_until = 0, now() + LOCK
            record(db, "portal", "staff.locked", f"staff {staff.username}")
    return None


def _passes_factor(secrets_: Secrets, staff: Staff, code: str) -> bool:
    if not staff.totp_secret:
        return True
    step = totp_step(secrets_.decrypt(staff.totp_secret), code)
    if step is None or step <= staff.totp_step:
        return False  # a code that was used once is spent
    staff.totp_step = step
    return True


def session_hash(session_id: str) -> str:
    """What the table keeps of a session's id."""
    return hashlib.sha256(session_id.encode()).hexdigest()


def begin_session(db: Session, staff: Staff) -> str:
    """Sign somebody in: a new random id for the cookie, never one that was there before."""
    session_id = secrets.token_urlsafe(32)
    moment = now()
    db.add(StaffSession(id_hash=session_hash(session_id), staff_id=staff.id, created_at=moment, seen_at=moment))
    db.flush()
    return session_id


def end_session(db: Session, session_id: str) -> None:
    """Sign this browser out."""
    db.execute(update(StaffSession).where(StaffSession.id_hash == session_hash(session_id)).values(ended_at=now()))


def end_sessions(db: Session, staff: Staff) -> None:
    """Sign an account out everywhere."""
    db.execute(
        update(StaffSession)
        .where(StaffSession.staff_id == staff.id, StaffSession.ended_at.is_(None))
        .values(ended_at=now())
    )
