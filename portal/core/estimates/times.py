"""How long something takes when some of it has not happened yet."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Survival:
    """The share still waiting after each time at which something happened.

    times: ascending, in the unit that was given; waiting: 0–1, one for each time.
    n: all that were watched; events: those that happened.
    """

    times: tuple[float, ...]
    waiting: tuple[float, ...]
    n: int
    events: int

    def waiting_at(self, time: float) -> float:
        """The share still waiting just after `time`."""
        return next((share for at, share in zip(self.times[::-1], self.waiting[::-1], strict=True) if at <= time), 1.0)

    def quantile(self, q: float) -> float | None:
        """The time by which a share q has happened (0.5: the median); None when that is not known yet."""
        if not 0 < q < 1:
            raise ValueError("a quantile lies between 0 and 1")
        # 1 − 0.9 is not 0.1 in floats, so the last bit must not decide.
        return next((at for at, share in zip(self.times, self.waiting, strict=True) if share <= 1 - q + 1e-12), None)

    @property
    def median(self) -> float | None:
        """The time by which half has happened; None when that is not known yet."""
        return self.quantile(0.5)


def survival(durations: Iterable[tuple[float, bool]]) -> Survival:
    """The Kaplan–Meier curve of (time, happened) pairs; happened is False for those still waiting at that time.

    Leaving the waiting ones out would make slow offices look quick.
    Source: Kaplan, Meier 1958, Nonparametric estimation from incomplete observations.
    """
    happened: Counter[float] = Counter()
    still: Counter[float] = Counter()
    for time, has_happened in durations:
        (happened if has_happened else still)[time] += 1
    return survival_of(happened, still)


def survival_of(happened: Mapping[float, int], still: Mapping[float, int]) -> Survival:
    """The same curve from counts: how many it happened to at each time, and how many still waited at theirs."""
    if any(time < 0 for time in (*happened, *still)):
        raise ValueError("a duration is not negative")
    n, events = sum(happened.values()) + sum(still.values()), sum(happened.values())
    at_risk, share = n, 1.0
    times, waiting = [], []
    for time in sorted({*happened, *still}):
        if happened.get(time):
            share *= 1 - happened[time] / at_risk
            times.append(time)
            waiting.append(share)
        at_risk -= happened.get(time, 0) + still.get(time, 0)
    return Survival(tuple(times), tuple(waiting), n, events)
