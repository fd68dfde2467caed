"""Keys of other systems, and the cases they hand in."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases import Case
from portal.core.audit import record
from portal.core.clock import now
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.core.signing import Secrets, random_code
from portal.open311.models import ApiCase, ApiKey

KEY_SIGNS = 32
"""Signs of a key: 160 bits."""


def _hash(secrets: Secrets, key: str) -> str:
    return secrets.hash("open311 key", key)


def is_taken(db: Session, name: str) -> bool:
    """Whether a system of this name has, or had, a key."""
    return db.scalar(select(ApiKey.id).where(ApiKey.name == name)) is not None


def issue_key(db: Session, secrets: Secrets, name: str, by: Person) -> str:
    """Let a system hand in cases; its key, which is kept nowhere."""
    key = random_code(KEY_SIGNS)
    db.add(ApiKey(name=name, key_hash=_hash(secrets, key), created_at=now(), created_by=by.name))
    record(db, by, "open311.issue_key", f"key {name}")
    db.flush()
    return key


def close_key(db: Session, number: int, by: Person) -> ApiKey:
    """Refuse a key from now on; the cases that came through it stay. NotFound for an unknown or closed one."""
    key = db.get(ApiKey, number)
    if key is None or key.closed_at is not None:
        raise NotFound(_("没有这个在用的接口密钥。"), _("请刷新列表后再试。"))
    key.closed_at = now()
    record(db, by, "open311.close_key", f"key {key.name}")
    return key


def list_keys(db: Session) -> list[ApiKey]:
    """Every key, the newest first; an installation has a handful."""
    return list(db.scalars(select(ApiKey).order_by(ApiKey.id.desc()).limit(200)))


def find_key(db: Session, secrets: Secrets, key: str) -> ApiKey | None:
    """The open key that was sent, or None."""
    if not key:
        return None
    return db.scalar(select(ApiKey).where(ApiKey.key_hash == _hash(secrets, key), ApiKey.closed_at.is_(None)))


def keep_origin(db: Session, key: ApiKey, case: Case) -> None:
    """Note through which key a new case came; a repeated request is noted once."""
    key.used_at = now()
    if db.get(ApiCase, case.id) is None:
        db.add(ApiCase(case_id=case.id, key_id=key.id))
    db.flush()


def find_own(db: Session, key: ApiKey, case_no: str) -> int | None:
    """The id of a case that this key handed in, or None."""
    return db.scalar(
        select(ApiCase.case_id)
        .join(Case, Case.id == ApiCase.case_id)
        .where(ApiCase.key_id == key.id, Case.case_no == case_no.upper())
    )
