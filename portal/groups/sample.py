"""How right the router dispatches, from the random sample that people judge without seeing its word.

The model cannot grade itself: cases it was sure of are judged blind, every case with the same chance, so the share of
right ones among them is an unbiased estimate for all that it dispatched alone.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.groups.models import Decision, Prediction


def audit_by_group(db: Session, since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    """Group the router chose → (right, judged), of automatic dispatches predicted from since until before until."""
    newest = (
        select(func.max(Decision.id))
        .where(Decision.is_blind, Decision.at >= since)
        .group_by(Decision.prediction_id)
        .scalar_subquery()
    )
    query = (
        select(Prediction.group, Decision.group)
        .join(Prediction, Prediction.id == Decision.prediction_id)
        .where(Decision.id.in_(newest), Prediction.is_auto, Prediction.at >= since, Prediction.at < until)
    )
    found: dict[str, tuple[int, int]] = {}
    for said, judged in db.execute(query):
        right, n = found.get(said, (0, 0))
        found[said] = (right + (said == judged), n + 1)
    return found
