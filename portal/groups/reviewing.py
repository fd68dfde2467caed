"""Labels for training that the gate doubts: a second person keeps each or puts it right.

The gate refuses what contradicts everything else that was decided. That may be a slip or malice, and then the label
changes; or it is how this city draws a border, and then somebody has to say so, or the router could never learn it.
"""

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.clock import now
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.groups.ledger import find_prediction, keep_decision
from portal.groups.models import Decision, Example, Prediction

REVIEWED = "review"
"""Reason of a decision that put a doubted label right."""
SHOWN = 20


@dataclass(frozen=True)
class Doubt:
    """A label that waits. is_own: decided by the person who looks, so that another has to."""

    example: Example
    is_own: bool


def keep_doubts(db: Session, seems: dict[int, str]) -> None:
    """Write down which examples wait, each with the group its text seems to mean; older doubts are settled by this."""
    db.execute(update(Example).where(Example.seems != "").values(seems=""))
    for example, group in seems.items():
        db.execute(update(Example).where(Example.id == example).values(seems=group))


def count_doubts(db: Session) -> int:
    """How many labels wait for a second look."""
    return db.scalar(select(func.count()).select_from(Example).where(Example.seems != "")) or 0


def list_doubts(db: Session, person: Person) -> list[Doubt]:
    """The first labels that wait, oldest decision first; those that this person may judge come before the others."""
    query = select(Example).where(Example.seems != "").order_by(Example.decided_at, Example.id)
    waiting = list(db.scalars(query))
    own = _decided_by(db, [one.subject for one in waiting], person)
    found = sorted((Doubt(one, one.subject in own) for one in waiting), key=lambda doubt: doubt.is_own)
    return found[:SHOWN]


def _decided_by(db: Session, subjects: list[str], person: Person) -> set[str]:
    """Which of these subjects this person decided about."""
    query = (
        select(Prediction.subject)
        .join(Decision, Decision.prediction_id == Prediction.id)
        .where(Prediction.subject.in_(subjects), Decision.actor == person.username)
    )
    return set(db.scalars(query))


def review(db: Session, person: Person, example_id: int, group: str) -> Example:
    """Keep a doubted label, or put another group in its place; the decision stands beside the older ones.

    group: a key, or "other". Raises Conflict when nobody doubts it any more, or it is the person's own decision.
    """
    example = db.get(Example, example_id)
    if example is None or not example.seems:
        raise Conflict(_("这一条不用再复核，可能别人刚复核过。"), _("请看其余几条。"))
    if _decided_by(db, [example.subject], person):
        raise Conflict(_("这一条的组是您自己选的，要由另一个人复核。"), _("请看其余几条。"))
    prediction = find_prediction(db, example.subject)
    if group != example.group and prediction is not None:
        keep_decision(db, prediction, person.username, group, REVIEWED)
    audit.record(db, person, "router.review_label", example.subject, was=example.group, group=group)
    example.group, example.seems, example.reviewed_at, example.reviewed_by = group, "", now(), person.username
    db.flush()
    return example
