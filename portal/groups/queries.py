"""Reading the router's ledger: predictions beside decisions, the audit sample, and the models."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.signing import Secrets
from portal.groups.city import OTHER
from portal.groups.ledger import CONFIRMED, is_sampled
from portal.groups.models import Decision, Example, ModelState, ModelVersion, Prediction
from portal.groups.router import Router, Source

MOST_ROWS = 50_000
"""Predictions read for one page: about a year of a big city's."""
LINE_COLUMNS = ("id", "at", "subject", "group", "probability", "outside", "is_auto", "words")


@dataclass(frozen=True)
class Line:
    """The newest prediction about a subject, and what people decided.

    seen: the newest decision made in the course of work, by somebody who saw the suggestion; empty without one.
    seen_at: when.  blind: the blind decision; empty without one.  is_routing: whether `seen` is the word of somebody
    who chose a group, not of a unit that answered the case it was given.
    """

    id: int
    at: datetime
    subject: str
    group: str
    probability: float
    outside: float
    is_auto: bool
    words: tuple[str, ...]
    seen: str = ""
    blind: str = ""
    seen_at: datetime | None = None
    is_routing: bool = True

    @property
    def answer(self) -> str:
        """What the router takes for likeliest: a group, or that no group is meant."""
        return OTHER if self.outside > self.probability else self.group

    @property
    def certainty(self) -> float:
        """The probability of the answer, 0–1."""
        return max(self.probability, self.outside)

    @property
    def decided(self) -> str:
        """The newest decision made in the course of work, else the blind one, else empty."""
        return self.seen or self.blind

    @property
    def is_right(self) -> bool:
        """Whether people decided what the router takes for likeliest."""
        return self.decided == self.answer


def list_lines(db: Session, since: datetime) -> list[Line]:
    """Predictions since a moment, oldest first, the newest of each subject only."""
    seen: dict[int, dict[str, Any]] = {}
    blind: dict[int, str] = {}
    for decision in db.scalars(select(Decision).where(Decision.at >= since).order_by(Decision.id)):
        if decision.is_blind:
            blind[decision.prediction_id] = decision.group
        else:
            seen[decision.prediction_id] = {
                "seen": decision.group, "seen_at": decision.at, "is_routing": decision.reason != CONFIRMED
            }  # fmt: skip
    newest: dict[str, Line] = {}
    columns = (getattr(Prediction, name) for name in LINE_COLUMNS)
    query = select(*columns).where(Prediction.at >= since).order_by(Prediction.id.desc()).limit(MOST_ROWS)
    for row in db.execute(query):
        if row.subject in newest:
            continue
        words = tuple(dict.fromkeys(str(word[0]) for word in row.words))
        plain = (row.id, row.at, row.subject, row.group, row.probability, row.outside, row.is_auto, words)
        newest[row.subject] = Line(*plain, blind=blind.get(row.id, ""), **seen.get(row.id, {}))
    return list(reversed(newest.values()))


def count_topics(db: Session, since: datetime) -> dict[str, int]:
    """How many texts since a moment were about each topic, as the router reads them."""
    number = func.count(Prediction.subject.distinct()).label("number")
    query = select(Prediction.topic, number).where(Prediction.at >= since).group_by(Prediction.topic)
    return {row.topic: row.number for row in db.execute(query)}


def find_texts(db: Session, subjects: list[str]) -> dict[str, str]:
    """Redacted texts of these subjects, as far as they were kept for training."""
    query = select(Example.subject, Example.text).where(Example.subject.in_(subjects))
    return {row.subject: row.text for row in db.execute(query)}


def list_examples(db: Session) -> list[Example]:
    """Everything staff confirmed or corrected, in the order of the decisions."""
    return list(db.scalars(select(Example).order_by(Example.decided_at, Example.id)))


def find_example(db: Session, subject: str) -> Example | None:
    """What is kept for training about a subject."""
    return db.scalar(select(Example).where(Example.subject == subject))


def count_examples(db: Session, since: datetime | None = None) -> int:
    """How many texts staff confirmed or corrected, all or since a moment."""
    query = select(func.count()).select_from(Example)
    return db.scalar(query if since is None else query.where(Example.decided_at > since)) or 0


def list_open_audit(
    db: Session, secrets: Secrets, router: Router, username: str
) -> Iterator[tuple[Prediction, Source]]:
    """Automatic dispatches of the sample that wait for a second person, oldest first.

    Without those that this person decided about, and those that are confidential or gone.
    """
    newest = select(func.max(Prediction.id)).group_by(Prediction.subject)
    mine = select(Decision.prediction_id).where(Decision.is_blind | (Decision.actor == username))
    query = (
        select(Prediction)
        .where(Prediction.is_auto, Prediction.id.in_(newest), Prediction.id.not_in(mine))
        .order_by(Prediction.id)
    )
    for prediction in db.scalars(query):
        if is_sampled(secrets, prediction.subject):
            source = router.find_source(db, prediction.subject)
            if source is not None and not source.is_confidential:
                yield prediction, source


def find_version(db: Session, name: str) -> ModelVersion | None:
    """The model of this name."""
    return db.scalar(select(ModelVersion).where(ModelVersion.name == name))


def find_challenger(db: Session) -> ModelVersion | None:
    """The model that waits to go live, whatever the gate said."""
    return db.scalar(select(ModelVersion).where(ModelVersion.state == ModelState.CHALLENGER))


def list_retired(db: Session) -> list[ModelVersion]:
    """Models that were live before, newest first."""
    query = select(ModelVersion).where(ModelVersion.state == ModelState.RETIRED, ModelVersion.live_at.is_not(None))
    return list(db.scalars(query.order_by(ModelVersion.live_at.desc(), ModelVersion.id.desc())))


def list_was_live(db: Session, before: datetime | None) -> list[ModelVersion]:
    """Models that went live before a moment (None: at any time), newest first: where one can go back to."""
    return [version for version in list_retired(db) if before is None or (version.live_at or before) < before]


def list_versions(db: Session, most: int = 10) -> list[ModelVersion]:
    """The newest models, newest change first."""
    return list(db.scalars(select(ModelVersion).order_by(ModelVersion.changed_at.desc()).limit(most)))


@dataclass(frozen=True)
class Mismatch:
    """A prediction that its model does not repeat. reason: what differs, for the terminal."""

    prediction: int
    subject: str
    reason: str


def replay(db: Session, router: Router, models: dict[str, Any]) -> tuple[int, list[Mismatch]]:
    """Ask each stored model again about every text that still reads as it did; (number asked, what differs).

    models: by name (store.stored_models). Texts that were edited or deleted since are passed over.
    """
    from portal.groups.ledger import text_hash

    asked, found = 0, []
    for row in db.scalars(select(Prediction).order_by(Prediction.id)):
        source = router.find_source(db, row.subject)
        if source is None or text_hash(source.text) != row.text_hash:
            continue
        asked += 1
        model = models.get(row.model)
        if model is None:
            found.append(Mismatch(row.id, row.subject, f"model {row.model} is not here"))
            continue
        said = router.ask(model, source.text)
        now_said = [said.group, said.topic, [[group, round(p, 6)] for group, p in said.ranked], said.auto]
        if now_said != [row.group, row.topic, row.ranked, row.is_auto]:
            found.append(Mismatch(row.id, row.subject, f"was {row.group} {row.probability:.6f}, is {said.group}"))
    return asked, found
