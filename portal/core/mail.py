"""Messages to people: written to an outbox with the business, delivered afterwards, at least once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import ColumnElement, String, Text, and_, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.clock import now
from portal.core.db import Base
from portal.core.sending import Undelivered, has_channel, send
from portal.core.signing import Secrets

if TYPE_CHECKING:
    from portal.core.web import Portal

log = structlog.get_logger("portal.mail")
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 480, 1440))
CLAIM = timedelta(minutes=10)
"""How long a message stays with the process that took it; afterwards that process counts as dead."""
KEPT_DAYS = 90


class Channel(StrEnum):
    """How a message travels. WeChat goes to the telephone number that the gateway knows a WeChat account of."""

    EMAIL = "email"
    SMS = "sms"
    WECHAT = "wechat"


class Delivery(StrEnum):
    """What became of a message."""

    DUE = "due"
    CLAIMED = "claimed"
    SENT = "sent"
    KEPT = "kept"
    STUCK = "stuck"


RESENDABLE = (Delivery.STUCK, Delivery.KEPT)


class OutboxMessage(Base):
    """One message. recipient is encrypted; `kept` means that no channel is set and only this page shows it.

    attempts: tries so far, which also tells two holders of one message apart.  stop_path: where on this portal its
    reader ends such messages, by a signed link; empty for what was asked for at that moment.
    """

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
    stop_path: Mapped[str] = mapped_column(String(400), default="")


def write_message(
    db: Session,
    secrets: Secrets,
    channel: Channel,
    recipient: str,
    subject: str,
    body: str,
    about: str = "",
    stop_path: str = "",
) -> OutboxMessage:
    """Put a message into the outbox, in the caller's transaction.

    about: what it belongs to, e.g. a case number, so that staff find it.  stop_path: where its reader can end such
    messages; an e-mail carries it in its headers too.
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
        stop_path=stop_path,
    )
    db.add(message)
    db.flush()
    return message


def deliver_due(portal: "Portal", most: int = 50) -> int:
    """Send what is due, or was taken by a process that died; returns how many were tried.

    A server or gateway that does not answer is left alone for the rest of the round; its messages keep their turn.
    """
    with portal.database.read() as db:
        waiting = select(OutboxMessage.id, OutboxMessage.channel).where(_is_due())
        found = db.execute(waiting.order_by(OutboxMessage.next_at, OutboxMessage.id).limit(most)).all()
    tried, down = 0, set()
    for number, channel in found:
        is_mail = channel == Channel.EMAIL
        outcome = _deliver(portal, number) if is_mail not in down else None
        tried += outcome is not None
        if outcome is not None and outcome.is_down:
            down.add(is_mail)
    return tried


def _is_due() -> ColumnElement[bool]:
    # A claimed message is due again when its claim has run out.
    return and_(OutboxMessage.state.in_([Delivery.DUE, Delivery.CLAIMED]), OutboxMessage.next_at <= now())


_SENT = Undelivered("")
"""Nothing went wrong."""


def _deliver(portal: "Portal", number: int) -> Undelivered | None:
    """Claim a message, send it, write down what came of it; None when somebody else has it."""
    with portal.database.write() as db:
        claim = update(OutboxMessage).where(OutboxMessage.id == number, _is_due())
        taken = db.execute(
            claim.values(state=Delivery.CLAIMED, next_at=now() + CLAIM, attempts=OutboxMessage.attempts + 1)
        )
        if not taken.rowcount:  # type: ignore[attr-defined]
            return None
        message = db.get_one(OutboxMessage, number)
    fault = _SENT
    if has_channel(portal, message.channel):
        try:
            send(portal, message)
        except Undelivered as undelivered:
            fault = undelivered
            log.warning("message not delivered", id=number, channel=message.channel, error=_kind(fault.reason))
        values = _after(message, fault)
    else:
        values = {"state": Delivery.KEPT, "error": ""}
    with portal.database.write() as db:
        # Only as the holder: a process that slept over its claim must not undo what another one did meanwhile.
        mine = and_(OutboxMessage.state == Delivery.CLAIMED, OutboxMessage.attempts == message.attempts)
        db.execute(update(OutboxMessage).where(OutboxMessage.id == number, mine).values(**values))
    return fault


def _after(message: OutboxMessage, fault: Undelivered) -> dict[str, object]:
    """What is written down about a try."""
    if fault is _SENT:
        return {"state": Delivery.SENT, "sent_at": now(), "error": ""}
    is_over = fault.is_final or message.attempts > len(PAUSES)
    pause = PAUSES[min(message.attempts, len(PAUSES)) - 1]
    state = Delivery.STUCK if is_over else Delivery.DUE
    return {"state": state, "next_at": now() + pause, "error": fault.reason[:300]}


def _kind(reason: str) -> str:
    """What went wrong, without the words of the other side: they quote addresses."""
    return reason.partition(":")[0]


def resend(db: Session, message: OutboxMessage) -> None:
    """Give a message that is stuck or was kept a new first try."""
    message.state, message.attempts, message.next_at, message.error = Delivery.DUE, 0, now(), ""


def resend_all(db: Session) -> int:
    """Give every stuck message a new first try; returns how many."""
    stuck = update(OutboxMessage).where(OutboxMessage.state == Delivery.STUCK)
    done = db.execute(stuck.values(state=Delivery.DUE, attempts=0, next_at=now(), error=""))
    return int(done.rowcount)  # type: ignore[attr-defined]


def count_states(db: Session, since: datetime | None = None) -> dict[str, int]:
    """State → messages, of all or of those whose last turn was not before a moment."""
    query = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    if since:
        query = query.where(OutboxMessage.next_at >= since)
    return {state: int(count) for state, count in db.execute(query)}


def count_failures(db: Session) -> Sequence[tuple[str, str, str, int]]:
    """(channel, state, kind of fault, messages) of everything that has failed and is not through yet."""
    failed = and_(OutboxMessage.state.in_([Delivery.STUCK, Delivery.DUE, Delivery.CLAIMED]), OutboxMessage.error != "")
    query = select(OutboxMessage.channel, OutboxMessage.state, OutboxMessage.error, func.count()).where(failed)
    sums: dict[tuple[str, str, str], int] = {}
    for channel, state, error, count in db.execute(query.group_by(*query.selected_columns[:3])):
        key = (channel, Delivery.STUCK if state == Delivery.STUCK else Delivery.DUE, _kind(error))
        sums[key] = sums.get(key, 0) + int(count)
    return [(*key, count) for key, count in sorted(sums.items())]


def forget_messages(db: Session, about: str = "") -> int:
    """Delete what was written about one thing, or, without one, what lies longer than 90 days; returns how many."""
    limit = now() - timedelta(days=KEPT_DAYS)
    over = OutboxMessage.state.in_([Delivery.SENT, Delivery.KEPT, Delivery.STUCK])
    old = and_(OutboxMessage.created_at < limit, over)
    done = db.execute(delete(OutboxMessage).where(OutboxMessage.about == about if about else old))
    return int(done.rowcount)  # type: ignore[attr-defined]


def forget_messages_below(db: Session, start: str) -> None:
    """Delete everything that was written about things whose name begins so, whatever became of it."""
    db.execute(delete(OutboxMessage).where(OutboxMessage.about.startswith(start, autoescape=True)))
