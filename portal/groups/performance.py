"""How good the router is, from its ledger: shares, calibration, confusions, weeks, words, costs. No database here.

The router's answer is what it takes for likeliest: a group, or that no group is meant.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from portal.core.clock import local
from portal.core.estimates import Agreement, Share, cohen_kappa, share
from portal.groups.queries import Line
from portal.groups.weighing import count_judged, share_right

BINS = 10
LEVELS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
LEAST_SUBJECTS = 3
"""Cases that must share a word before it is shown: a rarer one may be somebody's name."""
LEAST_CHANGE = 2.0
"""Standard errors by which a word's share must have moved."""
RECENT = timedelta(days=28)
DAY_S = 86400


@dataclass(frozen=True)
class Shares:
    """What happened to the predictions: dispatched alone, doubtful, and meant by no group (each is in one only)."""

    all: int
    auto: int
    doubtful: int
    outside: int


def count_shares(lines: Sequence[Line]) -> Shares:
    """Predictions by what the router said it could do with them."""
    auto = sum(line.is_auto for line in lines)
    outside = sum(not line.is_auto and line.outside > line.probability for line in lines)
    return Shares(len(lines), auto, len(lines) - auto - outside, outside)


@dataclass(frozen=True)
class Bin:
    """Predictions of about the same certainty: its mean, the share of all that are right, and how many were judged."""

    low: float
    said: float
    right: Share
    n: int


def reliability(lines: Sequence[Line]) -> list[Bin]:
    """Predictions by certainty; bins of which too little is judged by chance are left out."""
    found = []
    for number in range(BINS):
        mine = [x for x in lines if min(int(x.certainty * BINS), BINS - 1) == number]
        right = share_right(mine)
        if right.value is not None:
            found.append(Bin(number / BINS, sum(x.certainty for x in mine) / len(mine), right, count_judged(mine)))
    return found


@dataclass(frozen=True)
class Point:
    """One threshold: share of all predictions at or above it, and how many of those name the right group."""

    level: float
    coverage: float
    right: Share


def coverage_curve(lines: Sequence[Line]) -> list[Point]:
    """What a common threshold would give: the higher, the fewer cases go alone and the more of them are right."""
    if not lines:
        return []
    points = []
    for level in LEVELS:
        above = [x for x in lines if x.probability >= level]
        points.append(Point(level, len(above) / len(lines), share_right(above, _names_group)))
    return points


def _names_group(line: Line, said: str) -> bool:
    return said == line.group


@dataclass(frozen=True)
class Confusion:
    """Two groups that were taken for each other. group: the router's answer; decided: what people said."""

    group: str
    decided: str
    n: int
    subjects: tuple[str, ...]


def confusions(lines: Sequence[Line], most: int = 8) -> list[Confusion]:
    """The commonest corrections, with the newest two cases of each."""
    found: dict[tuple[str, str], list[str]] = {}
    for x in lines:
        if x.decided and not x.is_right:
            found.setdefault((x.answer, x.decided), []).append(x.subject)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))[:most]
    return [Confusion(said, decided, len(who), tuple(who[:-3:-1])) for (said, decided), who in ranked]


def week_of(line: Line) -> date:
    """The Monday of a prediction's local week."""
    day = local(line.at).date()
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Cell:
    """One group's week: predictions, and how many of the decided ones are right."""

    n: int
    right: Share


def by_week(lines: Sequence[Line], weeks: int = 6) -> tuple[list[date], dict[str, list[Cell]]]:
    """The Mondays of the newest weeks, and for each answer of the router its cell in each."""
    mondays = sorted({week_of(x) for x in lines})[-weeks:]
    parts: dict[tuple[str, date], list[Line]] = {}
    for x in lines:
        parts.setdefault((x.answer, week_of(x)), []).append(x)
    groups = sorted({group for group, monday in parts if monday in mondays})
    return mondays, {group: [_cell(parts.get((group, monday), [])) for monday in mondays] for group in groups}


def _cell(lines: Sequence[Line]) -> Cell:
    decided = [x for x in lines if x.decided]
    return Cell(len(lines), share(sum(x.is_right for x in decided), len(decided)))


@dataclass(frozen=True)
class GroupFigures:
    """One answer of the router: how often, how many went alone, how many of all are right, what mistakes cost.

    late: cases that went alone to this group and were sent on by a person.  lost_days: from the first dispatch until
    then, on the mean; None without such cases.
    """

    group: str
    n: int
    auto: int
    right: Share
    late: int
    lost_days: float | None


def by_group(lines: Sequence[Line]) -> list[GroupFigures]:
    """Figures of each answer, the commonest first."""
    parts: dict[str, list[Line]] = {}
    for x in lines:
        parts.setdefault(x.answer, []).append(x)
    found = [_figures(group, mine) for group, mine in parts.items()]
    return sorted(found, key=lambda one: (-one.n, one.group))


def _figures(group: str, lines: Sequence[Line]) -> GroupFigures:
    lost = [
        (x.seen_at - x.at).total_seconds() / DAY_S
        for x in lines
        if x.is_auto and x.seen_at is not None and x.seen != x.group
    ]
    auto = sum(x.is_auto for x in lines)
    return GroupFigures(group, len(lines), auto, share_right(lines), len(lost), sum(lost) / len(lost) if lost else None)


@dataclass(frozen=True)
class Drift:
    """A word whose share among the reasons changed, 0–1 before and in the last four weeks."""

    word: str
    before: float
    recent: float


def word_drift(lines: Sequence[Line], newest: date, most: int = 8) -> list[Drift]:
    """Words that drive more, or fewer, decisions than before, surest change first; what chance explains is left out.

    Signs that stand alone say too little to be read. Source of the measure: the two-proportion z test.
    """
    old = [x for x in lines if local(x.at).date() <= newest - RECENT]
    new = [x for x in lines if local(x.at).date() > newest - RECENT]
    if not old or not new:
        return []
    before, recent = (Counter(word for x in part for word in x.words if len(word) > 1) for part in (old, new))
    found = []
    for word in before | recent:
        both = before[word] + recent[word]
        pooled = both / (len(old) + len(new))
        error = sqrt(pooled * (1 - pooled) * (1 / len(old) + 1 / len(new)))
        change = recent[word] / len(new) - before[word] / len(old)
        if both >= LEAST_SUBJECTS and error and abs(change) >= LEAST_CHANGE * error:
            found.append((-abs(change) / error, Drift(word, before[word] / len(old), recent[word] / len(new))))
    return [drift for _sure, drift in sorted(found, key=lambda item: (item[0], item[1].word))[:most]]


@dataclass(frozen=True)
class Outcome:
    """What thresholds give: cases that go alone, looks, wrong dispatches to expect and those known, and the cost.

    expected: the sum of what the probabilities leave to chance.  cost: in looks.
    """

    alone: int
    looks: int
    expected: float
    known: int
    cost: float


def simulate(lines: Sequence[Line], threshold: Callable[[str], float], wrong_cost: float) -> Outcome:
    """What these predictions would have led to with these thresholds. wrong_cost: in looks."""
    alone = [x for x in lines if x.probability >= threshold(x.group)]
    expected = sum(1 - x.probability for x in alone)
    known = sum(x.decided not in {"", x.group} for x in alone)
    looks = len(lines) - len(alone)
    return Outcome(len(alone), looks, expected, known, expected * wrong_cost + looks)


@dataclass(frozen=True)
class Audit:
    """What the blind sample says.

    right: of what was dispatched alone.  all_right: of everything the router answered.  people: agreement of two
    persons on the same case; None without such pairs.
    """

    right: Share
    all_right: Share
    coverage: Share
    router: Agreement | None
    people: Agreement | None


def audit(lines: Sequence[Line]) -> Audit:
    """Accuracy of automatic dispatch, its share of all, accuracy of all, and how far people agree."""
    blind = [x for x in lines if x.blind and x.is_auto]
    both = [(x.blind, x.seen) for x in blind if x.seen and x.is_routing]
    return Audit(
        share(sum(x.blind == x.group for x in blind), len(blind)),
        share_right(lines),
        share(sum(x.is_auto for x in lines), len(lines)),
        cohen_kappa([(x.blind, x.group) for x in blind]) if blind else None,
        cohen_kappa(both) if both else None,
    )


def name_groups(text: str, names: Mapping[str, str]) -> str:
    """A sentence of the gate with the groups' names in place of their keys."""
    for key, name in names.items():
        text = text.replace(f"“{key}”", f"“{name}”")
    return text
