"""The router's ledger: what was predicted and what people decided, side by side for good; and its models."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Prediction(Base):
    """One suggestion of the router; append-only.

    subject: what it is about, e.g. "case CZ20261123-0001".  words: [[word, weight], …], strongest first.
    probability and outside: 0–1.  text_hash: SHA-256 of the routed text, for replay.
    """

    __tablename__ = "prediction"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(String(80), index=True)
    model: Mapped[str] = mapped_column(String(80))
    group: Mapped[str] = mapped_column(String(60), index=True)
    topic: Mapped[str] = mapped_column(String(60))
    probability: Mapped[float]
    outside: Mapped[float]
    is_auto: Mapped[bool]
    ranked: Mapped[list[Any]] = mapped_column(JSON)
    words: Mapped[list[Any]] = mapped_column(JSON)
    text_hash: Mapped[str] = mapped_column(String(64))


class Decision(Base):
    """What a person decided about a prediction; append-only, the newest counts.

    group: a group's key, or "other".  is_blind: decided without seeing the suggestion (audit sample).
    """

    __tablename__ = "routing_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    prediction_id: Mapped[int] = mapped_column(ForeignKey("prediction.id"), index=True)
    actor: Mapped[str] = mapped_column(String(80))
    group: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(80), default="")
    is_blind: Mapped[bool] = mapped_column(default=False)


class Example(Base):
    """A confirmed or corrected text for the next training, after redaction; deleted with its case.

    seems: the group (or "other") that the text seems to mean, where the gate doubts the label, until somebody looked.
    reviewed_at, reviewed_by: when a second person looked at the label, and who.
    """

    __tablename__ = "training_example"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), unique=True)
    text: Mapped[str] = mapped_column(Text)
    group: Mapped[str] = mapped_column(String(60))
    decided_at: Mapped[datetime] = mapped_column(index=True)
    source_hash: Mapped[str] = mapped_column(String(64))
    seems: Mapped[str] = mapped_column(String(60), default="")
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[str] = mapped_column(String(80), default="")


class ModelState(StrEnum):
    """Where a model stands. Retired: live once, or a challenger that a newer one replaced."""

    LIVE = "live"
    CHALLENGER = "challenger"
    RETIRED = "retired"


class ModelVersion(Base):
    """A model that was live or asked to be.

    card: what it was made of (ml.train.Card).  verdict: what the gate said (ml.gate.Verdict as JSON), empty for a
    model that never met the gate.  live_at: when it first went live; None for a challenger.  at, by: when it was
    made and by whom; changed_at, changed_by: the newest change of its state.
    """

    __tablename__ = "model_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[ModelState] = mapped_column(String(20), index=True)
    card: Mapped[dict[str, Any]] = mapped_column(JSON)
    verdict: Mapped[dict[str, Any]] = mapped_column(JSON)
    live_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(80))
