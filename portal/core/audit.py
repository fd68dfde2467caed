"""The log of what staff did: append-only, each entry chained to the one before by its hash."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.clock import now
from portal.core.db import Base
from portal.core.roles import Person

CHAIN_LOCK = 7_201_001


class AuditEvent(Base):
    """One act of a member of staff. Triggers of the database refuse to change or delete a row."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(80), index=True)
    action: Mapped[str] = mapped_column(String(80), index=True)
    subject: Mapped[str] = mapped_column(String(160), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


def chain_hash(previous: str, fields: Mapping[str, Any]) -> str:
    """The hash of an entry over the one before it: SHA-256 of canonical JSON, hex."""
    plain = json.dumps({"previous": previous, **fields}, ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


def _fields(event: AuditEvent) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "actor": event.actor,
        "action": event.action,
        "subject": event.subject,
        "detail": event.detail,
    }


def record(db: Session, actor: Person | str, action: str, subject: str = "", **detail: Any) -> AuditEvent:
    """Append one act. actor: a person, or the name of a job.  subject: what it was done to, e.g. case CZ20261123-0001.

    detail: JSON-able, without personal data: the log is read by auditors.
    """
    if db.get_bind().dialect.name == "postgresql":
        # Two writers must not chain to the same predecessor; SQLite has one writer anyway.
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    previous = db.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)) or ""
    event = AuditEvent(
        at=now(),
        actor=actor if isinstance(actor, str) else actor.username,
        action=action,
        subject=subject,
        detail=json.loads(json.dumps(detail, default=str)),
        previous_hash=previous,
    )
    event.hash = chain_hash(previous, _fields(event))
    db.add(event)
    db.flush()
    return event


def find_breaks(db: Session) -> Iterator[int]:
    """The ids of entries that were changed, or whose predecessor is missing."""
    previous = ""
    for event in db.scalars(select(AuditEvent).order_by(AuditEvent.id)).yield_per(1000):
        if event.previous_hash != previous or event.hash != chain_hash(previous, _fields(event)):
            yield event.id
        previous = event.hash
