"""Messages to people: written to an outbox with the business, delivered afterwards, at least once."""

import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import httpx2
import structlog
from sqlalchemy import String, Text, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.clock import now
from portal.core.db import Base
from portal.core.signing import BadToken, Secrets

if TYPE_CHECKING:
    from portal.core.web import Portal

log = structlog.get_logger("portal.mail")
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 480, 1440))
CLAIM = timedelta(minutes=10)
SECONDS = 15


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"


class Delivery(StrEnum):
    """What became of a message."""

    DUE = "due"
    CLAIMED = "claimed"
    SENT = "sent"
    KEPT = "kept"
    STUCK = "stuck"


class OutboxMessage(Base):
    """One message. recipient is encrypted; `kept` means that no channel is set and only this page shows it."""

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    recipient: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(String(80), index=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(300), default="")


def write_message(
    db: Session, secrets: Secrets, channel: Channel, recipient: str, subject: str, body: str, about: str = ""
) -> OutboxMessage:
    """Put a message into the outbox, in the caller's transaction.

    about: what it belongs to, e.g. a case number, so that staff find it.
    """
    message = OutboxMessage(
        channel=channel,
        recipient=secrets.encrypt(recipient),
        subject=" ".join(subject.split())[:200],
        body=body,
        about=about,
        state=Delivery.DUE,
        attempts=0,
        next_at=now(),
        created_at=now(),
        error="",
    )
    db.add(message)
    db.flush()
    return message


def deliver_due(portal: "Portal", most: int = 50) -> int:
    """Send what is due, or was claimed by a process that died; returns how many were tried."""
    with portal.database.read() as db:
        stale = now() - CLAIM
        ids: Sequence[int] = db.scalars(
            select(OutboxMessage.id)
            .where(
                or_(OutboxMessage.state == Delivery.DUE, OutboxMessage.state == Delivery.CLAIMED),
                OutboxMessage.next_at <= now(),
                or_(OutboxMessage.state == Delivery.DUE, OutboxMessage.next_at <= stale),
            )
            .order_by(OutboxMessage.next_at)
            .limit(most)
        ).all()
    return sum(_deliver(portal, message_id) for message_id in ids)


def _deliver(portal: "Portal", message_id: int) -> bool:
    with portal.database.write() as db:
        claimed = db.execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.id == message_id,
                OutboxMessage.state.in_([Delivery.DUE, Delivery.CLAIMED]),
                OutboxMessage.next_at <= now(),
            )
            .values(state=Delivery.CLAIMED, next_at=now() + CLAIM, attempts=OutboxMessage.attempts + 1)
        )
        if not claimed.rowcount:  # type: ignore[attr-defined]
            return False
        message = db.get_one(OutboxMessage, message_id)
    state, error = _send(portal, message)
    with portal.database.write() as db:
        message = db.get_one(OutboxMessage, message_id)
        message.error = error[:300]
        if state is Delivery.DUE:
            is_last = message.attempts > len(PAUSES)
            message.state = Delivery.STUCK if is_last else Delivery.DUE
            message.next_at = now() + PAUSES[min(message.attempts, len(PAUSES)) - 1]
        else:
            message.state = state
            message.sent_at = now() if state is Delivery.SENT else None
    return True


def _send(portal: "Portal", message: OutboxMessage) -> tuple[Delivery, str]:
    """Sent, kept (no channel set), or due again with the reason."""
    settings = portal.settings
    try:
        recipient = portal.secrets.decrypt(message.recipient)
        if message.channel == Channel.EMAIL and settings.mail_url:
            _send_email(settings.mail_url, portal.city.brand.title, recipient, message)
        elif message.channel == Channel.SMS and settings.sms_webhook:
            answer = httpx2.post(
                settings.sms_webhook, json={"to": recipient, "text": message.body, "id": message.id}, timeout=SECONDS
            )
            answer.raise_for_status()
        else:
            return Delivery.KEPT, ""
    except (OSError, smtplib.SMTPException, httpx2.HTTPError, BadToken) as error:
        log.warning("message not delivered", id=message.id, error=type(error).__name__)
        return Delivery.DUE, f"{type(error).__name__}: {error}"
    return Delivery.SENT, ""


def _send_email(mail_url: str, sender_name: str, recipient: str, message: OutboxMessage) -> None:
    parts = urlsplit(mail_url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = f"{sender_name} <{user if '@' in user else 'portal@' + (parts.hostname or 'localhost')}>"
    mail["To"] = recipient
    # The same id at every try: a mail server or reader can drop a second copy.
    mail["Message-ID"] = f"<outbox-{message.id}@minsheng>"
    mail.set_content(message.body)
    is_tls = parts.scheme == "smtps"
    port = parts.port or (465 if is_tls else 25)
    server: smtplib.SMTP = (
        smtplib.SMTP_SSL(parts.hostname or "", port, timeout=SECONDS, context=ssl.create_default_context())
        if is_tls
        else smtplib.SMTP(parts.hostname or "", port, timeout=SECONDS)
    )
    with server:
        if not is_tls and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if user:
            server.login(user, password)
        server.send_message(mail)
