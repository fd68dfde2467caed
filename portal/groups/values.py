"""The small values a city is made of: districts, units, deadlines, borders, words that stop.

Frozen and free of files, database and calendar, so that every slice may hold them. `city.City` gathers them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Literal


@dataclass(frozen=True)
class District:
    """A county-level part of the city that a citizen can choose; `unit` answers for its territory (属地责任)."""

    key: str
    name: str
    unit: str | None = None


@dataclass(frozen=True)
class Office:
    """The working office of the campaign, as shown on the about page and in declines.

    `hours` is what people read; the portal itself goes by `opens_at` and the cutoff of the deadlines.
    """

    name: str
    short: str
    phone: str
    email: str
    address: str
    hours: str
    opens_at: time


@dataclass(frozen=True)
class Footer:
    """What a public site shows at the foot of every page; texts that await the office say 示例 themselves."""

    sponsor: str
    organiser: str
    contact: str
    site_code: str
    icp: str
    police: str
    error_report_url: str = ""
    body_mark: str = ""


@dataclass(frozen=True)
class Hotline:
    """A number that helps where the portal does not."""

    number: str
    name: str
    when: str


@dataclass(frozen=True)
class Brand:
    """How the portal calls itself in this city."""

    title: str
    slogan: str
    campaign: str = ""


@dataclass(frozen=True)
class Center:
    """Where the map opens: degrees (WGS 84) and a zoom level of a web map.

    tiles: address of map tiles with {z} {x} {y}, empty for a plain grid; credit: whose tiles they are.
    """

    lat: float
    lng: float
    zoom: int
    tiles: str = ""
    credit: str = ""


@dataclass(frozen=True)
class Column:
    """A column of news; a column with nothing newer than `max_age_days` is stale."""

    key: str
    name: str
    max_age_days: int
    hint: str = ""


@dataclass(frozen=True)
class Option:
    """One choice of a list: a stable key, the words shown, and where useful a longer text."""

    key: str
    name: str
    text: str = ""


@dataclass(frozen=True)
class Question:
    """An extra question asked with a case of one group or kind; options empty means a short text.

    topics: of a group's question, the topics it is asked for; empty means all of the group's.
    """

    key: str
    label: str
    options: tuple[str, ...] = ()
    help: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reply:
    """An answer this group gives again and again. action: the form it starts (reply, ask, resolve, extend …).

    text may hold %(place)s %(group)s %(unit)s %(due)s %(number)s, filled in for the case.
    """

    key: str
    action: str
    label: str
    text: str


@dataclass(frozen=True)
class Unit:
    """A unit that can receive a case. A placeholder stands in until the office has named the real one."""

    key: str
    name: str
    short: str
    kind: Literal["office", "department", "district", "utility"]
    phone: str = ""
    leader: str = ""
    district: str | None = None
    placeholder: bool = False


@dataclass(frozen=True)
class Site:
    """An inspected place (点位) of the creation board."""

    key: str
    name: str
    site_type: str
    district: str
    unit: str | None = None
    group: str | None = None
    lat: float | None = None
    lng: float | None = None
    must_check: bool = False
    sample: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of case (咨询, 投诉 ...): its term in working days, what it allows, and what it promises in words.

    promise: what happens with it; privacy: who will see it; questions: asked with every case of the kind.
    """

    key: str
    name: str
    hint: str
    working_days: int
    anonymous: bool = True
    publish: bool = True
    needs_proof: bool = False
    promise: str = ""
    privacy: str = ""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Deadlines:
    """Every length of time a case knows. Names carry the unit; days without "working" are calendar days."""

    cutoff: time
    acknowledge_hours: int
    triage_hours: int
    urgent_triage_hours: int
    first_contact_hours: int
    urgent_contact_hours: int
    undo_minutes: int
    need_info_days: int
    return_working_days: int
    returns_per_case: int
    arbitration_working_days: int
    stuck_working_days: int
    extension_max_working_days: int
    extensions_per_case: int
    pend_review_days: int
    rating_window_days: int
    follow_up_working_days: int
    reopen_decide_working_days: int
    reopened_working_days: int
    reopened_max_working_days: int
    recheck_days: int
    merge_objection_days: int
    merge_window_days: int
    remind_at_percent: tuple[int, ...]
    public_overdue_working_days: int
    publish_delay_days: int
    contact_retention_days: int
    withdrawn_retention_days: int
    text_retention_days: int
    notice_working_days: int
    dispute_mark_working_days: int
    dispute_decide_working_days: int
    dispute_decide_max_working_days: int
    take_down_working_days: int
    confirm_hours: int


@dataclass(frozen=True)
class Border:
    """A rule that gives topics to another group where the place says so.

    words: any of them in the text calls for the rule.  unless: any of these forbids it.  to: a group's key, or "other".
    because: the rule in words.  Texts are compared in the router's normal form: simplified, small letters.
    """

    topics: tuple[str, ...]
    words: tuple[str, ...]
    to: str
    because: str
    unless: tuple[str, ...] = ()

    def applies_to(self, normal: str) -> bool:
        """Whether the rule is called for by a text in its normal form."""
        return any(word in normal for word in self.words) and not any(word in normal for word in self.unless)


@dataclass(frozen=True)
class Stopper:
    """Words that call for another channel first: shown above the form, and kept from automatic dispatch."""

    key: str
    title: str
    advice: str
    words: tuple[str, ...]
    phone: str = ""
    url: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class ListKind:
    """A kind of credit list; `legal_basis_needed` holds for every black one."""

    key: str
    name: str
    colour: Literal["red", "black"]


@dataclass(frozen=True)
class Level:
    """A level of good-people honours: the title a city's own people say (常州好人)."""

    key: str
    name: str
    title: str


@dataclass(frozen=True)
class Margin:
    """Shares of the adult population by one trait, for weighting; they sum to 1. A sample is marked as such."""

    key: str
    name: str
    shares: Mapping[str, float]
    labels: Mapping[str, str]
    source: str
    sample: bool = True


@dataclass(frozen=True)
class RouterCosts:
    """The price of a wrong dispatch against a human look, and the share of cases no group is meant for."""

    wrong_cost: float
    look_cost: float
    outside_prior: float


@dataclass(frozen=True)
class ScoreRules:
    """How the three rates become one score: weights that sum to 1, the least grade that counts as satisfied."""

    response: float = 0.30
    resolution: float = 0.35
    satisfaction: float = 0.35
    min_satisfied_grade: int = 3
    partial_solved_weight: float = 0.0

    @property
    def weights(self) -> tuple[str, str, str]:
        """The weights as decimals, exact to the digit that was written."""
        return repr(self.response), repr(self.resolution), repr(self.satisfaction)
