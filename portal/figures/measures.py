"""What the figures mean: 响应率, 解决率, 满意率, times, and how much of each is not known.

Pure functions over rows of cases. Each function says what is counted over what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from portal.cases import State
from portal.core.estimates import Interval, Rates, Share, Survival, share, share_bounds, survival, three_rates
from portal.figures.flow import Flow, measure_flow
from portal.groups import ScoreRules

KINDS = ("complaint", "help_request", "report", "suggestion")
LEFT_OUT = (State.DRAFT_CONFIRM, State.REJECTED, State.TRANSFERRED, State.MERGED, State.WITHDRAWN, State.DEFERRED)
"""Not in the base: never taken in, handed elsewhere, joined, taken back, or put on the ledger (shown on its own)."""
HIGH = 4
HOUR_S = 3600
DEFAULT = ScoreRules()


class Row(NamedTuple):
    """What the figures need of a case. grade, solved: the reporter's word on the present result, None when silent."""

    state: str
    outcome: str | None
    group: str
    unit: str | None
    is_anonymous: bool
    has_contact: bool
    has_reply: bool
    submitted_at: datetime
    due_at: datetime
    contact_due_at: datetime
    first_contact_at: datetime | None
    resolved_at: datetime | None
    grade: int | None
    solved: str | None
    district: str | None = None
    dispatched_at: datetime | None = None
    return_count: int = 0
    reopen_count: int = 0
    has_proof: bool = False
    is_sample: bool = False

    @property
    def is_reachable(self) -> bool:
        """Whether its reporter can be asked at all."""
        return self.has_contact or not self.is_anonymous

    @property
    def is_counted(self) -> bool:
        """In the base: an anonymous case without contact only when its answer was published."""
        return self.is_reachable or self.has_reply

    @property
    def is_contacted_in_time(self) -> bool:
        """First contact, or the answer itself, within the limit."""
        return self.first_contact_at is not None and self.first_contact_at <= self.contact_due_at

    @property
    def is_rated(self) -> bool:
        """Its reporter gave a grade. Silence is never taken for one."""
        return self.grade is not None and self.is_reachable


@dataclass(frozen=True)
class Measures:
    """The figures of some cases whose promise ended in a period.

    missing: answered cases whose reporter stayed silent; the bounds say where a rate would lie whatever they think.
    contact, resolve: hours from submission, with those still waiting taken into account.
    """

    base: int
    rates: Rates
    on_time: Share
    high_satisfaction: Share
    rated: int
    missing: int
    resolution_bounds: Interval | None
    satisfaction_bounds: Interval | None
    not_solved: int
    overdue: int
    contact: Survival
    resolve: Survival
    flow: Flow


def measure(rows: Sequence[Row], moment: datetime, rules: ScoreRules = DEFAULT, recheck_days: int = 28) -> Measures:
    """The figures of these rows, which are already limited to a period, kinds and states. rules: the city's."""
    base = [row for row in rows if row.is_counted]
    rated = [row for row in base if row.is_rated]
    solved = sum(row.solved == "yes" for row in rated)
    partly = sum(row.solved == "partly" for row in rated)
    satisfied = sum((row.grade or 0) >= rules.min_satisfied_grade for row in rated)
    contacted = sum(row.is_contacted_in_time for row in base)
    missing = sum(row.resolved_at is not None and row.is_reachable and not row.is_rated for row in base)
    is_asked = bool(rated) or missing > 0
    return Measures(
        base=len(base),
        rates=three_rates(
            len(base),
            contacted,
            len(rated),
            solved,
            satisfied,
            partly,
            rules.partial_solved_weight,
            rules.weights,
        ),
        on_time=share(sum(_is_on_time(row) for row in base), len(base)),
        high_satisfaction=share(sum((row.grade or 0) >= HIGH for row in rated), len(rated)),
        rated=len(rated),
        missing=missing,
        resolution_bounds=share_bounds(solved, len(rated), missing) if is_asked else None,
        satisfaction_bounds=share_bounds(satisfied, len(rated), missing) if is_asked else None,
        not_solved=sum(row.state == State.CLOSED and row.outcome not in {None, "solved", "partly"} for row in base),
        overdue=sum(row.resolved_at is None for row in base),
        contact=survival(_waited(row.submitted_at, row.first_contact_at, moment) for row in base),
        resolve=survival(_waited(row.submitted_at, row.resolved_at, moment) for row in base),
        flow=measure_flow(base, moment, recheck_days),
    )


def _is_on_time(row: Row) -> bool:
    return row.resolved_at is not None and row.resolved_at <= row.due_at


def _waited(since: datetime, until: datetime | None, moment: datetime) -> tuple[float, bool]:
    hours = ((until or moment) - since).total_seconds() / HOUR_S
    return max(hours, 0.0), until is not None
