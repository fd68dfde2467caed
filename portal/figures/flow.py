"""How cases move: returned, reopened, late, verified; and what a search for the right unit costs.

Pure functions over rows of cases, beside the rates of `measures.py`.
"""

from collections.abc import Sequence
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


def measure_flow(rows: Sequence["Row"], moment: datetime, recheck_days: int) -> Flow:
    """The movement of these cases up to this moment."""
    dispatched = [row for row in rows if row.dispatched_at is not None]
    returned = [row for row in dispatched if row.return_count]
    resolved = [row for row in rows if row.resolved_at is not None or row.reopen_count]
    closed = [row for row in rows if row.state == State.CLOSED]
    lost = [_lost_s(row, moment) / DAY_S for row in returned]
    return Flow(
        returned=share(len(returned), len(dispatched)),
        lost_days=sum(lost) / len(lost) if lost else None,
        reopened=share(sum(row.reopen_count > 0 for row in resolved), len(resolved)),
        verified=share(sum(_is_verified(row, moment, recheck_days) for row in closed), len(closed)),
        far_overdue=sum(_is_far_overdue(row, moment) for row in rows),
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
