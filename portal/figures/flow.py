"""How cases move: returned, reopened, late, verified; and what a search for the right unit costs.

Pure functions over rows of cases, beside the rates of `measures.py`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from portal.cases import State
from portal.core.estimates import Share, share

if TYPE_CHECKING:
    from portal.figures.measures import Row

FAR = 3
"""A case is far overdue when this many times its promised span has passed."""
DAY_S = 86_400


@dataclass(frozen=True)
class Flow:
    """returned: cases that a unit sent back at least once, of those dispatched.  lost_days: mean of the days from
    submission to the unit that kept the case, over returned ones; None when none was.  reopened: of all resolved
    once.  verified: solved by the reporter's word or by proof that nobody refuted until the re-check, of all closed.
    """

    returned: Share
    lost_days: float | None
    reopened: Share
    verified: Share
    far_overdue: int


def count_flow(row: "Row", moment: datetime, recheck_days: int) -> dict[str, int]:
    """What one case adds to the sums of `flow_of`."""
    is_returned = row.dispatched_at is not None and row.return_count > 0
    is_closed = row.state == State.CLOSED
    return {
        "dispatched": int(row.dispatched_at is not None),
        "returned": int(is_returned),
        "lost_s": round(_lost_s(row, moment)) if is_returned else 0,
        "resolved_once": int(row.resolved_at is not None or row.reopen_count > 0),
        "reopened": int(row.reopen_count > 0),
        "closed": int(is_closed),
        "verified": int(is_closed and _is_verified(row, moment, recheck_days)),
        "far_overdue": int(_is_far_overdue(row, moment)),
    }


def flow_of(counts: Mapping[str, int]) -> Flow:
    """The movement that these sums give."""
    n = Counter(counts)
    return Flow(
        returned=share(n["returned"], n["dispatched"]),
        lost_days=n["lost_s"] / n["returned"] / DAY_S if n["returned"] else None,
        reopened=share(n["reopened"], n["resolved_once"]),
        verified=share(n["verified"], n["closed"]),
        far_overdue=n["far_overdue"],
    )


def _lost_s(row: "Row", moment: datetime) -> float:
    """From submission to the dispatch that stayed; a return that waits for its arbiter goes on costing."""
    until = moment if row.state == State.RETURN_ASKED else row.dispatched_at or moment
    return max((until - row.submitted_at).total_seconds(), 0.0)


def _is_verified(row: "Row", moment: datetime, recheck_days: int) -> bool:
    if row.outcome != "solved" or row.solved in {"no", "partly"}:
        return False
    is_over = row.resolved_at is not None and moment >= row.resolved_at + timedelta(days=recheck_days)
    return row.solved == "yes" or (row.has_proof and is_over)


def _is_far_overdue(row: "Row", moment: datetime) -> bool:
    return row.resolved_at is None and moment - row.submitted_at > FAR * (row.due_at - row.submitted_at)
