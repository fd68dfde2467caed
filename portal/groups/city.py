"""The city as plain values: its groups, units, deadlines, calendar and words, read from content/cities/{key}.

Nothing here reads files or the database; `profile.load_city` builds these values once at start and every slice
shares them. A city differs from another in these values only, never in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from portal.groups.calendar import SHANGHAI, is_workday, likely_workday
from portal.groups.campaign import Goal, Phase, Programme, Rhythm
from portal.groups.values import (
    Border,
    Brand,
    Center,
    Column,
    Deadlines,
    District,
    Footer,
    Hotline,
    Kind,
    Level,
    ListKind,
    Margin,
    Office,
    Option,
    Question,
    Reply,
    RouterCosts,
    ScoreRules,
    Site,
    Stopper,
    Unit,
)

__all__ = [
    "Border",
    "Brand",
    "Center",
    "City",
    "Column",
    "Deadlines",
    "District",
    "Footer",
    "Goal",
    "Group",
    "Hotline",
    "Kind",
    "Level",
    "ListKind",
    "Margin",
    "OTHER",
    "Office",
    "Option",
    "Phase",
    "Programme",
    "Question",
    "Reply",
    "Rhythm",
    "RouterCosts",
    "Site",
    "Stopper",
    "Unit",
]

OTHER = "other"
"""Key of the coordination queue: what no thematic group takes. Corrections use the same word as their label."""


@dataclass(frozen=True)
class Group:
    """A thematic group (专项组): the target of routing, with what it covers in the words of a citizen."""

    key: str
    code: str
    name: str
    short: str
    action: str
    covers: str
    icon: str
    aliases: tuple[str, ...] = ()
    lead_unit: str | None = None
    units: tuple[str, ...] = ()
    topics: Mapping[str, float] = field(default_factory=dict)
    site_types: tuple[str, ...] = ()
    checklist: tuple[str, ...] = ()
    pressing: str = ""
    replies: tuple[Reply, ...] = ()
    stoppers: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    wrong_cost: float = 4.0
    look_cost: float = 1.0
    valid_from: date = date.min
    valid_to: date = date.max
    placeholder: bool = False

    @property
    def threshold(self) -> float:
        """Least calibrated probability, 0-1, from which dispatching alone costs less than a human look.

        A wrong dispatch costs `wrong_cost`, a look `look_cost`, both in minutes of staff time or any common unit.
        Source: Chow 1970, On optimum recognition error and reject tradeoff.
        """
        return max(0.0, 1.0 - self.look_cost / self.wrong_cost)

    def is_valid_on(self, day: date) -> bool:
        """Whether the group works on this day."""
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True, eq=False)
class City:
    """Everything that makes the portal this city's. Built by `profile.load_city`; never changed while running."""

    key: str
    name: str
    full_name: str
    province: str
    region_code: str
    placeholder_note: str
    default_group: str
    coordination: Group
    office: Office
    footer: Footer
    brand: Brand
    center: Center
    deadlines: Deadlines
    router: RouterCosts
    score: ScoreRules
    districts: tuple[District, ...]
    hotlines: tuple[Hotline, ...]
    news_columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    units: tuple[Unit, ...]
    sites: tuple[Site, ...]
    kinds: tuple[Kind, ...]
    phases: tuple[Phase, ...]
    goals: tuple[Goal, ...]
    programmes: tuple[Programme, ...]
    rhythms: tuple[Rhythm, ...]
    borders: tuple[Border, ...]
    stoppers: tuple[Stopper, ...]
    decline_reasons: tuple[Option, ...]
    defer_reasons: tuple[Option, ...]
    return_reasons: tuple[Option, ...]
    site_types: tuple[Option, ...]
    credit_kinds: tuple[ListKind, ...]
    credit_fields: tuple[str, ...]
    people_categories: tuple[Option, ...]
    people_levels: tuple[Level, ...]
    survey_activities: tuple[str, ...]
    census: tuple[Margin, ...]
    outside: tuple[str, ...]
    site_message: str
    site_message_closed: str
    calendar: Mapping[date, bool]
    confirm_contact: bool = False
    state_words: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _groups(self) -> dict[str, Group]:
        return {group.key: group for group in (*self.groups, self.coordination)}

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {unit.key: unit for unit in self.units}

    @cached_property
    def _districts(self) -> dict[str, District]:
        return {district.key: district for district in self.districts}

    @cached_property
    def _kinds(self) -> dict[str, Kind]:
        return {kind.key: kind for kind in self.kinds}

    def group(self, key: str) -> Group:
        """The group with this key, the coordination queue included; raise KeyError when there is none."""
        return self._groups[key]

    def find_group(self, key: str | None) -> Group | None:
        """The group with this key, or None: a case may name a group that a newer profile no longer has."""
        return self._groups.get(key or "")

    def unit(self, key: str) -> Unit:
        """The unit with this key; raise KeyError when there is none."""
        return self._units[key]

    def find_unit(self, key: str | None) -> Unit | None:
        """The unit with this key, or None."""
        return self._units.get(key or "")

    def district(self, key: str) -> District:
        """The district with this key; raise KeyError when there is none."""
        return self._districts[key]

    def find_district(self, key: str | None) -> District | None:
        """The district with this key, or None."""
        return self._districts.get(key or "")

    def kind(self, key: str) -> Kind:
        """The kind of case with this key; raise KeyError when there is none."""
        return self._kinds[key]

    def units_for(self, group_key: str, district_key: str | None = None) -> tuple[Unit, ...]:
        """Units a case of this group may go to, best first: lead unit, the district's own, supporting units."""
        group, district = self.group(group_key), self.find_district(district_key)
        keys = [group.lead_unit, district.unit if district else None, *group.units]
        return tuple(self._units[key] for key in dict.fromkeys(keys) if key)

    def topic_map(self) -> dict[str, dict[str, float]]:
        """Group key -> topic -> weight in (0, 1]: how the one model of topics becomes this city's groups."""
        return {group.key: dict(group.topics) for group in self.groups}

    def thresholds(self) -> dict[str, float]:
        """Group key -> least probability that dispatches without a person."""
        return {group.key: group.threshold for group in self.groups}

    def phases_on(self, day: date) -> tuple[Phase, ...]:
        """The phases that are running on this day; none between campaigns."""
        return tuple(phase for phase in self.phases if phase.contains(day))

    def phase_on(self, day: date) -> Phase | None:
        """The first phase that is running on this day, or None."""
        return next(iter(self.phases_on(day)), None)

    def is_open(self, moment: datetime) -> bool:
        """Whether the office is at work at this moment (aware), as far as the calendar of its year is known."""
        local = moment.astimezone(SHANGHAI)
        return self.office.opens_at <= local.time() <= self.deadlines.cutoff and likely_workday(
            local.date(), self.calendar
        )

    def message_at(self, moment: datetime) -> str:
        """The site message of this moment: one for office hours, one for outside them; may be empty."""
        return self.site_message if self.is_open(moment) else self.site_message_closed

    def is_workday(self, day: date) -> bool:
        """Whether the office works on this day; raise CalendarMissing for a year that is not settled."""
        return is_workday(day, self.calendar)
