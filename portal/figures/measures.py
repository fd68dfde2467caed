"""What the figures mean: 响应率, 解决率, 满意率, times, and how much of each is not known.

Pure functions over rows of cases, or over sums of them. Each says what is counted over what.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from portal.cases import State
from portal.core.estimates import Interval, Rates, Share, Survival, share, share_bounds, survival_of, three_rates
from portal.figures.flow import Flow, count_flow, flow_of
from portal.groups import ScoreRules

KINDS = ("complaint", "help_request", "report", "suggestion")
LEFT_OUT = (State.DRAFT_CONFIRM, State.REJECTED, State.TRANSFERRED, State.MERGED, State.WITHDRAWN, State.DEFERRED)
"""Not in the base: never taken in, handed elsewhere, joined, taken back, or put on the ledger (shown on its own)."""
HIGH = 4
WAITS = ("contacted", "uncontacted", "resolved", "unresolved")
STEPS_MIN = ((2 * 60, 3), (48 * 60, 30), (14 * 24 * 60, 120), (0, 360))
"""Up to how many minutes, a wait is kept to how many minutes; beyond the last, to six hours."""
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


def measure(rows: Iterable[Row], moment: datetime, rules: ScoreRules = DEFAULT, recheck_days: int = 28) -> Measures:
    """The figures of these rows, which are already limited to a period, kinds and states. rules: the city's."""
    tally = Tally()
    for row in rows:
        tally.add(row, moment, rules, recheck_days)
    return figures_of(tally, rules)


@dataclass
class Tally:
    """Sums over cases that can be added to other sums; all figures follow from them.

    counts: by what is counted.  waits: for "contacted", "uncontacted", "resolved" and "unresolved", minutes since
    submission → cases; a wait is rounded as `rounded_wait` says.
    """

    counts: Counter[str] = field(default_factory=Counter)
    waits: dict[str, Counter[int]] = field(default_factory=lambda: {name: Counter() for name in WAITS})

    def add(self, row: Row, moment: datetime, rules: ScoreRules, recheck_days: int) -> None:
        """Count one case as it stands at a moment."""
        self.counts["samples"] += row.is_sample
        if not row.is_counted:
            return
        is_rated, grade = row.is_rated, row.grade or 0
        self.counts.update(
            {
                "base": 1,
                "contacted": row.is_contacted_in_time,
                "on_time": row.resolved_at is not None and row.resolved_at <= row.due_at,
                "rated": is_rated,
                "solved": is_rated and row.solved == "yes",
                "partly": is_rated and row.solved == "partly",
                "satisfied": is_rated and grade >= rules.min_satisfied_grade,
                "high": is_rated and grade >= HIGH,
                "missing": row.resolved_at is not None and row.is_reachable and not is_rated,
                "not_solved": row.state == State.CLOSED and row.outcome not in {None, "solved", "partly"},
                "overdue": row.resolved_at is None,
                **count_flow(row, moment, recheck_days),
            }
        )
        for name, until in (("contacted", row.first_contact_at), ("resolved", row.resolved_at)):
            minutes = rounded_wait(((until or moment) - row.submitted_at).total_seconds() / 60)
            self.waits[name if until else f"un{name}"][minutes] += 1

    def join(self, other: "Tally") -> None:
        """Add another sum."""
        self.counts.update(other.counts)
        for name, waits in other.waits.items():
            self.waits[name].update(waits)

    def packed(self) -> dict[str, Any]:
        """The sums as JSON keeps them; what is nought is left out."""
        waits = {name: {str(key): n for key, n in sorted(found.items())} for name, found in self.waits.items()}
        return {"counts": {name: n for name, n in sorted(self.counts.items()) if n}, "waits": waits}

    @classmethod
    def unpacked(cls, sums: Mapping[str, Any]) -> "Tally":
        """The sums again."""
        waits = {name: Counter({int(key): n for key, n in sums["waits"][name].items()}) for name in WAITS}
        return cls(Counter(sums["counts"]), waits)


def rounded_wait(minutes: float) -> int:
    """A wait as it is kept: to 3 minutes within two hours, half an hour within two days, 2 hours within a fortnight.

    So there are at most a few hundred different ones, however many cases there are, and no median is off by more
    than half a step.
    """
    step = next((step for limit, step in STEPS_MIN if minutes < limit), STEPS_MIN[-1][1])
    return max(round(minutes / step) * step, 0)


def figures_of(tally: Tally, rules: ScoreRules = DEFAULT) -> Measures:
    """The figures that these sums give."""
    n = tally.counts
    is_asked = n["rated"] > 0 or n["missing"] > 0
    return Measures(
        base=n["base"],
        rates=three_rates(
            n["base"],
            n["contacted"],
            n["rated"],
            n["solved"],
            n["satisfied"],
            n["partly"],
            rules.partial_solved_weight,
            rules.weights,
        ),
        on_time=share(n["on_time"], n["base"]),
        high_satisfaction=share(n["high"], n["rated"]),
        rated=n["rated"],
        missing=n["missing"],
        resolution_bounds=share_bounds(n["solved"], n["rated"], n["missing"]) if is_asked else None,
        satisfaction_bounds=share_bounds(n["satisfied"], n["rated"], n["missing"]) if is_asked else None,
        not_solved=n["not_solved"],
        overdue=n["overdue"],
        contact=_curve(tally, "contacted"),
        resolve=_curve(tally, "resolved"),
        flow=flow_of(n),
    )


def _curve(tally: Tally, name: str) -> Survival:
    happened, still = tally.waits[name], tally.waits[f"un{name}"]
    return survival_of({key / 60: n for key, n in happened.items()}, {key / 60: n for key, n in still.items()})
