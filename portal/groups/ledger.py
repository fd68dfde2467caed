"""Keeping what the router said and what people decided; nothing here is ever changed afterwards."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.core.clock import now
from portal.core.signing import Secrets
from portal.groups.models import Decision, Example, Prediction

if TYPE_CHECKING:
    from ml.predict import Routing


CONFIRMED = "resolved"
"""Reason of a decision that nobody wrote down as one: the unit did what the case asked for and did not send it back."""
AUDIT_SHARE = 0.04
"""Share of automatic dispatches that a second person judges without seeing the suggestion."""


def is_sampled(secrets: Secrets, subject: str) -> bool:
    """Whether a subject belongs to the audit sample: settled with its number, and by nobody who lacks the key."""
    return int(secrets.hash("router audit", subject)[:8], 16) < AUDIT_SHARE * 2**32


def text_hash(text: str) -> str:
    """SHA-256 of a routed text, hex."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def keep_prediction(db: Session, subject: str, text: str, routing: "Routing", at: datetime | None = None) -> Prediction:
    """Write down what the router said about a subject, at this moment or at the one that its act belongs to."""
    prediction = Prediction(
        at=at or now(),
        subject=subject,
        model=routing.model,
        group=routing.group,
        topic=routing.topic,
        probability=routing.probability,
        outside=routing.outside,
        is_auto=routing.auto,
        ranked=[[group, round(probability, 6)] for group, probability in routing.ranked],
        words=[[word.word, round(word.weight, 4), word.start, word.end] for word in routing.words],
        text_hash=text_hash(text),
    )
    db.add(prediction)
    db.flush()
    return prediction


def find_prediction(db: Session, subject: str) -> Prediction | None:
    """The newest prediction about a subject."""
    return db.scalar(select(Prediction).where(Prediction.subject == subject).order_by(Prediction.id.desc()).limit(1))


def keep_decision(
    db: Session,
    prediction: Prediction,
    actor: str,
    group: str,
    reason: str = "",
    is_blind: bool = False,
    at: datetime | None = None,
) -> Decision:
    """Write down, beside the prediction, what a person decided. group: a key, or "other"."""
    decision = Decision(
        at=at or now(), prediction_id=prediction.id, actor=actor, group=group, reason=reason, is_blind=is_blind
    )
    db.add(decision)
    db.flush()
    return decision


def keep_confirmation(
    db: Session, subject: str, actor: str, redacted_text: str, group: str, at: datetime | None = None
) -> None:
    """Keep that a case ended with the group it was sent to, unless a person has decided about it before.

    Learning from corrections alone would teach the router that it is always wrong.
    """
    prediction = find_prediction(db, subject)
    if prediction is not None and not db.scalar(
        select(Decision.id).where(Decision.prediction_id == prediction.id, Decision.is_blind.is_(False)).limit(1)
    ):
        keep_decision(db, prediction, actor, group, CONFIRMED, at=at)
    if db.scalar(select(Example.id).where(Example.subject == subject)) is None:
        keep_example(db, subject, redacted_text, group, at)


def forget_example(db: Session, subject: str) -> None:
    """Delete what was kept for training about a subject whose words must go."""
    db.execute(delete(Example).where(Example.subject == subject))


def keep_example(db: Session, subject: str, redacted_text: str, group: str, at: datetime | None = None) -> None:
    """Keep a confirmed text for the next training; a later decision about the same subject replaces it.

    redacted_text: without personal data (portal.core.privacy).  group: a key, or "other".
    """
    example = db.scalar(select(Example).where(Example.subject == subject))
    if example is None:
        example = Example(subject=subject)
        db.add(example)
    example.text, example.group, example.decided_at = redacted_text, group, at or now()
    example.source_hash = text_hash(redacted_text)
    example.seems, example.reviewed_at, example.reviewed_by = "", None, ""
    db.flush()
