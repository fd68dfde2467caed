"""How good the router is, from its ledger: shares, calibration, confusions, weeks, words, costs. No database here."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.core.clock import local
from portal.core.estimates import Agreement, Share, cohen_kappa, share
from portal.groups.queries import Line

BINS = 10
LEVELS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
LEAST_SUBJECTS = 3
"""Cases that must share a word before it is shown: a rarer one may be somebody's name."""
RECENT = timedelta(days=28)


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
    """Predictions of about the same probability: mean probability, share right, how many."""

    low: float
    said: float
    right: Share
    n: int


def reliability(lines: Sequence[Line]) -> list[Bin]:
    """Decided predictions by probability; empty bins are left out."""
    found = []
    for number in range(BINS):
        mine = [x for x in lines if x.decided and min(int(x.probability * BINS), BINS - 1) == number]
        if mine:
            right = share(sum(x.is_right for x in mine), len(mine))
            found.append(Bin(number / BINS, sum(x.probability for x in mine) / len(mine), right, len(mine)))
    return found


@dataclass(frozen=True)
class Point:
    """One threshold: share of all predictions at or above it, and how many of the decided ones are right."""

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
        decided = [x for x in above if x.decided]
        points.append(Point(level, len(above) / len(lines), share(sum(x.is_right for x in decided), len(decided))))
    return points


@dataclass(frozen=True)
class Confusion:
    """Two groups that were taken for each other. group: what the router said; decided: what people said."""

    group: str
    decided: str
    n: int
    subjects: tuple[str, ...]


def confusions(lines: Sequence[Line], most: int = 8) -> list[Confusion]:
    """The commonest corrections, with the newest two cases of each."""
    found: dict[tuple[str, str], list[str]] = {}
    for x in lines:
        if x.decided and not x.is_right:
            found.setdefault((x.group, x.decided), []).append(x.subject)
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
    """The Mondays of the newest weeks, and for each predicted group its cell in each."""
    mondays = sorted({week_of(x) for x in lines})[-weeks:]
    parts: dict[tuple[str, date], list[Line]] = {}
    for x in lines:
        parts.setdefault((x.group, week_of(x)), []).append(x)
    groups = sorted({group for group, monday in parts if monday in mondays})
    return mondays, {group: [_cell(parts.get((group, monday), [])) for monday in mondays] for group in groups}


def _cell(lines: Sequence[Line]) -> Cell:
    decided = [x for x in lines if x.decided]
    return Cell(len(lines), share(sum(x.is_right for x in decided), len(decided)))


@dataclass(frozen=True)
class Drift:
    """A word whose share among the reasons changed, 0–1 before and in the last four weeks."""

    word: str
    before: float
    recent: float


def word_drift(lines: Sequence[Line], newest: date, most: int = 6) -> list[Drift]:
    """Words that drive more, or fewer, decisions than before, strongest change first."""
    old = [x for x in lines if local(x.at).date() <= newest - RECENT]
    new = [x for x in lines if local(x.at).date() > newest - RECENT]
    if not old or not new:
        return []
    before, recent = (Counter(word for x in part for word in x.words) for part in (old, new))
    common = [word for word in before | recent if before[word] + recent[word] >= LEAST_SUBJECTS]
    drifts = [Drift(word, before[word] / len(old), recent[word] / len(new)) for word in common]
    ranked = sorted(drifts, key=lambda x: (-abs(x.recent - x.before), x.word))
    return [x for x in ranked if x.recent != x.before][:most]


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
    known = sum(bool(x.decided) and not x.is_right for x in alone)
    looks = len(lines) - len(alone)
    return Outcome(len(alone), looks, expected, known, expected * wrong_cost + looks)


@dataclass(frozen=True)
class Audit:
    """What the blind sample says. people: agreement of two persons on the same case; None without such pairs."""

    right: Share
    coverage: Share
    router: Agreement | None
    people: Agreement | None


def audit(lines: Sequence[Line]) -> Audit:
    """Accuracy of automatic dispatch, its share of all, and how far people agree, from blind decisions."""
    blind = [x for x in lines if x.blind and x.is_auto]
    both = [(x.blind, x.seen) for x in blind if x.seen]
    return Audit(
        share(sum(x.blind == x.group for x in blind), len(blind)),
        share(sum(x.is_auto for x in lines), len(lines)),
        cohen_kappa([(x.blind, x.group) for x in blind]) if blind else None,
        cohen_kappa(both) if both else None,
    )


def name_groups(text: str, names: Mapping[str, str]) -> str:
    """A sentence of the gate with the groups' names in place of their keys."""
    for key, name in names.items():
        text = text.replace(f"“{key}”", f"“{name}”")
    return text
