"""The board's arithmetic: a draw that anyone can repeat, ranks with ties, periods, and what no text may hold."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.board.models import Period
from portal.core.i18n import lazy
from portal.core.privacy import Kind, find_personal

PERSONAL = lazy("这里有车牌、电话、姓名等个人信息，请删去。")
_GUESSES = (Kind.MOBILE_LOOSE, Kind.LOCAL_TEL)


SEED_TAIL = 32
"""So many signs of a seed are the check sum of the log's entry that announced the draw."""


def make_seed(words: str, check_sum: str) -> str:
    """The seed of a draw: words known beforehand, if any, and the check sum of the entry that announced it."""
    tail = check_sum[:SEED_TAIL]
    return f"{words}-{tail}" if words else tail


def announced_in(seed: str) -> str:
    """The check sum at the end of a seed; empty where there is none."""
    tail = seed.rpartition("-")[2]
    return tail if re.fullmatch(rf"[0-9a-f]{{{SEED_TAIL}}}", tail) else ""


def lot(seed: str, key: str) -> str:
    """The lot of a site: the SHA-256 of "seed:key" (UTF-8, as hex)."""
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()


def draw(seed: str, pool: Iterable[str], wanted: int, always: Iterable[str] = ()) -> list[str]:
    """Choose sites by lot so that anyone can repeat it.

    The lowest lots are taken. Sites that must be checked come first and count.
    wanted: how many in all; more must-check sites than that are all taken.
    """
    first = sorted(set(always))
    rest = set(pool) - set(first)
    lots = sorted(rest, key=lambda key: lot(seed, key))
    return first + lots[: max(wanted - len(first), 0)]


@dataclass(frozen=True)
class Standing:
    """One row of a ranking. overdue: how many of its findings are late."""

    name: str
    score: int
    overdue: int = 0


def rank(rows: Iterable[Standing]) -> list[tuple[int, Standing]]:
    """Ranks by score, then fewer overdue; equal ones share a rank and the next is skipped: 1, 2, 2, 4.

    The name orders rows of one rank.
    """
    ordered = sorted(rows, key=lambda row: (-row.score, row.overdue, row.name))
    ranked: list[tuple[int, Standing]] = []
    for number, row in enumerate(ordered, 1):
        same = ranked and (ranked[-1][1].score, ranked[-1][1].overdue) == (row.score, row.overdue)
        ranked.append((ranked[-1][0] if same else number, row))
    return ranked


def span(period: str, year: int, number: int) -> tuple[date, date]:
    """First and last day of a month (1–12) or a quarter (1–4). Raises ValueError for another number."""
    months = 3 if period == Period.QUARTER else 1
    if not 1 <= number <= 12 // months:
        raise ValueError(number)
    first = date(year, (number - 1) * months + 1, 1)
    following = (first + timedelta(days=31 * months + 1)).replace(day=1)
    while (following.year - first.year) * 12 + following.month - first.month > months:
        following = (following - timedelta(days=1)).replace(day=1)
    return first, following - timedelta(days=1)


def issue_no(period: str, first: date) -> str:
    """The number of an issue in its address: 2026-11, or 2026-q4."""
    return f"{first.year}-q{(first.month + 2) // 3}" if period == Period.QUARTER else f"{first:%Y-%m}"


@dataclass(frozen=True)
class Rate:
    """How much of what was found has been put right. found, verified, overdue: counts."""

    found: int
    verified: int
    overdue: int

    @property
    def share(self) -> float | None:
        """verified / found, 0–1; None when nothing was found."""
        return self.verified / self.found if self.found else None


def has_personal(text: str) -> bool:
    """Whether a text holds a plate, a phone number, a private name or other personal data."""
    return any(finding.kind not in _GUESSES for finding in find_personal(text))


def sentences(rows: Sequence[tuple[str, str]]) -> str:
    """Findings as lines for revisions and reviewers: site, then what was seen."""
    return "\n".join(f"{name}：{reason}" for name, reason in rows)
